// import.test.mjs — formats told apart by content, payloads printed one a line, files that are mixed up.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { caseFile, importer } from './lib/importing.mjs';

const { dir, payloads, refused, assay } = importer();
const bench = caseFile('llama-bench/valid/b10470-json/input.json');
const log = caseFile('llama-perplexity/valid/b10470-kld-q4-combined/input.log');
const MODEL = ['--model', '*=org/tiny'];
const told = [...MODEL, '--quantization', '*=Q4_0', '--engine-version', 'b10470', '--cpu', 'C',
	'--accelerator', 'none', '--base', 'ab'.repeat(32), '--text-sha256', 'cd'.repeat(32)];

test('auto tells formats apart by content, whatever the files are called', async () => {
	const one = path.join(dir, 'kld.json'), two = path.join(dir, 'bench.log');
	copyFileSync(log, one);
	copyFileSync(bench, two);
	const list = await payloads('auto', one, two, ...told);
	assert.deepEqual(list.map((p) => p.suite.name), ['quantization', 'throughput']);
	assert.equal(list[0].results.find((r) => r.metric === 'kl_divergence_mean').value, 0.21737);
});

test('a file of another format is refused by a named importer, which names the right one', async () => {
	const fault = await refused(1, 'llama-bench', log);
	assert.equal(fault.code, 'file_format');
	assert.match(fault.got, /assay import llama-perplexity/);
});

test('what nobody recognises, and folders', async () => {
	const file = path.join(dir, 'prose.txt'), folder = path.join(dir, 'folder');
	writeFileSync(file, 'Dear diary\n');
	mkdirSync(folder);
	for (const [path_, got] of [[file, /file of none/], [folder, /folder of none/]])
		assert.match((await refused(1, 'auto', path_)).got, got);
	assert.match((await refused(1, 'llama-bench', folder)).got, /folder/);
	assert.equal((await refused(2, 'no-such-format', file)).exit_code, 2);
});

test('notes go to stderr where payloads go to stdout', async () => {
	const result = await assay('llama-bench', caseFile('llama-bench/valid/b10470-nonascii-name/input.json'),
		'--model', 'org/tiny', '--dry-run', '--json');
	assert.equal(result.code, 0, result.stderr);
	for (const line of result.stdout.trim().split('\n'))
		assert.ok(JSON.parse(line).results.length > 0);
	for (const line of result.stderr.trim().split('\n'))
		assert.equal(typeof JSON.parse(line).note, 'string');
});

test('a condition is told by name, checked against the suite', async () => {
	const [payload] = await payloads('llama-bench', bench, ...MODEL, '--condition', 'n_cpu_moe=3');
	assert.ok(payload.results.every((r) => r.conditions.n_cpu_moe === 3));
	assert.match((await refused(2, 'llama-bench', bench, ...MODEL, '--condition', 'n_cpu_moe=x')).expected, /whole/);
	assert.match((await refused(2, 'llama-bench', bench, ...MODEL, '--condition', 'colour=red')).expected, /suite/);
});

test('an option that no file has a use for is refused', async () => {
	assert.equal((await refused(2, 'llama-bench', bench, ...MODEL, '--n-ctx', '512')).pointer, '--n-ctx');
});

test('--only leaves the other models out', async () => {
	const sweep = caseFile('llama-bench/valid/b10470-sweep/input.json');
	const list = await payloads('llama-bench', sweep, '--model', '*=org/tiny', '--only', '*Q4*');
	assert.ok(list.length > 0 && list.every((p) => p.model.file === 'tiny-llama-Q4_0.gguf'));
	assert.match((await refused(2, 'llama-bench', sweep, '--model', '*=org/tiny', '--only', 'x')).got, /tiny-llama-F16/);
});
