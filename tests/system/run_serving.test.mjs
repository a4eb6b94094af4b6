// run_serving.test.mjs — `assay run serving` against scripted streams: whole, cut, malformed, miscounted.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { assayPath, repo, sanitizerEnv } from './lib/daemon.mjs';
import { Endpoint, pieces } from './lib/endpoint.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile({ settings: { pow_bits: 0 } });
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites'), no_proxy: '*' };
const story = ['Once ', 'upon ', 'a ', 'time '];

let homes = 0;
const home = () => path.join(lab.dir, `home-${++homes}`);
const sessions = (dir) => readdirSync(path.join(dir, 'runs')).filter((name) => name.endsWith('.jsonl'))
	.map((name) => path.join(dir, 'runs', name));
const machine = ['--engine', 'scripted', '--engine-version', '1', '--cpu', 'Example CPU', '--accelerator', 'Example GPU'];
const args = (endpoint, dir, ...more) => ['run', 'serving', '--endpoint', endpoint.url, '--model', 'example-org/tiny',
	'--home', dir, ...machine, ...more];

async function withEndpoint(script, body) {
	const endpoint = await Endpoint.start(script);
	try {
		return await body(endpoint);
	} finally {
		await endpoint.stop();
	}
}

async function payloadOf(endpoint, ...more) {
	const result = await lab.assay([...args(endpoint, home(), '--dry-run', ...more), '--json'], { env });
	assert.equal(result.code, 0, result.stderr);
	return JSON.parse(result.stdout);
}

const of = (payload, metric, concurrency) => payload.results
	.find((r) => r.metric === metric && r.conditions.concurrency === concurrency);

test('one command from an endpoint to the board, level by level', async () => {
	const dir = home();
	const enrolled = await lab.assay(['enrol', '--server', lab.url, '--name', 'Server', '--accept-terms', '--home', dir], { env });
	assert.equal(enrolled.code, 0, enrolled.stderr);
	const most = [];
	const script = () => {
		most.push(endpointNow());
		return { events: pieces(story, 6) };
	};
	let endpointNow;
	await withEndpoint(script, async (endpoint) => {
		endpointNow = () => endpoint.now;
		const result = await lab.assay([...args(endpoint, dir, '--submit'), '--json'], { env });
		assert.equal(result.code, 0, result.stderr);
		assert.equal(endpoint.asked.length, 1 + 8 + 8 + 16 + 32);
		assert.equal(Math.max(...most.slice(0, 9)), 1);
		assert.equal(Math.max(...most.slice(9, 17)), 2);
		assert.equal(Math.max(...most), 8);
		for (const { question } of endpoint.asked) {
			assert.deepEqual([question.stream, question.max_tokens, question.temperature], [true, 128, 0]);
			assert.deepEqual(question.stream_options, { include_usage: true });
		}
		const words = endpoint.asked.slice(1).map((q) => q.words);
		assert.equal(new Set(words.map((w) => w.slice(0, 12))).size, words.length, 'no two prompts begin the same');
		const { measured } = JSON.parse(result.stdout);
		for (const concurrency of [1, 2, 4, 8]) {
			const one = measured.filter((m) => m.conditions.concurrency === concurrency);
			assert.deepEqual(one.map((m) => m.metric), ['ttft', 'ttft_p95', 'decode', 'inter_token', 'total', 'failed']);
			assert.ok(one.slice(0, 5).every((m) => m.value > 0 && m.conditions.token_count === 'server'));
			assert.equal(one[5].value, 0);
		}
		const board = await lab.documentWhere('suites/serving.json', (d) => d.rows.length === 4);
		assert.equal(board.rows[0].fields.hardware, 'Example GPU');
		assert.equal(board.rows[0].fields.engine, 'scripted');
	});
});

test('tokens that are not counted, or not believably, are estimated and said to be', async () => {
	for (const tokens of [null, 1, 100000]) {
		await withEndpoint(() => ({ events: pieces(story, tokens) }), async (endpoint) => {
			const payload = await payloadOf(endpoint, '--levels', '2');
			assert.equal(payload.results.length, 6);
			for (const result of payload.results)
				assert.equal(result.conditions.token_count, 'estimated', `${tokens}`);
		});
	}
	await withEndpoint(() => ({ events: pieces(story, 4) }), async (endpoint) => {
		const payload = await payloadOf(endpoint, '--levels', '3');
		assert.equal(payload.results[0].conditions.token_count, 'server');
		assert.equal(of(payload, 'decode', 3).n, 12);
	});
});

test('streams that break off or make no sense count as failed, and most of them end it', async () => {
	const bad = [{ events: pieces(story), cut: false, status: 200 }, { events: pieces(story).slice(0, 3), cut: true },
		{ events: pieces(story).slice(0, 3) }, { events: ['{"choices":['] }, { events: ['{"error":{"message":"overloaded"}}'] },
		{ status: 503, body: '{"error":{"message":"busy"}}' }, { status: 429, headers: { 'Retry-After': '60' } }];
	// The first is for waking up; then six of sixteen fail.
	const script = (words, n) => n >= 2 && n <= 7 ? bad[n - 1] : { events: pieces(story) };
	await withEndpoint(script, async (endpoint) => {
		const payload = await payloadOf(endpoint, '--levels', '4');
		assert.equal(of(payload, 'failed', 4).value, 6 / 16);
		assert.equal(of(payload, 'ttft', 4).n, 10);
		assert.equal(endpoint.asked.length, 17, 'nothing is asked again');
	});
	await withEndpoint((words, n) => n === 1 ? { events: pieces(story) } : bad[1], async (endpoint) => {
		const result = await lab.assay(args(endpoint, home(), '--dry-run', '--levels', '4'), { env });
		assert.equal(result.code, 4, result.stderr);
		assert.match(result.stderr, /16 of 16 streams failed/);
	});
});

test('killed between levels, the levels that were measured are not measured again', async () => {
	const dir = home();
	const waiting = [];
	let hold = 1 + 8 + 3;
	const script = async (words, n) => {
		if (n > hold)
			await new Promise((done) => waiting.push(done));
		return { events: pieces(story) };
	};
	await withEndpoint(script, async (endpoint) => {
		const child = spawn(assayPath, args(endpoint, dir, '--dry-run', '--levels', '1,2'),
			{ env: { ...process.env, ...sanitizerEnv, ...env } });
		const lines = () => readFileSync(sessions(dir)[0], 'utf8').split('\n').length - 1;
		await waitFor('the second level to hang', () => waiting.length > 0 && existsSync(path.join(dir, 'runs')) && lines() === 2);
		child.kill('SIGKILL');
		await once(child, 'close');
		hold = Infinity;
		while (waiting.length)
			waiting.pop()();
		await waitFor('the endpoint to be idle', () => endpoint.now === 0);
		const before = endpoint.asked.length;
		const result = await lab.assay([...args(endpoint, dir, '--dry-run', '--levels', '1,2'), '--json'], { env });
		assert.equal(result.code, 0, result.stderr);
		assert.equal(endpoint.asked.length - before, 1 + 8, 'one to wake up, and the second level');
		assert.equal(JSON.parse(result.stdout).results.length, 12);
	});
});

test('engine, hardware and levels are asked for before anything is measured', async () => {
	await withEndpoint(() => ({ events: pieces(story) }), async (endpoint) => {
		const base = ['run', 'serving', '--endpoint', endpoint.url, '--model', 'a/b', '--dry-run'];
		for (const [words, ...more] of [
			[/--engine/, '--accelerator', 'none'],
			[/--engine-version/, '--engine', 'x', '--accelerator', 'none'],
			[/rising whole numbers/, ...machine, '--levels', '4,2'],
			[/rising whole numbers/, ...machine, '--levels', '65'],
		]) {
			const result = await lab.assay([...base, '--home', home(), ...more], { env });
			assert.equal(result.code, 2, result.stderr);
			assert.match(result.stderr, words);
		}
		assert.equal(endpoint.asked.length, 0);
	});
	const far = await lab.assay(['run', 'serving', '--endpoint', 'http://model.invalid/v1', '--model', 'a/b', '--dry-run', '--home',
		home(), '--engine', 'x', '--engine-version', '1', '--cpu', 'y'], { env });
	assert.equal(far.code, 2, far.stderr);
	assert.match(far.stderr, /--accelerator/);
});
