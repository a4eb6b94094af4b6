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
	for (const other of all.slice(1))
		say({ bench: 'static', path: where, fields, connections, assayd: all[0], other,
			requests_ratio: (all[0].per_second / other.per_second).toFixed(3),
			cpu_ratio: (other.cpu_us / all[0].cpu_us).toFixed(3) });
}

// A server of its own, one worker, no part in leading. Below `info` its log does not tell when it is
// ready, so that it is asked.
async function startAssayd(lab, level) {
	const port = await freePort();
	const daemon = lab.anotherDaemon({ workers_n: 1, lead: false, log_level: level, listen: `127.0.0.1:${port}` });
	daemon.process = startProgram(assaydPath, ['serve', '--config', daemon.config], { log: daemon.log });
	await waitFor('assayd to answer', () => request(port, 'GET', '/data/v1/index.json').then((r) => r.status === 200));
	return { name: `assayd log_level=${level}`, port, pid: daemon.process.pid, published: daemon.settings.published };
}

async function requests(lab) {
	const own = [await startAssayd(lab, 'warn'), await startAssayd(lab, 'info')];
	const words = Array.from({ length: 700 }, (unused, i) => (i * 2654435761 >>> 0).toString(36));
	const text = JSON.stringify(words).slice(0, 4096);
	for (const folder of [lab.published, ...own.map((server) => server.published)])
		writeFileSync(path.join(folder, 'four.json'), text);
	const nginx = await startNginx(lab, 'nginx', '');
	const cached = await startNginx(lab, 'nginx-open_file_cache', 'open_file_cache max=1000;');
	try {
		await compare([own[0], nginx, cached, own[1]], '/four.json', []);
	} finally {
		nginx.stop();
		cached.stop();
	}
}

const lab = new Lab({ settings: {} });
await lab.up();
try {
	await requests(lab);
} finally {
	await lab.down(false);
}
