// relay.test.mjs — the relay between hosts that are addresses of one machine: what passes, what a cut holds, what it resets.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { repo } from './lib/daemon.mjs';
import { makeFolder, mustRun, startProgram, waitFor } from './lib/process.mjs';

const dir = makeFolder('relay-', { mode: 0o755 });
const [table, cut, done] = ['table', 'cut', 'done'].map((name) => path.join(dir, name));
const servers = [];
let relay;
let port;

// Host n, which says back what it hears, and to whom.
async function host(n) {
	const server = net.createServer({ allowHalfOpen: true }, (socket) => {
		socket.on('error', () => {});
		socket.write(`host ${n} to ${socket.remoteAddress}\n`);
		socket.pipe(socket);
	});
	servers.push(server);
	await new Promise((resolve) => {
		server.listen(port ?? 0, `127.0.9.${n}`, resolve);
	});
	port = server.address().port;
}

// A client of host n; `heard` grows, `over` comes to be how it ended.
function client(address) {
	const socket = net.connect({ host: address, port, allowHalfOpen: true });
	const it = { socket, heard: '', over: null };
	socket.on('data', (bytes) => {
		it.heard += bytes;
	});
	socket.on('end', () => {
		it.over ??= 'ended';
	});
	socket.on('error', (error) => {
		it.over = error.code;
	});
	return it;
}

const hears = (it, text) => waitFor(`${text.trim()} to be heard`, () => it.heard.endsWith(text));

async function tell(text) {
	writeFileSync(cut, text);
	relay.kill('SIGHUP');
	await waitFor('it to be so', () => readFileSync(done, 'utf8') === text);
}

// With a patience of so many ms, or its own.
async function startRelay(...patience) {
	rmSync(done, { force: true });
	relay = startProgram(process.execPath, [path.join(repo, 'deploy/cluster/lib/relay.mjs'), table, cut, done, ...patience],
		{ log: path.join(dir, 'log') });
	await waitFor('the relay', () => existsSync(done));
}

async function stopRelay() {
	relay.kill('SIGTERM');
	await relay.ended;
}

before(async () => {
	await host(1);
	await host(2);
	writeFileSync(table, `1 2 127.0.9.12 127.0.9.2 127.0.9.1 ${port}\n2 1 127.0.9.21 127.0.9.1 127.0.9.2 ${port}\n` +
		`4 2 127.0.9.42 127.0.9.2 127.0.9.4 ${port}\n`);
	writeFileSync(cut, '');
	await startRelay('600000'); // longer than a test: none of them measures time
});

after(async () => {
	await stopRelay();
	for (const server of servers)
		server.close();
	await mustRun('rm', ['-rf', dir]);
});

test('bytes and ends pass, from the address of the host they come from', async () => {
	const it = client('127.0.9.12');
	await hears(it, 'host 2 to 127.0.9.1\n');
	const much = 'x'.repeat(4 << 20);
	it.socket.end(much);
	await waitFor('all of it to come back', () => it.over);
	assert.equal(it.over, 'ended');
	assert.equal(it.heard.length, 'host 2 to 127.0.9.1\n'.length + much.length);
});

test('a host that is cut off gets and says nothing; joined again, what waited passes', async () => {
	const [to, from, other] = [client('127.0.9.12'), client('127.0.9.21'), client('127.0.9.42')];
	await hears(to, 'host 2 to 127.0.9.1\n');
	await hears(from, 'host 1 to 127.0.9.2\n');
	await hears(other, 'host 2 to 127.0.9.4\n');
	await tell('1\n');
	const late = client('127.0.9.12');
	for (const it of [to, from, late, other])
		it.socket.end('there\n');
	await hears(other, 'there\n');
	await waitFor('the rest to be over', () => other.over);
	assert.deepEqual([to, from, late].map((it) => [it.heard.includes('there'), it.over]), Array(3).fill([false, null]));
	assert.equal(late.heard, '');
	await tell('');
	for (const it of [to, from, late]) {
		await hears(it, 'there\n');
		await waitFor('its end', () => it.over);
		assert.equal(it.over, 'ended');
	}
});

test('what stands still too long is reset, whoever began it', async () => {
	await stopRelay();
	await startRelay();
	const [to, from] = [client('127.0.9.12'), client('127.0.9.21')];
	await hears(to, 'host 2 to 127.0.9.1\n');
	await hears(from, 'host 1 to 127.0.9.2\n');
	await tell('2\n');
	const late = client('127.0.9.12');
	await waitFor('all to be over', () => to.over && from.over && late.over);
	assert.deepEqual([to.over, from.over, late.over], Array(3).fill('ECONNRESET'));
	await tell('');
	const again = client('127.0.9.12');
	await hears(again, 'host 2 to 127.0.9.1\n');
	again.socket.destroy();
});

test('where nothing listens the connection is reset', async () => {
	servers.pop().close();
	const it = client('127.0.9.12');
	await waitFor('it to be over', () => it.over);
	assert.equal(it.over, 'ECONNRESET');
});
