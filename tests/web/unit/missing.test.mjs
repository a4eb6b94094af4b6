// missing.test.mjs — what a model lacks, and commands that a shell cannot misread.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { missingOf, quoted } from '../../../webroot/app/missing.mjs';

const row = (subject, voters) => ({ fields: { subject, hardware: 'X' }, model: { quantization: subject }, estimates: [{ voters }] });
const suites = [{ name: 'throughput', title: 'T' }, { name: 'quantization', title: 'Q' }, { name: 'chat', title: 'C' }];

test('names go into a command as one word', () => {
	assert.equal(quoted('org/Model-7B'), 'org/Model-7B');
	assert.equal(quoted("a'; rm -rf ~"), "'a'\\''; rm -rf ~'");
	assert.equal(quoted('$(x)'), "'$(x)'");
});

test('cells of one submitter, variants without their loss, suites without a result', () => {
	const model = { name: 'org/m', boards: [{ suite: { name: 'throughput' }, rows: [row('Q4', 1), row('Q8', 2)] }, { suite: { name: 'quantization' }, rows: [row('Q8', 2)] }] };
	const missing = missingOf(model, suites);
	assert.deepEqual(missing.map((one) => one.command.split(' ').slice(0, 3).join(' ')), ['assay run throughput', 'assay import llama-perplexity', 'assay run chat']);
	assert.match(missing[0].words, /^1 throughput cell rests on one submitter, for example Q4 on X/);
	assert.match(missing[1].words, /loss of Q4/);
});
