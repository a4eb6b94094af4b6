// people.test.mjs — the views of submitters and acts, as a person sees them.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { labFile } from '../system/lib/lab.mjs';
import { peopleOf } from '../system/lib/people.mjs';
import { timeOf } from '../system/lib/protocol.mjs';
import { axe, launch, newPage, shot } from './lib/browser.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { say, act, counted, staff, run } = people;
const hostile = '<img src=x onerror=alert(1)>\u202Eevil';
let browser;
let eve;
let sam;
let held;
let ada;
let again;

after(() => browser?.close());

const visit = async (query, options) => {
	const page = await newPage(browser, options);
	await page.goto(`${lab.url}/${query}`);
	await page.waitForSelector('main:not([aria-busy]) h1');
	return page;
};
const quiet = (page) => assert.deepEqual(page.complaints, []);

test('a small world: staff, a submitter with a hostile name, a held run, an intent', async () => {
	browser = await launch();
	sam = await staff('Sam');
	eve = await lab.enrolled(hostile);
	const plain = await counted(run(eve, 10));
	const { suite, model, engine, hardware } = plain.body;
	await counted(say('intent', eve, { suite, model, engine, hardware, conditions: {}, count: 2, expires_at: timeOf(Date.now() + 3600000) }));
	held = run(eve, 1e15);
	await lab.accepted(held);
	await lab.settled(held.id);
	await counted(act(sam, 'withhold', plain.id));
	const timings = { results: [101.25, 203.5].map((value, at) => ({ metric: 'prefill', conditions: { n_prompt: 1 + at }, value, n: 5, sd: value / 128 })) };
	ada = await lab.enrolled('Ada');
	await counted(lab.submission(ada, timings));
	again = await counted(lab.submission(eve, timings));
	await lab.documentWhere('acts.json', (d) => d.held.length === 1 && d.twins.length === 1 && d.acts.some((a) => a.waits));
});

test('acts: what waits, with the command to copy, and what was done', async () => {
	const page = await visit('?acts=queue');
	const text = await page.textContent('main');
	assert.match(text, new RegExp(`assay act release ${held.id}`));
	assert.match(text, /assay act confirm [0-9a-f]{64}/);
	assert.match(text, /a root key/);
	assert.equal(await page.getAttribute('#nav a[aria-current]', 'href'), '?acts=queue');
	await shot(page, 'acts');
	quiet(page);
});

test('twins: both runs side by side, and every command of the queue is copied as it stands', async () => {
	const page = await visit('?acts=queue', { permissions: ['clipboard-read', 'clipboard-write'] });
	const twins = await page.innerText('[aria-label=Twins] tbody tr');
	assert.match(twins, /#\d+ ● counted\s+Ada [0-9a-f]{8}/);
	const told = [`assay act hold ${again.id} --reason '…'`, `assay act link ${ada.submitter} ${eve.submitter} --reason '…'`];
	assert.deepEqual(await page.$$eval('[aria-label=Twins] code.command', (list) => list.map((one) => one.textContent)), told);
	assert.deepEqual(await page.$$eval('[aria-label=Held] code.command', (list) => list.map((one) => one.textContent)),
		['release', 'quarantine'].map((word) => `assay act ${word} ${held.id} --reason '…'`));
	await page.click('[aria-label=Twins] button.copy >> nth=1');
	await page.waitForSelector('button.copy:text("Copied")');
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), told[1]);
	quiet(page);
});

test('a name leads to its submitter\'s record; hostile text is text', async () => {
	const page = await visit('?acts=queue');
	await page.click(`a.person:has(code[title="${eve.submitter}"])`);
	await page.waitForSelector('dl.pairs');
	assert.match(page.url(), new RegExp(`submitter=${eve.submitter}`));
	const text = await page.textContent('main');
	assert.ok(text.includes('<img src=x onerror=alert(1)>'));
	assert.match(text, /not established/);
	assert.match(text, /0 of 2/);
	assert.match(text, /2 to come/);
	assert.match(text, /◇ held/);
	assert.equal(await page.$('main img'), null);
	await shot(page, 'submitter');
	await page.goBack();
	await page.waitForSelector('h1:has-text("Acts")');
	quiet(page);
});

test('all submitters: sorted by a click, found by name, with the way to each record', async () => {
	const page = await visit('');
	await page.click('#nav a:text("Submitters")');
	await page.waitForSelector('table.submitters tbody tr');
	assert.equal(await page.getAttribute('#nav a[aria-current]', 'href'), '?submitters=all');
	const names = () => page.$$eval('table.submitters tbody th', (list) => list.map((th) => th.querySelector('.name').title));
	const sorted = (key) => page.getAttribute(`th:has([data-key=${key}])`, 'aria-sort');
	assert.deepEqual([(await names()).length, await sorted('counted')], [3, 'descending']);
	await page.click('[data-key=held]');
	assert.equal((await names())[0], hostile);
	assert.match(page.url(), /sort=-held$/);
	await page.keyboard.press('Enter');
	assert.deepEqual([await sorted('held'), (await names()).at(-1)], ['ascending', hostile]);
	assert.match(await page.innerText(`tr:has(code[title="${eve.submitter}"])`), /1 may still come/);
	await page.fill('input[name=q]', eve.submitter.slice(0, 10));
	assert.deepEqual(await names(), [hostile]);
	assert.equal(await page.textContent('#state'), '1 of 3 submitters');
	await page.fill('input[name=q]', 'no such person');
	assert.match(await page.textContent('main'), /Nobody has such a name or id/);
	const other = await visit(`?submitters=all&q=${ada.submitter}&sort=name`);
	await other.click('table.submitters a.person');
	await other.waitForSelector('h1:has-text("Ada")');
	assert.equal(await other.getAttribute('#nav a[aria-current]', 'href'), '?submitters=all');
	quiet(page);
	quiet(other);
});

// A list of so many pages: 300 people on each, by names that tell their page.
async function withPages(page, n) {
	const index = await lab.document('index.json');
	const document = await lab.document('submitters/list/0.json');
	const [one] = document.submitters;
	const read = [];
	await page.route('**/data/v1/index.json', (route) => route.fulfill({ json: { ...index, submitter_pages: n } }));
	await page.route('**/data/v1/submitters/list/*.json', (route) => {
		const number = Number(/(\d+)\.json/.exec(route.request().url())[1]);
		read.push(number);
		return route.fulfill({ json: { ...document, page: number, submitters: Array.from({ length: 300 }, (_, i) => ({ ...one, id: `${number}`.padStart(8, '0') + `${i}`.padStart(56, '0'),
			name: `P${number} ${i}`, enrolled_index: 300 * number + i, submissions: { counted: i } })) } });
	});
	await page.goto(`${lab.url}/?submitters=all`);
	await page.waitForSelector('main:not([aria-busy]) h1');
	return read;
}

test('a long list of submitters: all its pages, so many rows at once, older ones left out and told; and none', async () => {
	const page = await newPage(browser);
	const rows = () => page.$$eval('table.submitters tbody tr', (list) => list.length);
	assert.deepEqual((await withPages(page, 2)).sort(), [0, 1]);
	assert.deepEqual([await rows(), await page.textContent('#state')], [200, '600 of 600 submitters']);
	await page.click('button:text("Show more: 400 are left")');
	assert.equal(await rows(), 400);
	assert.ok(await page.evaluate(() => document.activeElement.closest('tr')?.rowIndex === 201), 'the focus is not at the first of the new rows');
	await page.unrouteAll();
	assert.equal((await withPages(page, 42)).includes(1), false);
	assert.match(await page.textContent('main'), /The newest 12,000; older ones/);
	await page.unrouteAll();
	assert.deepEqual(await withPages(page, 0), []);
	assert.match(await page.textContent('main'), /Nobody has enrolled yet/);
	quiet(page);
	await page.context().close();
});

test('an address that names nobody says so', async () => {
	const page = await newPage(browser);
	await page.goto(`${lab.url}/?submitter=nobody`);
	assert.match(await page.textContent('[role=alert]'), /submitters\/nobody\.json/);
	await page.goto(`${lab.url}/?submitter=../../x`);
	assert.match(await page.textContent('[role=alert]'), /not the name of a document/);
});

test('phone, light and dark: nothing overflows, axe-core finds nothing', async () => {
	for (const query of ['?acts=queue', '?submitters=all', `?submitter=${eve.submitter}`])
		for (const colorScheme of ['light', 'dark']) {
			const page = await visit(query, { colorScheme, width: 360, height: 740 });
			const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			assert.ok(wider <= 0, `${query}: ${wider} px wider than a phone`);
			assert.deepEqual(await axe(page), [], query);
			await shot(page, `${colorScheme}-people-${/\w+/.exec(query)[0]}-360`);
		}
});
