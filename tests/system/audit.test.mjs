// audit.test.mjs — `assay audit`: a log of all kinds is clean, from the server and from a mirror, and
// whatever is changed in it is named.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { copyPublished } from './lib/folder.mjs';
import { labFile } from './lib/lab.mjs';
import { checkpointText, leafHash, signNote } from './lib/merkle.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';
import { Key, timeOf } from './lib/protocol.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { say, act, retraction, counted, settle, staff, run } = people;
const home = () => path.join(lab.dir, 'home');
const audit = (where, ...more) => lab.assay(['audit', ...(where ? [where] : []), '--home', home(),
	'--vkey', lab.policy.vkey, ...more]);
let copies = 0;

// A mirror of what is published now, once documents and log are of the same moment.
async function mirror() {
	const size = () => lab.pg.sql('SELECT size + (SELECT count(*) FROM assay.pending) FROM assay.log_head');
	const folder = path.join(lab.dir, `mirror-${++copies}`);
	await waitFor('log and documents to be whole', async () => {
		const n = await size();
		return readFileSync(path.join(lab.published, 'log/checkpoint'), 'utf8').split('\n')[1] === n &&
			String(JSON.parse(readFileSync(path.join(lab.published, 'data/v1/index.json'))).log_size) === n;
	});
	copyPublished(lab.published, folder);
	return folder;
}

async function clean(result) {
	assert.equal(result.code, 0, result.stdout + result.stderr);
	return JSON.parse(result.stdout);
}

async function breach(folder, words) {
	const result = await audit(folder);
	assert.equal(result.code, 1, result.stdout + result.stderr);
	assert.match(result.stderr, words);
}

test('a log of every kind is clean, from the server and from a mirror', async () => {
	const [sam, tom, ada, eve] = [await staff('Sam'), await staff('Tom'), await lab.enrolled('Ada'), await lab.enrolled('Eve')];
	await counted(act(sam, 'trust', ada.submitter));
	for (let i = 0; i < 4; i++) {
		await counted(run(ada, 100, people.nextPoint()));
		await counted(run(eve, 103, people.point));
	}
	const wrong = await counted(run(eve, 7));
	await counted(retraction(eve, wrong.id));
	await settle(retraction(ada, wrong.id)); // void
	await settle(run(eve, 1e15)); // held
	await counted(run(ada, 11, people.point, { replaces: (await counted(run(ada, 10, people.point))).id }));
	const { suite, model, engine, hardware } = wrong.body;
	await counted(say('intent', eve, { suite, model, engine, hardware, conditions: {}, count: 2, expires_at: timeOf(Date.now() + 3600000) }));
	await counted(act(tom, 'link', ada.submitter, { other: eve.submitter }));
	await counted(act(tom, 'unlink', ada.submitter, { other: eve.submitter }));
	const told = await clean(await audit(await mirror(), '--json'));
	assert.equal(told.documents_compared, true);
	assert.equal(told.void, 1);
	assert.ok(told.cells >= 6 && told.submitters === 4);
	const live = await clean(await audit(lab.url, '--json'));
	assert.equal(live.size, told.size);
	assert.equal(live.documents_compared, true);
	assert.match((await audit(lab.url)).stdout, /The log holds together/);
});

// Change one file of a mirror. change() gets the bytes and returns others.
function spoil(folder, name, change) {
	const file = path.join(folder, name);
	writeFileSync(file, change(readFileSync(file)));
}

const bundleOf = (folder) => {
	const part = path.join(folder, 'log/statements/000.p');
	const widest = Math.max(...readdirSync(part).map((name) => Number.parseInt(name, 10)).filter(Number.isFinite));
	return [`log/statements/000.p/${widest}.jsonl.gz`, widest];
};
const lines = (change) => (bytes) => gzipSync(change(gunzipSync(bytes).toString().trimEnd().split('\n')).join('\n') + '\n');

test('a changed, exchanged, dropped or unsigned statement is named by its leaf', async () => {
	let folder = await mirror();
	const [bundle] = bundleOf(folder);
	spoil(folder, bundle, lines((all) => all.with(5, all[5].replace(/"sig":"(.)/, (_, c) => `"sig":"${c === 'A' ? 'B' : 'A'}`))));
	await breach(folder, /leaf 5[^]*good signature/);
	folder = await mirror();
	spoil(folder, bundle, lines((all) => [...all.slice(0, 7), all[8], all[7], ...all.slice(9)]));
	await breach(folder, /leaf 7/);
	folder = await mirror();
	spoil(folder, bundle, lines((all) => all.slice(0, -1)));
	await breach(folder, /a line in its bundle/);
	folder = await mirror();
	spoil(folder, bundle, lines((all) => all.with(6, JSON.stringify({ ...JSON.parse(all[6]), envelope: JSON.parse(all[7]).envelope }))));
	await breach(folder, /leaf 6[^]*another/);
});

test('tiles, entries and checkpoint are checked against the leaves', async () => {
	let folder = await mirror();
	const [, width] = bundleOf(folder);
	const flip = (at) => (bytes) => { bytes[at] ^= 1; return bytes; };
	spoil(folder, `log/tile/0/000.p/${width}`, flip(40));
	await breach(folder, /log\/tile\/0\/000\.p[^]*others/);
	folder = await mirror();
	spoil(folder, `log/tile/entries/000.p/${width}`, flip(300));
	await breach(folder, /leaf [01]/);
	folder = await mirror();
	const other = Array.from({ length: width }, (_, i) => leafHash(`other ${i}`));
	writeFileSync(path.join(folder, 'log/checkpoint'), signNote(checkpointText(lab.origin, other), lab.origin,
		Key.fromPem(readFileSync(path.join(lab.keys, 'log.pem')))));
	await breach(folder, /log\/checkpoint[^]*root of the entries/);
	folder = await mirror();
	writeFileSync(path.join(folder, 'log/checkpoint'), signNote(checkpointText(lab.origin, other), lab.origin, new Key()));
	assert.equal((await audit(folder)).code, 5);
	rmSync(path.join(folder, 'log/checkpoint'));
	assert.equal((await audit(folder)).code, 3);
});

const edit = (change) => (bytes) => { const doc = JSON.parse(bytes); change(doc); return JSON.stringify(doc); };
const board = 'data/v1/suites/throughput.json';

test('documents that do not follow from the log are named with both values', async () => {
	let folder = await mirror();
	spoil(folder, board, edit((doc) => { doc.estimates.point[1] *= 1.001; }));
	await breach(folder, /suites\/throughput\.json cell [0-9a-f]{64} metric prefill[^]*"point"/);
	folder = await mirror();
	spoil(folder, board, edit((doc) => { doc.estimates.standing.values = doc.estimates.standing.values.map((word) => (word === 'corroborated' ? 'reproduced' : word)); }));
	await breach(folder, /"corroborated"[^]*"reproduced"/);
	folder = await mirror();
	const listsOf = (columns) => Object.values(columns).map((column) => column.of ?? column);
	spoil(folder, board, edit((doc) => {
		const { fields, ...columns } = doc.columns;
		doc.rows_n--;
		[...listsOf(fields), ...listsOf(columns)].forEach((list) => list.pop());
		while (doc.estimates.row.at(-1) === doc.rows_n)
			listsOf(doc.estimates).forEach((list) => list.pop());
	}));
	await breach(folder, /every cell in which something counts/);
	// As many rows, but one cell is left out and another stands there twice.
	const copyRow = (columns, to, from) => listsOf(columns).forEach((list) => list.copyWithin(to, from, from + 1));
	folder = await mirror();
	spoil(folder, board, edit((doc) => {
		const { fields, ...columns } = doc.columns;
		copyRow(fields, 0, 1);
		copyRow(columns, 0, 1);
		const { row, ...estimates } = doc.estimates;
		copyRow(estimates, row.indexOf(0), row.indexOf(1));
	}));
	await breach(folder, /each cell once[^]*cell [0-9a-f]{64} twice/);
	folder = await mirror();
	spoil(folder, board, edit((doc) => { doc.columns.fields.hardware.values[0] = 'Another card'; }));
	await breach(folder, /cells that the log has[^]*cell [0-9a-f]{64} by the fields of row \d/);
	// A field's value of another kind has the same digest; so has a row with a field more.
	for (const spoilFields of [({ fields }) => { fields.hardware.values[0] = null; }, ({ fields }) => { fields.extra = fields.hardware; }]) {
		folder = await mirror();
		spoil(folder, board, edit((doc) => spoilFields(doc.columns)));
		await breach(folder, /the suite's fields, each a text[^]*row \d/);
	}
	// One estimate more, of a metric that the suite does not have.
	folder = await mirror();
	spoil(folder, board, edit((doc) => {
		listsOf(doc.estimates).forEach((list) => list.push(list.at(-1)));
		doc.estimates.metric.of.splice(-1, 1, doc.estimates.metric.values.push('praise') - 1);
	}));
	await breach(folder, /one estimate of each metric/);
	// Columns that do not belong together: no row is made up, none overlooked.
	folder = await mirror();
	spoil(folder, board, edit((doc) => { doc.rows_n++; }));
	await breach(folder, /suites\/throughput\.json[^]*\d values, as the others have[^]*\/columns\/log_size: \d/);
	folder = await mirror();
	spoil(folder, board, edit((doc) => { doc.estimates.row[doc.estimates.row.length - 1] = doc.rows_n; }));
	await breach(folder, /\/estimates\/row/);
	folder = await mirror();
	const people_ = readdirSync(path.join(folder, 'data/v1/submitters')).filter((name) => name.endsWith('.json'));
	const withHeld = people_.find((name) => JSON.parse(readFileSync(path.join(folder, 'data/v1/submitters', name))).submissions.held);
	spoil(folder, `data/v1/submitters/${withHeld}`, edit((doc) => { delete doc.submissions.held; }));
	await breach(folder, /submissions held/);
	folder = await mirror();
	spoil(folder, `data/v1/submitters/${people_[0]}`, edit((doc) => { doc.trusted = !doc.trusted; }));
	await breach(folder, /"trusted"/);
	folder = await mirror();
	spoil(folder, board, edit((doc) => { doc.estimates.point[1] *= 1.001; }));
	const [logOnly] = [await audit(folder, '--log-only', '--json')];
	assert.equal((await clean(logOnly)).documents_compared, false);
});

test('ranks, held runs, facts and members that do not follow are named', async () => {
	const spoiled = async (change, words) => {
		const folder = await mirror();
		spoil(folder, board, edit(change));
		await breach(folder, words);
	};
	await spoiled((doc) => { doc.estimates.worst[0]++; }, /rank of prefill[^]*1 to 1 of 1[^]*1 to 2 of 1/);
	await spoiled((doc) => { doc.estimates.of[0]++; }, /rank of prefill[^]*1 to 1 of 1[^]*1 to 1 of 2/);
	await spoiled((doc) => { delete doc.estimates.best; }, /\/estimates\/best/);
	await spoiled((doc) => { doc.columns.held[0]++; }, /"held": \d, not \d/);
	await spoiled((doc) => { doc.columns.recommended = doc.columns.held; }, /no members but those of its format[^]*recommended/);
	await spoiled((doc) => { doc.columns.model.values[0].winner = true; }, /no members but those of its format[^]*"winner"/);
	await spoiled((doc) => { doc.estimates.certified = doc.estimates.best; }, /no members but those of its format[^]*certified/);
	await spoiled((doc) => { doc.facts.models['example-org/tiny-7b'] = { kind: 'moe' }; }, /facts of example-org\/tiny-7b/);
});

test('pages of runs are held against what was signed and settled', async () => {
	const spoiled = async (change, words) => {
		const folder = await mirror();
		const [model] = JSON.parse(readFileSync(path.join(folder, 'data/v1/index.json'))).models;
		spoil(folder, `data/v1/${model.document.replace(/\.json$/, '/runs/0.json')}`, edit(change));
		await breach(folder, words);
	};
	const held = (doc) => doc.runs.find((r) => r.state === 'held');
	const plain = (doc) => doc.runs.find((r) => r.state === 'counted');
	await spoiled((doc) => { held(doc).verdict.bound *= 2; }, /run [0-9a-f]{64}[^]*verdict/);
	await spoiled((doc) => { delete held(doc).verdict; }, /run [0-9a-f]{64}[^]*verdict/);
	await spoiled((doc) => { plain(doc).verdict = held(doc).verdict; }, /no verdict: the run is plausible/);
	await spoiled((doc) => { held(doc).state = 'counted'; }, /held[^]*state "counted"/);
	await spoiled((doc) => { plain(doc).results[0].value *= 1.001; }, /the value that was signed/);
	await spoiled((doc) => { plain(doc).results[0].n++; }, /what was signed[^]*"n"/);
	await spoiled((doc) => { plain(doc).submitter.id = held(doc).id; }, /a run of submitter/);
	await spoiled((doc) => { doc.runs = doc.runs.filter((r) => r !== held(doc)); }, /every run of the log on a page[^]*none/);
	await spoiled((doc) => { doc.runs.push(plain(doc)); }, /each run once/);
	const [{ id }] = (await lab.document('acts.json')).acts; // a statement that is no submission
	await spoiled((doc) => { doc.runs.push({ ...plain(doc), id }); }, /runs of the log[^]*run [0-9a-f]{64}/);
	await spoiled((doc) => { plain(doc).audited = true; }, /no members but those of its format[^]*"audited"/);
});

test('what is withheld is told, and the rest still holds', async () => {
	const [sam, tom, eve] = [await staff('Uma'), await staff('Vic'), await lab.enrolled('Withheld')];
	const gone = await counted(run(eve, 42));
	const withhold = await counted(act(sam, 'withhold', gone.id));
	await counted(act(tom, 'confirm', withhold.id));
	await waitFor('its bytes to go from the bundles', async () => !gunzipSync(readFileSync(path.join(lab.published, bundleOf(lab.published)[0])))
		.toString().includes(JSON.parse(gone.text).payload));
	const told = await clean(await audit(await mirror(), '--json'));
	assert.equal(told.withheld, 1);
	assert.equal(told.documents_compared, true);
});

test('a whole tile is fetched once', async () => {
	const key = await lab.enrolled('Crowd');
	for (let left = 300; left > 0; left -= 100)
		await lab.batch(Array.from({ length: 100 }, () => run(key, 50, people.nextPoint()).text).join('\n') + '\n');
	await mirror();
	const keep = path.join(lab.dir, 'keep');
	await clean(await audit(lab.url, '--keep', keep, '--json', '--log-only'));
	assert.deepEqual(readdirSync(keep).filter((f) => !f.startsWith('catalogue_')).sort(), ['log_statements_000.jsonl.gz', 'log_tile_0_000', 'log_tile_entries_000']);
	writeFileSync(path.join(keep, 'log_tile_0_000'), Buffer.alloc(8192));
	const result = await audit(lab.url, '--keep', keep, '--log-only');
	assert.equal(result.code, 1);
	assert.match(result.stderr, /log\/tile\/0\/000/);
});
