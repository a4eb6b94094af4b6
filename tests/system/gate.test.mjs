// gate.test.mjs — the release manager's question, from evidence to a decision that anybody can make again.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';
import { Key } from './lib/protocol.mjs';
import { complaints } from './lib/schema.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { say, act, retraction, rootKey, counted, settle, staff } = people;
const api = JSON.parse(readFileSync(path.join(repo, 'webroot/openapi.json')));
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };
const itemsFile = readFileSync(path.join(repo, 'eval-suites/refusals/1/items.jsonl'));
const harmless = itemsFile.toString().trim().split('\n').map((line) => JSON.parse(line).expect === 'answer');
const [BASE, CANDIDATE] = ['acme/chat-7b', 'acme/chat-8b'];

let crowd, rosa, sam, policyFile, first;

// The judged answers of one submitter: which of the harmless requests, by number, were refused.
function refusalsBody(model, refused) {
	const suite = lab.policy.suites.find((s) => s.name === 'refusals');
	const scores = harmless.map((is) => is ? 0 : null);
	for (const i of refused)
		scores[i] = 1;
	const digest = createHash('sha256').update(itemsFile).digest('hex');
	return { suite: { name: suite.name, version: suite.version, digest: suite.digest },
		model: { name: model, revision: 'main', quantization: 'Q4_K_M' },
		judge: { name: 'assay refusal rules', version: '1', prompt_digest: 'ab'.repeat(32), temperature: 0, anchors: [] },
		results: [{ metric: 'over_refusal', value: refused.length / 100, n: 100 }],
		items: [{ metric: 'over_refusal', digest, scores }] };
}

const refusals = (key, model, refused, more = {}) => lab.submission(key, { ...refusalsBody(model, refused), ...more });
const speedBody = (model, value) => ({ model: { name: model, revision: 'main', quantization: 'Q4_K_M' },
	results: [{ metric: 'decode', conditions: { n_prompt: 0, n_gen: 128 }, value, n: 5, sd: value / 100 }] });
const speed = (key, model, value) => lab.submission(key, speedBody(model, value));
const range = (n, from = 0) => Array.from({ length: n }, (_, i) => from + i);

const policy = {
	name: 'chat release', baseline: BASE, settle_hours: 24,
	rules: [
		{ metric: 'over_refusal', suite: 'refusals', compare: 'baseline', margin: 0.03, min_standing: 'reproduced',
			min_submitters: 5, min_submitters_internal: 3, max_age_days: 90, severity: 'block' },
		{ metric: 'decode', suite: 'throughput/1', where: { n_gen: 128, hardware: 'Example GPU 80GB' }, compare: 'absolute',
			margin: 40, min_standing: 'corroborated', min_submitters: 3, min_submitters_internal: 3, severity: 'block' },
		{ metric: 'decode', suite: 'throughput', where: { n_gen: 128, quantization: 'Q4_K_M' }, compare: 'baseline',
			margin: 0.5, min_standing: 'single', severity: 'warn' },
	],
};

function writePolicy(content, name = 'policy.json') {
	const file = path.join(lab.dir, name);
	writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, '\t')}\n`);
	return file;
}

// The gate reads what is published, which follows what is settled by a moment.
async function gate(...args) {
	await waitFor('the checkpoint to cover the log', async () => (await lab.get('/log/checkpoint')).text.split('\n')[1] ===
		await lab.pg.sql('SELECT size FROM assay.log_head'));
	return lab.assay(['gate', ...args, '--home', rosa.home], { env });
}

async function judged(code, ...args) {
	const result = await gate(...args, '--json');
	assert.equal(result.code, code, result.stdout + result.stderr);
	return JSON.parse(result.stdout);
}

async function refused(words, ...args) {
	const result = await gate(...args);
	assert.equal(result.code, 2, result.stdout + result.stderr);
	assert.equal(result.stdout, '');
	for (const word of [words].flat())
		assert.match(result.stderr, word);
}

test('six people measured both models: GO, with the numbers and where they come from', async () => {
	sam = await staff('Sam');
	crowd = [];
	for (const name of ['Ada', 'Ben', 'Cem', 'Dee', 'Eve', 'Fay'])
		crowd.push(await lab.enrolled(name));
	for (const key of crowd.slice(0, 3))
		await counted(act(sam, 'trust', key.submitter));
	for (const [i, key] of crowd.entries()) {
		await lab.accepted(refusals(key, BASE, [...range(5), 40 + i]));
		await lab.accepted(speed(key, BASE, 60 + i / 2));
		await lab.accepted(speed(key, CANDIDATE, 50 + i / 2));
		crowd[i].last = refusals(key, CANDIDATE, [...range(5), 60 + i]);
		await counted(crowd[i].last);
	}
	const home = path.join(lab.dir, 'rosa');
	const enrolled = await lab.assay(['enrol', '--server', lab.url, '--name', 'Rosa', '--accept-terms', '--json', '--home', home]);
	rosa = { home, ...JSON.parse(enrolled.stdout) };
	await counted(act(rootKey(), 'grant', rosa.submitter, { role: 'release-manager' }));
	policyFile = writePolicy(policy);
	const result = await judged(0, policyFile, '--candidate', CANDIDATE);
	assert.deepEqual([result.result, result.decided, result.compared_n, result.earlier_n], ['GO', 'GO', 2, 0]);
	const [over, fast, ratio] = result.rules;
	assert.deepEqual(result.rules.map((r) => r.verdict), ['GO', 'GO', 'GO']);
	const [cell] = over.cells;
	assert.deepEqual([cell.point, cell.low, cell.high, cell.voters, cell.standing, cell.kind],
		[0, 0, 0, 6, 'reproduced', 'hettmansperger_sheather']);
	assert.equal(cell.inputs.length, 12);
	assert.equal(over.limit, 0.03);
	assert.ok(Math.abs(fast.cells[0].point - Math.sqrt(51 * 51.5)) < 1e-9, 'the middle of two on the log scale');
	assert.ok(fast.cells[0].low > 49.9 && fast.cells[0].high < 52.6);
	assert.ok(Math.abs(ratio.limit - 1 / 1.5) < 1e-12 && ratio.cells[0].point < 0.84 && ratio.unit === 'ratio');
});

test('signed, the decision stands in the log, in its documents, and can be made again', async () => {
	const result = await judged(0, policyFile, '--candidate', CANDIDATE, '--sign');
	first = result.decision.id;
	assert.equal((await lab.settled(first)).state, 'counted');
	const list = await lab.documentWhere('decisions.json', (d) => d.decisions.length === 1);
	assert.deepEqual(complaints(api, { $ref: '#/components/schemas/Decisions' }, list), []);
	const [entry] = list.decisions;
	assert.deepEqual([entry.id, entry.result, entry.decided, entry.candidate, entry.policy_name, entry.release_manager],
		[first, 'GO', 'GO', CANDIDATE, 'chat release', true]);
	const own = await lab.document(`decisions/${first}.json`);
	assert.deepEqual(complaints(api, { $ref: '#/components/schemas/Decision' }, own), []);
	assert.equal(own.decision.rules.length, 3);
	assert.equal(own.decision.policy, readFileSync(policyFile, 'utf8'));
	// the statements behind each result, by name: those that the digest in the decision is of
	assert.deepEqual(own.decision.rules.map((r) => r.inputs.map((i) => i.id)), result.rules.map((r) => r.cells[0].inputs));
	for (const rule of own.decision.rules)
		assert.equal(createHash('sha256').update(rule.inputs.map((i) => `${i.id}\n`).join('')).digest('hex'), rule.inputs_digest);
	assert.equal((await lab.settled(own.decision.rules[0].inputs[0].id)).index, own.decision.rules[0].inputs[0].index);
	const again = await judged(0, '--replay', first);
	assert.equal(again.replayed, first);
	assert.deepEqual(again.rules, result.rules);
});

test('an over-refusal regression appears: NO-GO, and the rule is named', async () => {
	for (const [i, key] of crowd.entries()) {
		const worse = refusals(key, CANDIDATE, [...range(25).map((n) => 4 * n), 61 + i], { replaces: key.last.id });
		await settle(worse); // the first two are far from all others, the third releases them
		key.last = worse;
	}
	for (const key of crowd)
		assert.equal((await lab.settled(key.last.id)).state, 'counted');
	const files = ['gate.xml', 'gate.md'].map((name) => path.join(lab.dir, name));
	const result = await judged(1, policyFile, '--candidate', CANDIDATE, '--junit', files[0], '--markdown', files[1]);
	assert.deepEqual(result.rules.map((r) => r.verdict), ['NO-GO', 'GO', 'GO']);
	assert.equal(result.earlier_n, 1, 'a second look at the same question shows');
	assert.ok(Math.abs(result.rules[0].cells[0].point - 0.2) < 1e-12);
	const [junit, markdown] = files.map((file) => readFileSync(file, 'utf8'));
	assert.match(junit, /<testsuite name="chat release" tests="3" failures="1"/);
	assert.match(junit, /<failure type="NO-GO" message="the whole interval is on the bad side of the limit: 0\.2 \[/);
	assert.match(markdown, /^## NO-GO: chat release/);
	assert.match(markdown, /\| NO-GO \| over\\_refusal of refusals is not worse than acme\/chat-7b's by more than 0\.03 \|/);
	const shown = await gate(policyFile, '--candidate', CANDIDATE);
	assert.match(shown.stdout, /^NO-GO: acme\/chat-8b by chat release, against acme\/chat-7b/);
	assert.match(shown.stdout, /^1\. NO-GO +over_refusal of refusals/m);
});

test('retracted runs leave too little: INSUFFICIENT, with what to run', async () => {
	for (const key of crowd.slice(1))
		await counted(retraction(key, key.last.id));
	const result = await judged(3, policyFile, '--candidate', CANDIDATE);
	assert.deepEqual([result.result, result.rules[0].verdict, result.rules[0].cells[0].lack],
		['INSUFFICIENT', 'INSUFFICIENT', 'submitters']);
	assert.match(result.rules[0].cells[0].why, /^1 of the 5 submitters/);
	assert.match(result.rules[0].cells[0].commands[0], /^assay run refusals .*--model acme\/chat-8b/);
	assert.equal((await judged(0, '--replay', first)).result, 'GO', 'the first decision is still what followed then');
});

test('a person may override, by name and with a reason', async () => {
	await refused(/sign/, policyFile, '--candidate', CANDIDATE, '--override', 'GO', '--reason', 'demo only');
	await refused(/why/, policyFile, '--candidate', CANDIDATE, '--override', 'GO', '--sign');
	const result = await judged(0, policyFile, '--candidate', CANDIDATE, '--override', 'GO', '--reason', 'demo only', '--sign');
	assert.deepEqual([result.result, result.decided, result.override.reason], ['INSUFFICIENT', 'GO', 'demo only']);
	const list = await lab.documentWhere('decisions.json', (d) => d.decisions.length === 2);
	assert.deepEqual([list.decisions[0].decided, list.decisions[0].result, list.decisions[0].override.result],
		['GO', 'INSUFFICIENT', 'GO']);
	const again = await judged(0, '--replay', result.decision.id);
	assert.deepEqual([again.result, again.decided], ['INSUFFICIENT', 'GO']);
});

test('a decision with another number is caught, and by whom it was said', async () => {
	const { envelope } = await lab.settled(first);
	const body = JSON.parse(Buffer.from(envelope.payload, 'base64'));
	const told = (changes) => {
		const { key, nonce, created_at, seen, ...members } = structuredClone(body);
		return say('decision', crowd[4], { ...members, ...changes });
	};
	const rules = structuredClone(body.rules);
	rules[1].point += 1;
	const forged = await counted(told({ rules }));
	await refused([/\/rules\/1\/point/, /51\.249/, /52\.249/], '--replay', forged.id);
	// though five of them are retracted since, the log knows what stood behind it
	const { decision: late } = await lab.documentWhere(`decisions/${forged.id}.json`, () => true);
	assert.deepEqual(late.rules.map((r) => r.inputs?.length), [12, 6, 12]);
	const moved = await counted(told({ checkpoint: { ...body.checkpoint, root: 'cd'.repeat(32) } }));
	await refused(/checkpoint\/root/, '--replay', moved.id);
	// what contradicts itself does not get in
	const lie = await lab.post(told({ result: 'NO-GO' }).text);
	assert.equal(lie.status, 422);
	assert.equal(lie.json().pointer, '/result');
	const nonsense = await lab.post(told({ policy: '{"name":"x","rules":[]}' }).text);
	assert.deepEqual([nonsense.status, nonsense.json().code], [422, 'policy']);
	await refused(/id of a decision/, '--replay', crowd[0].last.id);
});

test('a candidate that is not public yet is judged with what its makers measured', async () => {
	const folder = path.join(lab.dir, 'unreleased');
	mkdirSync(folder);
	const makers = [new Key(), new Key(), new Key()];
	for (const [i, key] of makers.entries())
		for (const statement of [speed(key, 'acme/chat-9b', 70 + i / 10),
			refusals(key, 'acme/chat-9b', [...range(4), 60 + i]), refusals(key, BASE, [...range(5), 70 + i])])
			writeFileSync(path.join(folder, `${statement.id}.json`), statement.text);
	await judged(3, policyFile, '--candidate', 'acme/chat-9b');
	const result = await judged(0, policyFile, '--candidate', 'acme/chat-9b', '--with', folder, '--sign');
	assert.equal(result.unpublished.length, 9);
	assert.deepEqual([result.rules[1].cells[0].unpublished_voters, result.rules[1].cells[0].standing], [3, 'none']);
	const { decision } = result;
	await refused(/very submissions/, '--replay', decision.id);
	assert.equal((await judged(0, '--replay', decision.id, '--with', folder)).result, 'GO');
	const strict = structuredClone(policy);
	delete strict.rules[1].min_submitters_internal;
	const unlent = await judged(3, writePolicy(strict, 'strict.json'), '--candidate', 'acme/chat-9b', '--with', folder);
	assert.match(unlent.rules[1].cells[0].why, /min_submitters_internal/);
	assert.equal((await lab.get(`/v1/statements/${result.unpublished[0].id}`)).status, 404, 'nothing of it was sent');
	// what the server would hold does not count before it is public either
	const beyond = path.join(lab.dir, 'beyond'), fast = lab.submission(new Key(), { ...speedBody('acme/chat-9b', 9000),
		model: { name: 'acme/chat-9b', revision: 'main', quantization: 'Q4_K_M', size_bytes: 5_000_000_000 },
		hardware: { cpu: { name: 'Example CPU' }, accelerators: [{ name: 'NVIDIA GeForce RTX 4090', memory_mib: 24564 }] } });
	cpSync(folder, beyond, { recursive: true });
	writeFileSync(path.join(beyond, `${fast.id}.json`), fast.text);
	await refused([new RegExp(`beyond/${fast.id}\\.json`), /it would be held/, /memory gives 1008 GB\/s/, /count before it is public/], policyFile, '--candidate', 'acme/chat-9b', '--with', beyond);
	// what waits in the spool would be published by signing
	await refused(/spool/, policyFile, '--candidate', 'acme/chat-9b', '--with', path.join(rosa.home, 'spool'));
	cpSync(folder, path.join(rosa.home, 'spool'), { recursive: true });
	await refused(/would publish it/, policyFile, '--candidate', 'acme/chat-9b', '--with', path.join(rosa.home, 'spool'), '--sign');
});

test('nonsense is refused with line, pointer and what was expected', async () => {
	const with_ = (change) => {
		const changed = structuredClone(policy);
		change(changed, changed.rules[0]);
		return writePolicy(changed, 'nonsense.json');
	};
	const wrong = (words, change) => refused([/nonsense\.json:\d+ \//, words].flat(), with_(change), '--candidate', CANDIDATE);
	await wrong([/rules\/0\/metric/, /over_refusal, under_refusal/], (p, r) => r.metric = 'politeness');
	await wrong([/rules\/0\/suite/, /chat/], (p, r) => r.suite = 'refusals/9');
	await wrong(/at least 0/, (p, r) => r.margin = -0.1);
	await wrong(/bounds/, (p) => p.rules[1].margin = -4);
	await wrong(/\/rules/, (p) => p.rules = []);
	await wrong(/which limit is meant/, (p) => p.rules.push({ ...p.rules[1], margin: 50 }));
	await wrong([/:\d+ \/rules\/3/, /the same as \/rules\/1, with margins 40 there and 50 here/], (p) =>
		p.rules.push({ ...p.rules[1], suite: 'throughput', where: { 'conditions.n_gen': '128', hardware: 'Example GPU 80GB' }, margin: 50 }));
	await wrong(/each field once/, (p) => p.rules[1].where['conditions.n_gen'] = 256);
	await wrong(/only warn/, (p) => p.rules = [p.rules[2]]);
	await wrong([/where\/colour/, /conditions\.n_gen/], (p) => p.rules[1].where = { colour: 'red' });
	await wrong(/absolute or baseline/, (p, r) => r.compare = 'better');
	await wrong([/nonsense\.json:10 \/rules\/0\/margin/], (p, r) => r.margin = 'much');
	await wrong(/corroborated or reproduced/, (p, r) => r.min_standing = 'contested');
	await refused(/16384/, writePolicy(' '.repeat(10_000_000), 'large.json'), '--candidate', CANDIDATE);
	await refused(/line 2/, writePolicy('{\n"name": nothing}', 'broken.json'), '--candidate', CANDIDATE);
	await refused(/--candidate/, policyFile);
	const unbased = with_((p) => delete p.baseline);
	await refused(/--baseline/, unbased, '--candidate', CANDIDATE);
	await refused(/POLICY, explain POLICY/);
	await refused(/init without a model/, 'init');
	await refused(/explain without a policy/, 'explain');
	const told = await gate('explain', writePolicy('{}', 'empty.json'), '--json');
	assert.deepEqual([told.code, JSON.parse(told.stderr).exit_code, JSON.parse(told.stderr).code], [2, 2, 'missing_member']);
});

test('init starts a policy that holds, explain says it in plain words', async () => {
	const started = await gate('init', BASE);
	assert.equal(started.code, 0, started.stderr);
	const file = writePolicy(started.stdout, 'started.json');
	const read = JSON.parse(started.stdout);
	assert.deepEqual(read.rules.map((r) => `${r.suite} ${r.metric}`).sort(), ['refusals over_refusal', 'throughput decode']);
	assert.equal(read.rules.find((r) => r.metric === 'decode').where['conditions.n_gen'], '128');
	const result = await judged(0, file);
	assert.equal(result.result, 'GO');
	const words = await gate('explain', policyFile);
	assert.equal(words.code, 0, words.stderr);
	assert.match(words.stdout, /1\. over_refusal of refusals is not worse than acme\/chat-7b's by more than 0\.03/);
	assert.match(words.stdout, /2\. decode of throughput\/1 where n_gen is 128, hardware is Example GPU 80GB is at\s+least 40 tokens\/s/);
	assert.match(words.stdout, /by more than 50 % \(a ratio of at least 0\.6667\)/);
	await refused(/somebody has measured/, 'init', 'acme/never-seen');
});

test('init takes what suites name first, of equals what most people measured, and all if asked', async () => {
	const model = 'acme/chat-wide';
	const points = { prefill: [512, 0], decode: [0, 128], prefill_decode: [512, 128] };
	const speeds = Object.entries(points).map(([metric, [n_prompt, n_gen]]) =>
		({ metric, conditions: { n_prompt, n_gen }, value: 50, n: 5, sd: 0.5 }));
	for (const key of crowd.slice(0, 3)) {
		await lab.accepted(lab.submission(key, { ...speedBody(model, 50), results: speeds }));
		await counted(refusals(key, model, range(5)));
	}
	const { name, version, digest } = lab.policy.suites.find((s) => s.name === 'serving');
	await counted(lab.submission(crowd[0], { ...speedBody(model, 50), suite: { name, version, digest },
		results: ['ttft', 'ttft_p95', 'inter_token'].map((metric) =>
			({ metric, conditions: { concurrency: 1, max_tokens: 128, token_count: 'server' }, value: 50, n: 20, sd: 1 })) }));
	const named = (told) => JSON.parse(told.stdout).rules.map((r) => `${r.suite} ${r.metric}`);
	const few = await gate('init', model);
	assert.equal(few.code, 0, few.stderr);
	assert.deepEqual(named(few), ['refusals over_refusal', 'serving ttft', 'serving ttft_p95', 'throughput prefill', 'throughput decode',
		'throughput prefill_decode']);
	assert.match(few.stderr, /the 6 metrics .*of 7 .*--all/s);
	const all = await gate('init', model, '--all');
	assert.deepEqual([named(all).length, named(all)[3], all.stderr], [7, 'serving inter_token', '']);
	const json = await gate('init', model, '--json');
	assert.deepEqual(JSON.parse(json.stdout), JSON.parse(few.stdout));
});

test('the policies to start from are what their schema says, and can be judged by', async () => {
	const folder = path.join(repo, 'deploy/policies');
	const schema = JSON.parse(readFileSync(path.join(folder, 'policy.schema.json')));
	const files = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'policy.schema.json');
	for (const wanted of ['chat-quality.json', 'over-refusal.json', 'quantization-loss.json', 'throughput.json', 'cost.json', 'cost-listed.json'])
		assert.ok(files.includes(wanted), wanted);
	for (const name of files) {
		assert.deepEqual(complaints({}, schema, JSON.parse(readFileSync(path.join(folder, name)))), [], name);
		const words = await gate('explain', path.join(folder, name));
		assert.equal(words.code, 0, words.stderr);
		const open = await judged(3, path.join(folder, name), '--candidate', 'acme/never-seen', '--baseline', BASE);
		for (const rule of open.rules)
			assert.match(rule.cells[0].commands[0], /^assay ((run|import) .*--model|price model) acme\/never-seen/, `${name}: ${rule.metric}`);
	}
	assert.deepEqual(complaints({}, schema, policy), []);
	assert.ok(complaints({}, schema, { ...policy, rules: [] }).length > 0);
});

const price = (changes) => say('price', sam, { of: 'hardware', name: 'Example GPU 80GB', amount: '0.90', currency: 'USD', unit: 'hour',
	valid_from: '2026-01-01T00:00:00Z', source: 'https://rent.example/gpus', ...changes });

test('what a million tokens cost: by the logged price and the measured rate, dated, signed, made again', async () => {
	const rule = { metric: 'cost', suite: 'throughput', where: { hardware: 'Example GPU 80GB', n_gen: 128 }, utilisation: 0.5,
		compare: 'absolute', margin: 9, min_submitters: 3 };
	const costs = (changes = {}) => writePolicy({ name: 'cost', rules: [{ ...rule, ...changes }] }, 'cost.json');
	const open = await judged(3, costs(), '--candidate', BASE);
	assert.deepEqual([open.rules[0].cells[0].lack, open.rules[0].cells[0].voters, open.rules[0].cells[0].point], ['price', 6, undefined]);
	assert.deepEqual(open.rules[0].cells[0].commands,
		["assay price hardware 'Example GPU 80GB' --unit hour --amount AMOUNT --source ADDRESS"]);
	const shown = await gate(costs(), '--candidate', 'acme/never-seen');
	assert.match(shown.stdout, /nobody has measured the candidate here; and the log has no price in USD for\s+an hour of Example GPU 80GB/);
	assert.match(shown.stdout, /^ +\$ assay run throughput [^\n]*\n +\$ assay price hardware/m);
	const said = await counted(price());
	const result = await judged(0, costs(), '--candidate', BASE, '--sign');
	const [cell] = result.rules[0].cells, { cost } = cell;
	assert.ok(Math.abs(cell.point - 0.9e6 / (3600 * cost.rate.point * 0.5)) < 1e-9);
	assert.ok(Math.abs(cell.low - 0.9e6 / (3600 * cost.rate.high * 0.5)) < 1e-9, 'the rate at its best makes the cost at its lowest');
	assert.deepEqual([cell.voters, cell.standing, cell.kind, result.rules[0].unit], [6, 'reproduced', 'hettmansperger_sheather', 'USD per million tokens']);
	assert.deepEqual([cost.price.id, cost.price.amount, cost.price.valid_from, cost.rate.metric], [said.id, '0.90', '2026-01-01T00:00:00Z', 'decode']);
	assert.ok(cell.inputs.includes(said.id));
	const own = await lab.documentWhere(`decisions/${result.decision.id}.json`, () => true);
	assert.deepEqual(complaints(api, { $ref: '#/components/schemas/Decision' }, own), []);
	assert.deepEqual(own.decision.rules[0].inputs.find((i) => i.id === said.id), { id: said.id, index: (await lab.settled(said.id)).index });
	const table = (await gate(costs(), '--candidate', BASE)).stdout;
	assert.match(table, /= 0\.90 USD × 1 device × 1,000,000 ÷ \(3,600 s × 61\.25 tokens\/s × 50 % at\s+work\)/);
	assert.match(table, /0\.90 USD an hour of Example GPU 80GB since 2026-01-01, statement \d+;\s+https:\/\/rent\.example\/gpus/);
	// a dearer one from tomorrow on changes nothing yet; one since today does; none of it what was decided
	const dear = { amount: '90', valid_from: new Date().toISOString().slice(0, 10) + 'T00:00:00Z' };
	await counted(price({ ...dear, valid_from: '2099-01-01T00:00:00Z' }));
	assert.equal((await judged(0, costs(), '--candidate', BASE)).rules[0].cells[0].cost.price.id, said.id);
	const wrong = await counted(price(dear));
	assert.equal((await judged(1, costs(), '--candidate', BASE)).rules[0].cells[0].cost.price.id, wrong.id);
	assert.deepEqual((await judged(0, '--replay', result.decision.id)).rules, result.rules);
	await counted(retraction(sam, wrong.id));
	await judged(0, costs(), '--candidate', BASE);
	const files = ['cost.xml', 'cost.md'].map((name) => path.join(lab.dir, name));
	await judged(3, costs({ currency: 'EUR' }), '--candidate', BASE, '--junit', files[0], '--markdown', files[1]);
	const [junit, markdown] = files.map((file) => readFileSync(file, 'utf8'));
	assert.match(junit, /<failure type="INSUFFICIENT" message="the log has no price in EUR for an hour of Example GPU 80GB">run: assay price hardware /);
	assert.match(markdown, /\| — \| 6 \| reproduced \| the log has no price in EUR/);
	assert.match(markdown, /^ {4}assay price hardware 'Example GPU 80GB' --unit hour --currency EUR --amount/m);
	const words = await gate('explain', costs());
	assert.match(words.stdout, /^1\. +cost of a million tokens by decode of throughput where hardware is Example\s+GPU/m);
	assert.match(words.stdout, /at work 50 % of the time, is at most 9\s+USD$/m);
	assert.match(words.stdout, /an hour of the hardware in\s+USD as the log has it/);
});

test('what a model costs where it is sold is looked up', async () => {
	const listed = writePolicy({ name: 'listed', rules: [{ metric: 'cost', suite: 'listed', compare: 'absolute', margin: 3 }] }, 'listed.json');
	const none = await judged(3, listed, '--candidate', 'vendor/closed');
	assert.deepEqual(none.rules[0].cells[0].commands, ['assay price model vendor/closed --unit million_output_tokens --amount AMOUNT --source ADDRESS']);
	const said = await counted(price({ of: 'model', name: 'vendor/closed', unit: 'million_output_tokens', amount: '2.50' }));
	const result = await judged(0, listed, '--candidate', 'vendor/closed', '--sign');
	const [cell] = result.rules[0].cells;
	assert.deepEqual([cell.point, cell.low, cell.high, cell.kind, cell.standing, cell.voters], [2.5, 2.5, 2.5, 'listed', 'reported', 0]);
	const own = await lab.documentWhere(`decisions/${result.decision.id}.json`, () => true);
	assert.deepEqual(complaints(api, { $ref: '#/components/schemas/Decision' }, own), []);
	assert.deepEqual(own.decision.rules[0].inputs.map((i) => i.id), [said.id]);
	assert.equal((await judged(0, '--replay', result.decision.id)).result, 'GO');
});

test('a mirror of static files is enough', async () => {
	const vkey = readFileSync(path.join(lab.keys, 'log.vkey'), 'utf8').trim();
	const mirror = path.join(lab.dir, 'mirror');
	cpSync(lab.published, mirror, { recursive: true });
	const home = path.join(lab.dir, 'nobody');
	const offline = (...args) => lab.assay(['gate', ...args, '--log', mirror, '--vkey', vkey, '--home', home, '--json'], { env });
	await lab.daemon.stop();
	const result = await offline('--replay', first);
	assert.equal(result.code, 0, result.stderr);
	assert.equal(JSON.parse(result.stdout).result, 'GO');
	const other = await lab.assay(['gate', policyFile, '--candidate', BASE, '--log', mirror, '--home', home], { env });
	assert.equal(other.code, 2, 'without a pinned server a mirror needs the key of its log');
});
