// estimate.test.mjs — digits and words of an estimate.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { estimated, intervalText, inWords, standingRank } from '../../../webroot/app/estimate.mjs';

const e = (point, low, high, more) => ({ point, low, high, voters: 3, agreeing: 3, outliers: 0, interval: 'student',
	lowest_vote: low, highest_vote: high, ...more });

test('no more digits than the interval bears: two at least, five at most; both ends to the same place', () => {
	assert.equal(estimated(e(123.456, 123.4, 123.5)), '123.46');
	assert.equal(estimated(e(123.456, 100, 150)), '120');
	assert.equal(intervalText(e(123.456, 100.4, 150.2)), '100 – 150');
	assert.equal(estimated(e(123.456, 0.1, 90000)), '120');
	assert.equal(estimated(e(0.0456789, 0.0456, 0.0457)), '0.04568');
	assert.equal(intervalText(e(0.0456789, 0.0456, 0.0457)), '0.04560 – 0.04570');
	assert.equal(estimated(e(7, 7, 7)), '7.00');
	assert.equal(estimated(e(123456.7, 123456, 123457)), '123,460');
	assert.equal(estimated(e(123.456, 123.4, 123.5, { voters: 1 })), '123');
	assert.equal(estimated(e(0, -1, 1)), '0.0');
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
