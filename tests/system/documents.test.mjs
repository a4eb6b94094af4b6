// documents.test.mjs — documents beside boards: runs by page, the feed, ladders, value, dumps.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { assertSameFolder, plainContents } from './lib/folder.mjs';
import { labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';
import { timeOf } from './lib/protocol.mjs';
import { complaints } from './lib/schema.mjs';
import { childrenOf, readXml, textOf } from './lib/xml.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { act, retraction, counted, staff, run, nextPoint, storeAt } = people;
const api = JSON.parse(readFileSync(path.join(repo, 'webroot/openapi.json')));
const valid = (schema, document) => assert.deepEqual(complaints(api, { $ref: `#/components/schemas/${schema}` }, document), []);
const named = (name) => ({ model: { name, quantization: 'Q8_0', revision: 'main' } });
const feed = async () => readXml((await lab.get('/data/v1/feed.atom')).text);
let sam;
let tom;

async function withheld(id) {
	const asked = await counted(act(sam, 'withhold', id));
	await counted(act(tom, 'confirm', asked.id));
}

test('a model\'s runs stand on pages in log order, with state, verdict and evidence', async () => {
	[sam, tom] = [await staff('Sam'), await staff('Tom')];
	const ada = await lab.enrolled('Ada');
	const evidence = [{ name: 'log.txt', sha256: 'ab'.repeat(32), bytes: 12, media_type: 'text/plain' }];
	const first = await counted(run(ada, 10.5, undefined, { ...named('acme/paged'), evidence }));
	const wild = run(ada, 1e15, undefined, named('acme/paged'));
	await lab.accepted(wild);
	const gone = await counted(run(ada, 11, undefined, named('acme/paged')));
	await counted(retraction(ada, gone.id));
	const model = await lab.documentWhere('models/acme/paged.json', (d) => d.submissions.other === 1);
	valid('Model', model);
	assert.deepEqual(model.submissions, { counted: 1, held: 1, other: 1 });
	assert.deepEqual([model.run_pages, model.run_documents], [1, 'models/acme/paged/runs/{page}.json']);
	const page = await lab.document('models/acme/paged/runs/0.json');
	valid('ModelRuns', page);
	assert.deepEqual(page.runs.map((r) => [r.id, r.state]), [[first.id, 'counted'], [wild.id, 'held'], [gone.id, 'retracted']]);
	assert.deepEqual(page.runs[0].evidence, evidence);
	assert.deepEqual([page.runs[0].results[0].value, page.runs[0].results[0].n, page.runs[0].engine.name], [10.5, 1, 'llama.cpp']);
	assert.match(page.runs[1].reason, /outside the suite's bounds/);
	assert.match(page.runs[2].reason, /wrong build/);
	assert.equal(page.log_size, model.log_size);
});

test('what is withheld goes from its page at once, and a page of nothing goes', async () => {
	const eve = await lab.enrolled('Eve');
	const [one, two] = [await counted(run(eve, 1, undefined, named('acme/gone'))), await counted(run(eve, 2, undefined, named('acme/gone')))];
	await lab.documentWhere('models/acme/gone/runs/0.json', (d) => d.runs.length === 2);
	await withheld(one.id);
	await lab.documentWhere('models/acme/gone/runs/0.json', (d) => d.runs.length === 1);
	const enrolment = await lab.pg.sql(`SELECT encode(id, 'hex') FROM assay.leaf WHERE kind = 'enrolment' AND submitter = '\\x${eve.submitter}'`);
	await withheld(enrolment);
	await lab.documentWhere('models/acme/gone/runs/0.json', (d) => d.runs[0].submitter.name === '(withheld)');
	await lab.documentWhere('models/acme/gone.json', (d) => d.runs[0].submitter.name === '(withheld)');
	await withheld(two.id);
	for (const where of ['gone/runs/0.json', 'gone.json'])
		await waitFor(`${where} to go`, async () => (await lab.get(`/data/v1/models/acme/${where}`)).status === 404);
});

test('the feed says what changed its standing, as Atom, with ids that stay', async () => {
	const before = await feed();
	assert.deepEqual([before.name, before.attributes.xmlns], ['feed', 'http://www.w3.org/2005/Atom']);
	const hostile = 'acme/<b>&"\'-\u202e-]]>';
	await counted(act(sam, 'trust', tom.submitter));
	await counted(act(tom, 'trust', sam.submitter));
	const point = nextPoint();
	await counted(run(sam, 100, point, named(hostile)));
	const second = await counted(run(tom, 101, point, named(hostile)));
	const after = await waitFor('the feed to tell', async () => {
		const now = await feed();
		return childrenOf(now, 'entry').length > childrenOf(before, 'entry').length && now;
	});
	const [entry] = childrenOf(after, 'entry');
	const settled = await lab.settled(second.id);
	assert.equal(textOf(entry, 'title'), `${hostile} Q8_0: prefill is corroborated`);
	assert.match(textOf(entry, 'summary'), new RegExp(`from single to corroborated by statement ${settled.index}\\.`));
	assert.match(textOf(entry, 'id'), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
	assert.equal(textOf(after, 'updated'), textOf(entry, 'updated'));
	assert.match(textOf(entry, 'updated'), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
	const [{ attributes: { href } }] = childrenOf(entry, 'link');
	const target = new URL(href, `${lab.url}/data/v1/feed.atom`);
	await lab.document(target.searchParams.get('model'));
	const ids = childrenOf(after, 'entry').map((e) => textOf(e, 'id'));
	assert.equal(new Set([...ids, textOf(after, 'id')]).size, ids.length + 1);
	assert.deepEqual(ids.slice(1), childrenOf(before, 'entry').map((e) => textOf(e, 'id')));
	await withheld(second.id);
	await withheld(await lab.pg.sql(`SELECT encode(l.id, 'hex') FROM assay.leaf l JOIN assay.submission s USING (index) WHERE s.submitter = '\\x${sam.submitter}' AND model_name LIKE 'acme/<b>%'`));
	await waitFor('the name to go from the feed', async () => !(await lab.get('/data/v1/feed.atom')).text.includes('202e') && !(await lab.get('/data/v1/feed.atom')).text.includes('&lt;b&gt;'));
});

// A run of the quantization suite: of a quantization of acme/ladder, so large, with these results.
function rung(key, quantization, size, results, base, more = {}) {
	const suite = lab.policy.suites.find((one) => one.name === 'quantization');
	return lab.submission(key, {
		suite: { name: suite.name, version: suite.version, digest: suite.digest },
		model: { name: 'acme/ladder', quantization, revision: 'main', size_bytes: size, parameters: 8000000000, ...(base && { base }), ...more },
		results: Object.entries(results).map(([metric, value]) =>
			({ metric, value, n: 1, conditions: { text_sha256: 'ab'.repeat(32), n_ctx: 512, chunks: 100 } })) });
}

test('a ladder names the smallest quantization whose loss is known to be small', async () => {
	const [ada, bob, cid] = [await lab.enrolled('Ada'), await lab.enrolled('Bob'), await lab.enrolled('Cid')];
	const base = 'acme/ladder@main+F16';
	const loss = (ratio) => ({ perplexity_ratio: ratio, same_top_token: 95 });
	for (const [key, by] of [[ada, 0], [bob, 0.0001], [cid, -0.0001]]) {
		await counted(rung(key, 'Q2_K', 3e9, loss(1.2 + by), base));
		await counted(rung(key, 'Q4_K_M', 4.9e9, loss(1.012 + by), base));
		await counted(rung(key, 'Q8_0', 8.5e9, loss(1.001 + by), base));
	}
	await counted(rung(ada, 'Q3_K_M', 4e9, loss(1.001), base));
	const document = await lab.documentWhere('quantization/acme/ladder.json', (d) => d.ladders[0].variants.length === 4);
	valid('Quantization', document);
	const [ladder] = document.ladders;
	assert.equal(ladder.base, base);
	assert.deepEqual(ladder.variants.map((v) => [v.quantization, v.good_enough]),
		[['Q2_K', 'no'], ['Q3_K_M', 'undecided'], ['Q4_K_M', 'yes'], ['Q8_0', 'yes']]);
	assert.deepEqual(ladder.smallest.map((s) => [s.limit, s.subject?.split('+')[1] ?? null]),
		[[1.005, 'Q8_0'], [1.01, 'Q8_0'], [1.02, 'Q4_K_M'], [1.05, 'Q4_K_M']]);
	assert.equal(ladder.variants[0].bits_per_weight, 3);
	assert.equal((await lab.document('models/acme/ladder.json')).quantization, 'quantization/acme/ladder.json');
});

test('bits a weight are not taken for bytes: a variant of unknown size is never the smallest', async () => {
	const people = [await lab.enrolled('Ada'), await lab.enrolled('Bob'), await lab.enrolled('Cid')];
	const loss = (by) => ({ perplexity_ratio: 1.001 + by });
	for (const [i, by] of [0, 0.0001, -0.0001].entries()) {
		await counted(rung(people[i], 'Q4_K_M', 4.9e9, loss(by), 'acme/mixed@main+F32', { name: 'acme/mixed' }));
		await counted(rung(people[i], 'Q8_0', 8.5e9, loss(by), 'acme/mixed@main+F32', { name: 'acme/mixed' }));
		await counted(rung(people[i], 'F16', undefined, loss(by), 'acme/mixed@main+F32',
			{ name: 'acme/mixed', bits_per_weight: 16, parameters: undefined }));
	}
	const { ladders: [ladder] } = await lab.documentWhere('quantization/acme/mixed.json',
		(d) => d.ladders[0].variants.length === 3 && d.ladders[0].variants.every((v) => v.good_enough === 'yes'));
	assert.deepEqual(ladder.variants.map((v) => v.quantization), ['Q4_K_M', 'Q8_0', 'F16']);
	assert.ok(ladder.smallest.every((s) => s.subject === 'acme/mixed@main+Q4_K_M'), JSON.stringify(ladder.smallest));
});

test('where nobody names a base, perplexities are compared with those of most bits, within submitters', async () => {
	const [ada, bob] = [await lab.enrolled('Ada'), await lab.enrolled('Bob')];
	// each measures both sides with an error of its own that cancels
	for (const [key, by] of [[ada, 1], [bob, 1.3]]) {
		await counted(rung(key, 'F16', 16e9, { perplexity: 6 * by }));
		await counted(rung(key, 'Q6_K', 6.6e9, { perplexity: 6.018 * by }));
	}
	await counted(run(ada, 90, undefined, { model: { name: 'acme/ladder', quantization: 'Q6_K', revision: 'main' },
		results: [{ metric: 'decode', conditions: { n_gen: 128 }, value: 90, n: 3, sd: 1 }] }));
	const told = (d) => d.ladders.find((l) => l.base === 'acme/ladder@main+F16' && l.variants.some((v) => v.quantization === 'Q6_K'));
	const document = await lab.documentWhere('quantization/acme/ladder.json',
		(d) => told(d)?.variants.every((v) => v.quantization !== 'Q6_K' || (v.speeds.length === 1 && v.loss.voters === 2)));
	valid('Quantization', document);
	const [q6, f16] = told(document).variants;
	assert.deepEqual([q6.quantization, q6.good_enough, q6.loss.paired], ['Q6_K', 'yes', true]);
	assert.ok(Math.abs(q6.loss.point - 1.003) < 1e-9 && Math.abs(q6.loss.high - 1.003) < 1e-6);
	assert.deepEqual([f16.quantization, f16.good_enough, f16.loss], ['F16', 'base', undefined]);
	assert.deepEqual([q6.speeds[0].decode.point, q6.speeds[0].decode.n_gen, q6.speeds[0].hardware], [90, 128, 'Example GPU 80GB']);
});

test('what a token costs follows from rates, and prices with source and date', async () => {
	const [ada, bob] = [await lab.enrolled('Ada'), await lab.enrolled('Bob')];
	const model = { name: 'Qwen/Qwen3-8B', quantization: 'Q4_K_M', revision: 'main', size_bytes: 5e9 };
	const hardware = { cpu: { name: 'Example CPU 9000' }, accelerators: [{ name: 'NVIDIA GeForce RTX 4090', memory_mib: 24564 }] };
	const point = { metric: 'decode', conditions: { n_gen: 128 }, n: 3, sd: 1 };
	for (const [key, value] of [[ada, 99], [bob, 101]])
		await counted(run(key, value, undefined, { model, hardware, results: [{ ...point, value }] }));
	const say = (members) => counted(people.say('price', sam, { currency: 'USD', valid_from: '2026-07-01T00:00:00Z', source: 'https://prices.example', ...members }));
	const entry = (d) => d.models.find((m) => m.name === model.name)?.self_hosted[0];
	const before = await lab.documentWhere('value.json', (d) => entry(d)?.rate.voters === 2);
	valid('Value', before);
	// the catalogue's, until staff say what it costs here
	assert.equal(entry(before).price_per_hour.from, 'catalogue');
	assert.ok(entry(before).price_per_hour.date && entry(before).price_per_hour.source);
	await say({ of: 'hardware', name: 'RTX 4090', unit: 'hour', amount: '0.72' });
	await say({ of: 'model', name: model.name, unit: 'million_output_tokens', amount: '0.01' });
	const after = await lab.documentWhere('value.json', (d) => entry(d)?.break_even?.from === 'log');
	valid('Value', after);
	const cost = (rate) => 0.72 * 1e6 / (3600 * rate);
	const { usd_per_million_tokens: told, break_even: even, rate, price_per_hour: price } = entry(after);
	const near = (x, y) => assert.ok(Math.abs(x - y) < 1e-9 * y, `${x}, not ${y}`);
	near(told.point, cost(rate.point));
	near(told.low, cost(rate.high));
	near(even.tokens_per_s, 0.72 * 1e6 / (3600 * 0.01));
	assert.equal(even.streams, null);
	assert.deepEqual([price.from, price.amount, price.date], ['log', 0.72, '2026-07-01T00:00:00Z']);
	assert.ok(after.sold.some((s) => s.kind === 'closed' && s.output.source && s.output.date));
	const machine = await lab.document('hardware/NVIDIA~20GeForce~20RTX~204090.json');
	valid('Hardware', machine);
	assert.deepEqual([machine.runs.length, machine.runs[0].weights_fit, machine.facts.memory_gib, machine.price_per_hour.from], [1, true, 24, 'log']);
	const board = await lab.board();
	valid('Board', board);
	assert.ok(board.facts.models[model.name].family && board.facts.hardware['NVIDIA GeForce RTX 4090'].memory_gib === 24);
	const reported = await lab.document('reported.json');
	valid('Reported', reported);
	assert.ok(reported.mt_bench.length > 50 && reported.mt_bench.every((r) => r.standing === 'reported'));
	assert.ok(board.rows.every((row) => row.estimates.every((e) => e.standing !== 'reported')));
});

test('a day that is over is dumped: what was said, what it changed, as JSON Lines and as a table', async () => {
	assert.deepEqual((await lab.document('dumps.json')).days, []);
	const eve = await lab.enrolled('Eve');
	const day = 86400000;
	const midnight = Math.floor(Date.now() / day) * day;
	const at = (ms) => ({ created_at: timeOf(ms - 1000) });
	const name = '=cmd|"\'/c calc\'!A1",x\u2028';
	const kept = run(eve, 12.5, undefined, { ...named(name), ...at(midnight - 5000) });
	const gone = run(eve, 13, undefined, { ...named('acme/dumped'), ...at(midnight - 4000) });
	await storeAt(kept, midnight - 5000);
	assert.equal((await storeAt(gone, midnight - 4000)).state, 'counted');
	const retracted = await counted(retraction(eve, gone.id));
	const { index: last } = await lab.settled(gone.id);
	const document = await lab.documentWhere('dumps.json', (d) => d.days[0]?.log_size === last + 1);
	valid('Dumps', document);
	const [yesterday] = document.days;
	assert.deepEqual([yesterday.first, yesterday.log_size, yesterday.parts], [0, last + 1, 1]);
	assert.equal(yesterday.day, timeOf(midnight - day).slice(0, 10));
	const part = async (where) => (await lab.get(`/data/v1/${where.replace('{part}', 0)}`)).text;
	const lines = (await part(yesterday.statements)).trimEnd().split('\n').map((line) => JSON.parse(line));
	lines.forEach((line) => valid('DumpLine', line));
	assert.deepEqual(lines.map((line) => line.index), [...lines.keys()]);
	assert.equal(lines.length, last + 1);
	// as it stood then: what was taken back later is told by the later day
	assert.deepEqual([lines[last].id, lines[last].state, lines[last].statement.results], [gone.id, 'counted', gone.body.results]);
	assert.ok(lines.some((line) => line.standings?.some((s) => s.to === 'corroborated')));
	assert.ok(lines.some((line) => line.moved?.some((m) => m.to === 'retracted')));
	const table = (await part(yesterday.results)).split('\r\n');
	assert.equal(table.pop(), '');
	const row = table.find((line) => line.includes(kept.id));
	assert.ok(row.includes(`,"'=cmd|""'/c calc'!A1"",x\u2028",`), row);
	assert.ok(row.endsWith(',12.5,1,,'), row);
	assert.equal(table.filter((line) => line.includes(gone.id)).length, 1);
	assert.ok(!table.some((line) => line.includes(retracted.id)));
	await withheld(gone.id);
	await waitFor('it to go from the dump', async () => {
		const now = (await part(yesterday.statements)).split('\n');
		return JSON.parse(now[last]).withheld && JSON.parse(now[last]).statement === null && !(await part(yesterday.results)).includes(gone.id);
	});
});

// The last test: everything that was written piece by piece must be what a new folder gets at once.
test('a folder made anew says the same', async () => {
	const size = await lab.pg.sql('SELECT size FROM assay.log_head');
	const wholeIn = (folder) => waitFor('the documents to be whole', () => {
		const index = path.join(folder, 'data/v1/index.json');
		return existsSync(index) && String(JSON.parse(readFileSync(index)).log_size) === size;
	});
	const anew = lab.anotherDaemon();
	await anew.start();
	await wholeIn(lab.published);
	await wholeIn(anew.settings.published);
	await waitFor('the dumps', () => existsSync(path.join(anew.settings.published, 'data/v1/dumps.json')));
	assertSameFolder(plainContents(path.join(lab.published, 'data')), plainContents(path.join(anew.settings.published, 'data')));
});
