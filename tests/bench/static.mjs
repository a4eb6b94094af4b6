// static.mjs — files over HTTP: one worker of assayd against nginx with one worker, in one run on
// one machine; idle connections, the start, and how soon a submission is on its board. Prints
// figures, asserts nothing.
// SPDX-License-Identifier: Apache-2.0
//
// ASSAY_BIN=BUILD node tests/bench/static.mjs [ROUNDS [SECONDS]]     (needs nginx and wrk)
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { assaydPath } from '../system/lib/daemon.mjs';
import { request } from '../system/lib/http.mjs';
import { Lab } from '../system/lib/lab.mjs';
import { startProgram, waitFor } from '../system/lib/process.mjs';

const execute = promisify(execFile);
const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 3);
const connections = 64;
const tickUs = 1e4; // of /proc/PID/stat
const say = (what) => console.log(JSON.stringify(what));

function cpuUs(pid) {
	const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) * tickUs;
}

function statusKiB(pid, name) {
	return Number(readFileSync(`/proc/${pid}/status`, 'latin1').match(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm'))[1]);
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

// ---- nginx ----

async function freePort() {
	const server = createServer();
	await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
	const { port } = server.address();
	await new Promise((resolve) => { server.close(resolve); });
	return port;
}

// As Debian sets it up, but one worker and no access log. `more` goes into its http block.
async function startNginx(lab, name, more) {
	const dir = path.join(lab.dir, name);
	const port = await freePort();
	mkdirSync(dir, { mode: 0o777 });
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
		.map((word) => `${word}_temp_path ${dir}/${word};`).join('\n');
	writeFileSync(path.join(dir, 'nginx.conf'), `
daemon off;
worker_processes 1;
pid ${dir}/pid;
error_log ${dir}/error.log;
events { worker_connections 1024; }
http {
	sendfile on;
	tcp_nopush on;
	types { application/json json; }
	access_log off;
	keepalive_requests 1000000000;
	gzip_static on;
	${temporary}
	${more}
	server { listen 127.0.0.1:${port}; root ${lab.published}; }
}
`);
	const child = spawn('nginx', ['-e', `${dir}/error.log`, '-c', `${dir}/nginx.conf`], { stdio: 'ignore' });
	const worker = await waitFor(`${name} to start its worker`, () =>
		Number(readFileSync(
			`/proc/${child.pid}/task/${child.pid}/children`, 'latin1').trim().split(' ')[0]));
	return { name, port, pid: worker, stop: () => child.kill() };
}

// ---- requests per second ----

async function load(server, where, fields) {
	const before = cpuUs(server.pid);
	const { stdout } = await execute('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`,
		...fields.flatMap((field) => ['-H', field]), `http://127.0.0.1:${server.port}${where}`]);
	const cpu = cpuUs(server.pid) - before;
	const answers = Number(stdout.match(/(\d+) requests in/)[1]);
	const bad = stdout.match(/Non-2xx or 3xx responses: (\d+)/);
	if (bad)
		throw new Error(`${server.name}: ${bad[0]}`);
	return { perSecond: Number(stdout.match(/Requests\/sec:\s+([\d.]+)/)[1]), us: cpu / answers };
}

// The median of each round's ratio: what slows the machine for a while slows both. Over 1 is ours.
function ratio(figures, i, of) {
	return median(figures[i].map((theirs, round) => of(figures[0][round], theirs))).toFixed(3);
}

// Rounds of all servers in turn, so that whatever else the machine does meets each of them.
async function compare(servers, where, fields) {
	const figures = servers.map(() => []);
	for (let round = 0; round < rounds; round++)
		for (const i of servers.keys()) {
			const at = (i + round) % servers.length;
			figures[at].push(await load(servers[at], where, fields));
		}
	const all = servers.map((server, i) => ({ name: server.name,
		per_second: Math.round(median(figures[i].map((f) => f.perSecond))),
		cpu_us: Number(median(figures[i].map((f) => f.us)).toFixed(2)),
		rounds: figures[i].map((f) => Math.round(f.perSecond)) }));
	for (const [i, other] of all.slice(1).entries())
		say({ bench: 'static', path: where, fields, connections, assayd: all[0], other,
			requests_ratio: ratio(figures, i + 1, (own, theirs) => own.perSecond / theirs.perSecond),
			cpu_ratio: ratio(figures, i + 1, (own, theirs) => theirs.us / own.us) });
}

// A server of its own, one worker, no part in leading.
async function makeAssayd(lab, level) {
	return lab.anotherDaemon({ workers_n: 1, lead: false, log_level: level, connections_max_n: 20000,
		listen: `127.0.0.1:${await freePort()}` });
}

// Below `info` its log does not tell when it is ready, so that it is asked. `ms`: until it was.
async function startAssayd(daemon) {
	const port = Number(daemon.settings.listen.split(':')[1]);
	const began = performance.now();
	daemon.process = startProgram(assaydPath, ['serve', '--config', daemon.config], { log: daemon.log });
	await untilTrue(() => request(port, 'GET', '/readyz').then((r) => r.status === 200).catch(() => false));
	return { name: `assayd log_level=${daemon.settings.log_level}`, port, pid: daemon.process.pid,
		ms: Math.round(performance.now() - began) };
}

async function untilTrue(probe) {
	while (!await probe())
		await pause(5);
}

async function requests(lab) {
	const daemons = [await makeAssayd(lab, 'warn'), await makeAssayd(lab, 'info')];
	const own = [await startAssayd(daemons[0]), await startAssayd(daemons[1])];
	const words = Array.from({ length: 700 }, (unused, i) => (i * 2654435761 >>> 0).toString(36));
	const text = JSON.stringify(words).slice(0, 4096);
	for (const folder of [lab.published, ...daemons.map((daemon) => daemon.settings.published)])
		writeFileSync(path.join(folder, 'four.json'), text);
	const nginx = [await startNginx(lab, 'nginx', ''),
		await startNginx(lab, 'nginx-open_file_cache', 'open_file_cache max=1000;'),
		await startNginx(lab, 'nginx-access_log', `access_log ${lab.dir}/access.log;`)];
	try {
		await compare([own[0], nginx[0], nginx[1]], '/four.json', []);
		await compare([own[1], nginx[2]], '/four.json', []);
		await compare([own[0], nginx[0]], '/suites/throughput/1/suite.json', ['Accept-Encoding: gzip']);
	} finally {
		for (const server of nginx)
			server.stop();
	}
}

// ---- idle connections ----

function open(port) {
	return new Promise((resolve, reject) => {
		const socket = connect(port, '127.0.0.1', () => resolve(socket));
		socket.on('error', reject);
	});
}

async function idle(lab) {
	const daemon = await makeAssayd(lab, 'warn');
	const { port, pid } = await startAssayd(daemon);
	const before = statusKiB(pid, 'VmRSS');
	const sockets = [];
	for (const n of [1000, 10000]) {
		while (sockets.length < n)
			sockets.push(...await Promise.all(Array.from({ length: 100 }, () => open(port))));
		await untilTrue(async () => readdirSync(`/proc/${pid}/fd`).length > n);
		say({ bench: 'idle', connections: n, resident_kib: statusKiB(pid, 'VmRSS'), before_kib: before });
	}
	for (const socket of sockets)
		socket.destroy();
	await daemon.stop();
}

// ---- start, and from a submission to its board ----

// Its first start makes the published folder, the second finds it.
async function start(lab) {
	const daemon = await makeAssayd(lab, 'warn');
	for (const folder of ['made', 'found', 'found']) {
		say({ bench: 'start', published: folder, ready_ms: (await startAssayd(daemon)).ms });
		await daemon.stop();
	}
}

async function latency(lab) {
	const key = await lab.enrolled('Bench');
	const times = [];
	for (let i = 0; i < 20; i++) {
		const name = `bench/model-${i}`;
		const statement = lab.submission(key, { model: { name, quantization: 'Q4_K_M' } });
		const began = performance.now();
		await lab.accepted(statement);
		await untilTrue(async () => (await lab.get('/data/v1/suites/throughput.json')).text.includes(name));
		times.push(Math.round(performance.now() - began));
	}
	say({ bench: 'submission to board', median_ms: median(times), worst_ms: Math.max(...times),
		publish_interval_ms: lab.daemon.settings.publish_interval_ms });
}

const lab = new Lab({ durable: true, settings: { publish_interval_ms: 250 } });
await lab.up();
try {
	await requests(lab);
	await idle(lab);
	await start(lab);
	await latency(lab);
} finally {
	await lab.down(false);
}
