// real_tools.test.mjs — `assay run` with the llama-bench and llama-perplexity of this machine, if it has them.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { accessSync, constants, copyFileSync } from 'node:fs';
import path from 'node:path';
import { test as nodeTest } from 'node:test';
import { repo } from './lib/daemon.mjs';
import { fixtureFile, withoutFixtures } from './lib/importing.mjs';
import { labFile } from './lib/lab.mjs';

const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };

function isThere(program) {
	return (process.env.PATH ?? '').split(':').some((folder) => {
		try {
			accessSync(path.join(folder, program), constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

const without = (program) => withoutFixtures || (!isThere(program) && `no ${program} on PATH`);
const programs = ['llama-bench', 'llama-perplexity'];
// Where there is neither, no server is started for nothing.
const { lab, test: labTest } = programs.every(without) ? {} : labFile();
const test = (program, name, body) => (without(program) ? nodeTest(name, { skip: without(program) }, body) : labTest(name, body));
const model = (type) => fixtureFile('llama.cpp', `tiny-llama-${type}.gguf`);

async function run(home, ...args) {
	const result = await lab.assay(['run', ...args, '--model', 'example-org/tiny-llama', '--home', home, '--submit', '--json'], { env });
	assert.equal(result.code, 0, result.stderr);
	const told = JSON.parse(result.stdout);
	assert.ok(told.submit.statements.filter((one) => one.kind === 'submission').every((one) => one.outcome === 'accepted'), result.stdout);
	return told;
}

async function enrolled(name) {
	const home = path.join(lab.dir, name);
	const done = await lab.assay(['enrol', '--server', lab.url, '--name', name, '--accept-terms', '--home', home], { env });
	assert.equal(done.code, 0, done.stderr);
	return home;
}

test('llama-bench', 'llama-bench itself: prefill and decode at each depth, with the digest of the weights', async () => {
	const { measured } = await run(await enrolled('bench'), 'throughput', model('Q8_0'), '--prompt', '32', '--generate', '8', '--depth', '0,64');
	assert.deepEqual(measured.map((one) => [one.metric, one.conditions.n_prompt, one.conditions.n_gen, one.conditions.n_depth ?? 0]).sort(),
		[['decode', 0, 8, 0], ['decode', 0, 8, 64], ['prefill', 32, 0, 0], ['prefill', 32, 0, 64]]);
	assert.ok(measured.every((one) => one.value > 0 && [3, 6, 12].includes(one.n)));
});

test('llama-perplexity', 'llama-perplexity itself: the base, and what two quantizations lose', async () => {
	const home = await enrolled('losses'), text = path.join(lab.dir, 'text.txt');
	copyFileSync(fixtureFile('llama.cpp', 'prose.txt'), text);
	const { measured } = await run(home, 'quantization', '--base', model('F16'), model('Q8_0'), model('Q4_0'), '--text', text, '--chunks', '4');
	const of = (type, metric) => measured.find((one) => one.subject === `example-org/tiny-llama ${type}` && one.metric === metric)?.value;
	assert.ok(of('F16', 'perplexity') > 1);
	assert.ok(of('Q8_0', 'kl_divergence_mean') < of('Q4_0', 'kl_divergence_mean'));
	assert.ok(of('Q8_0', 'same_top_token') > of('Q4_0', 'same_top_token'));
});
