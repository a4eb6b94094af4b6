// worth.test.mjs — cost of a token, yardsticks, points and their frontier.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { costOf, frontierOf, levelAt, levelsOf, pointsOf, yardsticks } from '../../../webroot/app/worth.mjs';

const quality = (subject, point) => ({ subject, suite: { name: 'chat', version: 1 }, metric: 'score', judge: 'J 1', point, low: point - 1, high: point + 1, voters: 2, standing: 'corroborated' });
const machine = (subject, rate, more) => ({ subject, quantization: 'Q4', hardware: 'X', accelerator_count: '2', rate: { point: rate }, streams: 8, price_per_hour: { amount: 1.8 },
	levels: [{ streams: 2, rate: { point: rate / 4, low: rate / 5, high: rate / 3, voters: 3 } }, { streams: 8, rate: { point: rate } }], ...more });
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
	const of = (key, choices) => pointsOf(value, reported, key, choices).points.map((p) => [p.kind, p.name, p.cost, p.quality.point]);
	assert.deepEqual(of('chat/1 score J 1'), [['self-hosted', 'org/a', 1, 7], ['sold', 'A', 0.2, 7]]);
	assert.deepEqual(of('chat/1 score J 1', { hourly: 3.6, use: 0.5 }).slice(0, 2), [['self-hosted', 'org/a', 4, 7], ['self-hosted', 'org/a', 8, 6]]);
	assert.deepEqual(of('reported MT-Bench overall').map(([, name, , q]) => [name, q]), [['org/a', 5], ['Closed', 8], ['A', 5]]);
});

test('a number of streams takes the rate measured with it, else with the nearest fewer, and never one between', () => {
	assert.deepEqual(levelsOf(value), [2, 8]);
	const at = (streams) => levelAt(value.models[0].self_hosted[0], streams);
	assert.deepEqual([0, 1, 2, 7, 8, 64].map((n) => at(n) && [at(n).streams, at(n).rate.point, at(n).exact]),
		[[8, 1000, true], null, [2, 250, true], [2, 250, false], [8, 1000, true], [8, 1000, false]]);
	const of = (streams) => pointsOf(value, reported, 'chat/1 score J 1', { streams });
	assert.deepEqual(of(4).points.map((p) => [p.kind, p.cost]), [['self-hosted', 4], ['sold', 0.2]]);
	const [{ low, high }] = of(4).points;
	assert.ok(Math.abs(low - 3) < 1e-12 && Math.abs(high - 5) < 1e-12, 'the interval is the rate’s, turned round');
	assert.deepEqual([of(1).points.map((p) => p.kind), of(1).unmeasured], [['sold'], 1]);
	assert.equal(pointsOf(value, reported, 'chat/1 score J 1', { streams: 1, hourly: 2 }).unmeasured, 2);
});

test('the frontier has what nothing is both cheaper and better than', () => {
	const point = (cost, q) => ({ cost, quality: { point: q } });
	assert.deepEqual(frontierOf([point(3, 9), point(1, 5), point(2, 4), point(2, 7), point(9, 9)]).map((p) => p.cost), [1, 2, 3]);
	assert.deepEqual(frontierOf([]), []);
});
