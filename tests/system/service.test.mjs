// service.test.mjs — under a service manager: ready, reloading, watched, and restarted without refusing anybody.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assaydPath, buildDir, sanitizerEnv } from './lib/daemon.mjs';
import { RawConnection, request } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { run, waitFor } from './lib/process.mjs';
import { Key } from './lib/protocol.mjs';

const { lab, test } = labFile({ serve: false, proxy: true });
const WATCHDOG_MS = 2000;

// A service manager of one service (manager.c); `lines` is what it told.
class Manager {
	constructor() {
		const logFile = path.join(lab.dir, 'managed.log');
		this.lines = [];
		this.child = spawn('sh', ['-c', 'exec "$@" 2>>"$0"', logFile, path.join(buildDir, 'tests/manager'),
			path.join(lab.dir, 'notify'), String(WATCHDOG_MS * 1000), assaydPath, 'serve', '--config',
			lab.daemon.config], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...sanitizerEnv } });
		this.log = () => readFileSync(logFile, 'utf8');
		let rest = '';
		this.child.stdout.on('data', (part) => {
			const parts = (rest + part).split('\n');
			rest = parts.pop();
			this.lines.push(...parts);
		});
	}

	say(word) {
		this.child.stdin.write(`${word}\n`);
	}

	count(pattern) {
		return this.lines.filter((line) => pattern.test(line)).length;
	}

	// Say a word and wait for one more line of this form.
	async expect(word, pattern) {
		const before = this.count(pattern);
		this.say(word);
		await waitFor(`${pattern} behind ${word}`, () => this.count(pattern) > before);
	}

	get port() {
		return Number(this.lines[0].split(' ')[1]);
	}

	get pid() {
		return Number(this.lines.findLast((line) => line.startsWith('started ')).split(' ')[1]);
	}
}

let manager;
after(() => manager?.child.stdin.end());

test('it says when it is ready, listens where it was told to, and hides what it was told from its children', async () => {
	manager = new Manager();
	await waitFor('the socket', () => manager.lines.length > 0);
	await manager.expect('start', /^notify READY=1$/);
	lab.daemon.port = manager.port;
	await lab.doorOpen();
	assert.match(manager.log(), new RegExp(`info ready listen=127.0.0.1:${manager.port} .*passed_on=true`));
	const signers = await waitFor('the signer', () => childrenOf(manager.pid).length > 0 && childrenOf(manager.pid));
	for (const signer of signers) {
		assert.doesNotMatch(readFileSync(`/proc/${signer}/environ`, 'latin1'), /NOTIFY_SOCKET|WATCHDOG_|LISTEN_/);
		assert.match(readFileSync(`/proc/${signer}/status`, 'latin1'), /^NoNewPrivs:\t1$/m);
		assert.match(readFileSync(`/proc/${signer}/status`, 'latin1'), /^Seccomp:\t2$/m);
	}
});

// The children of all threads of a process.
function childrenOf(pid) {
	return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
		readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean));
}

test('it is alive again and again, and tells what it does', async () => {
	await waitFor('three beats', () => manager.count(/^notify WATCHDOG=1$/) >= 3);
	await waitFor('its role', () => manager.count(/^notify STATUS=serving, leading, log size [1-9]\d*, \d+ connections$/) > 0);
});

test('reading the settings again begins and ends with a word', async () => {
	await manager.expect('hup', /^notify RELOADING=1$/);
	await waitFor('it to be ready again', () => manager.count(/^notify READY=1$/) === 2);
	const at = manager.lines.findIndex((line) => line === 'notify RELOADING=1');
	assert.match(manager.lines[at + 1], /^notify MONOTONIC_USEC=\d+$/);
});

test('a leader that is stuck is told of, and nothing more says that it is alive', async () => {
	// The leader asks this, and the publisher.
	const head = /^SELECT size, as_of_ms FROM assay\.log_head$/;
	const held = [await lab.proxy.swallow(head), await lab.proxy.swallow(head)];
	try {
		const stuck = /^notify STATUS=a thread is stuck: leader/;
		await waitFor('two looks', () => manager.count(stuck) >= 2);
		const first = manager.lines.findIndex((line) => stuck.test(line));
		const second = manager.lines.findIndex((line, i) => i > first && stuck.test(line));
		assert.ok(!manager.lines.slice(first, second).includes('notify WATCHDOG=1'));
		assert.match(manager.log(), /error thread_stuck thread=leader/);
	} finally {
		for (const { cut } of held)
			cut();
	}
	const beats = manager.count(/^notify WATCHDOG=1$/);
	await waitFor('it to be alive again', () => manager.count(/^notify WATCHDOG=1$/) > beats);
});

test('a worker that is stuck is told of; killed for it by the manager and started again it serves', async (t) => {
	const tasks = `/proc/${manager.pid}/task`;
	const worker = readdirSync(tasks).find((task) => readFileSync(`${tasks}/${task}/comm`, 'latin1') === 'worker 1\n');
	manager.say(`freeze ${worker}`);
	await waitFor('it to be frozen', () => manager.lines.some((line) => /^(not )?frozen$/.test(line)));
	if (manager.lines.includes('not frozen')) {
		t.skip('threads may not be traced here');
		return;
	}
	const stuck = /^notify STATUS=a thread is stuck: worker 1$/;
	await waitFor('two looks', () => manager.count(stuck) >= 2);
	const first = manager.lines.findIndex((line) => stuck.test(line));
	assert.ok(!manager.lines.slice(first).includes('notify WATCHDOG=1'));
	assert.match(manager.log(), /error thread_stuck thread=worker number=1/);
	// What systemd does when WatchdogSec is over; the socket stays open meanwhile.
	const ready = manager.count(/^notify READY=1$/);
	manager.say('kill');
	await waitFor('the end', () => manager.count(/^ended -9$/) === 1);
	const waits = request(manager.port, 'GET', '/healthz');
	manager.say('start');
	await waitFor('it to be ready', () => manager.count(/^notify READY=1$/) > ready);
	assert.equal((await waits).status, 200);
	await lab.doorOpen();
});

// Ask again and again, each time on a new connection, until `stopped`; returns how many were answered.
async function asking(load) {
	for (; !load.stopped; load.answered++) {
		const answer = await request(manager.port, 'GET', '/v1/policy');
		assert.equal(answer.status, 200, answer.text);
	}
}

async function sending(load, key) {
	for (; !load.stopped; load.sent++) {
		const answer = await lab.post(lab.submission(key).text);
		assert.ok(answer.status === 201 || answer.status === 503, answer.text);
	}
}

test('restarted under load it refuses and loses no connection', async () => {
	const load = { answered: 0, sent: 0, stopped: false };
	const key = await lab.enrolled();
	const clients = Promise.all([...Array.from({ length: 6 }, () => asking(load)), sending(load, key)]);
	clients.catch(() => {});
	try {
		for (let round = 0; round < 3; round++) {
			const { answered } = load;
			await waitFor('some answers', () => load.answered > answered + 20);
			// Accepted before the end, speaks only then.
			const late = new RawConnection(manager.port);
			await waitFor('it to be accepted', () => late.socket.readyState === 'open');
			await pause(50);
			await manager.expect('term', /^notify STOPPING=1$/);
			await late.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
			const [answer] = await late.answers(1);
			assert.equal(answer?.status, 200);
			late.close();
			await waitFor('the end', () => manager.count(/^ended 0$/) === round + 1);
			await manager.expect('start', /^notify READY=1$/);
		}
	} finally {
		load.stopped = true;
	}
	await clients;
	assert.ok(load.sent > 0);
});

test('what nobody can mean is refused with its name', async () => {
	const tried = (env) => run('sh', ['-c', 'LISTEN_PID=$$ WATCHDOG_PID=$$ exec "$@"', 'sh', assaydPath, 'serve', '--config',
		lab.daemon.config], { env: { ...sanitizerEnv, ...env } });
	for (const [env, words] of [
		[{ LISTEN_FDS: '2' }, /LISTEN_FDS[^]*one ListenStream[^]*got: +2/],
		[{ LISTEN_FDS: '1' }, /LISTEN_FDS[^]*a listening TCP socket/],
		[{ LISTEN_FDS: 'one' }, /LISTEN_FDS[^]*a whole number/],
		[{ WATCHDOG_USEC: '-5' }, /WATCHDOG_USEC[^]*a whole number/],
		[{ NOTIFY_SOCKET: 'relative' }, /NOTIFY_SOCKET[^]*the path of a datagram socket/],
	]) {
		const result = await tried(env);
		assert.equal(result.code, 2, result.stderr);
		assert.match(result.stderr, words);
	}
});

test('it stops when asked, and says so', async () => {
	await manager.expect('term', /^notify STOPPING=1$/);
	await waitFor('the end', () => manager.count(/^ended 0$/) === 4);
	assert.doesNotMatch(manager.log(), /runtime error|ERROR: /);
});
