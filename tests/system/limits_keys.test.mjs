// limits_keys.test.mjs — one key stores so many new statements an hour, and no more.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { assertProblem, labFile } from './lib/lab.mjs';

// One of them is the enrolment. Two an hour: none comes back while the test runs.
const { lab, test } = labFile({ settings: { submitter_rate_n: 2 } });

test('a key stores so many new statements an hour; seen ones are free, other keys go on', async () => {
	const key = await lab.enrolled();
	const first = lab.submission(key);
	await lab.accepted(first);
	for (let i = 0; i < 5; i++)
		await lab.accepted(first, 200);
	const more = lab.submission(key, { notes: 'one more' });
	const answer = await lab.post(more.text);
	assertProblem(answer, 429, 'too_many_requests');
	const wait = Number(answer.headers['retry-after']);
	assert.ok(Number.isInteger(wait) && wait > 0 && wait <= 1800, `${wait}`);
	assert.equal(await lab.countRows(more.id), '0');
	await lab.accepted(first, 200);
	await lab.accepted(lab.submission(await lab.enrolled('Bob')));
});
