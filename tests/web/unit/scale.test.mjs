// scale.test.mjs — axes: places and marks.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { binaryTicks, reach, scaleOf } from '../../../webroot/app/scale.mjs';

test('an axis goes by ratios on a log scale, by differences on a linear one', () => {
	const [log, linear] = [scaleOf([1, 100], { log: true }), scaleOf([1, 100])];
	assert.ok(Math.abs(log.at(10) - (log.at(1) + log.at(100)) / 2) < 1e-9);
	assert.ok(Math.abs(linear.at(50.5) - (linear.at(1) + linear.at(100)) / 2) < 1e-9);
	assert.ok(Math.abs(scaleOf([5], { log: true }).at(5) - 50) < 1e-9);
	assert.ok(Math.abs(scaleOf([9, 9]).at(9) - 50) < 1e-9);
});

test('nothing measured, nothing finite, nothing above zero: still an axis', () => {
	for (const values of [[], [undefined, NaN], [0, -1]])
		assert.ok(Number.isFinite(scaleOf(values, { log: true }).at(1)), String(values));
	assert.equal(scaleOf([1, 10], { log: true, margin: 6 }).at(0), 6);
});

test('marks are round, few, and inside', () => {
	assert.deepEqual(scaleOf([0.3, 9], { ticks: 4 }).ticks, [5]);
	assert.deepEqual(scaleOf([0, 100], { ticks: 5 }).ticks, [0, 20, 40, 60, 80, 100]);
	assert.deepEqual(scaleOf([10, 100000], { log: true, ticks: 5 }).ticks, [10, 100, 1000, 10000, 100000]);
	assert.deepEqual(scaleOf([1, 40], { log: true, ticks: 5 }).ticks, [1, 2, 5, 10, 20]);
	for (const [low, high] of [[0.001, 0.0012], [3, 4], [1e-9, 1e9], [99, 101]]) {
		const { ticks } = scaleOf([low, high], { log: true, ticks: 4 });
		assert.ok(ticks.length >= 2 && ticks.length <= 7, `${low} to ${high}: ${ticks}`);
		assert.ok(ticks.every((tick) => tick >= low * 0.999 && tick <= high * 1.001), `${low} to ${high}: ${ticks}`);
	}
	assert.deepEqual(binaryTicks(3e8, 5e9, 7), [2 ** 29, 2 ** 30, 2 ** 31, 2 ** 32]);
});

test('what reaches beyond an axis is cut there, and said to be', () => {
	const scale = scaleOf([10, 100], { log: true, length: 100 });
	assert.deepEqual([reach(scale, 20, 50).cutLow, reach(scale, 20, 50).cutHigh], [false, false]);
	const wide = reach(scale, 0, 1e9);
	assert.deepEqual([wide.to, wide.cutHigh], [99, true]);
	assert.ok(reach(scale, -5, 20).from <= 6);
});
