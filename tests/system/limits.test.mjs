// limits.test.mjs — who sends more than the options allow is told when to come back; nobody else is.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { RawConnection } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const BURST = 5;
// One request a second comes back: the tests look for refusals, never at how fast they came.
const { lab, test } = labFile({ settings: { address_rate_n: 1, address_burst_n: BURST,
	trusted_proxies: '127.0.0.9, 127.1.0.0/16' } });

const get = (localAddress, headers = {}) => new Promise((resolve, reject) => {
	http.get({ host: '127.0.0.1', port: lab.port, path: '/healthz', localAddress, headers, agent: false },
		(answer) => {
			let body = '';
			answer.on('data', (part) => { body += part; });
			answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers,
				json: () => JSON.parse(body) }));
		}).on('error', reject);
});

// Ask from an address until it is refused; the bucket empties faster than it fills.
async function exhaust(address, headers) {
	for (let i = 0; i < 1000; i++) {
		const answer = await get(address, headers);
		if (answer.status !== 200)
			return answer;
	}
	return assert.fail(`${address} was never refused`);
}

test('an address that asks too often gets 429 and Retry-After, others go on, and it recovers', async () => {
	const refused = await exhaust('127.0.0.3');
	assert.equal(refused.status, 429);
	assert.equal(refused.json().code, 'too_many_requests');
	assert.equal(refused.headers['content-type'], 'application/problem+json');
	assert.equal(refused.headers['retry-after'], '1');
	for (let i = 0; i < BURST; i++)
		assert.equal((await get('127.0.0.2')).status, 200);
	await waitFor('the address to be served again', async () => (await get('127.0.0.3')).status === 200);
});

test('X-Forwarded-For gives nobody another bucket', async () => {
	let n = 0;
	const spoofed = () => ({ 'X-Forwarded-For': `198.51.100.${n++ % 250}` });
	for (let i = 0; i < 1000; i++) {
		const answer = await get('127.0.0.4', spoofed());
		if (answer.status === 429)
			return;
	}
	assert.fail('never refused');
});

test('behind a trusted proxy each client has its own bucket, and cannot pass for another', async () => {
	const through = (clients) => ({ 'X-Forwarded-For': clients });
	assert.equal((await exhaust('127.0.0.9', through('198.51.100.1'))).status, 429);
	for (let i = 0; i < BURST; i++)
		assert.equal((await get('127.0.0.9', through('198.51.100.2'))).status, 200);
	// what the client wrote itself stands on the left and counts for nothing
	const refused = [];
	for (let i = 0; i < 1000 && refused.length === 0; i++)
		refused.push(...[(await get('127.0.0.9', through(`203.0.113.${i % 250}, 198.51.100.3`))).status].filter((s) => s === 429));
	assert.deepEqual(refused, [429]);
	// an IPv6 customer is its /64, over two proxies
	assert.equal((await exhaust('127.0.0.9', through('2001:db8::1, 127.1.2.3'))).status, 429);
	assert.equal((await get('127.0.0.9', through('2001:db8::ffff, 127.1.2.3'))).status, 429);
	assert.equal((await get('127.0.0.9', through('2001:db8:0:1::1, 127.1.2.3'))).status, 200);
});

test('a connection stays usable behind a 429', async () => {
	const connection = new RawConnection(lab.port);
	const asked = 50;
	await connection.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(asked));
	const statuses = (await connection.answers(asked)).map((answer) => answer.status);
	connection.close();
	assert.equal(statuses.length, asked);
	assert.ok(statuses.includes(429));
	assert.ok(statuses.every((status) => status === 200 || status === 429));
});

test('assay rests where it asks too often, and asks again', async () => {
	const home = path.join(lab.dir, 'home');
	const told = await lab.assay(['doctor', lab.url, '--home', home]);
	assert.doesNotMatch(told.stdout, /\b429\b/);
	assert.match(told.stdout, /history|checkpoint/);
});
