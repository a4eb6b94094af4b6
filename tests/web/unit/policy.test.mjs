// policy.test.mjs — rules in words and their limits, as `assay gate explain` says and judges them.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { askedWords, costMetric, limitOf, readPolicy, ruleWords } from '../../../webroot/app/policy.mjs';
import { readMetrics } from '../../../webroot/app/data.mjs';

const speed = { name: 'decode', unit: 'tokens/s', direction: 'higher', scale: 'log' };
const rate = { name: 'over_refusal', unit: '', direction: 'lower', scale: 'linear' };

test('limits: the margin itself, or the loss that is tolerated', () => {
	assert.equal(limitOf({ compare: 'absolute', margin: 40 }, speed), 40);
	assert.equal(limitOf({ compare: 'baseline', margin: 0.25 }, speed), 0.8);
	assert.equal(limitOf({ compare: 'baseline', margin: 0.25 }, { ...speed, direction: 'lower' }), 1.25);
	assert.equal(limitOf({ compare: 'baseline', margin: 0.03 }, rate), 0.03);
	assert.equal(limitOf({ compare: 'baseline', margin: 0.03 }, { ...rate, direction: 'higher' }), -0.03);
});

test('sentences', () => {
	assert.equal(ruleWords({ metric: 'decode', suite: 'throughput/1', where: { n_gen: 128, hardware: 'GPU' }, compare: 'absolute', margin: 40 }, speed),
		'decode of throughput/1 where n_gen is 128, hardware is GPU is at least 40 tokens/s');
	assert.equal(ruleWords({ metric: 'decode', suite: 'throughput', compare: 'baseline', margin: 0.5 }, speed, 'acme/old'),
		'decode of throughput is not worse than acme/old’s by more than 50 % (a ratio of at least 0.6667)');
	assert.equal(ruleWords({ metric: 'over_refusal', suite: 'refusals', compare: 'baseline', margin: 0.03 }, rate),
		'over_refusal of refusals is not worse than the baseline’s by more than 0.03');
	assert.equal(ruleWords({ metric: 'm', suite: 's', compare: 'baseline', margin: 0 }, rate, 'b'), 'm of s is not worse than b’s');
	assert.equal(ruleWords({ metric: 'm', suite: 's', compare: 'absolute', margin: 7 }, undefined), 'm of s, held against 7');
});

test('costs: by a measured rate, or where it is sold', () => {
	const rented = { metric: 'cost', suite: 'serving', rate: 'total', where: { concurrency: 8 }, utilisation: 0.5, compare: 'absolute', margin: 0.4 };
	assert.equal(ruleWords(rented, costMetric(rented)),
		'cost by total of serving where concurrency is 8, the machine at work 50 % of the time, is at most 0.4 USD per million tokens');
	assert.match(askedWords(rented), /^2 or more submitters, corroborated; the hardware’s hourly price/);
	const sold = { metric: 'cost', suite: 'listed', currency: 'EUR', compare: 'absolute', margin: 2.5, max_age_days: 90 };
	assert.equal(ruleWords(sold, costMetric(sold)), 'listed price, for output tokens, is at most 2.5 EUR per million tokens');
	assert.equal(askedWords(sold), 'the price that the log has, in the last 90 days');
	assert.equal(limitOf({ ...sold, compare: 'baseline', margin: 0.25 }, costMetric(sold)), 1.25);
	assert.equal(costMetric({ metric: 'decode' }), undefined);
});

test('whose word counts', () => {
	assert.equal(askedWords({}), '2 or more submitters, corroborated');
	assert.equal(askedWords({ min_standing: 'single', min_submitters: 4, max_age_days: 30, min_submitters_internal: 3 }),
		'4 or more submitters, in the last 30 days; or 3 or more before it is public');
});

test('what is no policy is none', () => {
	assert.equal(readPolicy('{"rules":{}}'), null);
	assert.equal(readPolicy('nonsense'), null);
	assert.equal(readPolicy('{"rules":[]}').rules.length, 0);
});

test('the metrics of a suite: the version named, or the newest that is listed', async () => {
	const asked = [];
	const get = async (where) => {
		asked.push(where);
		return { json: async () => ({ metrics: [speed] }) };
	};
	const index = { suites: [{ name: 'throughput', version: 1 }, { name: 'throughput', version: 3 }, { name: 'other', version: 9 }] };
	assert.equal((await readMetrics('throughput', index, get)).get('decode'), speed);
	await readMetrics('throughput/2', index, get);
	for (const none of ['../../etc', 'missing', 'throughput/x', ''])
		assert.equal((await readMetrics(none, index, get)).size, 0);
	assert.deepEqual(asked, ['suites/throughput/3/suite.json', 'suites/throughput/2/suite.json']);
	assert.equal((await readMetrics('throughput', index, async () => ({ json: async () => { throw new SyntaxError(); } }))).size, 0);
});
