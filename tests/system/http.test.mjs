// http.test.mjs — the server's HTTP, byte by byte: what it refuses, and how it says so.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { RawConnection, rawRequest, request, splitAnswers } from './lib/http.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { hex, kindsTaken, parseVkey, sha256, suiteDigest } from './lib/protocol.mjs';

const { lab, test } = labFile({ settings: {
	head_deadline_ms: 2000, body_deadline_ms: 2000, connections_max_n: 64,
} });

const JSON_TYPE = 'Content-Type: application/json\r\n';
const raw = (text, heads) => rawRequest(lab.port, text, heads);
const head = (line, fields = '') => `${line}\r\nHost: localhost\r\n${fields}\r\n`;

test('healthz and readyz say that it lives and is ready', async () => {
	const alive = await lab.get('/healthz');
	assert.equal(alive.status, 200);
	assert.deepEqual(alive.json(), { status: 'ok' });
	const ready = await lab.get('/readyz');
	assert.equal(ready.status, 200);
	assert.deepEqual(ready.json(), { status: 'ready' });
});

test('the policy tells what a runner must know, and its vkey is the log\'s', async () => {
	const answer = await lab.get('/v1/policy');
	assert.equal(answer.headers['content-type'], 'application/json');
	const policy = answer.json();
	assert.equal(policy.origin, lab.origin);
	const file = readFileSync(path.join(lab.keys, 'log.vkey'), 'utf8').trim();
	assert.equal(policy.vkey, file);
	const vkey = parseVkey(policy.vkey);
	assert.equal(vkey.name, lab.origin);
	assert.equal(vkey.hash, vkey.expectedHash);
	assert.equal(vkey.algorithm, 1);
	assert.equal(vkey.key.length, 32);
	assert.match(policy.config, /^[0-9a-f]{64}$/);
	assert.equal(policy.first_config, policy.config);
	assert.equal(policy.pow_bits, 0);
	assert.equal(policy.limits.envelope_bytes, 65536);
	assert.equal(policy.limits.created_ahead_s, 600);
	assert.deepEqual(policy.kinds, kindsTaken);
	const terms = await lab.get(policy.terms.document);
	assert.equal(terms.status, 200);
	assert.equal(hex(sha256(terms.body)), policy.terms.sha256);
});

test('the suites named in the policy are served, and their digest is the one named', async () => {
	const { suites } = (await lab.get('/v1/policy')).json();
	assert.ok(suites.length >= 1);
	for (const suite of suites) {
		const answer = await lab.get(suite.document);
		assert.equal(answer.status, 200, suite.document);
		assert.equal(answer.json().name, suite.name);
		const items = await lab.get(suite.document.replace('suite.json', 'items.jsonl'));
		assert.equal(suiteDigest(answer.body, items.status === 200 ? items.body : ''), suite.digest);
	}
	assert.deepEqual(readFileSync(path.join(repo, 'eval-suites/throughput/1/suite.json')),
		(await lab.get('/suites/throughput/1/suite.json')).body);
});

test('the page is served at /', async () => {
	const answer = await lab.get('/');
	assert.equal(answer.status, 200);
	assert.match(answer.headers['content-type'], /^text\/html/);
	assert.equal((await lab.get('/index.html')).text, answer.text);
});

test('what is not there is 404', async () => {
	assertProblem(await lab.get('/no/such/file'), 404, 'not_found');
	assertProblem(await lab.get('/v1/nothing'), 404);
	assertProblem(await lab.get('/data/v1/models/no/body.json'), 404);
});

test('no path leads out of the published folder', async () => {
	writeFileSync(path.join(lab.dir, 'secret.txt'), 'secret');
	for (const target of ['/../secret.txt', '/%2e%2e/secret.txt', '/data/../../secret.txt',
		'/data/%2e%2e/%2e%2e/secret.txt', '/..%2fsecret.txt', '//secret.txt', '/.hidden', '/data/.x',
		'/%00', '/data%00.json', '/a%5c..%5csecret.txt', '/%zz', '/%2']) {
		const answer = await raw(head(`GET ${target} HTTP/1.1`));
		assert.ok([400, 404].includes(answer.status), `${target}: ${answer.line}`);
		assert.ok(!answer.text.includes('secret.txt\n') && answer.text !== 'secret');
	}
});

test('a document has a strong ETag, and If-None-Match answers 304', async () => {
	const answer = await lab.get('/data/v1/suites/throughput.json');
	const { etag } = answer.headers;
	assert.match(etag, /^"[^"]+"$/);
	assert.match(answer.headers['content-type'], /^application\/json/);
	assert.ok(answer.headers['cache-control']);
	for (const sent of [etag, `"other", ${etag}`, '*', `W/${etag}`]) {
		const again = await lab.get('/data/v1/suites/throughput.json', { 'If-None-Match': sent });
		assert.equal(again.status, 304, sent);
		assert.equal(again.headers.etag, etag);
		assert.equal(again.body.length, 0);
	}
	assert.equal((await lab.get('/data/v1/suites/throughput.json', { 'If-None-Match': '"other"' })).status, 200);
});

test('HEAD answers as GET does, without a body', async () => {
	for (const target of ['/data/v1/suites/throughput.json', '/', '/healthz', '/v1/policy', '/no/such/file']) {
		const get = await lab.get(target);
		const got = await request(lab.port, 'HEAD', target);
		assert.equal(got.status, get.status, target);
		assert.equal(got.headers['content-length'], get.headers['content-length'], target);
		assert.equal(got.headers['content-type'], get.headers['content-type'], target);
		assert.equal(got.body.length, 0);
	}
});

test('pipelined requests are answered in order on one connection', async () => {
	const connection = new RawConnection(lab.port);
	await connection.write([head('GET /healthz HTTP/1.1'), head('GET /no HTTP/1.1'),
		head('HEAD /healthz HTTP/1.1'), head('GET /v1/policy HTTP/1.1'),
		head('GET /readyz HTTP/1.1', 'Connection: close\r\n')].join(''));
	await connection.closed();
	const answers = splitAnswers(connection.received, [false, false, true]);
	assert.deepEqual(answers.map((a) => a.status), [200, 404, 200, 200, 200]);
	assert.ok(answers[3].json().origin);
	connection.close();
});

test('a request in single bytes is a request', async () => {
	const connection = new RawConnection(lab.port);
	for (const byte of head('GET /healthz HTTP/1.1'))
		await connection.write(byte);
	assert.equal((await connection.answers(1))[0].status, 200);
	connection.close();
});

test('an envelope with another content type is 415, without one too', async () => {
	for (const type of ['text/plain', 'application/xml', 'application/jsonx']) {
		const answer = await lab.post('{}', { 'Content-Type': type });
		assertProblem(answer, 415, 'media_type');
	}
	assert.equal((await raw(head('POST /v1/statements HTTP/1.1', 'Content-Length: 2\r\n'))).status, 415);
	for (const type of ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON',
		'application/vnd.dsse.envelope.v1+json'])
		assert.equal((await lab.post('{}', { 'Content-Type': type })).status < 415, true, type);
});

test('a POST without Content-Length is 411', async () => {
	assertProblem(await raw(head('POST /v1/statements HTTP/1.1', JSON_TYPE)), 411, 'length_required');
});

test('a body over 64 KiB is 413, told before it is sent', async () => {
	assertProblem(await raw(head('POST /v1/statements HTTP/1.1', `${JSON_TYPE}Content-Length: 65537\r\n`)),
		413, 'body_too_large');
	assertProblem(await lab.post(`{"x":"${'y'.repeat(70000)}"}`), 413, 'body_too_large');
	assert.equal((await raw(head('POST /v1/statements HTTP/1.1',
		`${JSON_TYPE}Content-Length: 99999999999999999999\r\n`))).status >= 400, true);
});

test('any Transfer-Encoding is 501, with and without Content-Length', async () => {
	for (const extra of ['', 'Content-Length: 5\r\n'])
		assertProblem(await raw(`${head('POST /v1/statements HTTP/1.1',
			`${JSON_TYPE}${extra}Transfer-Encoding: chunked\r\n`)}0\r\n\r\n`), 501, 'not_implemented');
});

test('a method that is not allowed is 405 and names those that are', async () => {
	const onStatements = await request(lab.port, 'GET', '/v1/statements');
	assertProblem(onStatements, 405, 'method_not_allowed');
	assert.match(onStatements.headers.allow, /\bPOST\b/);
	const onHealth = await request(lab.port, 'DELETE', '/healthz');
	assertProblem(onHealth, 405);
	assert.deepEqual(onHealth.headers.allow.split(', ').sort(), ['GET', 'HEAD']);
	assert.equal((await request(lab.port, 'OPTIONS', '/v1/policy')).status, 405);
	assert.equal((await raw(head('BREW /pot HTTP/1.1'))).status, 501);
});

test('another HTTP version is 505', async () => {
	for (const version of ['HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2'])
		assertProblem(await raw(head(`GET /healthz ${version}`)), 505, 'http_version');
});

test('a head that is too long, or has too many fields, is 431', async () => {
	assertProblem(await raw(head('GET /healthz HTTP/1.1', `X: ${'y'.repeat(20000)}\r\n`)), 431,
		'head_too_large');
	assertProblem(await raw(head('GET /healthz HTTP/1.1', 'X: y\r\n'.repeat(101))), 431, 'head_too_large');
});

test('a head that never ends is 408, a body that never ends too', async () => {
	assertProblem(await raw('GET /healthz HTTP/1.1\r\nHost: local'), 408, 'request_timeout');
	assertProblem(await raw(`${head('POST /v1/statements HTTP/1.1', `${JSON_TYPE}Content-Length: 9\r\n`)}{`),
		408, 'request_timeout');
});

test('requests that two servers could read differently are 400', async () => {
	const bad = [
		'GET /healthz HTTP/1.1\r\n\r\n',
		'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
		'GET /healthz HTTP/1.1\nHost: a\n\n',
		'GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n',
		'GET /healthz HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n',
		'GET /healthz HTTP/1.1\r\nHost: a\r\nX: \x01\r\n\r\n',
		'GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n',
		'GET healthz HTTP/1.1\r\nHost: a\r\n\r\n',
		'GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n',
		'GET * HTTP/1.1\r\nHost: a\r\n\r\n',
		'GET /h\xe4 HTTP/1.1\r\nHost: a\r\n\r\n',
		'\r\n\r\n\r\nnonsense\r\n\r\n',
		head('POST /v1/statements HTTP/1.1', `${JSON_TYPE}Content-Length: 2\r\nContent-Length: 2\r\n`),
		head('POST /v1/statements HTTP/1.1', `${JSON_TYPE}Content-Length: +2\r\n`),
		head('POST /v1/statements HTTP/1.1', `${JSON_TYPE}Content-Length: 2, 2\r\n`),
		head('POST /v1/statements HTTP/1.1', `${JSON_TYPE}Content-Length: 0x2\r\n`),
		`${head('GET /healthz HTTP/1.1', 'Content-Length: 2\r\n')}{}`,
	];
	for (const text of bad) {
		const answer = await raw(Buffer.from(text, 'latin1'));
		assertProblem(answer, 400, 'bad_request');
		assert.equal(answer.headers.connection, 'close', JSON.stringify(text));
	}
});

test('a second request hidden behind a refused one is not answered', async () => {
	const connection = new RawConnection(lab.port);
	await connection.write(`${head('POST /v1/statements HTTP/1.1',
		`${JSON_TYPE}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n`)}0\r\n\r\n${
		head('GET /healthz HTTP/1.1')}`);
	await connection.closed();
	const answers = splitAnswers(connection.received);
	assert.deepEqual(answers.map((a) => a.status), [501]);
	connection.close();
});

test('Expect: 100-continue is answered before the body, and an unknown Expect is 417', async () => {
	const connection = new RawConnection(lab.port);
	await connection.write(head('POST /v1/statements HTTP/1.1',
		`${JSON_TYPE}Content-Length: 2\r\nExpect: 100-continue\r\n`));
	assert.equal((await connection.answers(1))[0].status, 100);
	await connection.write('{}');
	assert.ok((await connection.answers(2))[1].status >= 400);
	connection.close();
	assertProblem(await raw(head('POST /v1/statements HTTP/1.1',
		`${JSON_TYPE}Content-Length: 2\r\nExpect: magic\r\n`)), 417, 'expectation');
});

test('each answer carries a request id that stands in the log', async () => {
	const problem = assertProblem(await lab.get('/no/such/file'), 404);
	await waitFor('the access line', () => lab.daemon.logText().includes(problem.request_id));
});

test('answers carry nosniff', async () => {
	for (const target of ['/', '/data/v1/index.json', '/no/such'])
		assert.equal((await lab.get(target)).headers['x-content-type-options'], 'nosniff', target);
});

test('more connections than allowed are refused at once with 503, and it recovers', async () => {
	const idle = Array.from({ length: 80 }, () => new RawConnection(lab.port));
	const refused = () => idle.map((c) => splitAnswers(c.received)[0]).filter((a) => a?.status === 503);
	await waitFor('those too many to be refused', () => refused().length >= 16);
	for (const answer of refused()) {
		assert.equal(answer.json().code, 'too_many_connections');
		assert.match(answer.headers['retry-after'], /^\d+$/);
	}
	for (const connection of idle)
		connection.close();
	await waitFor('it to serve again', async () => (await lab.get('/healthz')).status === 200);
});

test('a client that leaves in the middle harms nobody', async () => {
	for (const text of ['', 'G', 'GET /', head('GET /v1/policy HTTP/1.1'),
		head('POST /v1/statements HTTP/1.1', `${JSON_TYPE}Content-Length: 60000\r\n`)]) {
		const connection = new RawConnection(lab.port);
		await connection.write(`${text} `.slice(0, -1) || '\r');
		connection.close();
	}
	assert.equal((await lab.get('/healthz')).status, 200);
});
