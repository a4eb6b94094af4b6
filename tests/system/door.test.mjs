// door.test.mjs — the door opens with the first config, and the config is logged only on demand.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { Key } from './lib/protocol.mjs';

const { lab, test } = labFile({ config: false });

const configs = () => lab.pg.sql('SELECT count(*) FROM assay.statement WHERE kind = \'config\'');

test('before the first config every statement is 503 door_closed with Retry-After', async () => {
	const policy = (await lab.get('/v1/policy')).json();
	assert.equal(policy.config, null);
	assert.equal(policy.first_config, null);
	assert.ok(policy.vkey);
	lab.policy = { ...policy, pow_bits: 0, terms: policy.terms ?? { sha256: '00'.repeat(32) } };
	await waitFor('the rules to be read', async () => (await lab.get('/readyz')).json().code === 'door_closed');
	const answer = await lab.post(lab.enrolment(new Key()).text);
	assertProblem(answer, 503, 'door_closed');
	assert.match(answer.headers['retry-after'], /^\d+$/);
	assert.equal(await lab.pg.sql('SELECT count(*) FROM assay.statement'), '0');
	assert.equal((await lab.get('/')).status, 200);
});

test('assayd config --apply opens the door of a running server, and leaf 0 is the config', async () => {
	await lab.applyConfig();
	await lab.doorOpen();
	const key = await lab.enrolled();
	await lab.accepted(lab.submission(key));
	assert.equal(await lab.pg.sql('SELECT kind, state, encode(id, \'hex\') FROM assay.leaf WHERE index = 0'),
		`config|counted|${lab.policy.first_config}`);
});

test('config --apply without a change logs nothing', async () => {
	const before = await configs();
	await lab.applyConfig();
	await lab.applyConfig();
	assert.equal(await configs(), before);
});

test('config --show prints the config in force', async () => {
	const shown = JSON.parse(await lab.assayd('config', '--show'));
	assert.ok(JSON.stringify(shown).includes(lab.policy.suites[0].digest));
});

test('a changed rule is logged once and is in force without a restart; the first config stays', async () => {
	const first = lab.policy.first_config;
	lab.daemon.set({ pow_bits: 4 });
	await lab.applyConfig();
	await waitFor('the new rule', async () => (await lab.get('/v1/policy')).json().pow_bits === 4);
	const policy = (await lab.get('/v1/policy')).json();
	assert.notEqual(policy.config, first);
	assert.equal(policy.first_config, first);
	lab.policy = policy;
	const key = await lab.enrolled();
	const run = lab.submission(key);
	await lab.accepted(run);
	assert.equal((await lab.settled(run.id)).state, 'counted');
});

test('a new statement key does not apply itself: it needs a root key of the config before', async () => {
	await lab.assayd('keys', '--dir', path.join(lab.dir, 'other-keys'), '--origin', lab.origin);
	const before = await configs();
	lab.daemon.set({ statement_key: path.join(lab.dir, 'other-keys/statement.pem') });
	const result = await lab.tryAssayd('config', '--apply');
	lab.daemon.set({ statement_key: path.join(lab.keys, 'statement.pem') });
	assert.notEqual(result.code, 0);
	assert.ok(result.stderr.length > 0);
	assert.equal(await configs(), before);
});

test('a suite changed on disk is not served under the old digest', async () => {
	const suites = path.join(lab.dir, 'suites');
	cpSync(path.join(repo, 'eval-suites'), suites, { recursive: true });
	const file = path.join(suites, 'throughput/1/suite.json');
	writeFileSync(file, readFileSync(file, 'utf8').replace('Throughput', 'Another throughput'));
	await lab.daemon.stop();
	lab.daemon.set({ suites });
	await lab.daemon.start();
	const key = new Key();
	const answer = await lab.post(lab.enrolment(key).text);
	const leaves = await lab.pg.sql('SELECT size FROM assay.log_head');
	assert.ok(answer.status === 503 || leaves === await lab.pg.sql('SELECT size FROM assay.log_head'));
	await waitFor('it to say so in the log', () => /suite/i.test(
		lab.daemon.logText().split('\n').filter((l) => / (warn|error) /.test(l)).join('\n')));
	await lab.daemon.stop();
	lab.daemon.set({ suites: path.join(repo, 'eval-suites') });
	await lab.daemon.start();
	await lab.doorOpen();
});
