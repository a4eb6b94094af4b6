// reload.test.mjs — SIGHUP: live settings change, others need a restart, a broken file changes nothing.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile();

// Send SIGHUP and wait for a new line of the log that matches.
async function reload(pattern) {
	const before = lab.daemon.logText().length;
	lab.daemon.process.kill('SIGHUP');
	return waitFor(`a line ${pattern}`, () => {
		const text = lab.daemon.logText().slice(before);
		return pattern.test(text) && text;
	});
}

test('a live setting changes at once, in every worker', async () => {
	assert.equal((await lab.get('/metrics')).status, 200);
	lab.daemon.set({ metrics: false, idle_ms: 50000 });
	const text = await reload(/info reloaded /);
	assert.match(text, /info option_changed name=metrics\n/);
	assert.match(text, /info option_changed name=idle_ms\n/);
	for (let n = 0; n < 4; n++)
		assert.equal((await lab.get('/metrics')).status, 404);
});

test('a setting that is not live keeps its value and is named', async () => {
	lab.daemon.set({ workers_n: 1, origin: 'elsewhere.example', metrics: true });
	const text = await reload(/info reloaded /);
	assert.match(text, /warn option_kept name=workers_n reason="needs a restart"\n/);
	assert.match(text, /warn option_kept name=origin /);
	assert.equal((await lab.get('/v1/policy')).json().origin, lab.origin);
	assert.equal((await lab.get('/metrics')).status, 200);
});

test('a broken file changes nothing and is named with its line', async () => {
	lab.daemon.set({ metrics: false, workers_n: 2, origin: lab.origin });
	const lines = Object.keys(lab.daemon.settings).length;
	appendFileSync(lab.daemon.config, 'idle_ms = soon\n');
	const text = await reload(/error reload_failed /);
	assert.ok(text.includes(`${lab.daemon.config}:${lines + 1} `), text);
	assert.match(text, /got="\\"soon\\""/);
	assert.equal((await lab.get('/metrics')).status, 200);
});

test('settings reloaded many times over are freed at the end', async () => {
	for (let n = 0; n < 5; n++) {
		lab.daemon.set({ idle_ms: 40000 + n });
		await reload(/info reloaded /);
	}
	assert.equal((await lab.get('/healthz')).status, 200);
});
