// quickstart.test.mjs — the two commands of a stranger, on a fresh clone; and everything around them.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync }
	from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { request } from '../lib/http.mjs';
import { isRoot, makeFolder, mustRun, run, waitFor } from '../lib/process.mjs';
import { repo } from '../lib/sources.mjs';

const dir = makeFolder('qs-', { mode: 0o755 });
const clone = path.join(dir, 'closed', 'clone');
const data = path.join(dir, 'data');
const hadAccount = accountExists('assay');
const LIMIT = { limitMs: 600000 };
let port;

function accountExists(name) {
	try {
		execFileSync('id', [name], { stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

// The commit that stands, or, while something is not committed yet, the tree as it is.
async function makeClone() {
	mkdirSync(path.dirname(clone), { recursive: true, mode: 0o700 });
	const status = await run('git', ['-C', repo, 'status', '--porcelain']);
	const head = await run('git', ['-C', repo, 'rev-parse', '-q', '--verify', 'HEAD']);
	if (head.code === 0 && status.stdout === '') {
		await mustRun('git', ['clone', '-q', repo, clone]);
		return;
	}
	const files = await run('git', ['-C', repo, 'ls-files', '-coz', '--exclude-standard']);
	if (files.code !== 0) {
		const made = /^(build.*|node_modules|\.git)$/;
		cpSync(repo, clone, { recursive: true, filter: (name) => !made.test(path.basename(name)) });
		return;
	}
	for (const name of files.stdout.split('\0').filter(Boolean)) {
		if (existsSync(path.join(repo, name)))
			cpSync(path.join(repo, name), path.join(clone, name));
	}
}

// A port of 127.0.0.1 that is free now.
function freePort() {
	return new Promise((resolve) => {
		const server = net.createServer().listen(0, '127.0.0.1', () => {
			const { port: found } = server.address();
			server.close(() => resolve(found));
		});
	});
}

const quickstart = (...args) =>
	run(path.join(clone, 'deploy/quickstart'), [...args, '--data', data], LIMIT);

async function mustStart(...args) {
	const result = await quickstart('start', ...args);
	assert.equal(result.code, 0, result.stdout + result.stderr);
	return { ...result, url: /^ *(http:\/\/127\.0\.0\.1:(\d+)\/)$/m.exec(result.stdout) };
}

const document = async (name, at = port) => {
	const answer = await request(at, 'GET', `/data/v1/${name}`);
	assert.equal(answer.status, 200, answer.text);
	return answer.json();
};

// Process ids of programs that stand in or run from the data folder.
function ours() {
	return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
		try {
			const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
			return args.some((a) => a.startsWith(`${data}/`)) && !args[0].endsWith('bash');
		} catch {
			return false;
		}
	}).map(Number);
}

const serverPid = () => ours().find((pid) =>
	readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${data}/app/bin/assayd`));

before(async () => {
	await makeClone();
	port = await freePort();
}, { timeout: 120000 });

after(async () => {
	await quickstart('reset');
	for (const pid of ours())
		process.kill(pid, 'SIGKILL');
	rmSync(dir, { recursive: true, force: true });
	// Another quickstart on this machine may be using the account meanwhile: then it stays.
	if (isRoot && !hadAccount && accountExists('assay'))
		spawnSync('userdel', ['assay'], { stdio: 'ignore' });
}, { timeout: 120000 });

// An interrupted test run leaves no server behind either.
process.once('SIGTERM', () => {
	spawnSync(path.join(clone, 'deploy/quickstart'), ['reset', '--data', data], { stdio: 'ignore' });
	rmSync(dir, { recursive: true, force: true });
	process.exit(143);
});

const check = (name, body) => test(name, { timeout: 900000 }, body);

check('--help, a wrong word, a wrong port', async () => {
	assert.equal((await run(path.join(clone, 'deploy/quickstart'), ['--help'])).code, 0);
	assert.equal((await quickstart('dance')).code, 2);
	assert.equal((await quickstart('--port', '80')).code, 2);
	assert.equal((await quickstart('--port', 'x')).code, 2);
	assert.equal((await quickstart('status')).code, 3);
	assert.notEqual((await quickstart('stop')).code, 0);
});

check('a fresh clone becomes a leaderboard with real results', async () => {
	const { url, stdout } = await mustStart('--port', String(port));
	assert.ok(url, stdout);
	assert.equal(Number(url[2]), port);
	assert.equal((await request(port, 'GET', '/')).status, 200);
	const board = await document('suites/throughput.json');
	assert.ok(board.rows_n > 0);
	assert.ok(board.estimates.row.length > 0);
	const index = await document('index.json');
	assert.equal(index.totals.submitters, 1);
	assert.ok(index.totals.submissions > 0);
	assert.equal(index.totals.counted, index.totals.submissions);
});

check('nothing listens but the one port on loopback', () => {
	const listening = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)
		.map((line) => line.trim().split(/\s+/))
		.filter((field) => field[3] === '0A');
	const inodes = new Set(ours().flatMap((pid) => readdirSync(`/proc/${pid}/fd`).map((fd) => {
		try {
			return /^socket:\[(\d+)\]$/.exec(execFileSync('readlink', [`/proc/${pid}/fd/${fd}`])
				.toString().trim())?.[1];
		} catch {
			return undefined;
		}
	})));
	const mine = listening.filter((field) => inodes.has(field[9])).map((field) => field[1]);
	assert.deepEqual(mine, [`0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`]);
});

check('the server runs as an account that cannot read the root key', async () => {
	const key = path.join(data, 'root-key/root.pem');
	assert.equal(statSync(key).mode & 0o77, 0);
	assert.equal(statSync(path.dirname(key)).mode & 0o77, 0);
	assert.ok(!existsSync(path.join(data, 'keys/root.pem')));
	if (!isRoot)
		return;
	const owner = statSync(`/proc/${serverPid()}`).uid;
	assert.notEqual(owner, 0);
	assert.equal((await run('cat', [key], { account: { uid: owner, gid: owner } })).code, 1);
});

check('a second time it changes nothing and starts nothing', async () => {
	const pid = serverPid();
	const before = await document('index.json');
	const { url } = await mustStart();
	assert.equal(Number(url[2]), port);
	assert.equal(serverPid(), pid);
	assert.deepEqual(await document('index.json'), before);
	assert.equal((await quickstart('status')).code, 0);
});

check('stop stops, a second stop is no fault, start brings the same log back', async () => {
	const before = await document('index.json');
	assert.equal((await quickstart('stop')).code, 0);
	assert.deepEqual(ours(), []);
	assert.equal((await quickstart('status')).code, 3);
	assert.equal((await quickstart('stop')).code, 0);
	await mustStart();
	assert.deepEqual(await document('index.json'), before);
});

check('a taken port: the next free one is used, said, and remembered', async () => {
	await quickstart('stop');
	const taker = net.createServer().listen(port, '127.0.0.1');
	await once(taker, 'listening');
	// The next one is bound, but nobody answers there: so is one that a connection goes out from.
	const held = spawn('perl', ['-MSocket', '-e', `socket(S, PF_INET, SOCK_STREAM, 0);
		bind(S, sockaddr_in(${port + 1}, INADDR_LOOPBACK)); $| = 1; print "there\\n"; sleep`]);
	await once(held.stdout, 'data');
	try {
		const { url, stdout } = await mustStart();
		assert.ok(Number(url[2]) > port + 1, stdout);
		assert.match(stdout, new RegExp(`[Pp]ort ${port} `));
		port = Number(url[2]);
	} finally {
		held.kill();
		await new Promise((resolve) => {
			taker.close(resolve);
		});
	}
	assert.equal(Number((await mustStart()).url[2]), port);
});

check('everything killed: start brings it back', async () => {
	const before = await document('index.json');
	for (const pid of ours())
		process.kill(pid, 'SIGKILL');
	await waitFor('all to be gone', () => ours().length === 0);
	await mustStart();
	assert.deepEqual(await document('index.json'), before);
});

check('a new build restarts the server, nothing is lost', async () => {
	const [pid, before] = [serverPid(), await document('index.json')];
	writeFileSync(path.join(clone, 'webroot/added.txt'), 'a new file of the page\n');
	await mustStart();
	assert.notEqual(serverPid(), pid);
	assert.equal((await request(port, 'GET', '/added.txt')).status, 200);
	assert.deepEqual((await document('index.json')).totals, before.totals);
});

// End quickstart, with its children, when it says a certain thing; then a plain start must finish.
async function interruptAt(words) {
	const child = spawn(path.join(clone, 'deploy/quickstart'), ['--data', data, '--port', String(port)],
		{ detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	let killed = false;
	await new Promise((resolve) => {
		for (const stream of [child.stdout, child.stderr]) {
			stream.on('data', (part) => {
				said += part;
				if (!said.includes(words) || killed)
					return;
				killed = true;
				process.kill(-child.pid, 'SIGKILL');
			});
		}
		child.on('exit', resolve);
	});
	assert.ok(killed, `it never said "${words}":\n${said}`);
}

check('interrupted again and again, each next run carries on, and nothing is doubled', async () => {
	const { totals } = await document('index.json');
	assert.equal((await quickstart('reset')).code, 0);
	for (const words of ['Building', 'private PostgreSQL cluster', 'Starting PostgreSQL', 'keys of the log',
		'Starting assayd', 'Enrolling', 'Importing', 'Sending', 'Waiting'])
		await interruptAt(words);
	const { url } = await mustStart();
	port = Number(url[2]);
	assert.deepEqual((await document('index.json')).totals, totals);
});

check('reset deletes everything and leaves nothing running', async () => {
	assert.equal((await quickstart('reset')).code, 0);
	assert.ok(!existsSync(data));
	assert.deepEqual(ours(), []);
	assert.equal((await quickstart('reset')).code, 0);
});

check('a folder that quickstart did not make is left alone', async () => {
	mkdirSync(data);
	writeFileSync(path.join(data, 'precious.txt'), 'mine');
	assert.equal((await quickstart('start')).code, 1);
	assert.equal((await quickstart('reset')).code, 1);
	assert.equal(readFileSync(path.join(data, 'precious.txt'), 'utf8'), 'mine');
	rmSync(data, { recursive: true });
});

check('an ordinary user without sudo runs it too', async (t) => {
	if (!isRoot) {
		t.skip('the whole file ran as an ordinary user');
		return;
	}
	const home = path.join(dir, 'home');
	const name = `assaytest${process.pid}`;
	execFileSync('useradd', ['--create-home', '--home-dir', home, '--shell', '/bin/bash', name],
		{ stdio: 'ignore' });
	try {
		await mustRun('cp', ['-r', clone, path.join(home, 'clone')]);
		await mustRun('chown', ['-R', `${name}:`, home]);
		const asUser = (...args) => run('setpriv', [`--reuid=${name}`, `--regid=${name}`, '--init-groups',
			'--reset-env', '--', path.join(home, 'clone/deploy/quickstart'), ...args], LIMIT);
		const started = await asUser('--port', String(await freePort()));
		assert.equal(started.code, 0, started.stdout + started.stderr);
		const at = Number(/^ *http:\/\/127\.0\.0\.1:(\d+)\/$/m.exec(started.stdout)[1]);
		assert.ok((await document('suites/throughput.json', at)).rows_n > 0);
		assert.equal((await asUser('reset')).code, 0);
		await assert.rejects(request(at, 'GET', '/healthz'));
	} finally {
		execFileSync('userdel', ['--remove', name], { stdio: 'ignore' });
	}
});
