// worth.test.mjs — cost of a token, yardsticks, points and their frontier.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { costOf, frontierOf, pointsOf, yardsticks } from '../../../webroot/app/worth.mjs';

const quality = (subject, point) => ({ subject, suite: { name: 'chat', version: 1 }, metric: 'score', judge: 'J 1', point, low: point - 1, high: point + 1, voters: 2, standing: 'corroborated' });
const machine = (subject, rate, more) => ({ subject, quantization: 'Q4', hardware: 'X', accelerator_count: '2', rate: { point: rate }, streams: 8, price_per_hour: { amount: 1.8 }, ...more });
const value = { models: [{ name: 'org/a', document: 'models/org/a.json', self_hosted: [machine('s', 1000), machine('t', 500, { price_per_hour: null })], quality: [quality('s', 7), quality('t', 6)],
	reported: [{ benchmark: 'MT-Bench', metric: 'overall', value: 5, source: 'there' }], facts: { hf_repo: 'org/a' } }],
sold: [{ model: 'Closed', kind: 'closed', provider: 'P', output: { amount: 10 } }, { model: 'A', kind: 'hosted-open', hf_repo: 'org/a', output: { amount: 0.2 } }, { model: 'Free', kind: 'closed' }] };
const reported = { mt_bench: [{ model: 'CLOSED', overall: 8, source: 'here' }, { model: 'Fake', overall: 9, adversarial: true }] };

test('a million tokens cost what their seconds cost', () => {
	assert.equal(costOf(3.6, 1, 1000), 1);
	assert.equal(costOf(3.6, 2, 1000, 0.5), 4);
});

test('yardsticks are what models have, most models first', () => {
	assert.deepEqual(yardsticks(value, reported).map((y) => [y.key, y.n]), [['reported MT-Bench overall', 2], ['chat/1 score J 1', 1]]);
	assert.equal(yardsticks({ models: [], sold: [] }, null).length, 0);
});

test('self-hosted and sold models share the axis; what has no price is left out until one is given', () => {
	const of = (key, choices) => pointsOf(value, reported, key, choices).map((p) => [p.kind, p.name, p.cost, p.quality.point]);
	assert.deepEqual(of('chat/1 score J 1'), [['self-hosted', 'org/a', 1, 7], ['sold', 'A', 0.2, 7]]);
	assert.deepEqual(of('chat/1 score J 1', { hourly: 3.6, use: 0.5 }).slice(0, 2), [['self-hosted', 'org/a', 4, 7], ['self-hosted', 'org/a', 8, 6]]);
	assert.deepEqual(of('chat/1 score J 1', { streams: 4 }), [['sold', 'A', 0.2, 7]]);
	assert.deepEqual(of('reported MT-Bench overall').map(([, name, , q]) => [name, q]), [['org/a', 5], ['Closed', 8], ['A', 5]]);
});

test('the frontier has what nothing is both cheaper and better than', () => {
	const point = (cost, q) => ({ cost, quality: { point: q } });
	assert.deepEqual(frontierOf([point(3, 9), point(1, 5), point(2, 4), point(2, 7), point(9, 9)]).map((p) => p.cost), [1, 2, 3]);
	assert.deepEqual(frontierOf([]), []);
});
