// import_eee_samples.test.mjs — Every Eval Ever's instance files: scores of items of a suite that lists them, and what is left out.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { repo } from './lib/daemon.mjs';
import { caseFile, importer } from './lib/importing.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const hash = (n) => sha256(`question ${n}`);

// A benchmark of five items with two metrics of them and one of none; and one of the project's own that lists none.
function suitesIn(dir) {
	const folder = path.join(dir, 'suites/eee-own/1');
	mkdirSync(folder, { recursive: true });
	cpSync(path.join(repo, 'eval-suites/eee-hfopenllm_v2'), path.join(dir, 'suites/eee-hfopenllm_v2'), { recursive: true });
	const suite = JSON.parse(readFileSync(path.join(repo, 'eval-suites/eee-demo-source/1/suite.json')));
	const metric = (name, items) => ({ ...suite.metrics[0], name, items });
	writeFileSync(path.join(folder, 'suite.json'), JSON.stringify({ ...suite, name: 'eee-own', title: 'Own',
		metrics: [metric('accuracy', true), metric('f1', true), metric('speed', false)], items: { count: 5 } }));
	writeFileSync(path.join(folder, 'items.jsonl'), [1, 2, 3, 4, 5].map((n) => `${JSON.stringify({ id: `q${n}`, hash: hash(n) })}\n`).join(''));
	return path.join(dir, 'suites');
}

const { dir, payloads, refused, assay } = importer(suitesIn);
const items = path.join(dir, 'suites/eee-own/1/items.jsonl');
const told = ['--model', 'org/tiny', '--revision', 'main', '--engine', 'e', '--engine-version', '1', '--cpu', 'C', '--accelerator', 'none'];
const ID = 'own/org_tiny/1750000000';

// An aggregate document of results named [id, name, metric_id].
function documentOf(results, more = {}) {
	const document = JSON.parse(readFileSync(caseFile('every-eval-ever/valid/strict-run/input.json')));
	const [one] = document.evaluation_results;
	return { ...document, evaluation_id: ID, evaluation_results: results.map(([id, name, metric_id]) => ({ ...one,
		evaluation_result_id: id, evaluation_name: name, metric_config: { ...one.metric_config, metric_id } })), ...more };
}

const both = [['own.a', 'own', 'accuracy'], ['own.f', 'own', 'f1'], ['own.s', 'own', 'speed']];
const sample = (id, name, score, more = {}) => ({ schema_version: '0.3.0', evaluation_id: ID, model_id: 'org/tiny', evaluation_name: 'own',
	evaluation_result_id: name, sample_id: id, sample_hash: '0'.repeat(64), interaction_type: 'single_turn', input: { raw: 'private', reference: [] },
	output: { raw: ['/home/ann'] }, answer_attribution: [], evaluation: { score, is_correct: score === 1 }, ...more });

// Write both files; the document says of the other what `more` of `sums` leaves it to say.
function filesOf(samples, { results = both, sums = {} } = {}) {
	const text = samples.map((s) => `${JSON.stringify(s)}\n`).join('');
	const names = ['document.json', 'x_samples.jsonl'].map((name) => path.join(dir, name));
	writeFileSync(names[0], JSON.stringify(documentOf(results, { detailed_evaluation_results: { format: 'jsonl', file_path: 'x_samples.jsonl',
		hash_algorithm: 'sha256', checksum: sha256(text), total_rows: samples.length, ...sums } })));
	writeFileSync(names[1], text);
	return names;
}

async function leftOut(samples, words, options) {
	const result = await assay('auto', ...filesOf(samples, options), ...told, '--dry-run', '--json');
	assert.equal(result.code, 0, result.stderr);
	assert.equal(JSON.parse(result.stdout).items, undefined);
	assert.match(result.stderr, words);
}

test('scores go to the items that have their id or hash, to the metric of their result, whatever the order', async () => {
	const files = filesOf([sample('q5', 'own.a', 1), sample('q1', 'own.a', 0), sample('other name', 'own.a', 0.25, { sample_hash: hash(3) }),
		sample('q2', 'own.f', 0.5), sample('q2', 'own.s', 0.5)]);
	const digest = sha256(readFileSync(items));
	const list = await payloads('auto', ...files, ...told);
	assert.deepEqual(list.map((p) => p.items), [[{ metric: 'accuracy', digest, scores: [0, null, 0.25, null, 1] },
		{ metric: 'f1', digest, scores: [null, 0.5, null, null, null] }]]);
	assert.doesNotMatch(JSON.stringify(list), /private|\/home/);
	assert.deepEqual((await payloads('every-eval-ever', ...files.reverse(), ...told))[0].items, list[0].items);
});

test('a result without an id is found by its name, if only one has it', async () => {
	const nameless = (score) => sample('q1', undefined, score);
	const one = filesOf([nameless(1)], { results: [[undefined, 'own', 'accuracy']] });
	assert.deepEqual((await payloads('auto', ...one, ...told))[0].items[0].scores, [1, null, null, null, null]);
	await leftOut([nameless(1)], /of 1, 1 are of no item, metric or range/);
});

test('what does not fit the suite is left out whole, and told', async () => {
	const good = sample('q1', 'own.a', 1);
	await leftOut([good, sample('q9', 'own.a', 1)], /of 2, 1 are of no item/);
	await leftOut([good, sample('q2', 'own.x', 1)], /of 2, 1 are of no item/);
	await leftOut([good, sample('q2', 'own.a', 1.5)], /of 2, 1 are of no item/);
	await leftOut([good, sample('q2', 'own.a', '1')], /of 2, 1 are of no item/);
	await leftOut([good, sample('q1', 'own.a', 0)], /and 1 of an item that has one already/);
});

test('of several documents and files each has its own', async () => {
	const files = [filesOf([sample('q1', 'own.a', 1)])];
	files.push(files[0].map((file) => file.replace(/[^/]*$/, (name) => `other-${name}`)));
	const other = (text) => text.replaceAll(ID, 'own/org_tiny/2').replace('"score":1,', '"score":0,');
	const samples = other(readFileSync(files[0][1], 'utf8'));
	writeFileSync(files[1][1], samples);
	writeFileSync(files[1][0], other(readFileSync(files[0][0], 'utf8')).replace(/"checksum":"\w+"/, `"checksum":"${sha256(samples)}"`));
	const list = await payloads('auto', ...files.flat(), ...told);
	assert.deepEqual(list.map((p) => [p.extra.evaluation_id, p.items[0].scores[0]]), [[ID, 1], ['own/org_tiny/2', 0]]);
});

test('a suite that lists no items takes none, and says so', async () => {
	const id = 'hfopenllm_v2/org_tiny/1750000000';
	const files = filesOf([sample('q1', 'own.a', 1, { evaluation_id: id })], { results: [['own.a', 'IFEval', 'x']] });
	writeFileSync(files[0], readFileSync(files[0], 'utf8').replace(ID, id));
	const result = await assay('auto', ...files, ...told, '--dry-run', '--json');
	assert.equal(result.code, 0, result.stderr);
	assert.match(result.stderr, /the suite eee-hfopenllm_v2 lists no items/);
});

test('a file that is not what the document says of it is refused, with line and reason', async () => {
	const good = sample('q1', 'own.a', 1);
	const wrong = async (files, expected, where) => {
		const fault = await refused(1, 'auto', ...files, ...told);
		assert.match(fault.expected, expected);
		assert.match(fault.pointer, where);
	};
	await wrong(filesOf([good], { sums: { checksum: '0'.repeat(64) } }), /whose checksum/, /x_samples\.jsonl/);
	await wrong(filesOf([good], { sums: { total_rows: 2 } }), /as many records as total_rows/, /x_samples\.jsonl/);
	await wrong(filesOf([good, { ...good, sample_id: 'q2', evaluation_id: 'own/x/1' }]), /the same in all records/, /:2: record 2, key evaluation_id/);
	await wrong(filesOf([{ ...good, model_id: 'org/other' }]), /model_info\.id/, /:1: record 1, key model_id/);
	await wrong(filesOf([{ ...good, evaluation_id: 'own/x/1' }]), /goes with the results/, /x_samples\.jsonl/);
	const cut = filesOf([good]);
	writeFileSync(cut[1], readFileSync(cut[1], 'utf8').slice(0, -20));
	await wrong(cut, /./, /x_samples\.jsonl/);
});
