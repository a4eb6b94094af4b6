// import_lm_eval.test.mjs — lm-evaluation-harness: every number of its files, and nothing private.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { caseFile, fixtureFile, importer, withoutFixtures } from './lib/importing.mjs';

const { dir, payloads, refused, assay } = importer();
const machine = ['--cpu', 'C', '--accelerator', 'none'];
const told = [...machine, '--model', '*=org/name', '--revision', '*=main', '--engine', 'hf', '--condition', 'num_fewshot=0'];
const valid = (...names) => caseFile('lm-eval/valid', ...names);
// Python writes NaN; here it is text, like the harness's own "N/A".
const readPython = (file) => JSON.parse(readFileSync(file, 'utf8').replaceAll(/: NaN/g, ': "NaN"'));

// All numbers of a results file, as [task, metric, filter, value, standard error], read independently.
function numbersIn(file) {
	const { results } = readPython(file), found = [];
	for (const [task, entry] of Object.entries(results))
		for (const [key, value] of Object.entries(entry)) {
			const [metric, filter] = key.split(',');
			if (typeof value !== 'number' || metric.endsWith('_stderr') || metric === 'sample_len')
				continue;
			const se = entry[filter ? `${metric}_stderr,${filter}` : `${metric}_stderr`];
			found.push([task, metric, filter ?? 'none', value, typeof se === 'number' ? se : null].join(' '));
		}
	return found.sort();
}

const numbersOf = (list) => list.flatMap((p) => p.results.map((r) =>
	[p.suite.name.replace('lm-eval-', ''), r.metric, r.conditions.filter, r.value, r.se ?? null].join(' '))).sort();

async function assertWhole(file, ...beside) {
	const list = await payloads('auto', file, ...beside, ...told);
	assert.deepEqual(numbersOf(list), numbersIn(file));
	return list;
}

test('a group, its tasks, two filters, and the samples of two tasks', async () => {
	const folder = valid('group-and-filters');
	const list = await assertWhole(path.join(folder, 'results.json'), path.join(folder, 'samples_own_add_hard.jsonl'),
		path.join(folder, 'samples_own_gen.jsonl'));
	assert.deepEqual(list.map((p) => [p.suite.name, p.results[0].n, p.results[0].conditions.task_version]), [
		['lm-eval-own_add', 40, '1'], ['lm-eval-own_add_hard', 24, '2'], ['lm-eval-own_gen', 10, '0.1'],
		['lm-eval-own_gen', 10, '0.1'], ['lm-eval-own_arith', 64, '1']]);
	const hard = list[1];
	assert.deepEqual(hard.items.map((i) => i.metric), ['acc', 'acc_norm']);
	for (const { metric, scores } of hard.items)
		assert.equal(scores.reduce((a, b) => a + b) / 24, hard.results.find((r) => r.metric === metric).value);
	assert.deepEqual(list.map((p) => p.items?.length ?? 0), [0, 2, 1, 1, 0]);
	assert.deepEqual(hard.evidence.map((e) => e.name), ['results.json', 'samples_own_add_hard.jsonl', 'samples_own_gen.jsonl']);
	assert.equal(hard.started_at, '2026-11-23T10:40:36Z');
});

test('scores are joined by the hash of the document, not by order', async () => {
	const folder = valid('group-and-filters'), results = path.join(dir, 'results.json'), samples = path.join(dir, 's.jsonl');
	const lines = readFileSync(path.join(folder, 'samples_own_add_hard.jsonl'), 'utf8').trim().split('\n').reverse();
	const { createHash } = await import('node:crypto');
	const hash = createHash('sha256');
	for (const line of lines.map((l) => JSON.parse(l)))
		hash.update(line.doc_hash + line.prompt_hash + line.target_hash);
	const root = readPython(path.join(folder, 'results.json'));
	root.task_hashes.own_add_hard = hash.digest('hex');
	writeFileSync(results, JSON.stringify(root));
	writeFileSync(samples, lines.join('\n'));
	const turned = await payloads('auto', results, samples, ...told);
	const straight = await payloads('auto', path.join(folder, 'results.json'),
		path.join(folder, 'samples_own_add_hard.jsonl'), ...told);
	assert.deepEqual(turned[1].items, straight[1].items);
});

test('samples of another run, cut samples, samples alone', async () => {
	const folder = valid('group-and-filters'), samples = path.join(folder, 'samples_own_add_hard.jsonl');
	const cut = path.join(dir, 'cut.jsonl');
	writeFileSync(cut, readFileSync(samples, 'utf8').split('\n').slice(0, 5).join('\n'));
	for (const files of [[valid('limited/results.json'), samples], [path.join(folder, 'results.json'), cut], [samples]])
		assert.match((await refused(1, 'auto', ...files, ...told)).got, /goes with none/);
	writeFileSync(cut, readFileSync(samples, 'utf8').slice(0, 900));
	const fault = await refused(1, 'auto', path.join(folder, 'results.json'), cut, ...told);
	assert.match(fault.pointer, /cut\.jsonl:1: record 1/);
});

test('part of the documents is another test', async () => {
	const [payload] = await assertWhole(valid('limited/results.json'));
	assert.deepEqual(payload.results[0].conditions, { task_version: '1', num_fewshot: 0, filter: 'none', limit: 10 });
	assert.equal(payload.results[0].n, 10);
});

test('a model behind an endpoint: its address does not travel', async () => {
	await assertWhole(valid('endpoint/results.json'));
	const list = await payloads('lm-eval', valid('endpoint/results.json'), ...machine, '--model', 'org/name', '--revision', 'main');
	assert.equal(list[0].engine.name, 'local-chat-completions');
	assert.equal(list[0].results[0].conditions.chat_template, 'endpoint');
	assert.doesNotMatch(JSON.stringify(list), /127\.0\.0\.1|http/);
});

test('0.3: no filters, NaN and "N/A", n from the standard error; paths and keys do not travel', async () => {
	const file = valid('old/results.json');
	const list = await assertWhole(file);
	assert.deepEqual(list.map((p) => [p.suite.name, p.results[0].n, p.results[0].conditions.task_version]),
		[['lm-eval-piqa', 8, '0'], ['lm-eval-lambada_openai', 1, '2'], ['lm-eval-mc_taco', 1, '0']]);
	assert.doesNotMatch(JSON.stringify(list), /\bada\b|secret|\/home/);
	const result = await assay('lm-eval', file, ...told, '--dry-run');
	assert.match(result.stderr, /lambada_openai: acc is no number and is left out/);
	assert.match(result.stderr, /mc_taco: how many documents it has is not told/);
});

test('a value of no metric of the suite is left out and noted; the others travel', async () => {
	const file = path.join(dir, 'more.json'), alone = path.join(dir, 'alone.json');
	const root = readPython(valid('old/results.json'));
	Object.assign(root.results.piqa, { own_score: 0.5, _stderr: 0.1 });
	writeFileSync(file, JSON.stringify(root));
	const results = async (from) => (await payloads('lm-eval', from, ...told)).map((payload) => payload.results);
	assert.deepEqual(await results(file), await results(valid('old/results.json')));
	assert.match((await assay('lm-eval', file, ...told, '--dry-run')).stderr, /own_score is not a metric of the suite lm-eval-piqa and is left out/);
	root.results = { piqa: { own_score: 0.5 } };
	writeFileSync(alone, JSON.stringify(root));
	assert.match((await refused(1, 'lm-eval', alone, ...told)).expected, /metrics that their suites have/);
});

test('what the model is used for travels, and is checked before it is signed', async () => {
	const [payload] = await payloads('lm-eval', valid('old/results.json'), ...told, '--use-case', 'coding', '--use-case', 'long chats');
	assert.deepEqual(payload.use_cases, ['coding', 'long chats']);
	const many = Array.from({ length: 17 }, (_, n) => ['--use-case', `c${n}`]).flat();
	assert.match((await refused(1, 'lm-eval', valid('old/results.json'), ...told, ...many)).pointer, /use_cases/);
});

test('what a file does not tell is asked for by name, all at once', async () => {
	const bare = path.join(dir, 'bare.json');
	writeFileSync(bare, JSON.stringify({ results: { arc_easy: { acc: 0.25 } }, versions: { arc_easy: null } }));
	const { expected, exit_code: code } = await refused(2, 'lm-eval', bare);
	assert.equal(code, 2);
	assert.deepEqual(expected.split('; ').map((ask) => ask.split(/[ ,]/).slice(0, 2).join(' ')), ['--model ORG/NAME',
		'--weights FILE', '--engine NAME', '--cpu NAME', '--accelerator NAME', '--condition task_version=VALUE',
		'--condition num_fewshot=VALUE']);
	const [payload] = await payloads('lm-eval', valid('limited/results.json'), ...machine);
	assert.deepEqual(payload.model, { name: 'example-org/dummy-model', revision: 'abc123' });
});

test('--only takes tasks too, so that one without a folder does not stand in the way', async () => {
	const file = path.join(dir, 'some.json');
	writeFileSync(file, JSON.stringify({ results: { piqa: { acc: 0.5 }, colours: { acc: 1 } }, versions: { piqa: 1, colours: 1 } }));
	const fault = await refused(1, 'lm-eval', file, ...told);
	assert.equal(fault.code, 'unknown_suite');
	assert.match(fault.got, /^colours/);
	assert.match(fault.expected, /README/);
	assert.deepEqual((await payloads('lm-eval', file, ...told, '--only', 'piqa')).map((p) => p.suite.name), ['lm-eval-piqa']);
});

for (const name of readdirSync(caseFile('lm-eval/invalid')))
	test(`refused: ${name}`, async () => {
		const [where, words] = readFileSync(caseFile('lm-eval/invalid', name, 'expected'), 'utf8').trim().split('\n');
		const file = caseFile('lm-eval/invalid', name, 'results.json');
		const fault = await refused(1, 'lm-eval', file, ...told);
		assert.equal(`${fault.code} ${fault.pointer}`, where.replace(' ', ` ${file}${where.endsWith(' ') ? '' : ':'}`).trim());
		assert.ok(fault.got.includes(words), fault.got);
	});

test('every number of every real file', { skip: withoutFixtures }, async () => {
	const root = fixtureFile('lm-evaluation-harness');
	const files = readdirSync(root, { recursive: true }).filter((f) => f.endsWith('.json')).map((f) => path.join(root, f));
	assert.ok(files.length >= 10);
	for (const file of files) {
		const list = await assertWhole(file);
		assert.doesNotMatch(JSON.stringify(list), /gaueko|127\.0|coreweave|\/home/, file);
	}
	const run = path.join(root, 'v0.4.13.dev0/example-org__dummy-model');
	const whole = await payloads('auto', ...readdirSync(run).map((f) => path.join(run, f)), ...told);
	assert.deepEqual(whole.map((p) => p.items?.length ?? 0), [2, 2, 1, 1, 0]);
	for (const { items = [], results } of whole)
		for (const { metric, scores } of items)
			assert.equal(scores.reduce((a, b) => a + b) / scores.length, results.find((r) => r.metric === metric).value);
});

test('samples under more filters than a task has are left out whole', async () => {
	const folder = valid('group-and-filters'), results = path.join(dir, 'filters.json'), samples = path.join(dir, 'filters.jsonl');
	const [line] = readFileSync(path.join(folder, 'samples_own_add_hard.jsonl'), 'utf8').split('\n');
	const lines = Array.from({ length: 40 }, (_, k) => ({ ...JSON.parse(line), filter: `f${k}` }));
	const { createHash } = await import('node:crypto');
	const hash = createHash('sha256');
	for (const one of lines)
		hash.update(one.doc_hash + one.prompt_hash + one.target_hash);
	const root = readPython(path.join(folder, 'results.json'));
	root.task_hashes.own_add_hard = hash.digest('hex');
	writeFileSync(results, JSON.stringify(root));
	writeFileSync(samples, lines.map((one) => JSON.stringify(one)).join('\n'));
	const { code, stderr } = await assay('auto', results, samples, ...told, '--dry-run');
	assert.equal(code, 0, stderr);
	assert.match(stderr, /own_add_hard are left out: more than 32 filters/);
});
