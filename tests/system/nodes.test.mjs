// nodes.test.mjs — two servers on one database: one leads, both publish the same, either may die.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { request } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { Key } from './lib/protocol.mjs';

const { lab, test } = labFile();
let other;

const postTo = (port, statement) => request(port, 'POST', '/v1/statements', { body: statement.text,
	headers: { 'Content-Type': 'application/json' } });

const isLeading = (daemon) => /info leading /.test(daemon.logText());
const published = (folder, name) => readFileSync(path.join(folder, 'data/v1', name));

const bothShow = (size) => waitFor(`both to show ${size} leaves`, () => {
	const sizes = [lab.published, other.settings.published].map((folder) =>
		JSON.parse(published(folder, 'index.json')).log_size);
	return sizes.every((found) => found === size);
});

const logSize = async () => Number(await lab.pg.sql('SELECT size FROM assay.log_head'));

test('both take statements, and both publish the same bytes', async () => {
	other = lab.anotherDaemon();
	await other.start();
	await waitFor('it to have read the rules', async () => (await request(other.port, 'GET', '/readyz')).status === 200);
	const key = await lab.enrolled();
	for (let n = 0; n < 10; n++) {
		const statement = lab.submission(key);
		const answer = await postTo(n % 2 ? other.port : lab.port, statement);
		assert.equal(answer.status, 201, answer.text);
		await lab.settled(statement.id);
	}
	await bothShow(await logSize());
	assert.ok(isLeading(lab.daemon) && !isLeading(other));
	for (const name of ['index.json', 'suites/throughput.json', 'models/example-org/tiny-7b.json'])
		assert.ok(published(lab.published, name).equals(published(other.settings.published, name)), name);
});

test('a key enrolled at one is known at the other at once', async () => {
	for (let n = 0; n < 10; n++) {
		const key = await lab.enrolled();
		const answer = await postTo(other.port, lab.submission(key));
		assert.equal(answer.status, 201, answer.text);
	}
});

test('the leader is killed: the other leads, and nothing is lost', async () => {
	const key = await lab.enrolled();
	const before = lab.submission(key);
	await lab.accepted(before);
	await lab.daemon.kill();
	const after = lab.submission(key);
	assert.equal((await postTo(other.port, after)).status, 201);
	await waitFor('the other to log both', async () => (await lab.pg.sql('SELECT count(*) FROM assay.leaf ' +
		`WHERE id IN ('\\x${before.id}', '\\x${after.id}')`)) === '2');
	assert.ok(isLeading(other));
	await lab.serve();
	await bothShow(await logSize());
});

test('the leader is frozen: the other leads; awake again it follows, and there is one history', async () => {
	const key = await lab.enrolled();
	const ends = () => (other.logText().match(/ leading_ended /g) ?? []).length;
	const [led, ended] = [(lab.daemon.logText().match(/info leading /g) ?? []).length, ends()];
	other.process.kill('SIGSTOP');
	try {
		const statement = lab.submission(key);
		await lab.accepted(statement);
		await lab.settled(statement.id);
		assert.equal((lab.daemon.logText().match(/info leading /g) ?? []).length, led + 1);
	} finally {
		other.process.kill('SIGCONT');
	}
	await waitFor('the other to notice', () => ends() === ended + 1);
	const after = lab.submission(key);
	assert.equal((await postTo(other.port, after)).status, 201);
	await lab.settled(after.id);
	await bothShow(await logSize());
	for (const name of ['log/checkpoint', 'data/v1/index.json', 'data/v1/suites/throughput.json'])
		await waitFor(`${name} to be the same`, () => readFileSync(path.join(lab.published, name))
			.equals(readFileSync(path.join(other.settings.published, name))));
});

test('indices have no gaps and no doubles', async () => {
	assert.equal(await lab.pg.sql('SELECT count(*) = max(index) + 1 AND count(*) = count(DISTINCT id) ' +
		'AND count(*) = (SELECT size FROM assay.log_head) FROM assay.leaf'), 't');
});

test('a server that may not lead never does', async () => {
	const follower = lab.anotherDaemon({ lead: 'false' });
	await follower.start();
	await other.stop();
	await lab.daemon.stop();
	const key = new Key();
	await waitFor('the follower to be ready', async () =>
		(await request(follower.port, 'GET', '/readyz')).status === 200);
	assert.equal((await postTo(follower.port, lab.enrolment(key))).status, 201);
	const statement = lab.submission(key);
	assert.equal((await postTo(follower.port, statement)).status, 201);
	await lab.serve();
	assert.equal((await lab.settled(statement.id)).state, 'counted');
	assert.ok(!isLeading(follower));
	assert.deepEqual(await follower.stop(), { code: 0, signal: null });
});
