// release.test.mjs — the views of release checks, as a release manager sees them.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { repo } from '../system/lib/daemon.mjs';
import { labFile } from '../system/lib/lab.mjs';
import { peopleOf } from '../system/lib/people.mjs';
import { waitFor } from '../system/lib/process.mjs';
import { axe, launch, newPage, shot } from './lib/browser.mjs';

const { lab, test } = labFile();
const { act, counted, rootKey, staff } = peopleOf(lab);
const hostile = '<img src=x onerror=alert(1)>\u202Eevil';
let browser, home, rosa;
const ids = {}, keys = [];

after(() => browser?.close());

const visit = async (query, options) => {
	const page = await newPage(browser, options);
	await page.goto(`${lab.url}/${query}`);
	await page.waitForSelector('main:not([aria-busy]) h1');
	return page;
};
const quiet = (page) => assert.deepEqual(page.complaints, []);
const speed = (key, model, value) => lab.submission(key, { model: { name: model, revision: 'main', quantization: 'Q4_K_M' },
	results: [{ metric: 'decode', conditions: { n_prompt: 0, n_gen: 128 }, value, n: 5, sd: value / 100 }] });

async function decide(code, candidate, ...more) {
	const file = path.join(lab.dir, 'policy.json');
	writeFileSync(file, JSON.stringify({ name: 'fast enough', description: `No slower than before. ${hostile}`, baseline: 'acme/chat-7b', rules: [
		{ metric: 'decode', suite: 'throughput', where: { n_gen: 128 }, compare: 'baseline', margin: 0.05, min_submitters: 3, max_age_days: 30 },
		{ metric: 'decode', suite: 'throughput/1', compare: 'absolute', margin: 45, min_standing: 'single', severity: 'warn' }] }, null, '\t'));
	await waitFor('the checkpoint to cover the log', async () => (await lab.get('/log/checkpoint')).text.split('\n')[1] ===
		await lab.pg.sql('SELECT size FROM assay.log_head'));
	const result = await lab.assay(['gate', file, '--candidate', candidate, '--sign', '--json', '--home', home, ...more]);
	assert.equal(result.code, code, result.stderr);
	return JSON.parse(result.stdout).decision.id;
}

test('nothing decided yet: the page says how to begin', async () => {
	browser = await launch();
	const page = await visit('?decisions=all');
	assert.match(await page.textContent('main'), /assay gate init MODEL/);
	quiet(page);
});

test('three decisions: GO, NO-GO overridden by a person, INSUFFICIENT', async () => {
	const sam = await staff('Sam');
	for (const [i, name] of ['Ada', 'Ben', 'Cem', hostile].entries()) {
		const key = await lab.enrolled(name);
		keys.push(key);
		if (i < 3)
			await counted(act(sam, 'trust', key.submitter));
		await counted(speed(key, 'acme/chat-7b', 50 + i));
		await counted(speed(key, 'acme/chat-8b', 51 + i));
		await counted(speed(key, 'acme/slow', 30 + i));
	}
	home = path.join(lab.dir, 'rosa');
	rosa = JSON.parse((await lab.assay(['enrol', '--server', lab.url, '--name', 'Rosa', '--accept-terms', '--json', '--home', home])).stdout);
	await counted(act(rootKey(), 'grant', rosa.submitter, { role: 'release-manager' }));
	ids.go = await decide(0, 'acme/chat-8b');
	ids.over = await decide(0, 'acme/slow', '--override', 'GO', '--reason', 'the demo must go on');
	ids.open = await decide(3, hostile);
	await lab.documentWhere('decisions.json', (d) => d.decisions.length === 3);
});

test('the list: newest first, the word by shape too, what a person overrode', async () => {
	const page = await visit('');
	await page.click('#nav a:has-text("Release checks")');
	await page.waitForSelector('h1:has-text("Release checks")');
	const rows = await page.$$eval('main tbody tr', (all) => all.map((row) => row.innerText));
	assert.match(rows[0], /◇ INSUFFICIENT/);
	assert.match(rows[1], /✓ GO\s+a person’s word; the rules say NO-GO/);
	assert.match(rows[2], /✓ GO[^]*acme\/chat-8b[^]*Rosa [0-9a-f]{8} · release manager[^]*the first on this question/);
	assert.ok(rows[0].includes('<img src=x onerror=alert(1)>'));
	assert.equal(await page.$('main img'), null);
	assert.equal(await page.getAttribute('#nav a[aria-current]', 'href'), '?decisions=all');
	await shot(page, 'decisions');
	await page.click(`a[href="?decision=${ids.go}"]`);
	await page.waitForSelector('h1:has-text("acme/chat-8b")');
	await page.goBack();
	await page.waitForSelector('h1:has-text("Release checks")');
	quiet(page);
});

test('one decision: rules in words, value against limit, whose runs, the command to make it again', async () => {
	const page = await visit(`?decision=${ids.go}`);
	const text = await page.textContent('main');
	assert.match(text, /decode of throughput where n_gen is 128 is not worse than acme\/chat-7b’s by more than 5 % \(a ratio of at least 0\.9524\)/);
	assert.match(text, /3 or more submitters, corroborated, in the last 30 days/);
	assert.match(text, /1\.019 \[1\.01\d, 1\.02\d?\]limit 0\.9524/);
	assert.match(text, /decode of throughput\/1 is at least 45 tokens\/s/);
	assert.match(text, new RegExp(`assay gate --replay ${ids.go}`));
	assert.equal(await page.$$eval('svg.interval .limit', (all) => all.length), 2);
	await page.click('summary:has-text("The policy as it was signed")');
	assert.match(await page.textContent('pre'), /"margin": 0\.05/);
	assert.ok(!(await page.textContent('pre')).includes('\u202E'), 'no text turns the rest of the policy round');
	await shot(page, 'decision');
	await page.click('dl.pairs a[href^="?statement="]');
	await page.waitForSelector('h1:has-text("decision")').catch(async () => assert.fail(await page.textContent('main')));
	quiet(page);
});

test('an overridden one says whose word it is; one without runs says so', async () => {
	const over = await visit(`?decision=${ids.over}`);
	assert.match(await over.textContent('main'), /The rules say NO-GO; a person decided GO\. the demo must go on/);
	const open = await visit(`?decision=${ids.open}`);
	assert.match(await open.textContent('main'), /nobody measured it/);
	quiet(over);
	quiet(open);
});

test('one that is taken back is shown as taken back', async () => {
	const done = await lab.assay(['retract', ids.open, '--reason', 'the wrong model', '--home', home]);
	assert.equal(done.code, 0, done.stderr);
	await lab.documentWhere(`decisions/${ids.open}.json`, (d) => d.decision.retracted);
	await lab.documentWhere('decisions.json', (d) => d.decisions[0].retracted);
	const page = await visit('?decisions=all');
	assert.match((await page.$$eval('main tbody tr', (all) => all.map((row) => row.innerText)))[0], /taken back/);
});

test('a policy under watch: what it says, what waits to be told, what turned it, its badge', async () => {
	const file = path.join(lab.dir, 'policy.json');
	const begin = async (settle_hours) => {
		writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file)), name: `watched ${settle_hours} ${hostile}`, settle_hours }));
		const begun = await lab.assay(['watch', 'start', file, '--candidate', 'acme/chat-8b', '--json', '--home', home],
			{ env: { ASSAY_SUITES: path.join(repo, 'eval-suites') } });
		assert.equal(begun.code, 0, begun.stderr);
		return JSON.parse(begun.stdout).id;
	};
	ids.quick = await begin(0);
	ids.slow = await begin(24);
	for (const key of keys)
		for (let run = 0; run < 5; run++)
			await lab.accepted(speed(key, 'acme/chat-8b', 30 + run / 10));
	await lab.documentWhere(`watches/${ids.quick}.json`, (d) => d.watch.result === 'NO-GO');
	await lab.documentWhere('watches.json', (d) => d.watches.some((w) => w.pending?.result === 'NO-GO') && d.watches.every((w) => w.pending || w.turned));
	const page = await visit('?decisions=all');
	const rows = await page.$$eval('section tbody tr', (all) => all.map((row) => row.innerText));
	assert.match(rows[0], /✓ GO\s+says NO-GO since statement #\d+; told if that holds until/);
	assert.match(rows[1], /✗ NO-GO[^]*acme\/chat-8b[^]*(GO|INSUFFICIENT) → NO-GO/);
	await shot(page, 'watches');
	await page.click(`a[href="?watch=${ids.quick}"]`);
	await page.waitForSelector('h1:has-text("acme/chat-8b")');
	assert.equal(await page.getAttribute('#nav a[aria-current]', 'href'), '?decisions=all');
	const text = await page.textContent('main');
	assert.match(text, /1\. decode: (GO|INSUFFICIENT) → NO-GO/);
	assert.match(text, /\d+ statements count since: #\d+/);
	assert.match(text, /at once/);
	assert.ok(await page.$eval('main img', (img) => img.complete && img.naturalWidth > 40), 'the badge is drawn');
	assert.equal(await page.getAttribute('main img', 'alt'), `acme/chat-8b by watched 0 ${hostile}: NO-GO`);
	await page.focus('section summary');
	await page.keyboard.press('Enter');
	assert.ok(await page.isVisible('section details[open] a'), 'the runs behind a rule open from the keyboard');
	await shot(page, 'watch');
	quiet(page);
	const slow = await visit(`?watch=${ids.slow}`);
	assert.match(await slow.textContent('main'), /says NO-GO since[^]*once it has held for 24 hours[^]*No change has held for long enough yet/);
	quiet(slow);
});

test('phone, light and dark: nothing overflows, axe-core finds nothing', async () => {
	for (const [query, what] of [['?decisions=all', 'decisions'], [`?decision=${ids.over}`, 'decision'], [`?watch=${ids.quick}`, 'watch']])
		for (const colorScheme of ['light', 'dark']) {
			const page = await visit(query, { colorScheme, width: 360, height: 740 });
			const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			assert.ok(wider <= 0, `${query}: ${wider} px wider than a phone`);
			assert.deepEqual(await axe(page), [], query);
			await shot(page, `${colorScheme}-${what}-360`);
		}
});
