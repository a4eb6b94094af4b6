// postgres.mjs — a private PostgreSQL cluster: a Unix socket, no TCP, gone after the test.
// SPDX-License-Identifier: Apache-2.0
import {
	chownSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync,
} from 'node:fs';
import path from 'node:path';
import {
	databaseAccount, isRoot, makeFolder, mustRun, run, startProgram, waitFor,
} from './process.mjs';

const account = databaseAccount();

// The newest installed PostgreSQL of at least version 15.
function findBinaries() {
	const root = '/usr/lib/postgresql';
	const versions = existsSync(root) ? readdirSync(root).map(Number).filter((v) => v >= 15) : [];
	if (!versions.length)
		throw new Error('PostgreSQL 15 or newer is needed: apt-get install postgresql');
	return path.join(root, String(Math.max(...versions)), 'bin');
}

const bin = findBinaries();

async function initCluster(dir) {
	await mustRun(path.join(bin, 'initdb'), ['-D', dir, '-U', 'postgres', '--auth=trust',
		'--encoding=UTF8', '--locale=C', '--no-sync'], { account, cwd: '/' });
}

// A fresh cluster is made once per test run and copied, where ASSAY_TEST_TEMPLATE names a folder.
async function freshCluster(target) {
	const template = process.env.ASSAY_TEST_TEMPLATE;
	if (!template)
		return initCluster(target);
	if (!existsSync(template)) {
		const making = makeFolder('template-', { account });
		await initCluster(path.join(making, 'pg'));
		try {
			renameSync(path.join(making, 'pg'), template);
		} catch {
			// Another test file was faster; its template is as good.
		}
		rmSync(making, { recursive: true, force: true });
	}
	if (isRoot) {
		await mustRun('cp', ['-a', template, target]);
		return undefined;
	}
	cpSync(template, target, { recursive: true });
	return undefined;
}

// A process that ended counts as gone also while nobody has asked how.
function isGone(pid) {
	try {
		return / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/, ''));
	} catch {
		return true;
	}
}

export class Postgres {
	constructor(dir, durable, more = {}) {
		this.dir = dir;
		this.data = path.join(dir, 'pg');
		this.socketDir = path.join(dir, 's');
		this.log = path.join(dir, 'postgres.log');
		this.durable = durable;
		this.more = more;
	}

	// Make and start one. durable: with fsync, for tests that kill it; settings: more of them.
	static async start({ durable = false, settings = {} } = {}) {
		const pg = new Postgres(makeFolder('pg-', { account }), durable, settings);
		mkdirSync(pg.socketDir, { mode: 0o700 });
		if (account)
			chownSync(pg.socketDir, account.uid, account.gid);
		await freshCluster(pg.data);
		await pg.up();
		return pg;
	}

	async up() {
		const settings = { listen_addresses: '', unix_socket_directories: this.socketDir,
			max_connections: 40, shared_buffers: '32MB', autovacuum: 'off',
			fsync: this.durable ? 'on' : 'off', synchronous_commit: this.durable ? 'on' : 'off', ...this.more };
		const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
		this.process = startProgram(path.join(bin, 'postgres'), ['-D', this.data, ...args],
			{ log: this.log, account, signal: 'QUIT' });
		await waitFor('PostgreSQL to accept connections', async () => {
			if (!this.process.running())
				throw new Error(`PostgreSQL ended at once, see ${this.log}`);
			const ready = await run(path.join(bin, 'pg_isready'), ['-q', '-h', this.socketDir]);
			return ready.code === 0;
		});
	}

	// Stop it: SIGINT ends connections and writes everything, SIGQUIT is as a crash.
	async down(signal = 'SIGINT') {
		this.process.kill(signal);
		await this.process.ended;
	}

	// The processes of this cluster below the postmaster.
	backends() {
		const { pid } = this.process;
		return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
	}

	// Kill the postmaster without a word. Returns when its backends have noticed and are gone, so that
	// up() finds the shared memory free.
	async kill() {
		this.process.kill('SIGSTOP');
		const left = this.backends();
		this.process.kill('SIGKILL');
		await this.process.ended;
		await waitFor('the backends to end', () => left.every(isGone));
	}

	// A libpq connection string; socketDir may be a proxy's.
	conninfo(user, { dbname = 'assay', socketDir = this.socketDir } = {}) {
		return `host=${socketDir} port=5432 dbname=${dbname} user=${user}`;
	}

	psqlArgs(user, dbname) {
		return ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', this.conninfo(user, { dbname })];
	}

	// Run SQL and return its output, rows as lines, columns split by '|'.
	async sql(text, { user = 'postgres', dbname = 'assay', limitMs } = {}) {
		const out = await mustRun(path.join(bin, 'psql'), this.psqlArgs(user, dbname), { input: text, limitMs });
		return out.trimEnd();
	}

	// As sql(), but a failure is a result: { code, stdout, stderr }.
	trySql(text, { user = 'postgres', dbname = 'assay' } = {}) {
		return run(path.join(bin, 'psql'), this.psqlArgs(user, dbname), { input: text });
	}

	async runFile(file, { user = 'postgres', dbname = 'postgres' } = {}) {
		await mustRun(path.join(bin, 'psql'), [...this.psqlArgs(user, dbname), '-f', file]);
	}

	// The schema as pg_dump tells it, without what changes from one release of PostgreSQL to the next.
	async schema() {
		const out = await mustRun(path.join(bin, 'pg_dump'), ['--schema-only', '--schema=assay', '--no-owner',
			'--no-privileges', '-d', this.conninfo('postgres')]);
		const lines = out.split('\n').filter((line) => !/^(--|SET |SELECT pg_catalog|\\(un)?restrict)/.test(line));
		return `${lines.join('\n').replace(/\n{2,}/g, '\n\n').trim()}\n`;
	}

	async remove() {
		if (this.process?.running())
			await this.down('SIGQUIT');
		rmSync(this.dir, { recursive: true, force: true });
	}
}
