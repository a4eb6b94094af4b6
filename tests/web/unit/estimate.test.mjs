// estimate.test.mjs — digits and words of an estimate.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { axisOf, estimated, inWords, standingRank } from '../../../webroot/app/estimate.mjs';

const e = (point, low, high, more) => ({ point, low, high, voters: 3, agreeing: 3, outliers: 0, interval: 'student',
	lowest_vote: low, highest_vote: high, ...more });

test('no more digits than the interval bears, two at least', () => {
	assert.equal(estimated(e(123.456, 123.4, 123.5)), '123');
	assert.equal(estimated(e(123.456, 100, 150)), '120');
	assert.equal(estimated(e(123.456, 0.1, 90000)), '120');
	assert.equal(estimated(e(0.0456789, 0.0456, 0.0457)), '0.0457');
	assert.equal(estimated(e(7, 7, 7)), '7');
});

test('words name the interval, its kind, votes and outliers', () => {
	assert.equal(inWords(e(10, 9, 11, { outliers: 1 }), 'tokens/s'),
		'10 tokens/s; 95 % interval 9 to 11 (Student’s t over the votes); 3 votes from 9 to 11, 3 within tolerance; 1 outlier');
	assert.equal(inWords(e(10, 10, 10, { interval: 'none', voters: 1 }), ''), '10; one submitter');
});

test('standings are ordered from what smells to what is solid', () => {
	assert.deepEqual(['reproduced', 'single', 'contested', 'corroborated'].sort((a, b) => standingRank(a) - standingRank(b)),
		['contested', 'single', 'corroborated', 'reproduced']);
});

test('an axis goes by ratios on a log scale, by differences on a linear one', () => {
	const [log, linear] = [axisOf([1, 100], true), axisOf([1, 100], false)];
	assert.ok(Math.abs(log(10) - (log(1) + log(100)) / 2) < 1e-9);
	assert.ok(Math.abs(linear(50.5) - (linear(1) + linear(100)) / 2) < 1e-9);
	assert.equal(axisOf([5], true)(5), axisOf([9, 9], false)(9));
});
