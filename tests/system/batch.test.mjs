// batch.test.mjs — many statements in one request: each line is taken or refused by itself, and is told so.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readExposition, valueOf } from './lib/exposition.mjs';
import { RawConnection } from './lib/http.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { Key } from './lib/protocol.mjs';

const MAX_N = 100;
const MAX_BYTES = 1024 * 1024;
const INSERT = /insert\s+into\s+assay\.statement/i;

const { lab, test } = labFile({ proxy: true, durable: true, settings: { workers_n: 1, db_deadline_ms: 20000 } });

const many = (key, n) => Array.from({ length: n }, () => lab.submission(key));
const bodyOf = (statements) => statements.map((s) => `${s.text}\n`).join('');
const linesOf = (answer) => answer.text.split('\n').slice(0, -1).map((line) => JSON.parse(line));
const statuses = (answer) => answer.lines.map((line) => line.status);
const total = async () => Number(await lab.pg.sql('SELECT count(*) FROM assay.statement'));

// Every one of them has one row, and one leaf once the log has followed.
async function assertStoredOnce(statements) {
	const ids = [...new Set(statements.map((s) => s.id))];
	const list = ids.map((id) => `'\\x${id}'`).join(',');
	await waitFor('the log to follow', async () => (await lab.pg.sql('SELECT count(*) FROM assay.pending')) === '0');
	for (const table of ['statement', 'leaf'])
		assert.equal(Number(await lab.pg.sql(`SELECT count(*) FROM assay.${table} WHERE id IN (${list})`)), ids.length, table);
}

// An enrolled key that the worker remembers.
async function known() {
	const key = await lab.enrolled();
	await lab.accepted(lab.submission(key));
	return key;
}

test('good and bad lines, in order: each is told what it would have been told alone', async () => {
	const key = await lab.enrolled();
	const good = many(key, 3);
	const forged = lab.submission(key).text.replace(/"sig":"[^"]{4}/, '"sig":"AAAA');
	const bad = [
		'{', 'null', '[]', ' ', '{"a":1}', '\u0000', '\ufeff{}', '['.repeat(60000), forged,
		lab.submission(new Key()).text, lab.submission(key, { surprise: 1 }).text,
		lab.submission(key, { audience: 'elsewhere' }).text,
		lab.submission(key, { results: [{ metric: 'decode', value: '1', n: 1 }] }).text,
		lab.enrolment(key).text, `${good[0].text} ${good[0].text}`,
	];
	const lines = [good[0].text, ...bad.slice(0, 7), good[1].text, ...bad.slice(7), good[2].text];
	const answer = await lab.batch(`${lines.join('\n')}\n`);
	assert.equal(answer.status, 200, answer.text);
	assert.equal(answer.headers['content-type'], 'application/x-ndjson');
	assert.equal(answer.lines.length, lines.length);
	for (const [i, told] of answer.lines.entries()) {
		assert.equal(told.line, i + 1);
		const alone = await lab.post(lines[i]);
		const statement = good.find((s) => s.text === lines[i]);
		if (statement) {
			assert.equal(told.status, 201);
			assert.deepEqual(told, { ...alone.json(), status: 201, line: i + 1, seen: false });
			assert.equal(told.id, statement.id);
			continue;
		}
		const problem = assertProblem(alone, told.status);
		assert.equal(told.request_id, answer.headers['x-request-id']);
		assert.deepEqual(told, { ...problem, line: i + 1, request_id: told.request_id });
	}
	await assertStoredOnce(good);
});

test('empty lines are passed over but counted; CRLF and a missing last line end do no harm', async () => {
	const [a, b, c] = many(await lab.enrolled(), 3);
	const answer = await lab.batch(`\n\r\n${a.text}\r\n\n${b.text}\n\n\n${c.text}`);
	assert.deepEqual(answer.lines.map((l) => [l.status, l.line, l.id]),
		[[201, 3, a.id], [201, 5, b.id], [201, 8, c.id]]);
	for (const empty of ['', '\n', '\r\n\n', '\r'])
		assertProblem(await lab.batch(empty), 400, 'envelope');
});

test(`${MAX_N} statements are taken, ${MAX_N + 1} are refused as a whole`, async () => {
	const key = await lab.enrolled();
	const before = await total();
	const more = many(key, MAX_N + 1);
	assertProblem(await lab.batch(bodyOf(more)), 413, 'body_too_large');
	assert.equal(await total(), before);
	const full = await lab.batch(`\n\n${bodyOf(more.slice(0, MAX_N))}\n`);
	assert.deepEqual(statuses(full), Array(MAX_N).fill(201));
	assert.deepEqual(full.lines.map((l) => l.id), more.slice(0, MAX_N).map((s) => s.id));
	assert.equal(await total(), before + MAX_N);
	await assertStoredOnce(more.slice(0, MAX_N));
});

test('a body of 1 MiB is taken, one more byte is refused from the head', async () => {
	const statements = many(await lab.enrolled(), 3);
	const body = bodyOf(statements);
	const full = await lab.batch(`${body}${'\n'.repeat(MAX_BYTES - body.length)}`);
	assert.deepEqual(statuses(full), [201, 201, 201]);
	const connection = new RawConnection(lab.port);
	await connection.write('POST /v1/statements HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n' +
		`Content-Length: ${MAX_BYTES + 1}\r\n\r\n`);
	const [answer] = await connection.answers(1);
	connection.close();
	assertProblem(answer, 413, 'body_too_large');
});

test('a line over 64 KiB is refused, its neighbours stand', async () => {
	const [a, b] = many(await lab.enrolled(), 2);
	const answer = await lab.batch(`${a.text}\n${'a'.repeat(64 * 1024 + 1)}\n${b.text}\n`);
	assert.deepEqual(answer.lines.map((l) => [l.status, l.code]),
		[[201, undefined], [413, 'body_too_large'], [201, undefined]]);
	await assertStoredOnce([a, b]);
});

test('100 lines of the largest size there is room for', async () => {
	const key = await lab.enrolled();
	const line = 'x'.repeat(Math.floor(MAX_BYTES / MAX_N) - 1);
	const good = lab.submission(key);
	const answer = await lab.batch(`${good.text}\n${`${line}\n`.repeat(MAX_N - 1)}`);
	assert.deepEqual(statuses(answer), [201, ...Array(MAX_N - 1).fill(400)]);
});

test('a single statement keeps its bound, and a media type of neither kind is told of both', async () => {
	const key = await lab.enrolled();
	assertProblem(await lab.post(`${bodyOf(many(key, 60))}`), 413, 'body_too_large');
	const problem = assertProblem(await lab.post('{}', { 'Content-Type': 'text/plain' }), 415, 'media_type');
	assert.match(problem.expected, /application\/vnd\.dsse\.envelope\.v1\+json or application\/x-ndjson$/);
	assertProblem(await lab.post(bodyOf(many(key, 2))), 400, 'not_json');
	const { limits } = lab.policy;
	assert.deepEqual([limits.batch_statements, limits.batch_bytes], [MAX_N, MAX_BYTES]);
});

test('the same statement twice: the second was seen, whether or not the worker knows the key', async () => {
	for (const key of [await lab.enrolled(), await known()]) {
		const [a, b] = many(key, 2);
		const far = many(key, 20);
		const answer = await lab.batch(bodyOf([a, a, b, a, ...far, b]));
		assert.deepEqual(statuses(answer), [201, 200, 201, 200, ...Array(20).fill(201), 200]);
		assert.deepEqual(answer.lines.map((l) => l.seen), statuses(answer).map((s) => s === 200));
		assert.equal(new Set([0, 1, 3].map((i) => answer.lines[i].accepted_at)).size, 1);
		await assertStoredOnce([a, b, ...far]);
		assert.deepEqual(statuses(await lab.batch(bodyOf([b, a]))), [200, 200]);
	}
	const stranger = lab.submission(new Key());
	assert.deepEqual(statuses(await lab.batch(bodyOf([stranger, stranger]))), [403, 403]);
});

test('every kind is taken, enrolments too', async () => {
	const keys = Array.from({ length: 5 }, () => new Key());
	const answer = await lab.batch(bodyOf(keys.map((key) => lab.enrolment(key))));
	assert.deepEqual(answer.lines.map((l) => [l.status, l.kind]), Array(5).fill([201, 'enrolment']));
	const runs = await lab.batch(bodyOf(keys.map((key) => lab.submission(key))));
	assert.deepEqual(statuses(runs), Array(5).fill(201));
});

test('dry_run=1 checks every line and stores none; another query is refused as a whole', async () => {
	const key = await lab.enrolled();
	const [old, fresh] = many(key, 2);
	await lab.accepted(old);
	const before = await total();
	const answer = await lab.batch(bodyOf([fresh, old, lab.submission(new Key()), fresh]), { query: '?dry_run=1' });
	assert.deepEqual(statuses(answer), [200, 200, 403, 200]);
	assert.deepEqual(answer.lines.map((l) => [l.seen, l.dry_run]),
		[[false, true], [true, undefined], [undefined, undefined], [false, true]]);
	assertProblem(await lab.batch(bodyOf([fresh]), { query: '?dryrun=1' }), 400, 'bad_request');
	assert.equal(await total(), before);
});

test('refused lines are counted by their reason, the request by its route', async () => {
	const read = async () => {
		const families = readExposition((await lab.get('/metrics')).text);
		return [valueOf(families, 'assayd_refusals_total', { code: 'not_json' }),
			valueOf(families, 'assayd_requests_total', { route: 'batch', code: '200' })];
	};
	const [refusals, requests] = await read();
	await lab.batch('{\n{\n{\n');
	assert.deepEqual(await read(), [refusals + 3, requests + 1]);
});

test('no answer before the commit; the connection breaks in it, and each line is told the truth', async () => {
	const statements = many(await known(), 20);
	const held = lab.proxy.holdAnswersTo(INSERT);
	const client = new RawConnection(lab.port);
	await client.write(postOf(bodyOf(statements)));
	const database = await held;
	await waitFor('the rows to be there', async () => (await lab.countRows(statements[0].id)) === '1');
	await lab.get('/healthz');
	assert.equal(client.received.length, 0);
	database.cut();
	const [answer] = await client.answers(1);
	client.close();
	const lines = linesOf(answer);
	assert.deepEqual(lines.map((l) => l.id), statements.map((s) => s.id));
	assert.ok(lines.every((l) => l.status === 200 || l.status === 201), answer.text);
	await assertStoredOnce(statements);
});

function postOf(body, announced = Buffer.byteLength(body)) {
	return 'POST /v1/statements HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-ndjson\r\n' +
		`Content-Length: ${announced}\r\n\r\n${body}`;
}

test('a client that left in the middle: its lines are stored all the same', async () => {
	const key = await known();
	for (const statements of [many(key, 40), many(await lab.enrolled(), 40)]) {
		const held = lab.proxy.holdAnswersTo(INSERT);
		const client = new RawConnection(lab.port);
		await client.write(postOf(bodyOf(statements)));
		const database = await held;
		client.close();
		await lab.get('/healthz');
		database.cut();
		await waitFor('the last to be stored', async () => (await lab.countRows(statements.at(-1).id)) === '1');
		await assertStoredOnce(statements);
	}
});

test('a body that is cut short stores nothing', async () => {
	const key = await known();
	const statements = many(key, 3);
	const client = new RawConnection(lab.port);
	await client.write(postOf(bodyOf(statements), MAX_BYTES));
	client.close();
	await lab.accepted(lab.submission(key));
	for (const { id } of statements)
		assert.equal(await lab.countRows(id), '0');
});

test('killed in the middle and sent again: nothing is lost, nothing doubled', async () => {
	const cases = [
		[(statements) => lab.proxy.holdAnswersTo(INSERT).then(() =>
			waitFor('a commit', async () => (await lab.countRows(statements[0].id)) === '1')), 200],
		[() => lab.proxy.swallow(INSERT), 201],
	];
	for (const [trap, status] of cases) {
		const statements = many(await known(), MAX_N);
		const sprung = trap(statements);
		const answer = lab.batch(bodyOf(statements)).then((a) => a.status, () => 'no answer');
		await sprung;
		await lab.daemon.kill();
		assert.equal(await answer, 'no answer');
		await lab.serve();
		const again = await lab.batch(bodyOf(statements));
		assert.equal(again.lines[0].status, status);
		assert.ok(again.lines.every((l, i) => [200, 201].includes(l.status) && l.id === statements[i].id));
		await assertStoredOnce(statements);
		assert.deepEqual(statuses(await lab.batch(bodyOf(statements))), Array(MAX_N).fill(200));
	}
});

// These two change the settings, so they stand last.
test('a full queue: lines without a place are told when to try again, the others stand', async () => {
	lab.daemon.set({ db_queue_max_n: 5 });
	await lab.daemon.stop();
	await lab.serve();
	// Connections go to the workers in turn: so many answers in a row mean that none still prepares.
	let ready = 0;
	await waitFor('all workers to be ready', async () => {
		ready = (await lab.get('/readyz')).status === 200 ? ready + 1 : 0;
		return ready === 8;
	});
	const key = await known();
	const held = lab.proxy.holdAnswersTo(INSERT);
	const first = lab.post(lab.submission(key).text);
	const database = await held;
	const statements = many(key, 20);
	const client = new RawConnection(lab.port);
	await client.write(postOf(bodyOf(statements)));
	// Each answer is at least one turn of the loop, in which the batch goes on.
	for (let turn = 0; turn < 10; turn++)
		await lab.get('/healthz');
	database.cut();
	assert.ok([200, 201].includes((await first).status));
	const lines = linesOf((await client.answers(1))[0]);
	client.close();
	assert.deepEqual(lines.map((l) => l.status), [...Array(5).fill(201), ...Array(15).fill(503)]);
	for (const line of lines.slice(5))
		assert.deepEqual([line.code, line.retry_after_s], ['busy', 2]);
	await assertStoredOnce(statements.slice(0, 5));
	assert.equal(await lab.countRows(statements[5].id), '0');
});

test('batches share a bound of memory; a single statement passes beside it', async () => {
	lab.daemon.set({ db_queue_max_n: 1024, bodies_max_bytes: MAX_BYTES });
	await lab.daemon.stop();
	await lab.serve();
	const key = await known();
	const slow = new RawConnection(lab.port);
	await slow.write(postOf('\n', MAX_BYTES));
	const refused = await waitFor('the room to be taken', async () => {
		const answer = await lab.batch(bodyOf(many(key, 1)));
		return answer.status !== 200 && answer;
	});
	assertProblem(refused, 503, 'busy');
	assert.equal(refused.headers['retry-after'], '2');
	await lab.accepted(lab.submission(key));
	slow.close();
	await waitFor('the room to be free', async () => (await lab.batch(bodyOf(many(key, 1)))).status === 200);
});
