// failures.test.mjs — the database goes, connections break, processes are killed: nothing is lost,
// nothing is doubled, nothing is half there.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assertSameFolder, plainContents } from './lib/folder.mjs';
import { RawConnection } from './lib/http.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { rawCell } from './lib/protocol.mjs';

const { lab, test } = labFile({ proxy: true, durable: true, settings: { db_deadline_ms: 20000 } });

const INSERT = /insert\s+into\s+assay\.statement/i;

const cellOf = (statement) => rawCell(lab.suiteFile(), statement.body, statement.body.results[0]);
const committed = (id) => waitFor('the row to be committed', async () => (await lab.countRows(id)) === '1');
const leaves = (id) => lab.pg.sql(`SELECT count(*) FROM assay.leaf WHERE id = '\\x${id}'`);

const quiet = () => waitFor('all leaves to be published', async () => {
	const size = Number(await lab.pg.sql('SELECT size FROM assay.log_head'));
	const waiting = Number(await lab.pg.sql('SELECT count(*) FROM assay.pending'));
	return waiting === 0 && (await lab.document('index.json')).log_size === size;
});

test('killed between commit and answer: sent again it is answered 200, and there is one row', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key);
	const held = lab.proxy.holdAnswersTo(INSERT);
	const answer = lab.post(statement.text).then((a) => a.status, () => 'no answer');
	await held;
	await committed(statement.id);
	await lab.daemon.kill();
	assert.equal(await answer, 'no answer');
	await lab.serve();
	const again = await lab.accepted(statement, 200);
	assert.equal(again.id, statement.id);
	assert.equal(again.seen, true);
	assert.equal((await lab.settled(statement.id)).state, 'counted');
	assert.equal(await lab.countRows(statement.id), '1');
	assert.equal(await leaves(statement.id), '1');
	await lab.rowOf(cellOf(statement));
});

test('killed before the database heard of it: sent again it is new, and there is one row', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key);
	const held = lab.proxy.swallow(INSERT);
	const answer = lab.post(statement.text).then((a) => a.status, () => 'no answer');
	await held;
	await lab.daemon.kill();
	assert.equal(await answer, 'no answer');
	await lab.serve();
	await lab.accepted(statement, 201);
	await lab.settled(statement.id);
	assert.equal(await lab.countRows(statement.id), '1');
});

test('the connection breaks during the commit: the client is still told the truth', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key);
	const held = lab.proxy.holdAnswersTo(INSERT);
	const answering = lab.post(statement.text);
	const connection = await held;
	await committed(statement.id);
	connection.cut();
	const answer = await answering;
	assert.ok([200, 201].includes(answer.status), answer.text);
	assert.equal(answer.json().id, statement.id);
	assert.equal(await lab.countRows(statement.id), '1');
	assert.equal((await lab.settled(statement.id)).state, 'counted');
	assert.equal(await leaves(statement.id), '1');
});

test('the connection breaks before the commit: the statement is stored on the next one', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key);
	const held = lab.proxy.swallow(INSERT);
	const answering = lab.post(statement.text);
	(await held).cut();
	const answer = await answering;
	assert.equal(answer.status, 201, answer.text);
	assert.equal(await lab.countRows(statement.id), '1');
});

test('a client that left before the answer: its statement is stored and counted all the same', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key);
	const held = lab.proxy.holdAnswersTo(INSERT);
	const client = new RawConnection(lab.port);
	await client.write('POST /v1/statements HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n' +
		`Content-Length: ${statement.text.length}\r\n\r\n${statement.text}`);
	const connection = await held;
	client.close();
	await committed(statement.id);
	connection.cut();
	assert.equal((await lab.settled(statement.id)).state, 'counted');
	assert.equal(await lab.countRows(statement.id), '1');
});

test('assayd killed and started again shows the same boards, byte for byte', async () => {
	await quiet();
	const before = plainContents(lab.published);
	await lab.daemon.kill();
	await lab.serve();
	await quiet();
	assertSameFolder(before, plainContents(lab.published));
});

test('the published folder deleted comes back byte for byte', async () => {
	await quiet();
	const before = plainContents(lab.published);
	assert.ok(before.has('data/v1/index.json'));
	await lab.daemon.stop();
	rmSync(lab.published, { recursive: true });
	await lab.serve();
	await quiet();
	assertSameFolder(before, plainContents(lab.published));
});

test('temporary files that a crash left are gone after a start, other hidden files are not', async () => {
	await lab.daemon.kill();
	const left = path.join(lab.published, 'data/v1/suites/.assay-Ab12cD');
	const own = path.join(lab.published, '.htaccess');
	writeFileSync(left, 'half of a docu');
	writeFileSync(own, 'the operator\'s\n');
	await lab.serve();
	assert.equal(existsSync(left), false);
	assert.equal(existsSync(own), true);
	assert.equal((await lab.get('/.htaccess')).status, 404);
	rmSync(own);
});

test('SIGTERM: the request in flight is answered, then it ends with 0', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key);
	const client = new RawConnection(lab.port);
	await client.write('POST /v1/statements HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n' +
		`Content-Length: ${statement.text.length}\r\n\r\n${statement.text.slice(0, 100)}`);
	await lab.get('/healthz');
	const ending = lab.daemon.stop();
	await client.write(statement.text.slice(100));
	const [answer] = await client.answers(1);
	assert.equal(answer?.status, 201, answer?.text);
	assert.deepEqual(await ending, { code: 0, signal: null });
	client.close();
	await lab.serve();
	assert.equal((await lab.settled(statement.id)).state, 'counted');
});

test('without the database: 503 with Retry-After, not ready, pages still served; then back to work', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key);
	await quiet();
	lab.daemon.set({ db_deadline_ms: 500, db_retry_max_ms: 200 });
	await lab.daemon.stop();
	await lab.serve();
	await lab.pg.down('SIGINT');
	const answer = await lab.post(statement.text);
	assert.equal(answer.status, 503, answer.text);
	assertProblem(answer, 503);
	assert.match(answer.headers['retry-after'], /^\d+$/);
	const unready = await waitFor('readyz to tell', async () => {
		const ready = await lab.get('/readyz');
		return ready.status === 503 && ready;
	});
	assertProblem(unready, 503);
	assert.equal((await lab.get('/healthz')).status, 200);
	assert.equal((await lab.get('/data/v1/index.json')).status, 200);
	assert.equal((await lab.get('/')).status, 200);
	assert.equal((await lab.get('/v1/policy')).status, 200);
	assertProblem(await lab.get(`/v1/statements/${statement.id}`), 503);

	await lab.pg.up();
	await waitFor('it to be ready again', async () => (await lab.get('/readyz')).status === 200);
	const taken = await lab.post(statement.text);
	assert.ok([200, 201].includes(taken.status), taken.text);
	assert.equal((await lab.settled(statement.id)).state, 'counted');
	assert.equal(await lab.countRows(statement.id), '1');
});

test('started without a database it lives, is not ready, and picks up when the database comes', async () => {
	await lab.daemon.stop();
	await lab.pg.down('SIGINT');
	await lab.daemon.start();
	assert.equal((await lab.get('/healthz')).status, 200);
	assert.equal((await lab.get('/readyz')).status, 503);
	await lab.pg.up();
	await waitFor('it to be ready', async () => (await lab.get('/readyz')).status === 200);
	await lab.doorOpen();
	const key = await lab.enrolled();
	await lab.accepted(lab.submission(key));
});

test('PostgreSQL crashes under load: what was acknowledged is there, once', async () => {
	const key = await lab.enrolled();
	const statements = Array.from({ length: 120 }, () => lab.submission(key));
	const acknowledged = [];
	let crashed = false;
	for (const [n, statement] of statements.entries()) {
		if (n === 40) {
			await lab.pg.down('SIGQUIT');
			await lab.pg.up();
			crashed = true;
		}
		const answer = await lab.post(statement.text);
		if (answer.status === 201 || answer.status === 200)
			acknowledged.push(statement.id);
		else
			assert.equal(answer.status, 503, answer.text);
	}
	assert.ok(crashed && acknowledged.length >= 40);
	for (const statement of statements) {
		const answer = await waitFor('it to be taken', async () => {
			const tried = await lab.post(statement.text);
			return tried.status < 300 && tried;
		});
		if (acknowledged.includes(statement.id))
			assert.equal(answer.status, 200);
	}
	const ids = statements.map((s) => `'\\x${s.id}'`).join();
	await waitFor('all to be in the log', async () =>
		(await lab.pg.sql(`SELECT count(*) FROM assay.leaf WHERE id IN (${ids})`)) === '120');
	assert.equal(await lab.pg.sql(`SELECT count(*) FROM assay.statement WHERE id IN (${ids})`), '120');
});
