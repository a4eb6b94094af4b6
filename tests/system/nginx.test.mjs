// nginx.test.mjs — deploy/nginx/assay.conf in a real nginx: what it serves is what assayd would, over TLS and HTTP/2.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { Nginx, hasBrotli, hasNginx } from './lib/nginx.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test: labTest } = labFile({ settings: { trusted_proxies: '127.0.0.1' } });
const test = (name, body) => labTest(name, async (t) => (hasNginx ? body(t) : t.skip('nginx is not installed')));
let nginx;
let session;
after(async () => {
	session?.close();
	await nginx?.stop();
});

// One who asks for every file soon meets the limit, waits as told and asks again.
async function ask(where, headers) {
	for (;;) {
		const answer = await session.ask('GET', where, { headers });
		if (answer.status !== 429)
			return answer;
		await pause(1000 * Number(answer.headers['retry-after']));
	}
}

// Every published file by its path, but what stands beside it compressed.
function publishedFiles() {
	return readdirSync(lab.published, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
		.map((entry) => `${(entry.parentPath ?? entry.path).slice(lab.published.length)}/${entry.name}`)
		.filter((file) => !/\.(gz|br)$/.test(file) || !existsSync(path.join(lab.published, file.replace(/\.\w+$/, ''))));
}

test('a statement is sent through it, over HTTP/2', async () => {
	const key = await lab.enrolled();
	nginx = await Nginx.start(lab);
	session = await nginx.session();
	assert.equal(session.protocol, 'h2');
	const statement = lab.submission(key);
	const sent = await session.ask('POST', '/v1/statements',
		{ body: statement.text, headers: { 'content-type': 'application/vnd.dsse.envelope.v1+json' } });
	assert.equal(sent.status, 201, sent.text);
	await lab.settled(statement.id);
	await lab.documentWhere('index.json', (d) => d.totals.counted === 1);
	assert.equal((await ask('/readyz')).status, 200);
});

test('each published file comes with the bytes and the words of assayd', async () => {
	const files = publishedFiles();
	assert.ok(files.length > 20 && files.includes('/log/checkpoint'), files.join(' '));
	for (const file of ['/', ...files]) {
		const [own, there] = [await lab.get(file), await ask(file)];
		assert.equal(there.status, 200, file);
		assert.ok(there.body.equals(own.body), file);
		for (const field of ['content-type', 'cache-control', 'content-security-policy', 'referrer-policy', 'vary',
			'cross-origin-opener-policy', 'cross-origin-resource-policy', 'x-content-type-options'])
			if (field !== 'vary' || there.headers['content-encoding'])
				assert.equal(there.headers[field], own.headers[field], `${file}: ${field}`);
		assert.match(there.headers['strict-transport-security'], /^max-age=\d{8}/);
	}
});

test('what is compressed was compressed before', async (t) => {
	const file = '/data/v1/index.json';
	const codings = [['gzip', 'gz'], ...(hasBrotli ? [['br', 'br']] : [])];
	if (!hasBrotli)
		t.diagnostic('libnginx-mod-http-brotli-static is not installed: gzip alone');
	for (const [coding, ending] of codings) {
		const answer = await ask(file, { 'accept-encoding': coding });
		assert.equal(answer.headers['content-encoding'], coding);
		assert.match(answer.headers.vary, /Accept-Encoding/i);
		assert.ok(answer.body.equals(readFileSync(path.join(lab.published, `${file}.${ending}`))));
	}
	assert.equal((await ask(file)).headers['content-encoding'], undefined);
});

test('what changes has no validator of whole seconds; a tile has', async () => {
	for (const file of ['/log/checkpoint', '/data/v1/index.json']) {
		const { headers } = await ask(file, { 'if-modified-since': new Date(Date.now() + 60000).toUTCString() });
		assert.equal(headers[':status'], 200);
		assert.equal(headers.etag, undefined);
	}
	const tile = publishedFiles().find((file) => file.startsWith('/log/tile/0/'));
	const { headers } = await ask(tile);
	assert.equal((await ask(tile, { 'if-none-match': headers.etag })).status, 304);
});

test('metrics and unfinished files are nobody\'s', async () => {
	for (const where of ['/metrics', '/.assay-x', '/data/.assay-123456', '/no/such'])
		assert.equal((await ask(where)).status, 404, where);
	const plain = await request(nginx.plainPort, 'GET', '/data/v1/index.json', { headers: { Host: 'localhost' } });
	assert.equal(plain.status, 301);
	assert.equal(plain.headers.location, 'https://localhost/data/v1/index.json');
});

test('evidence of the largest size passes, what is larger is refused in the words of assayd', async () => {
	const large = (n) => session.ask('PUT', `/v1/evidence/${'ab'.repeat(32)}`,
		{ body: Buffer.alloc(n), headers: { 'content-type': 'application/octet-stream' } });
	assert.equal((await large(4 * 1024 * 1024)).json().code, 'evidence_not_named');
	const refused = await large(4 * 1024 * 1024 + 1);
	assert.equal(refused.status, 413);
	assert.equal(refused.headers['content-type'], 'application/problem+json');
	assert.equal(refused.json().code, 'body_too_large');
});

test('without assayd the boards are there, and a statement is told to come again', async () => {
	await lab.daemon.stop();
	assert.equal((await ask('/data/v1/index.json')).status, 200);
	const away = await ask('/v1/policy');
	assert.equal(away.status, 503);
	assert.equal(away.headers['content-type'], 'application/problem+json');
	assert.equal(away.headers['retry-after'], '5');
	assert.equal(away.json().code, 'starting');
	lab.daemon.set({ listen: `127.0.0.1:${lab.port}` });
	await lab.serve();
	await waitFor('it to be back', async () => (await ask('/v1/policy')).status === 200);
});

test('a flood of one address is turned away', async () => {
	const answers = await Promise.all(Array.from({ length: 400 }, () => session.ask('GET', '/healthz', {})));
	const refused = answers.filter(({ status }) => status === 429);
	assert.ok(refused.length > 0);
	assert.equal(refused[0].json().code, 'too_many_requests');
	assert.equal(refused[0].headers['retry-after'], '1');
	assert.equal(answers.filter(({ status }) => status === 200).length + refused.length, 400);
});
