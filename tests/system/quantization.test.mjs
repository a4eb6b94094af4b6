// quantization.test.mjs — from a llama-perplexity log to the board of what a quantization costs.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';

const { lab, test } = labFile();
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };
const cases = path.join(repo, 'tests/cases/llama-perplexity/valid');
const log = (name) => path.join(cases, name, 'input.log');
const base = 'ab'.repeat(32);
const machine = ['--engine-version', 'b10470', '--cpu', 'Example CPU', '--accelerator', 'none'];

test('a KL divergence log becomes a row that names base, text, context and chunks', async () => {
	const home = path.join(lab.dir, 'home');
	const text = path.join(lab.dir, 'text.txt');
	writeFileSync(text, 'A text to measure on.\n');
	const assay = async (...args) => {
		const result = await lab.assay([...args, '--home', home], { env });
		assert.equal(result.code, 0, result.stderr);
		return result.stdout;
	};
	await assay('enrol', '--server', lab.url, '--name', 'Ada', '--accept-terms');
	await assay('import', 'llama-perplexity', log('b10470-kld-q4-combined'), '--model', 'org/tiny', '--quantization', 'Q4_0',
		'--weights-sha256', 'cd'.repeat(32), '--base', base, '--text', text, ...machine, '--submit');
	const board = await lab.documentWhere('suites/quantization.json', (d) => d.rows.length === 1);
	const [row] = board.rows;
	assert.equal(row.fields.base, base);
	assert.equal(row.fields['conditions.n_ctx'], '512');
	assert.equal(row.fields['conditions.chunks'], '29');
	assert.match(row.fields['conditions.text_sha256'], /^[0-9a-f]{64}$/);
	const of = (metric) => row.estimates.find((e) => e.metric === metric);
	assert.equal(of('kl_divergence_mean').point, 0.21737);
	assert.equal(of('perplexity').point, 24.171249);
	assert.equal(of('same_top_token').point, 70.899);
	assert.equal(of('kl_divergence_mean').interval, 'within_run');
	assert.ok(of('kl_divergence_mean').low < 0.21737 && of('kl_divergence_mean').high > 0.21737);
	assert.equal(of('kl_divergence_max').interval, 'none');
});

test('everything the log does not tell is asked for at once', async () => {
	const home = path.join(lab.dir, 'home');
	const asked = await lab.assay(['import', 'llama-perplexity', log('b10470-kld-q8-stdout'), '--home', home], { env });
	assert.equal(asked.code, 2);
	for (const option of ['--model', '--quantization', '--engine-version', '--cpu', '--accelerator', '--base', '--text', '--n-ctx'])
		assert.match(asked.stderr, new RegExp(`${option} `));
	const bad = await lab.assay(['import', 'llama-perplexity', log('b10470-kld-q8-stdout'), '--home', home, '--model', 'org/tiny',
		'--quantization', 'Q8_0', ...machine, '--base', 'no-such.gguf', '--text-sha256', 'xyz', '--n-ctx', '512'], { env });
	assert.match(bad.stderr, /no-such\.gguf/);
	assert.equal(readFileSync(log('b10470-kld-q8-stdout'), 'utf8').includes('n_ctx'), false);
});
