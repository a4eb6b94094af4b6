// hostile.test.mjs — many clients that are slow, greedy, deaf or mad: each meets its end, the server stays
// small, and an honest client is answered all the while.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { repo } from './lib/daemon.mjs';
import { RawConnection, splitAnswers } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { seeded } from './lib/random.mjs';
import { DeafConnection, besieged, peakMemory, socketsOf } from './lib/siege.mjs';

const MIB = 1024 * 1024;
// Every attack below would cost more than this if what it sends or asks for were kept.
const MEMORY_MAX_BYTES = 256 * MIB;
const CONNECTIONS_MAX_N = 600;

// A sanitizer keeps what was freed for a while: let it be a little while.
const { lab, test } = labFile({
	settings: { head_deadline_ms: 500, body_deadline_ms: 500, idle_ms: 4000, write_stall_ms: 500, linger_ms: 300,
		connections_max_n: CONNECTIONS_MAX_N },
	env: () => ({ ASAN_OPTIONS: 'abort_on_error=1:detect_leaks=1:quarantine_size_mb=8' }),
});

const GET = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
const POST = 'POST /v1/statements HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';

let key;
// Run an attack of n connections, each as one(connection, number, all), beside the honest client; then
// nothing of it may be left.
async function siege(n, one, Connection = RawConnection) {
	key ??= await lab.enrolled();
	const { pid } = lab.daemon.process;
	const before = socketsOf(pid);
	const connections = [];
	await besieged(lab, key, async () => {
		try {
			await Promise.all(Array.from({ length: n }, async (unused, number) => {
				const connection = new Connection(lab.port);
				connections.push(connection);
				await one(connection, number, connections);
			}));
		} finally {
			for (const connection of connections)
				connection.close();
		}
	});
	await waitFor('their sockets to be closed', () => socketsOf(pid) <= before);
	assert.ok(peakMemory(pid) < MEMORY_MAX_BYTES, `${peakMemory(pid)} bytes`);
}

// Until the server ends the connection, send piece after piece.
async function pour(connection, piece, ms) {
	while (!connection.ended) {
		connection.socket.write(piece);
		await pause(ms);
	}
}

// The one answer before the end.
async function onlyAnswer(connection) {
	await connection.closed();
	const answers = splitAnswers(connection.received);
	assert.equal(answers.length, 1, connection.received.toString('latin1').slice(0, 300));
	return answers[0];
}

test('200 heads at a byte each 50 ms end with 408', () => siege(200, async (connection) => {
	await connection.write('GET /healthz HTTP/1.1\r\nHost: a\r\nX: ');
	await pour(connection, 'y', 50);
	assert.equal((await onlyAnswer(connection)).status, 408);
}));

test('200 bodies at a byte each 50 ms end with 408', () => siege(200, async (connection) => {
	await connection.write(`${POST}Content-Length: 65536\r\n\r\n`);
	await pour(connection, 'y', 50);
	assert.equal((await onlyAnswer(connection)).status, 408);
}));

const endless = {
	'a request line': ['GET /', 'a'],
	'one field': ['GET / HTTP/1.1\r\nX: ', 'y'],
	'many fields': ['GET / HTTP/1.1\r\n', 'X: y\r\n'],
	'a body nobody wants': [`${POST}Content-Length: 9007199254740991\r\n\r\n`, 'y'],
};
for (const [what, [head, piece]] of Object.entries(endless))
	test(`${what} without end is refused early, from 40 at once`, () => siege(40, async (connection) => {
		const mebibyte = Buffer.alloc(MIB, piece);
		await connection.write(head);
		for (let sent = 0; sent < 16 && !connection.ended; sent++)
			await connection.write(mebibyte);
		await connection.closed();
		const [answer] = splitAnswers(connection.received);
		// A flood may end in a reset, which takes the answer with it.
		assert.ok(answer === undefined || [413, 431].includes(answer.status), answer?.line);
	}));

test('pipelined requests with noise behind them: they are answered, then 4xx or 5xx, then the end', () => {
	const random = seeded(1);
	return siege(100, async (connection) => {
		const n = random.below(20);
		const noise = Buffer.from(Array.from({ length: 2000 }, () => random.below(256)));
		await connection.write(Buffer.concat([Buffer.from(GET.repeat(n)), noise, Buffer.from(`\r\n\r\n${GET}`)]));
		await connection.closed();
		const statuses = splitAnswers(connection.received).map((answer) => answer.status);
		assert.deepEqual(statuses.slice(0, -1), Array(n).fill(200));
		assert.ok(statuses.at(-1) >= 400, `${statuses}`);
	});
});

const cases = path.join(repo, 'tests/cases/requests/invalid');
test('every framing trick gets its refusal, and the request hidden behind it no answer', () => {
	const names = readdirSync(cases);
	return siege(names.length, async (connection, number) => {
		const file = (name) => readFileSync(path.join(cases, names[number], name));
		await connection.write(Buffer.concat([file('request'), Buffer.from(`\r\n\r\n${GET}`)]));
		const answer = await onlyAnswer(connection);
		assert.equal(answer.json().code, file('expected').toString().trim(), names[number]);
		assert.equal(answer.headers.connection, 'close', names[number]);
	});
});

test('half-closed: what was asked is answered, what was cut is 400, silence is the end', () => siege(80, async (connection, number) => {
	const statement = lab.submission(key);
	const [bytes, status] = [
		[GET, 200],
		[`${POST}Content-Length: ${statement.text.length}\r\n\r\n${statement.text}`, 201],
		['GET /healthz HTTP/1.1\r\nHost', 400],
		[`${POST}Content-Length: 100\r\n\r\n{`, 400],
		['', undefined],
	][number % 5];
	connection.socket.end(bytes);
	await connection.closed();
	assert.deepEqual(splitAnswers(connection.received).map((answer) => answer.status), status ? [status] : []);
}));

// Some ask and never read: every one of them is served at first, and then ended.
const deafSiege = (n, request) => siege(n, async (connection, number, all) => {
	connection.socket.write(request);
	if (number === n - 1)
		await waitFor('them to be ended', () => DeafConnection.allLetGo(all));
}, DeafConnection);

test('100 that ask for 8 MiB a hundred times over and read nothing are ended', () => {
	writeFileSync(path.join(lab.published, 'large.bin'), Buffer.alloc(8 * MIB));
	return deafSiege(100, 'GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(100));
});

test('pipelines of 40,000 small requests, never read, do not pile up answers', () =>
	deafSiege(20, 'GET /v1/policy HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(40000)));

test(`a flood of ${2 * CONNECTIONS_MAX_N} connections: those too many hear 503, whoever was there is served`, () => {
	let refused = 0;
	let idle = 0;
	return siege(2 * CONNECTIONS_MAX_N, async (connection) => {
		await connection.closed();
		const [answer] = splitAnswers(connection.received);
		refused += answer?.status === 503 ? 1 : 0;
		idle += answer ? 0 : 1;
	}).then(() => {
		assert.equal(refused + idle, 2 * CONNECTIONS_MAX_N);
		assert.ok(refused > CONNECTIONS_MAX_N / 2, `${refused} refused`);
	});
});

test('5,000 connections that come and go with a reset leave nothing behind', () => siege(50, async (connection) => {
	connection.close();
	for (let n = 0; n < 100; n++) {
		const one = new RawConnection(lab.port);
		await one.write(n % 2 ? GET : `${POST}Content-Length: 60000\r\n\r\n{`);
		one.socket.resetAndDestroy();
	}
}));
