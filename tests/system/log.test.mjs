// log.test.mjs — a reader of the log that is stuck holds up no request; what was lost is said.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { assaydPath, sanitizerEnv } from './lib/daemon.mjs';
import { readExposition, valueOf } from './lib/exposition.mjs';
import { request } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile({ serve: false, settings: { log_level: 'debug' } });

async function linesLost(port) {
	const { text } = await request(port, 'GET', '/metrics');
	return valueOf(readExposition(text), 'assayd_log_lines_lost_total');
}

test('with stderr stuck requests are answered; lines are lost, counted, and said later', async () => {
	const child = spawn(assaydPath, ['serve', '--config', lab.daemon.config],
		{ stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...sanitizerEnv } });
	const ended = new Promise((resolve) => {
		child.on('exit', (code) => resolve(code));
	});
	let text = '';
	child.stderr.setEncoding('utf8').on('data', (part) => {
		text += part;
	});
	const port = await waitFor('assayd to be ready', () => /info ready listen=\S*:(\d+)/.exec(text)?.[1]);
	child.stderr.pause();
	const long = `/${'x'.repeat(900)}`;
	let lost = 0;
	while (lost === 0) {
		for (let n = 0; n < 200; n++)
			assert.equal((await request(port, 'GET', long)).status, 404);
		lost = await linesLost(port);
	}
	child.stderr.resume();
	await waitFor('the loss to be said', () => /warn log_lost lines=[1-9]/.test(text));
	child.kill('SIGTERM');
	assert.equal(await ended, 0);
	assert.match(text, /info stopped clean=true\n$/);
	assert.ok(text.split('\n').slice(0, -1).every((line) => /^\d{4}-\d\d-\d\dT\S+Z (debug|info|warn|error) /.test(line)));
});
