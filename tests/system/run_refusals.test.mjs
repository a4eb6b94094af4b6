// run_refusals.test.mjs — `assay run refusals` against a scripted endpoint: patience, secrecy, kills.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { assayPath, repo, sanitizerEnv } from './lib/daemon.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile({ settings: { pow_bits: 0 } });
const KEY = 'sk-a-key-that-nobody-may-see';
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites'), MODEL_KEY: KEY, no_proxy: '*' };
const items = readFileSync(path.join(repo, 'eval-suites/refusals/1/items.jsonl'), 'utf8').trim().split('\n')
	.map((line) => JSON.parse(line));
const expectOf = new Map(items.map((i) => [i.turns[0], i.expect]));

const REFUSES = 'I’m sorry, but I can’t help with that.';
const ANSWERS = 'Gladly. Here is what you asked for, step by step.';
const honest = (words) => expectOf.get(words) === 'refusal' ? REFUSES : ANSWERS;

let homes = 0;

async function home(enrol = true) {
	const dir = path.join(lab.dir, `home-${++homes}`);
	if (enrol) {
		const done = await lab.assay(['enrol', '--server', lab.url, '--name', `Asker ${homes}`, '--accept-terms',
			'--home', dir], { env });
		assert.equal(done.code, 0, done.stderr);
	}
	return dir;
}

async function withEndpoint(script, options, body) {
	const endpoint = await Endpoint.start(script, options);
	try {
		return await body(endpoint);
	} finally {
		await endpoint.stop();
	}
}

const args = (endpoint, dir, ...more) => ['run', 'refusals', '--endpoint', endpoint.url,
	'--model', 'example-org/tiny@abc123', '--home', dir, ...more];
const sessions = (dir) => readdirSync(path.join(dir, 'runs')).filter((name) => name.endsWith('.jsonl'))
	.map((name) => path.join(dir, 'runs', name));
const payloadOf = (result) => JSON.parse(result.stdout);
const valueOf = (payload, metric) => payload.results.find((r) => r.metric === metric)?.value;

test('one command from an endpoint to the board; slow, busy, broken and cut answers are asked again', async () => {
	const dir = await home();
	let troubles = 0;
	const script = async (words, n) => {
		if (n === 3 || n === 40)
			return { status: 429, headers: { 'Retry-After': '1' }, body: '{"error":{"message":"slow down"}}' };
		if (n === 5)
			return { status: 500, body: 'no JSON at all' };
		if (n === 7)
			return { cut: true };
		if (n === 9)
			return { broken: ++troubles, body: '{"choices":[{"message":' };
		if (n === 11)
			return { broken: ++troubles, body: '{"choices":[]}' };
		if (n % 10 === 0)
			await pause(30);
		return honest(words);
	};
	await withEndpoint(script, { key: KEY }, async (endpoint) => {
		const result = await lab.assay([...args(endpoint, dir, '--api-key-env', 'MODEL_KEY', '--at-once', '6',
			'--submit'), '--json'], { env });
		assert.equal(result.code, 0, result.stderr);
		const answer = JSON.parse(result.stdout);
		assert.equal(answer.submit.sent, 1);
		assert.deepEqual(answer.measured.map((m) => [m.metric, m.value, m.n]),
			[['over_refusal', 0, 100], ['under_refusal', 0, 50], ['unclear', 0, 150]]);
		assert.equal(troubles, 2);
		assert.equal(new Set(endpoint.answered).size, 150);
		assert.equal(endpoint.answered.length, 150, 'nothing that was answered is asked again');
		assert.equal(endpoint.asked.length, 156);
		assert.ok(endpoint.most > 1 && endpoint.most <= 6, `${endpoint.most} at once`);
		for (const { path: where, question } of endpoint.asked) {
			assert.equal(where, '/v1/chat/completions');
			assert.deepEqual([question.model, question.temperature, question.max_tokens, question.stream],
				['example-org/tiny', 0, 512, false]);
		}
		const id = answer.files[0].statements[0];
		assert.equal(Number(await lab.countRows(id)), 1);
		const body = JSON.parse(Buffer.from(JSON.parse(readFileSync(path.join(dir, 'sent', `${id}.json`))).payload, 'base64'));
		assert.equal(body.model.revision, 'abc123');
		assert.deepEqual(body.items.map((i) => i.scores.length), [150, 150, 150]);
		assert.equal(body.judge.name, 'assay-refusal-rules');
		assert.equal(body.engine.flags.endpoint_host, '127.0.0.1');
		const board = await lab.documentWhere('suites/refusals.json', (d) => d.rows.length === 1);
		assert.equal(board.rows[0].estimates.find((e) => e.metric === 'over_refusal').point, 0);
		const kept = [readFileSync(sessions(dir)[0], 'utf8'), JSON.stringify(body), result.stdout, result.stderr].join('\n');
		assert.ok(!kept.includes(KEY));
		assert.ok(!kept.includes(String(endpoint.server.address().port)), 'only the host name is recorded');
	});
});

test('the same command again asks nothing and signs nothing; --anew begins another session', async () => {
	const dir = await home();
	await withEndpoint(honest, {}, async (endpoint) => {
		const first = await lab.assay([...args(endpoint, dir), '--json'], { env });
		assert.equal(first.code, 0, first.stderr);
		const again = await lab.assay([...args(endpoint, dir), '--json'], { env });
		assert.equal(again.code, 0, again.stderr);
		assert.equal(endpoint.asked.length, 150);
		assert.deepEqual(JSON.parse(again.stdout).files[0].statements, JSON.parse(first.stdout).files[0].statements);
		assert.equal(JSON.parse(again.stdout).files[0].already, true);
		const people = await lab.assay(args(endpoint, dir, '--dry-run'), { env });
		assert.match(people.stdout, /^    over_refusal +0, n 100$/m);
		const anew = await lab.assay(args(endpoint, dir, '--anew', '--submit'), { env });
		assert.equal(anew.code, 0, anew.stderr);
		assert.equal(endpoint.asked.length, 300);
		assert.equal(sessions(dir).length, 2);
	});
});

test('killed in the middle, the same command asks no question twice and the submission is logged once', async () => {
	const dir = await home();
	let hold = 40;
	const waiting = [];
	const script = async (words, n) => {
		if (n > hold)
			await new Promise((done) => waiting.push(done));
		return honest(words);
	};
	await withEndpoint(script, {}, async (endpoint) => {
		for (const [signal, until] of [['SIGKILL', 40], ['SIGINT', 90]]) {
			hold = endpoint.asked.length + until - endpoint.answered.length;
			const child = spawn(assayPath, args(endpoint, dir, '--at-once', '3'),
				{ env: { ...process.env, ...sanitizerEnv, ...env } });
			let stderr = '';
			child.stderr.on('data', (data) => { stderr += data; });
			const lines = () => sessions(dir).map((file) => readFileSync(file, 'utf8').split('\n').length - 2);
			await waitFor('answers to be kept', () => existsSync(path.join(dir, 'runs')) && sessions(dir).length &&
				lines()[0] === until);
			child.kill(signal);
			const [code] = await once(child, 'close');
			if (signal === 'SIGINT') {
				assert.equal(code, 4, stderr);
				assert.match(stderr, /interrupted; nothing was signed/);
				assert.ok(!stderr.includes('\x1b') && !stderr.includes('\r'), 'no progress in a pipe');
			}
			// What the dead process had asked was never answered to it.
			while (waiting.length)
				waiting.pop()();
			await waitFor('the endpoint to be idle', () => endpoint.now === 0);
			endpoint.answered.splice(until);
		}
		// A crash may leave half a line.
		appendFileSync(sessions(dir)[0], '{"key":"answer harm');
		hold = Infinity;
		const done = await lab.assay([...args(endpoint, dir, '--resume', '--submit'), '--json'], { env });
		assert.equal(done.code, 0, done.stderr);
		assert.equal(endpoint.answered.length, 150);
		assert.equal(new Set(endpoint.answered).size, 150);
		const keys = readFileSync(sessions(dir)[0], 'utf8').trim().split('\n').slice(1).map((line) => JSON.parse(line).key);
		assert.equal(new Set(keys).size, 151);
		assert.equal(keys.length, 151);
		const [id] = JSON.parse(done.stdout).files[0].statements;
		const { envelope } = await lab.settled(id);
		const { intent } = JSON.parse(Buffer.from(envelope.payload, 'base64'));
		assert.equal((await lab.settled(intent)).kind, 'intent');
		assert.equal(await lab.pg.sql(`SELECT count(*) FROM assay.statement WHERE kind = 'intent'
			AND key = (SELECT key FROM assay.statement WHERE id = '\\x${id}')`), '1', 'said once, before the kills');
		const repeated = await lab.assay([...args(endpoint, dir, '--submit'), '--json'], { env });
		assert.equal(repeated.code, 0, repeated.stderr);
		assert.equal(JSON.parse(repeated.stdout).files[0].statements[0], id);
		assert.equal(Number(await lab.countRows(id)), 1);
		const runs = await lab.pg.sql(`SELECT count(*) FROM assay.statement WHERE kind = 'submission'
			AND key = (SELECT key FROM assay.statement WHERE id = '\\x${id}')`);
		assert.equal(Number(runs), 1);
	});
});

test('what the rules leave unclear goes to the judge, twice at most', async () => {
	const dir = await home(false);
	const [harmless, tough, refuse] = [items[0].turns[0], items[1].turns[0], items[120].turns[0]];
	const doubtful = { [harmless]: 'Unfortunately the usual way is kill -9.', [tough]: '', [refuse]: 'Unfortunately, no.' };
	const subject = (words) => doubtful[words] ?? honest(words);
	const judged = (words) => words.includes('kill -9') ? 'ANSWER' : words.includes('Unfortunately, no.') ? '**Refusal**.' : 'Hm.';
	await withEndpoint(subject, {}, (endpoint) => withEndpoint(judged, {}, async (judge) => {
		const alone = await lab.assay([...args(endpoint, dir, '--dry-run'), '--json'], { env });
		assert.equal(alone.code, 0, alone.stderr);
		assert.equal(valueOf(payloadOf(alone), 'unclear'), 3 / 150);
		const scores = payloadOf(alone).items.map((i) => [i.metric, i.scores[0], i.scores[120]]);
		assert.deepEqual(scores, [['over_refusal', null, null], ['under_refusal', null, null], ['unclear', 1, 1]]);
		const result = await lab.assay([...args(endpoint, dir, '--dry-run', '--judge-endpoint', judge.url,
			'--judge-model', 'example-org/judge@7'), '--json'], { env });
		assert.equal(result.code, 0, result.stderr);
		const payload = payloadOf(result);
		assert.deepEqual([payload.judge.name, payload.judge.version, payload.judge.endpoint_host],
			['example-org/judge', '7', '127.0.0.1']);
		assert.equal(valueOf(payload, 'unclear'), 1 / 150);
		assert.equal(valueOf(payload, 'over_refusal'), 0);
		assert.equal(judge.asked.length, 4, 'the empty answer twice, the others once');
		assert.ok(judge.asked.some((q) => q.words.includes(`<request>\n${refuse}\n</request>`)));
	}));
});

test('what cannot work is told at once, and a key never shows', async () => {
	const dir = await home(false);
	await withEndpoint(honest, { key: KEY }, async (endpoint) => {
		const file = path.join(lab.dir, 'wrong.key');
		writeFileSync(file, 'sk-wrong-key\n');
		const wrong = await lab.assay(args(endpoint, dir, '--dry-run', '--api-key-file', file, '--at-once', '1'), { env });
		assert.equal(wrong.code, 4, wrong.stderr);
		assert.match(wrong.stderr, /HTTP 401/);
		assert.ok(!wrong.stderr.includes('sk-wrong'));
		assert.equal(endpoint.refused, 1);
		for (const [words, ...more] of [
			[/--endpoint|endpoint/, '--endpoint', 'ftp://x/v1'],
			[/key/, '--api-key-env', 'NO_SUCH_VARIABLE'],
			[/model/, '--model', ''],
			[/judge-model/, '--judge-endpoint', endpoint.url],
			[/at-once/, '--at-once', '0'],
			[/begun/, '--resume', '--quantization', 'Q4_0'],
		]) {
			const result = await lab.assay([...args(endpoint, dir, '--dry-run'), ...more], { env });
			assert.equal(result.code, 2, `${more}: ${result.stderr}`);
			assert.match(result.stderr, words);
		}
		assert.equal(endpoint.asked.length, 0);
	});
	const enrolled = await lab.assay(['run', 'refusals', '--endpoint', 'http://127.0.0.1:9/v1', '--model', 'a/b',
		'--home', dir], { env });
	assert.equal(enrolled.code, 2);
	assert.match(enrolled.stderr, /enrol/);
});

test('a session that somebody else goes on with, or that is damaged, is left alone', async () => {
	const dir = await home(false);
	const waiting = [];
	const script = async (words, n) => {
		if (n > 2)
			await new Promise((done) => waiting.push(done));
		return honest(words);
	};
	await withEndpoint(script, {}, async (endpoint) => {
		const child = spawn(assayPath, args(endpoint, dir, '--dry-run'), { env: { ...process.env, ...sanitizerEnv, ...env } });
		await waitFor('questions to wait', () => waiting.length > 0);
		const second = await lab.assay(args(endpoint, dir, '--dry-run'), { env });
		assert.equal(second.code, 3, second.stderr);
		assert.match(second.stderr, /no other process/);
		child.kill('SIGKILL');
		await once(child, 'close');
		appendFileSync(sessions(dir)[0], '{"no":"key"}\n');
		const damaged = await lab.assay(args(endpoint, dir, '--dry-run'), { env });
		assert.equal(damaged.code, 1, damaged.stderr);
		assert.match(damaged.stderr, /line \d+/);
		while (waiting.length)
			waiting.pop()();
	});
});

