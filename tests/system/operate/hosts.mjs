// hosts.mjs — the cluster of deploy/cluster as a test sees it: its verbs, who is what, what each host serves.
// SPDX-License-Identifier: Apache-2.0
import http from 'node:http';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildDir, repo } from '../lib/daemon.mjs';
import { makeFolder, mustRun, run, waitFor } from '../lib/process.mjs';

const script = path.join(repo, 'deploy/cluster/cluster');
const HOSTS = [1, 2, 3];

// What the two kinds of hosts are called: the front, a host as others reach it, and as it has its own services.
const LAYOUTS = {
	namespaces: { front: '10.77.0.1', outside: (n) => `10.77.0.1${n}`, own: (n) => `10.77.0.1${n}` },
	relays: { front: '127.0.4.1', outside: (n) => `127.0.4.1${n}`, own: (n) => `127.0.${n}.1` },
};

// A request to any address, on a connection of its own; the answer has status, text, json().
export function ask(url, { method = 'GET', body, headers = {}, limitMs = 15000 } = {}) {
	return new Promise((resolve, reject) => {
		const req = http.request(url, { method, headers, agent: false }, (res) => {
			const parts = [];
			res.on('data', (part) => parts.push(part));
			res.on('error', reject);
			res.on('end', () => {
				clearTimeout(timer);
				const text = Buffer.concat(parts).toString();
				resolve({ status: res.statusCode, text, json: () => JSON.parse(text) });
			});
		});
		const timer = setTimeout(() => req.destroy(new Error(`no answer in ${limitMs} ms from ${url}`)), limitMs);
		req.on('error', (error) => {
			clearTimeout(timer);
			reject(error);
		});
		req.end(body);
	});
}

const TYPE = { 'Content-Type': 'application/vnd.dsse.envelope.v1+json' };

export const post = (base, text, options) => ask(`${base}/v1/statements`, { method: 'POST', body: text, headers: TYPE, ...options });

export class Hosts {
	constructor() {
		this.name = `a${process.pid % 100000}`;
		this.dir = makeFolder('cluster-', { mode: 0o755 });
		this.env = { ASSAY_CLUSTER_NAME: this.name, ASSAY_CLUSTER_DIR: path.join(this.dir, 'c'), ASSAY_BIN: buildDir,
			ASSAYD_ADDRESS_RATE_N: '0', ASSAYD_SUBMITTER_RATE_N: '0', ASSAYD_UNKNOWN_KEY_RATE_N: '0', ASSAYD_POW_BITS: '0' };
	}

	// False where ASSAY_CLUSTER_HOSTS is namespaces, and none may be made.
	async up() {
		const result = await run(script, ['up'], { env: this.env, limitMs: 400000 });
		if (result.code !== 0 && result.code !== 3)
			throw new Error(result.stdout + result.stderr);
		if (result.code === 3)
			return false;
		this.kind = readFileSync(path.join(this.env.ASSAY_CLUSTER_DIR, 'kind'), 'utf8').trim();
		this.layout = LAYOUTS[this.kind];
		this.edge = `http://${this.layout.front}:8080`;
		return true;
	}

	async down(failed) {
		if (failed)
			this.keepLogs();
		await run(script, ['down'], { env: this.env });
		await mustRun('rm', ['-rf', this.dir]);
	}

	keepLogs() {
		const root = process.env.ASSAY_TEST_LOGS ?? '/tmp';
		mkdirSync(root, { recursive: true });
		const kept = mkdtempSync(path.join(root, 'assay-failed-'));
		for (const n of HOSTS) {
			const logs = path.join(this.env.ASSAY_CLUSTER_DIR, `host${n}/log`);
			if (existsSync(logs))
				cpSync(logs, path.join(kept, `host${n}`), { recursive: true });
		}
		console.error(`logs kept in ${kept}`);
	}

	do(...words) {
		return mustRun(script, words.map(String), { env: this.env });
	}

	url(n) {
		return `http://${this.layout.outside(n)}:8080`;
	}

	// Run SQL as superuser by way of a host's own path to the primary.
	async sql(text, n = 1) {
		return (await mustRun(script, ['psql', String(n), '-A', '-t', '-c', text],
			{ env: { ...this.env, PGDATABASE: 'assay' } })).trimEnd();
	}

	// A request made on host n itself, to its own assayd: { code, stdout } of curl.
	curlOn(n, where, args, input) {
		const command = ['curl', '--silent', ...args, `http://${this.layout.own(n)}:8080${where}`];
		if (this.kind === 'namespaces')
			command.unshift('ip', 'netns', 'exec', `${this.name}-${n}`);
		return run(command[0], command.slice(1), { input });
	}

	async members() {
		for (const n of HOSTS) {
			try {
				return (await ask(`http://${this.layout.outside(n)}:8008/cluster`, { limitMs: 3000 })).json().members;
			} catch { /* that one is away */ }
		}
		return [];
	}

	async primary() {
		const found = (await this.members()).find((m) => m.role === 'leader' && m.state === 'running');
		return found && Number(found.name.slice(4));
	}

	async leader() {
		for (const n of HOSTS) {
			const told = await ask(`${this.url(n)}/metrics`, { limitMs: 3000 }).catch(() => null);
			if (/^assayd_leading 1$/m.test(told?.text))
				return n;
		}
		return undefined;
	}

	// All three hosts have everything again: one primary, two standbys that follow it closely, one of them synchronous, three
	// assayd, one of which leads.
	whole() {
		return waitFor('the cluster to be whole again', async () => {
			const members = await this.members();
			const follows = members.filter((m) => /^(sync_standby|replica)$/.test(m.role) && /^(running|streaming)$/.test(m.state) &&
				m.lag < 1048576);
			const ready = await Promise.all(HOSTS.map((n) => ask(`${this.url(n)}/readyz`, { limitMs: 3000 }).then((a) => a.status === 200, () => false)));
			return await this.primary() && follows.length === 2 && follows.some((m) => m.role === 'sync_standby') &&
				ready.every(Boolean) && await this.leader();
		}, { limitMs: 180000, everyMs: 500 });
	}
}
