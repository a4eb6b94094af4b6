// contrast.test.mjs — telling two estimates apart: MOVER on both scales, and what is never told apart.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { contrast, differing, placesOf } from '../../../webroot/app/contrast.mjs';

const e = (point, low, high, more) => ({ point, low, high, voters: 3, interval: 'student', ...more });
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('a difference has the interval that both sides’ distances give', () => {
	const c = contrast(e(10, 7, 14), e(20, 16, 23), { direction: 'higher', scale: 'linear' });
	near(c.point, 10);
	near(c.low, 10 - Math.hypot(4, 4));
	near(c.high, 10 + Math.hypot(3, 3));
	assert.deepEqual([c.ratio, c.apart], [false, 'better']);
});

test('on the log scale it is a ratio; lower may be better', () => {
	const c = contrast(e(100, 90, 110), e(200, 190, 210), { direction: 'lower', scale: 'log' });
	near(c.point, 2);
	assert.deepEqual([c.ratio, c.apart], [true, 'worse']);
	assert.equal(contrast(e(200, 190, 210), e(100, 90, 110), { direction: 'lower', scale: 'log' }).apart, 'better');
	assert.equal(contrast(e(0, -1, 1), e(5, 4, 6), { direction: 'higher', scale: 'log' }).ratio, false);
});

test('what overlaps widely, or rests on one submitter, is not told apart', () => {
	assert.equal(contrast(e(100, 80, 120), e(105, 85, 125), { direction: 'higher', scale: 'log' }).apart, 'no');
	for (const lone of [{ voters: 1 }, { interval: 'none' }, { interval: 'within_run' }]) {
		assert.deepEqual(Object.keys(contrast(e(1, 0.9, 1.1), e(9, 8, 10, lone), { direction: 'higher', scale: 'linear' })), ['point', 'ratio', 'apart']);
		assert.equal(contrast(e(1, 0.9, 1.1, lone), e(9, 8, 10), { direction: 'higher', scale: 'linear' }).apart, 'unsure');
	}
});

test('variants meet where all but what they are is the same', () => {
	const row = (subject, hardware, base = '') => ({ fields: { subject, hardware, base } });
	const places = placesOf([row('a', 'x'), row('b', 'x'), row('a', 'y'), row('c', 'x', 'z'), row('d', 'x')], ['a', 'b', 'c']);
	assert.equal(places.length, 1);
	assert.deepEqual(places[0].rows.map((r) => r?.fields.subject), ['a', 'b', 'c']);
	assert.deepEqual(differing(row('a', 'x'), row('b', 'y')), ['hardware']);
});
