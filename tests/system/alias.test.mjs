// alias.test.mjs — names that staff say are one: runs meet, documents move, and move back; anybody can check it.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';
import { sameInOneBatch } from './lib/rebatch.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { act, counted, isVoid, retraction, run, say, shows, staff } = people;
const alias = (key, of, raw, canonical) => say('alias', key, { of, raw, canonical, reason: 'the same thing' });
const voters = (n, standing) => (row) => row.estimates[0]?.voters === n && (!standing || row.estimates[0].standing === standing);
const on = (name) => ({ hardware: { cpu: { name: 'Test CPU' }, accelerators: [{ name, memory_mib: 24576 }] } });
const published = (...parts) => path.join(lab.published, 'data/v1', ...parts);
const offline = () => ['--home', path.join(lab.dir, 'home'), '--vkey', lab.policy.vkey];
const audit = () => lab.assay(['audit', lab.url, ...offline()]);
const who = {};

test('people: two of staff, two submitters, one of them trusted', async () => {
	for (const name of ['sam', 'tom'])
		who[name] = await staff(name);
	for (const name of ['ada', 'eve', 'ben'])
		who[name] = await lab.enrolled(name);
	await counted(act(who.sam, 'trust', who.ada.submitter));
});

test('two raw names of a device: one cell, two voters, one page; back again when it is undone', async () => {
	const a = await counted(run(who.ada, 100, people.nextPoint(), on('Card 24G')));
	const b = await counted(run(who.eve, 103, people.point, on('my card')));
	await shows(a, voters(1));
	await shows(b, voters(1));
	await lab.documentWhere('acts.json', (d) => d.unknown_names.some((n) => n.name === 'my card' &&
		n.commands[0] === `assay alias --reason '…' -- hardware 'my card' '…'`));
	await counted(alias(who.sam, 'hardware', 'my card', 'Card 24G'));
	const row = await shows(a, voters(2, 'corroborated'));
	assert.equal(row.fields.hardware, 'Card 24G');
	await lab.documentWhere('acts.json', (d) => d.names.some((n) => n.raw === 'my card' && n.canonical === 'Card 24G'));
	assert.ok(!existsSync(published('hardware/my~20card.json')), 'nothing stands under the raw name');
	// a run under a raw cell that nobody had, and the same submitter under both names: still one vote each
	const c = await counted(run(who.eve, 103, people.nextPoint(), on('my card')));
	const d = await counted(run(who.ada, 100, people.point, on('Card 24G')));
	await counted(run(who.eve, 102, people.point, on('Card 24G')));
	assert.deepEqual((await shows(d, (r) => r.estimates[0]?.runs === 3)).estimates[0].voters, 2);
	assert.equal((await audit()).code, 0);
	await counted(alias(who.tom, 'hardware', 'my card', null));
	await shows(a, voters(1, 'single'));
	await shows(b, voters(1, 'single'));
	await shows(c, voters(1));
	await shows(d, voters(2));
	assert.equal((await audit()).code, 0);
});

test('a model goes by its canonical name: one page with the runs of both, and links that lead there', async () => {
	const model = (name) => ({ model: { name, quantization: 'Q8_0', revision: 'main' } });
	await counted(run(who.ada, 100, people.nextPoint(), { ...model('acme/small'), use_cases: ['coding'] }));
	const b = await counted(run(who.eve, 101, people.point, { ...model('acme/sml'), use_cases: ['coding'] }));
	const usedFor = (...expected) => lab.documentWhere('use-cases.json', (d) =>
		JSON.stringify(d.use_cases[0]?.models.map((m) => [m.model.name, m.submitters])) === JSON.stringify(expected));
	await usedFor(['acme/small', 1], ['acme/sml', 1]);
	await lab.documentWhere('models/acme/sml.json', (d) => d.runs_total === 1);
	await counted(alias(who.sam, 'model', 'acme/sml', 'acme/small'));
	const page = await lab.documentWhere('models/acme/small.json', (d) => d.runs_total === 2);
	assert.equal(page.boards[0].rows.length, 1);
	assert.equal(page.boards[0].rows[0].estimates[0].voters, 2);
	assert.equal(page.run_pages, 1);
	for (const gone of ['models/acme/sml.json', 'models/acme/sml/runs/0.json'])
		await waitFor(`${gone} to go`, () => !existsSync(published(gone)));
	const runs = JSON.parse(readFileSync(published('models/acme/small/runs/0.json')));
	assert.deepEqual(runs.runs.map((r) => r.raw_name), [undefined, 'acme/sml']);
	const record = await lab.documentWhere(`submitters/${who.eve.submitter}.json`, (d) => d.runs[0].id === b.id && d.runs[0].model.name === 'acme/small');
	assert.match(record.runs[0].model.document, /acme\/small/);
	const index = await lab.documentWhere('index.json', (d) => d.models.some((m) => m.name === 'acme/small' && m.submitters === 2));
	assert.ok(!index.models.some((m) => m.name === 'acme/sml'));
	await usedFor(['acme/small', 2]);
});

test('the quantization and the engine of a cell without them in its key are shown by canonical names too', async () => {
	const weights = (quantization) => ({ model: { name: 'acme/weights', quantization, sha256: 'ab'.repeat(32) } });
	const first = await counted(run(who.ada, 100, people.nextPoint(), weights('q4km')));
	await shows(first, (row) => row.model.quantization === 'q4km');
	await counted(alias(who.sam, 'quantization', 'q4km', 'Q4_K_M'));
	await shows(first, (row) => row.model.quantization === 'Q4_K_M');
});

test('chains, strangers, and retracting an alias are refused; the door says so early', async () => {
	await counted(alias(who.sam, 'hardware', 'a', 'b'));
	await isVoid(alias(who.sam, 'hardware', 'b', 'c'), '/raw');
	await isVoid(alias(who.sam, 'hardware', 'b', 'a'), '/canonical');
	const last = alias(who.sam, 'hardware', 'c', 'b');
	await counted(last);
	await isVoid(retraction(who.sam, last.id), '/target');
	const refused = await lab.post(alias(who.eve, 'hardware', 'x', 'y').text);
	assert.equal(refused.status, 403);
	assert.match(refused.text, /staff/);
});

test('an alias that changes a reproduced cell waits for a second one of staff', async () => {
	await counted(act(who.tom, 'trust', who.eve.submitter));
	await counted(act(who.sam, 'trust', who.ben.submitter));
	const solid = await counted(run(who.ada, 100, people.nextPoint(), on('Solid')));
	await counted(run(who.eve, 101, people.point, on('Solid')));
	await counted(run(who.ben, 99, people.point, on('Solid')));
	await counted(run(who.sam, 100.5, people.point, on('solid-ish')));
	await shows(solid, voters(3, 'reproduced'));
	const asked = alias(who.sam, 'hardware', 'solid-ish', 'Solid');
	await counted(asked);
	await lab.documentWhere('acts.json', (d) => d.aliases.some((a) => a.id === asked.id && a.waits));
	await shows(solid, voters(3));
	await isVoid(act(who.sam, 'confirm', asked.id), '/target');
	await counted(act(who.tom, 'confirm', asked.id));
	await shows(solid, voters(4, 'reproduced'));
	await lab.documentWhere('acts.json', (d) => d.aliases.some((a) => a.id === asked.id && !a.waits));
});

test('a gate finds its candidate by a raw name, and what a rule asks of hardware too', async () => {
	const judged = async (candidate, where) => {
		const policy = path.join(lab.dir, 'policy.json');
		writeFileSync(policy, JSON.stringify({ name: 'aliased', candidate, settle_hours: 0, rules: [{ metric: 'prefill', suite: 'throughput/1',
			where, compare: 'absolute', margin: 1, min_standing: 'single', min_submitters: 2, severity: 'block' }] }));
		const told = JSON.parse((await lab.assay(['gate', policy, '--log', lab.published, ...offline(), '--json'])).stdout);
		return [told.result, told.compared_n];
	};
	assert.deepEqual(await judged('acme/sml', {}), ['GO', 1]);
	assert.deepEqual(await judged('acme/small', {}), ['GO', 1]);
	assert.deepEqual(await judged('example-org/tiny-7b', { hardware: 'solid-ish' }), ['GO', 1]);
});

test('audit tells a board that goes by raw names, or joins what nobody said is one', async () => {
	const ok = await audit();
	assert.equal(ok.code, 0, ok.stdout + ok.stderr);
	const copy = path.join(lab.dir, 'tampered');
	cpSync(lab.published, copy, { recursive: true });
	const file = path.join(copy, 'data/v1/suites/throughput.json');
	const board = JSON.parse(readFileSync(file));
	const { values, of } = board.columns.fields.hardware;
	board.estimates.voters[board.estimates.row.findIndex((row) => values[of[row]] === 'Solid')] = 3;
	writeFileSync(file, JSON.stringify(board));
	const tampered = await lab.assay(['audit', copy, ...offline()]);
	assert.notEqual(tampered.code, 0);
	assert.match(tampered.stdout + tampered.stderr, /"voters": 3/);
});

test('an alias that moves very many cells moves them all; their standing follows when they are touched', async () => {
	const results = (value) => Array.from({ length: 300 }, (_, i) => ({ metric: 'prefill', conditions: { n_prompt: 9000 + i }, value, n: 1 }));
	const first = await counted(run(who.ada, 0, 0, { ...on('MANY'), results: results(100) }));
	await counted(run(who.eve, 0, 0, { ...on('many'), results: results(101) }));
	await counted(alias(who.sam, 'hardware', 'many', 'MANY'));
	await shows(first, voters(2, 'corroborated'));
	const standing = () => lab.pg.sql(`SELECT standing FROM assay.standing WHERE cell = '\\x${people.cellOf(first)}'`);
	assert.equal(await standing(), 'single');
	await counted(run(who.ben, 100, 8000, on('MANY')));
	await shows(first, voters(3));
	assert.equal(await standing(), 'reproduced');
	assert.equal((await audit()).code, 0);
});

test('another batching of the same log derives the same rows and documents', async () => {
	await sameInOneBatch(lab);
});
