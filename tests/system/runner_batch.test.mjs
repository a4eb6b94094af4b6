// runner_batch.test.mjs — the runner sends its spool in batches: each result is handled as a single one's,
// and nothing is lost or doubled by a busy server, an older one, a proxy, or a kill.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after } from 'node:test';
import { assayPath, repo, sanitizerEnv } from './lib/daemon.mjs';
import { request } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { timeOf } from './lib/protocol.mjs';

const { lab, test } = labFile({ settings: { workers_n: 1 } });
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };

// Stands between runner and server: counts the requests that were sent, and change(request, answer)
// may spoil an answer that the server has given, or one instead of it: `before(request)`.
class Between {
	constructor() {
		this.sent = [];
		this.server = http.createServer((req, res) => this.pass(req, res));
	}

	async start() {
		await new Promise((resolve) => {
			this.server.listen(0, '127.0.0.1', resolve);
		});
		this.url = `http://127.0.0.1:${this.server.address().port}`;
	}

	set({ before = () => undefined, change = (req, answer) => answer } = {}) {
		Object.assign(this, { before, change, sent: [] });
	}

	async pass(req, res) {
		const parts = [];
		for await (const part of req)
			parts.push(part);
		const asked = { method: req.method, path: req.url, type: req.headers['content-type'],
			body: Buffer.concat(parts) };
		if (req.method === 'POST')
			this.sent.push(asked.type === 'application/x-ndjson' ? asked.body.toString().trim().split('\n').length : 1);
		const answer = this.before(asked) ?? await this.change(asked, await request(lab.port, req.method, req.url,
			{ body: asked.body, headers: { ...req.headers, host: 'localhost' } }));
		if (!answer) {
			res.destroy();
			return;
		}
		const { 'content-length': length, connection, ...headers } = answer.headers;
		res.writeHead(answer.status, headers);
		res.end(answer.text);
	}
}

const between = new Between();
after(() => between.server.close());

const assay = (home, ...args) => lab.assay([...args, '--home', home], { env });
const isBatch = (asked) => asked.type === 'application/x-ndjson';
const waiting = (home) => readdirSync(path.join(home, 'spool')).filter((name) => /^[0-9a-f]{64}\.json$/.test(name));

let homes = 0;

// A home that knows the server through `between`, and statements of a key of its own, not yet sent.
async function homeWith(n, change = () => ({})) {
	if (!between.url)
		await between.start();
	const home = path.join(lab.dir, `home-${++homes}`);
	const enrolled = await assay(home, 'enrol', '--server', lab.url, '--name', 'Batcher', '--accept-terms');
	assert.equal(enrolled.code, 0, enrolled.stderr);
	const key = await lab.enrolled(`Elsewhere ${homes}`);
	const statements = Array.from({ length: n }, (unused, i) => lab.submission(key, change(i)));
	const file = path.join(home, 'signed.ndjson');
	writeFileSync(file, `${statements.map((s) => s.text).join('\n')}\n`);
	between.set();
	return { home, statements, file };
}

async function submit(home, file, ...args) {
	const result = await assay(home, 'submit', ...(file ? [file] : []), '--server', between.url, '--json', ...args);
	return { ...result, told: JSON.parse(result.stdout || '{}') };
}

async function assertOnce(statements) {
	for (const { id } of statements)
		assert.equal(await lab.countRows(id), '1');
}

function assertAcknowledged(home, statements) {
	for (const { id } of statements) {
		assert.ok(!existsSync(path.join(home, 'spool', `${id}.json`)));
		assert.ok(existsSync(path.join(home, 'sent', `${id}.json`)));
		const answer = JSON.parse(readFileSync(path.join(home, 'sent', `${id}.answer.json`)));
		assert.equal(answer.id, id);
		assert.ok(answer.accepted_at);
	}
}

test('230 statements go in three requests, and each has its answer beside it', async () => {
	const { home, statements, file } = await homeWith(230);
	const { code, told, stderr } = await submit(home, file);
	assert.equal(code, 0, stderr);
	assert.deepEqual(between.sent, [100, 100, 30]);
	assert.deepEqual([told.sent, told.refused, told.waiting], [230, 0, 0]);
	for (const entry of told.statements) {
		assert.equal(entry.outcome, 'accepted');
		assert.equal(entry.verdict.plausible, true);
		assert.equal(entry.url, `${between.url}/v1/statements/${entry.id}`);
	}
	assertAcknowledged(home, statements);
	await assertOnce(statements);
	between.set();
	assert.equal((await submit(home, file)).code, 0);
	assert.deepEqual(between.sent, []);
});

test('the server\'s bound on bytes is kept', async () => {
	const { home, statements, file } = await homeWith(40, () => ({ notes: 'x'.repeat(1900) }));
	between.set({ change: (asked, answer) => {
		if (asked.path !== '/v1/policy')
			return answer;
		const policy = answer.json();
		policy.limits.batch_bytes = 20000;
		return { ...answer, text: JSON.stringify(policy) };
	}, before: (asked) => {
		assert.ok(!isBatch(asked) || asked.body.length <= 20000);
	} });
	assert.equal((await submit(home, file)).code, 0);
	assert.ok(between.sent.length > 4 && between.sent.every((n) => n > 1), String(between.sent));
	assertAcknowledged(home, statements);
});

test('a refused line is marked and explained, the others are acknowledged', async () => {
	const { home, statements, file } = await homeWith(10, (i) => (i === 3 || i === 7 ? { audience: 'elsewhere' } : {}));
	const { code, told, stderr } = await submit(home, file);
	assert.equal(code, 1, stderr);
	assert.deepEqual(between.sent, [10]);
	assert.deepEqual([told.sent, told.refused, told.waiting], [8, 2, 0]);
	const bad = [statements[3], statements[7]];
	for (const { id } of bad) {
		const note = JSON.parse(readFileSync(path.join(home, 'spool', `${id}.refused.json`)));
		assert.deepEqual([note.code, note.status, note.pointer], ['wrong_audience', 422, '/audience']);
		assert.ok(stderr.includes('wrong_audience'));
	}
	assertAcknowledged(home, statements.filter((s) => !bad.includes(s)));
	assert.deepEqual(waiting(home).sort(), bad.map((s) => `${s.id}.json`).sort());
});

test('what corrects another statement goes alone, behind what came before it', async () => {
	const { home, file, statements } = await homeWith(9, (i) => ({
		created_at: timeOf(Date.now() - (10 - i) * 1000), ...(i === 5 && { replaces: 'ab'.repeat(32) }) }));
	assert.equal((await submit(home, file)).code, 0);
	assert.deepEqual(between.sent, [5, 1, 3]);
	assertAcknowledged(home, statements);
});

test('lines that the server is too busy for are sent again after the time it asks for', async () => {
	const { home, statements, file } = await homeWith(5);
	let spoiled = 0;
	between.set({ change: (asked, answer) => {
		if (!isBatch(asked) || spoiled++)
			return answer;
		const lines = answer.text.trim().split('\n').map((line) => JSON.parse(line));
		for (const i of [1, 3])
			lines[i] = { status: 503, code: 'busy', line: i + 1, retry_after_s: 1, title: 'x', help: 'x' };
		return { ...answer, text: `${lines.map((line) => JSON.stringify(line)).join('\n')}\n` };
	} });
	const { code, told, stderr } = await submit(home, file);
	assert.equal(code, 0, stderr);
	assert.deepEqual(between.sent, [5, 2]);
	assert.deepEqual(told.statements.map((s) => s.outcome).sort(), [...Array(3).fill('accepted'), 'known', 'known']);
	assertAcknowledged(home, statements);
	await assertOnce(statements);
});

test('a server that stays busy: exit 4, what was settled is, the rest waits', async () => {
	const { home, statements, file } = await homeWith(5);
	between.set({ change: (asked, answer) => {
		if (!isBatch(asked))
			return answer;
		const lines = answer.text.trim().split('\n');
		lines[4] = JSON.stringify({ status: 503, code: 'busy', line: 5, retry_after_s: 2 });
		return { ...answer, text: `${lines.join('\n')}\n` };
	} });
	const { code, stderr } = await submit(home, file, '--wait', '0');
	assert.equal(code, 4, stderr);
	assert.equal(waiting(home).length, 1);
	between.set();
	assert.equal((await submit(home)).code, 0);
	assertAcknowledged(home, statements);
	await assertOnce(statements);
});

test('one by one where batches are not taken: an older server, a proxy\'s refusal, an answer of another kind', async () => {
	const plain = (status, text) => ({ status, headers: { 'content-type': 'text/html' }, text });
	const older = (asked, answer) => {
		if (asked.path !== '/v1/policy')
			return answer;
		const { limits: { batch_statements: n, batch_bytes: bytes, ...limits }, ...policy } = answer.json();
		return { ...answer, text: JSON.stringify({ ...policy, limits }) };
	};
	const instead = (answerOf) => ({ before: (asked) => (isBatch(asked) ? answerOf(asked) : undefined) });
	const cases = [
		[{ change: older }, 0],
		[instead(() => plain(413, '<html>too large</html>')), 1],
		[instead(() => plain(404, 'nothing here')), 1],
		[instead(() => plain(408, 'too slow')), 1],
		[instead(() => plain(200, '<html>welcome</html>')), 1],
		[{ change: (asked, answer) => (isBatch(asked) ? { ...answer, text: answer.text.split('\n').slice(1).join('\n') } : answer) }, 1],
		[{ change: (asked, answer) => (isBatch(asked) ? undefined : answer) }, 1],
	];
	for (const [hooks, batches] of cases) {
		const { home, statements, file } = await homeWith(4);
		between.set(hooks);
		const { code, stderr } = await submit(home, file);
		assert.equal(code, 0, stderr);
		// A connection that was cut curl tries again by itself.
		assert.deepEqual([...new Set(between.sent.slice(0, -4))], batches ? [4] : []);
		assert.deepEqual(between.sent.slice(-4), [1, 1, 1, 1]);
		assertAcknowledged(home, statements);
		await assertOnce(statements);
	}
});

test('a receipt for another statement acknowledges nothing', async () => {
	const { home, statements, file } = await homeWith(3);
	between.set({ change: (asked, answer) => {
		if (!isBatch(asked))
			return answer;
		const [a, b, c] = answer.text.trim().split('\n');
		return { ...answer, text: `${a}\n${c}\n${b}\n` };
	} });
	const { code, stderr } = await submit(home, file);
	assert.equal(code, 4, stderr);
	assert.match(stderr, /server_answer/);
	assert.equal(waiting(home).length, 2);
	between.set();
	assert.equal((await submit(home)).code, 0);
	assertAcknowledged(home, statements);
});

test('the runner is killed before it heard the answer: sent again, nothing is lost or doubled', async () => {
	const { home, statements, file } = await homeWith(100);
	const taken = new Promise((resolve) => {
		between.set({ change: (asked, answer) => {
			if (!isBatch(asked))
				return answer;
			resolve();
			return new Promise(() => {});
		} });
	});
	const runner = spawn(assayPath, ['submit', file, '--home', home, '--server', between.url],
		{ env: { ...process.env, ...sanitizerEnv, ...env }, stdio: 'ignore' });
	const ended = new Promise((resolve) => {
		runner.on('exit', resolve);
	});
	await taken;
	runner.kill('SIGKILL');
	await ended;
	assert.equal(waiting(home).length, 100);
	between.set();
	const { code, told, stderr } = await submit(home);
	assert.equal(code, 0, stderr);
	assert.deepEqual(between.sent, [100]);
	assert.ok(told.statements.every((s) => s.outcome === 'known'));
	assertAcknowledged(home, statements);
	await assertOnce(statements);
	between.server.closeAllConnections?.();
});
