// prices.test.mjs — what things cost: said by staff, logged, published, taken back.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { assertSameFolder, plainContents } from './lib/folder.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';
import { timeOf } from './lib/protocol.mjs';
import { complaints } from './lib/schema.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { say, act, retraction, rootKey, counted, isVoid, staff } = people;
const api = JSON.parse(readFileSync(path.join(repo, 'webroot/openapi.json')));
const published = (probe) => lab.documentWhere('prices.json', (d) => probe(d.prices));
const price = (key, changes = {}) => say('price', key, { of: 'model', name: 'acme/small', amount: '0.15', currency: 'USD',
	unit: 'million_input_tokens', valid_from: '2026-07-01T00:00:00Z', source: 'https://acme.example/prices', ...changes });
let sam;

test('before anybody named a price the document is there, and empty', async () => {
	const document = await published(() => true);
	assert.deepEqual([document.log_size, document.prices], [0, []]);
});

test('staff name a price: it stands in the document as it was signed', async () => {
	sam = await staff('Sam');
	const first = await counted(price(sam));
	const second = await counted(price(sam, { of: 'hardware', name: 'NVIDIA GeForce RTX 4090', unit: 'hour', amount: '0.340' }));
	const document = await published((prices) => prices.length === 2);
	assert.deepEqual(complaints(api, { $ref: '#/components/schemas/Prices' }, document), []);
	assert.deepEqual(document.prices.map((p) => [p.id, p.of, p.amount, p.unit, p.retracted]),
		[[second.id, 'hardware', '0.340', 'hour', false], [first.id, 'model', '0.15', 'million_input_tokens', false]]);
	assert.equal(document.prices[0].by.id, sam.submitter);
	assert.equal(document.log_size, document.prices[0].index + 1);
});

test('nobody else may, at the door or in the log', async () => {
	const eve = await lab.enrolled('Eve');
	assertProblem(await lab.post(price(eve).text), 403, 'not_entitled');
	// staff at the door, and no more at its place in the log
	const tom = await staff('Tom');
	const restarted = async (settings) => {
		await lab.daemon.stop();
		lab.daemon.set(settings);
		await lab.serve();
	};
	await restarted({ lead: false });
	const late = price(tom);
	await lab.accepted(act(rootKey(), 'revoke', tom.submitter, { role: 'staff' }));
	await lab.accepted(late);
	await restarted({ lead: true });
	assert.equal((await lab.settled(late.id)).state, 'void');
	assert.equal((await published(() => true)).prices.length, 2);
});

test('who named a price takes it back, and nobody else', async () => {
	const uma = await staff('Uma');
	const wrong = await counted(price(sam, { amount: '15' }));
	await isVoid(retraction(uma, wrong.id), '/target');
	const back = await counted(retraction(sam, wrong.id));
	const document = await published((prices) => prices.some((p) => p.retracted));
	assert.deepEqual(document.prices.filter((p) => p.retracted).map((p) => p.id), [wrong.id]);
	assert.equal(document.log_size, (await lab.settled(back.id)).index + 1);
});

test('assay price: the verb signs, the runner\'s own words refuse', async () => {
	const home = path.join(lab.dir, 'home');
	const told = (...words) => lab.assay(['price', ...words, '--home', home]);
	const good = ['model', 'acme/large', '--amount', '2.50', '--unit', 'million_output_tokens',
		'--valid-from', '2026-07-01', '--source', 'https://acme.example'];
	const refused = async (words, changes) => {
		const args = [...good];
		for (const [i, word] of Object.entries(changes))
			args[i] = word;
		const result = await told(...args);
		assert.equal(result.code, 2, result.stderr);
		assert.match(result.stderr, words);
	};
	const enrolled = await lab.assay(['enrol', '--server', lab.url, '--name', 'Vic', '--accept-terms', '--json', '--home', home]);
	assert.equal((await told(...good)).code, 1, 'not of the staff');
	await counted(act(rootKey(), 'grant', JSON.parse(enrolled.stdout).submitter, { role: 'staff' }));
	await refused(/decimal number/, { 3: '2,50' });
	await refused(/million_input_tokens/, { 5: 'hour' });
	await refused(/YYYY-MM-DD/, { 7: '2026-02-30' });
	await refused(/model or hardware/, { 0: 'service' });
	const done = await told(...good);
	assert.equal(done.code, 0, done.stderr);
	const [newest] = (await published((prices) => prices[0].name === 'acme/large')).prices;
	assert.deepEqual([newest.amount, newest.currency, newest.valid_from], ['2.50', 'USD', '2026-07-01T00:00:00Z']);
});

test('a name that is withheld goes from prices and decisions; a folder made anew says the same', async () => {
	const common = () => ({ policy: '{"name":"p","rules":[{"metric":"decode","suite":"throughput","compare":"absolute","margin":1}]}',
		candidate: 'acme/none', checkpoint: { size: 1, root: 'ab'.repeat(32) }, evaluated_at: timeOf(Date.now() - 1000), result: 'INSUFFICIENT',
		rules: [{ verdict: 'INSUFFICIENT', voters: 0, standing: 'none', inputs_n: 0, inputs_digest: 'cd'.repeat(32) }], unpublished: [], earlier_n: 0 });
	const decision = await counted(say('decision', sam, common()));
	const other = await counted(say('decision', await staff('Xia'), common()));
	await lab.documentWhere('decisions.json', (d) => d.decisions.length === 2);
	const [wim, yas] = [await staff('Wim'), await staff('Yas')];
	const enrolment = await lab.pg.sql(`SELECT encode(id, 'hex') FROM assay.leaf WHERE kind = 'enrolment' AND submitter = '\\x${sam.submitter}'`);
	for (const target of [enrolment, other.id]) {
		const asked = await counted(act(wim, 'withhold', target));
		await counted(act(yas, 'confirm', asked.id));
	}
	await published((prices) => prices.some((p) => p.by.id === sam.submitter) && prices.every((p) => p.by.id !== sam.submitter || p.by.name === '(withheld)'));
	await lab.documentWhere(`decisions/${decision.id}.json`, (d) => d.decision.by.name === '(withheld)');
	const hidden = await lab.documentWhere(`decisions/${other.id}.json`, (d) => d.decision.withheld);
	assert.equal(hidden.decision.policy, undefined);
	const list = await lab.documentWhere('decisions.json', (d) => d.decisions.some((one) => one.withheld));
	assert.deepEqual(list.decisions.map((d) => [d.id, d.withheld]), [[other.id, true], [decision.id, false]]);
	const size = await lab.pg.sql('SELECT size FROM assay.log_head');
	const wholeIn = (folder) => waitFor('the documents to be whole', () => {
		const index = path.join(folder, 'data/v1/index.json');
		return existsSync(index) && String(JSON.parse(readFileSync(index)).log_size) === size;
	});
	const anew = lab.anotherDaemon();
	await anew.start();
	await wholeIn(lab.published);
	await wholeIn(anew.settings.published);
	assertSameFolder(plainContents(path.join(lab.published, 'data')), plainContents(path.join(anew.settings.published, 'data')));
});
