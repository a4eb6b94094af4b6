// lab.mjs — everything one test file needs: PostgreSQL, keys, a first config, a running assayd.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test as nodeTest } from 'node:test';
import { Daemon, assayPath, assaydPath, repo, sanitizerEnv } from './daemon.mjs';
import { request } from './http.mjs';
import { PgProxy } from './pgproxy.mjs';
import { Postgres } from './postgres.mjs';
import { makeFolder, mustRun, run, waitFor } from './process.mjs';
import { Key, enrolmentBody, statementOf, submissionBody } from './protocol.mjs';
import { withRows } from './rows.mjs';

const BATCH_TYPE = 'application/x-ndjson';
const STATEMENT_TYPE = 'application/vnd.dsse.envelope.v1+json';

export class Lab {
	constructor(options) {
		this.options = options;
		this.dir = makeFolder('lab-', { mode: 0o755 });
		this.keys = path.join(this.dir, 'keys');
		this.published = path.join(this.dir, 'published');
		this.origin = options.origin ?? 'localhost/system-test';
		this.others = [];
	}

	// Make the database and its roles, migrate, make keys; log the config unless options.config is
	// false; start assayd unless options.serve is false. options.proxy: the class of what stands between
	// assayd and PostgreSQL, true for PgProxy. options.env(lab): more environment for assayd.
	async up() {
		this.pg = await Postgres.start({ durable: this.options.durable, settings: this.options.postgres });
		await this.pg.runFile(path.join(repo, 'sql/roles.sql'));
		await this.pg.sql('CREATE DATABASE assay OWNER assay_owner', { dbname: 'postgres' });
		if (this.options.proxy)
			this.proxy = await (this.options.proxy === true ? PgProxy : this.options.proxy).start(this.pg.socketDir);
		this.terms = path.join(this.dir, 'terms.txt');
		writeFileSync(this.terms, 'Licence of the test data. Public, permanent.\n');
		await mustRun(assaydPath, ['keys', '--dir', this.keys, '--origin', this.origin], { env: sanitizerEnv });
		this.daemon = new Daemon(this.dir, this.settings(), this.options.env?.(this));
		await this.assayd('migrate');
		if (this.options.config !== false)
			await this.applyConfig();
		if (this.options.serve !== false)
			await this.serve();
	}

	settings() {
		return {
			listen: '127.0.0.1:0',
			database: this.pg.conninfo('assayd', { socketDir: (this.proxy ?? this.pg).socketDir }),
			migrate_database: this.pg.conninfo('assay_owner'),
			origin: this.origin,
			published: this.published,
			webroot: path.join(repo, 'webroot'),
			suites: path.join(repo, 'eval-suites'),
			sql: path.join(repo, 'sql'),
			terms: this.terms,
			statement_key: path.join(this.keys, 'statement.pem'),
			root_keys: path.join(this.keys, 'root.pub'),
			log_vkey: path.join(this.keys, 'log.vkey'),
			log_key: path.join(this.keys, 'log.pem'),
			signer_state: path.join(this.dir, 'signer.state'),
			pow_bits: 0,
			workers_n: 2,
			publish_interval_ms: 50,
			address_rate_n: 0,
			submitter_rate_n: 0,
			unknown_key_rate_n: 0,
			...this.options.settings,
		};
	}

	// Make a second server on the same database, with its own published folder; not started yet.
	// The lab stops it at the end.
	anotherDaemon(settings = {}) {
		const dir = path.join(this.dir, `node-${this.others.length + 2}`);
		mkdirSync(dir, { recursive: true });
		const daemon = new Daemon(dir,
			{ ...this.settings(), published: path.join(dir, 'published'),
				signer_state: path.join(dir, 'signer.state'), ...settings });
		this.others.push(daemon);
		return daemon;
	}

	// Run one of assayd's other verbs with this lab's configuration; it must succeed.
	assayd(...args) {
		return mustRun(assaydPath, [...args, '--config', this.daemon.config], { env: sanitizerEnv });
	}

	tryAssayd(...args) {
		return run(assaydPath, [...args, '--config', this.daemon.config], { env: sanitizerEnv });
	}

	async applyConfig() {
		await this.assayd('config', '--apply');
	}

	async serve() {
		await this.daemon.start();
		if (this.options.config !== false)
			await this.doorOpen();
	}

	get port() {
		return this.daemon.port;
	}

	get url() {
		return `http://127.0.0.1:${this.port}`;
	}

	doorOpen() {
		return waitFor('the first config to be logged', async () => {
			this.policy = (await this.get('/v1/policy')).json();
			return this.policy.config;
		});
	}

	get(where, headers) {
		return request(this.port, 'GET', where, { headers });
	}

	post(text, headers = {}) {
		return request(this.port, 'POST', '/v1/statements', { body: text,
			headers: { 'Content-Type': STATEMENT_TYPE, 'Content-Length': Buffer.byteLength(text),
				...headers } });
	}

	// Post many lines at once; the answer has `lines`, each parsed.
	async batch(body, { query = '', headers = {} } = {}) {
		const answer = await request(this.port, 'POST', `/v1/statements${query}`, { body,
			headers: { 'Content-Type': BATCH_TYPE, 'Content-Length': Buffer.byteLength(body), ...headers } });
		const told = answer.status === 200 ? answer.text.split('\n').slice(0, -1) : [];
		return { ...answer, lines: told.map((line) => JSON.parse(line)) };
	}

	enrolment(key, changes, options) {
		return statementOf('enrolment', enrolmentBody(key, this.policy, changes), key, options);
	}

	submission(key, changes, options) {
		return statementOf('submission', submissionBody(key, this.policy, changes), key, options);
	}

	// Make a key and enrol it; returns the key once the server has taken it.
	async enrolled(name = 'Ada') {
		const key = new Key();
		const answer = await this.post(this.enrolment(key, { name }).text);
		assert.equal(answer.status, 201, answer.text);
		return key;
	}

	// Post a statement that must be taken; returns the answer's JSON.
	async accepted(statement, status = 201) {
		const answer = await this.post(statement.text);
		assert.equal(answer.status, status, answer.text);
		return answer.json();
	}

	// Wait until a statement has its place in the log; returns what /v1/statements says of it.
	settled(id) {
		return waitFor(`statement ${id.slice(0, 8)} to be settled`, async () => {
			const answer = await this.get(`/v1/statements/${id}`);
			const found = answer.status === 200 && answer.json();
			return found && found.state !== 'pending' && found;
		});
	}

	async document(name) {
		const answer = await this.get(`/data/v1/${name}`);
		assert.equal(answer.status, 200, `${name}: ${answer.text}`);
		return withRows(answer.json());
	}

	// Wait until a published document passes probe(document); returns the document.
	documentWhere(name, probe) {
		return waitFor(`${name} to show it`, async () => {
			const document = await this.document(name);
			return probe(document) && document;
		});
	}

	board() {
		return this.document('suites/throughput.json');
	}

	rowOf(cell, probe = () => true) {
		return waitFor(`cell ${cell.slice(0, 8)} on the board`, async () => {
			const row = (await this.board()).rows.find((r) => r.cell === cell);
			return row && probe(row) && row;
		});
	}

	// Run the runner as a person would. Returns { code, stdout, stderr }.
	assay(args, options = {}) {
		return run(assayPath, args, { ...options, env: { ...sanitizerEnv, ...options.env } });
	}

	suiteFile() {
		return JSON.parse(readFileSync(path.join(repo, 'eval-suites/throughput/1/suite.json')));
	}

	countRows(id) {
		return this.pg.sql(`SELECT count(*) FROM assay.statement WHERE id = '\\x${id}'`);
	}

	// Stop everything. The logs stay only if something failed.
	async down(failed) {
		let findings = '';
		for (const daemon of [this.daemon, ...this.others].filter(Boolean)) {
			if (daemon.running()) {
				const end = await daemon.stop();
				if (end.code !== 0)
					findings += `assayd ended with ${end.code ?? end.signal} on SIGTERM\n`;
			}
			findings += daemon.findings();
		}
		await this.proxy?.stop();
		if (failed || findings)
			await this.keepLogs();
		await this.pg?.remove();
		rmSync(this.dir, { recursive: true, force: true });
		return findings;
	}

	async keepLogs() {
		const root = process.env.ASSAY_TEST_LOGS ?? '/tmp';
		mkdirSync(root, { recursive: true });
		const kept = mkdtempSync(path.join(root, 'assay-failed-'));
		const daemons = [this.daemon, ...this.others].filter(Boolean);
		const files = [...daemons.flatMap((d) => [d.log, d.config]), this.pg?.log].filter(Boolean);
		for (const [n, file] of files.entries())
			await cp(file, path.join(kept, `${n}-${path.basename(file)}`)).catch(() => {});
		console.error(`logs kept in ${kept}`);
	}
}

// Give a test file its lab: { lab, test, watched }. The lab is up before the first test and gone after the
// last; test() is node:test's, and remembers whether one failed, as watched(body) does inside a test.
export function labFile(options = {}) {
	const lab = new Lab(options);
	let failed = false;
	const watched = async (body) => {
		try {
			return await body();
		} catch (error) {
			failed = true;
			throw error;
		}
	};
	before(() => watched(() => lab.up()), { timeout: 120000 });
	after(async () => {
		const findings = await lab.down(failed);
		assert.equal(findings, '', 'assayd must end cleanly');
	}, { timeout: 120000 });
	const test = (name, body, { timeout = 120000 } = {}) =>
		nodeTest(name, { timeout }, (t) => watched(() => body(t)));
	return { lab, test, watched };
}

// Assert that an answer is problem+json with this status and code; returns it.
export function assertProblem(answer, status, code) {
	assert.equal(answer.status, status, answer.text);
	assert.equal(answer.headers['content-type'], 'application/problem+json');
	const problem = answer.json();
	assert.equal(problem.status, status);
	if (code)
		assert.equal(problem.code, code, answer.text);
	assert.equal(problem.type, `/problems#${problem.code}`);
	for (const member of ['title', 'detail', 'help', 'request_id'])
		assert.ok(problem[member], `${member} is missing: ${answer.text}`);
	return problem;
}
