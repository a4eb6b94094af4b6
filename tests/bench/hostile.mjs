// hostile.mjs — what an honest client feels while thousands of others hold connections and give nothing.
// Prints figures, asserts nothing.
// SPDX-License-Identifier: Apache-2.0
//
// ASSAY_BIN=BUILD node tests/bench/hostile.mjs [CONNECTIONS [SECONDS]]
import { execFileSync, fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { constants, setPriority } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from '../system/lib/http.mjs';
import { Lab } from '../system/lib/lab.mjs';
import { waitFor } from '../system/lib/process.mjs';
import { socketsOf } from '../system/lib/siege.mjs';

const GET = 'GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n';
const HEAD = 'GET / HTTP/1.1\r\nHost: a\r\nX: ';
const BODY = 'POST /v1/statements HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n';

// What each connection of an attack says first, and what once a second.
const attacks = {
	quiet: null,
	idle: { first: '', second: () => {} },
	'byte-a-second heads': { first: HEAD, second: (socket) => socket.write('y') },
	'byte-a-second bodies': { first: BODY, second: (socket) => socket.write('y') },
	'slow readers': { first: GET, deaf: true, second: (socket) => socket.read(1024) },
	garbage: { first: '\x16\x03\x01\x02\r\n\r\n', second: () => {} },
};

// ---- the attacker's process: n connections from four addresses; who is thrown out comes again ----

function attack(name, port, n) {
	const { first, second, deaf } = attacks[name];
	const sockets = new Set();
	const connect = (number) => {
		const socket = net.connect({ host: '127.0.0.1', port, localAddress: `127.0.0.${2 + (number % 4)}` });
		sockets.add(socket);
		if (deaf)
			socket.on('readable', () => {});
		else
			socket.resume();
		socket.on('connect', () => socket.write(first));
		socket.on('error', () => {});
		socket.on('close', () => {
			sockets.delete(socket);
			setTimeout(connect, 100, number);
		});
	};
	for (let number = 0; number < n; number++)
		setTimeout(connect, number / 5, number);
	setInterval(() => sockets.forEach(second), 1000);
}

// ---- the honest client ----

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

function summary(times) {
	const sorted = times.sort((a, b) => a - b);
	return { n: sorted.length, p50_ms: quantile(sorted, 0.5).toFixed(2), p99_ms: quantile(sorted, 0.99).toFixed(2),
		max_ms: sorted.at(-1).toFixed(2) };
}

// Ask for seconds, as quickly as answers come, every other time on a new connection.
async function honest(lab, key, seconds) {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
	const times = { get: [], get_new_connection: [], post: [] };
	const failed = {};
	const timed = async (list, method, target, options) => {
		const began = performance.now();
		const { status } = await request(lab.port, method, target, options).catch((error) => ({ status: error.code }));
		times[list].push(performance.now() - began);
		if (![200, 201].includes(status))
			failed[status] = (failed[status] ?? 0) + 1;
	};
	const until = performance.now() + seconds * 1000;
	while (performance.now() < until) {
		const { text } = lab.submission(key);
		await timed('get', 'GET', '/data/v1/index.json', { agent });
		await timed('get_new_connection', 'GET', '/data/v1/index.json', {});
		await timed('post', 'POST', '/v1/statements', { agent, body: text, headers: { 'Content-Type': 'application/json' } });
	}
	agent.destroy();
	return { ...Object.fromEntries(Object.entries(times).map(([name, list]) => [name, summary(list)])), failed };
}

// ---- the bench ----

const memoryMib = (pid, what) =>
	(Number(new RegExp(`^${what}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024).toFixed(1);

function cpuSeconds(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\) /, '').split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100; // USER_HZ
}

async function measure(lab, key, name, n, seconds) {
	await lab.daemon.start();
	const { pid } = lab.daemon.process;
	const attacker = attacks[name] &&
		fork(fileURLToPath(import.meta.url), ['--attack', name, String(lab.port), String(n)]);
	if (attacker) {
		// Real attackers are elsewhere: this one shall not take the cores from those that are measured.
		setPriority(attacker.pid, constants.priority.PRIORITY_LOW);
		await waitFor('the crowd to be there', () => name === 'garbage' || socketsOf(pid) > n * 0.9, { everyMs: 200 });
	}
	await pause(3000);
	const before = cpuSeconds(pid);
	const felt = await honest(lab, key, seconds);
	console.log(JSON.stringify({ attack: name, connections: socketsOf(pid), ...felt, rss_mib: memoryMib(pid, 'VmRSS'),
		peak_mib: memoryMib(pid, 'VmHWM'), cpu_percent: (((cpuSeconds(pid) - before) / seconds) * 100).toFixed(0) }));
	attacker?.kill('SIGKILL');
	await lab.daemon.stop();
}

// Children inherit it: the server and the attacker need one descriptor a connection each.
function raiseDescriptors(n) {
	const [, has] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'));
	if (Number(has) < n)
		execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${n}:${n}`]);
}

async function main(n, seconds) {
	raiseDescriptors(n + 1000);
	const lab = new Lab({ settings: { connections_max_n: n + 500, publish_interval_ms: 250 } });
	await lab.up();
	try {
		writeFileSync(path.join(lab.published, 'large.bin'), Buffer.alloc(1024 * 1024));
		const key = await lab.enrolled();
		await lab.accepted(lab.submission(key));
		await lab.daemon.stop();
		for (const name of Object.keys(attacks))
			await measure(lab, key, name, n, seconds);
	} finally {
		await lab.down(false);
	}
}

const [command, ...rest] = process.argv.slice(2);
if (command === '--attack')
	attack(rest[0], Number(rest[1]), Number(rest[2]));
else
	await main(Number(command ?? 10000), Number(rest[0] ?? 10));
