// starting.test.mjs — a server that has not read its rules yet says so, and not that its log is empty.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { assertProblem, labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { Key } from './lib/protocol.mjs';

const { lab, test } = labFile({ proxy: true });
const HEAD = /^SELECT size, as_of_ms FROM assay\.log_head$/;

function assertStarting(answer) {
	assertProblem(answer, 503, 'starting');
	assert.equal(answer.headers['retry-after'], '1');
}

test('until the rules were read once, statements and /readyz get 503 starting', async () => {
	const enrolment = lab.enrolment(new Key()).text;
	await lab.daemon.stop();
	lab.proxy.refuse();
	await lab.daemon.start();
	assertStarting(await lab.post(enrolment));
	assertProblem(await lab.get('/readyz'), 503, 'database');

	// Workers reach the database; the leader's and the publisher's first question stay unanswered.
	const first = lab.proxy.swallow(HEAD);
	lab.proxy.accepting();
	const held = [await first, await lab.proxy.swallow(HEAD)];
	await waitFor('a worker to reach the database', async () =>
		(await lab.get('/readyz')).json().code === 'starting');
	assertStarting(await lab.get('/readyz'));
	assertStarting(await lab.post(enrolment));

	for (const { cut } of held)
		cut();
	await lab.doorOpen();
	assert.equal((await lab.post(enrolment)).status, 201);
	await waitFor('it to be ready', async () => (await lab.get('/readyz')).status === 200);
});
