// replicated.test.mjs — synchronous replication: what the standbys do not have is neither acknowledged, nor
// read, nor signed, also if a commit that waited for them was torn off and stands on the primary alone.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { request } from './lib/http.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { Postgres } from './lib/postgres.mjs';
import { makeFolder, waitFor } from './lib/process.mjs';

const { lab, test } = labFile({ durable: true, settings: { db_deadline_ms: 500, db_retry_max_ms: 100 } });
const admin = (sql) => lab.pg.sql(`SET synchronous_commit = local; ${sql}`);
const head = () => admin('SELECT size || \' \' || note_size FROM assay.log_head');
const signed = () => readFileSync(path.join(lab.dir, 'signer.state'), 'utf8');

async function standby(name) {
	await admin(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
	await admin('SELECT pg_reload_conf()');
}

// From now on a commit waits for a standby that never comes. One of ours goes ahead, and waits too.
async function standbyGone() {
	await standby('nobody');
	let goes = false;
	await waitFor('commits to wait', async () => {
		if (!goes)
			lab.pg.trySql('SELECT pg_logical_emit_message(true, \'test\', \'\')').then(() => {
				goes = false;
			});
		goes = true;
		return Number(await admin('SELECT count(*) FROM pg_stat_activity WHERE wait_event = \'SyncRep\' ' +
			'AND application_name = \'psql\'')) > 0;
	});
}

// End all of assayd's connections, as PostgreSQL does when it stops or starts anew: commits that wait for a standby
// are torn off, and stand.
const tearOff = () => admin('SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity ' +
	'WHERE application_name LIKE \'assayd %\'');
const waiting = (name) => waitFor(`${name} to wait for a standby`, async () => Number(await admin(`SELECT count(*)
	FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'assayd ${name}'`)) > 0);

// As a worker stores it, by hand and without a standby.
function storeLocally(statement) {
	const envelope = JSON.parse(statement.text);
	const payload = `decode('${envelope.payload}', 'base64')`;
	return admin(`WITH s AS (INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, signature)
		VALUES ('\\x${statement.id}', 'submission', ${payload}, sha256(${payload}),
		decode('${envelope.signatures[0].keyid}', 'base64'), decode('${envelope.signatures[0].sig}', 'base64'))
		RETURNING id) INSERT INTO assay.pending (id) SELECT id FROM s`);
}

test('a statement that stands on the primary alone is not acknowledged, however often it is sent', async () => {
	const key = await lab.enrolled();
	await lab.accepted(lab.submission(key));
	const statement = lab.submission(key);
	await standbyGone();
	const first = lab.post(statement.text);
	await waiting('worker');
	await tearOff();
	assertProblem(await first, 503);
	assert.equal(await admin(`SELECT count(*) FROM assay.statement WHERE id = '\\x${statement.id}'`), '1');
	for (let n = 0; n < 3; n++)
		assertProblem(await lab.post(statement.text), 503);
	assert.notEqual((await lab.get('/readyz')).status, 200);
	await standby('');
	await waitFor('it to be ready', async () => (await lab.get('/readyz')).status === 200);
	await lab.accepted(statement, 200);
	assert.equal((await lab.settled(statement.id)).state, 'counted');
});

// Nothing waits to be logged, and all that is logged is signed and published.
const quiet = () => waitFor('all to be logged, signed and published', async () => {
	const [size, signedSize] = (await head()).split(' ');
	return await admin('SELECT count(*) FROM assay.pending') === '0' && size === signedSize &&
		readFileSync(path.join(lab.published, 'log/checkpoint'), 'utf8').split('\n')[1] === size && await head() === `${size} ${size}`;
});

test('a batch of the log that stands on the primary alone is not signed', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key);
	await quiet();
	const [before, state] = [Number((await head()).split(' ')[0]), signed()];
	await standbyGone();
	await storeLocally(statement);
	await waiting('leader');
	await tearOff();
	await waitFor('the batch to stand there', async () => await head() === `${before + 1} ${before}`);
	await waiting('leader');
	assert.equal(signed(), state);
	assert.equal(await head(), `${before + 1} ${before}`);
	await standby('');
	await waitFor('it to be signed', async () => await head() === `${before + 1} ${before + 1}`);
	assert.equal((await lab.settled(statement.id)).state, 'counted');
});

test('of several servers in a connection string the one that takes writes is found', async () => {
	const standby = await Postgres.start();
	try {
		await standby.runFile(path.join(repo, 'sql/roles.sql'));
		await standby.sql('CREATE DATABASE assay OWNER assay_owner', { dbname: 'postgres' });
		await standby.sql('ALTER SYSTEM SET default_transaction_read_only = on', { dbname: 'postgres' });
		await standby.sql('SELECT pg_reload_conf()', { dbname: 'postgres' });
		const folders = [path.join(lab.dir, 'none'), standby.socketDir, lab.pg.socketDir];
		const other = lab.anotherDaemon({ database: `host=${folders.join(',')} port=5432 dbname=assay user=assayd` });
		await other.start();
		await waitFor('it to be ready', async () => (await request(other.port, 'GET', '/readyz')).status === 200);
		const statement = lab.submission(await lab.enrolled());
		const answer = await request(other.port, 'POST', '/v1/statements', { body: statement.text,
			headers: { 'Content-Type': 'application/vnd.dsse.envelope.v1+json' } });
		assert.equal(answer.status, 201, answer.text);
		await lab.settled(statement.id);
		await other.stop();
	} finally {
		await standby.remove();
	}
});

// What stands where a PostgreSQL was: takes every connection, then does to it what it is told. `met` counts them.
async function stranger(act) {
	const folder = makeFolder('pg-', { mode: 0o755 });
	const sockets = new Set();
	const server = net.createServer((socket) => {
		other.met++;
		sockets.add(socket.on('error', () => {}));
		act(socket);
	});
	const other = { folder, met: 0, close: () => {
		sockets.forEach((socket) => socket.destroy());
		server.close();
		rmSync(folder, { recursive: true });
	} };
	await new Promise((resolve) => {
		server.listen({ path: path.join(folder, '.s.PGSQL.5432'), writableAll: true }, resolve);
	});
	return other;
}

test('hosts that take connections and say nothing, or hang up, do not keep us from those behind them', async () => {
	const frozen = await stranger(() => {});
	const closing = await stranger((socket) => socket.end());
	try {
		const folders = [frozen.folder, closing.folder, lab.pg.socketDir];
		const other = lab.anotherDaemon({ workers_n: 1,
			database: `host=${folders.join(',')} connect_timeout=2 dbname=assay user=assayd` });
		await other.start();
		await waitFor('it to be ready', async () => (await request(other.port, 'GET', '/readyz')).status === 200);
		const statement = lab.submission(await lab.enrolled());
		const answer = await request(other.port, 'POST', '/v1/statements', { body: statement.text,
			headers: { 'Content-Type': 'application/vnd.dsse.envelope.v1+json' } });
		assert.equal(answer.status, 201, answer.text);
		await lab.settled(statement.id);
		await waitFor('it to publish', async () => (await request(other.port, 'GET', '/log/checkpoint')).status === 200);
		assert.ok(frozen.met > 0 && closing.met > 0);
		await other.stop();
	} finally {
		frozen.close();
		closing.close();
	}
});

test('a database that fell behind what is published ends the server: nobody leads on it', async () => {
	const key = await lab.enrolled();
	await quiet();
	const kept = await admin('SELECT note_size || \' \' || replace(note, E\'\\n\', \'|\') FROM assay.log_head');
	const statement = lab.submission(key);
	await lab.accepted(statement);
	await lab.settled(statement.id);
	const size = Number((await head()).split(' ')[0]);
	await waitFor('it to be published', () =>
		Number(readFileSync(path.join(lab.published, 'log/checkpoint'), 'utf8').split('\n')[1]) === size);
	// What a failover to a standby that lags does: the server's connections end, the newest leaf is gone.
	lab.daemon.process.kill('SIGSTOP');
	await tearOff();
	const [noteSize, note] = [kept.split(' ')[0], kept.slice(kept.indexOf(' ') + 1)];
	await admin(`UPDATE assay.log_head SET note_size = ${noteSize}, note = replace('${note}', '|', E'\\n')`);
	lab.daemon.process.kill('SIGCONT');
	const end = await lab.daemon.process.ended;
	assert.notEqual(end.code, 0);
	assert.match(lab.daemon.logText(), /log_mismatch/);
});
