// run.test.mjs — `assay run throughput` with a stand-in that replays what llama-bench once printed.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assayPath, repo, sanitizerEnv } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile({ settings: { pow_bits: 0 } });
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };
const real = path.join(repo, 'tests/cases/llama-bench/valid/b10470-jsonl/input.jsonl');
const records = readFileSync(real, 'utf8').trim().split('\n').map((line) => JSON.parse(line));

let homes = 0;

// A home folder, weights that are long enough, and a llama-bench that notes its arguments.
async function machine(script, enrol = true) {
	const dir = path.join(lab.dir, `machine-${++homes}`);
	mkdirSync(dir, { recursive: true });
	const files = {
		home: path.join(dir, 'home'),
		weights: path.join(dir, path.basename(records[0].model_filename)),
		bench: path.join(dir, 'bench.sh'),
		output: path.join(dir, 'output.jsonl'),
		calls: path.join(dir, 'calls'),
		pid: path.join(dir, 'pid'),
	};
	writeFileSync(files.weights, Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(records[0].model_size)]));
	writeFileSync(files.bench, `#!/bin/sh\ncd '${dir}'\necho "$*" >>calls\n${script}\n`, { mode: 0o755 });
	files.run = (...args) => lab.assay(['run', 'throughput', files.weights, '--home', files.home,
		'--llama-bench', files.bench, '--model', 'example-org/tiny-llama', ...args], { env });
	files.kept = () => readdirSync(path.join(files.home, 'runs'));
	if (enrol) {
		const done = await lab.assay(['enrol', '--server', lab.url, '--name', `Runner ${homes}`, '--accept-terms',
			'--home', files.home], { env });
		assert.equal(done.code, 0, done.stderr);
	}
	return files;
}

const withSpread = (spread) => records
	.map((r) => JSON.stringify({ ...r, stddev_ts: r.avg_ts * spread })).join('\n') + '\n';

test('one command from weights to the server', async () => {
	const m = await machine('cat output.jsonl');
	writeFileSync(m.output, withSpread(0.01));
	const result = await m.run('--submit', '--json', '--depth', '0,1024');
	assert.equal(result.code, 0, result.stderr);
	const answer = JSON.parse(result.stdout);
	assert.ok(answer.files[0].statements.length >= 1);
	assert.equal(await lab.countRows(answer.files[0].statements[0]).then(Number), 1);
	assert.equal(readFileSync(m.calls, 'utf8'), `-m ${m.weights} -o jsonl -r 3 -p 512 -n 128 -d 0,1024\n`);
	assert.equal(m.kept().length, 1);
	assert.equal(readFileSync(path.join(m.home, 'runs', m.kept()[0]), 'utf8'), withSpread(0.01));
});

const COLUMNS = 50;

// The same in a terminal, by script(1); what is typed is `answer`.
async function inTerminal(m, answer, ...args) {
	const words = [assayPath, 'run', 'throughput', m.weights, '--home', m.home, '--llama-bench', m.bench, '--model', 'example-org/tiny-llama', ...args];
	const child = spawn('script', ['-qec', `stty cols ${COLUMNS}; ${words.map((word) => `'${word}'`).join(' ')}`, '/dev/null'], { env: { ...process.env, ...env } });
	let shown = '';
	child.stdout.on('data', (bytes) => {
		const before = shown;
		shown += bytes;
		if (/\[y\/N\] $/.test(shown) && !/\[y\/N\] $/.test(before))
			child.stdin.write(`${answer}\n`);
	});
	const [code] = await once(child, 'close');
	assert.equal(code, 0, shown);
	return shown.replaceAll('\r', '');
}

test('in a terminal the table is shown and sending is asked for; the address of the page is told', async () => {
	const m = await machine('cat output.jsonl');
	writeFileSync(m.output, withSpread(0.01));
	const kept = await inTerminal(m, 'n', '--depth', '0,1024');
	assert.match(kept, /  example-org\/tiny-llama Q8_0\n    prefill  n_prompt \d+(, n_depth \d+)? +\d[\d,.]* ± [\d,.]+ tokens\/s, n 3\n/);
	assert.match(kept, /Send it now\?.*\[y\/N\] n\n/);
	assert.match(kept, /Next: `assay submit` sends them\.\n$/);
	assert.equal(kept.match(/prefill/g).length, withSpread(0.01).split('\n').filter((line) => /"n_gen":0\b/.test(line)).length, 'the table stands there once');
	writeFileSync(m.output, withSpread(0.02));
	const sent = await inTerminal(m, 'y', '--depth', '0,1024');
	assert.match(sent, /accepted, plausible, in the log at \d+\n    http:\/\/127\.0\.0\.1:\d+\/\?statement=\d+\n/);
	assert.match(sent, / sent, 0 refused, 0 waiting\n$/);
});

test('in a terminal a bar tells how far llama-bench is, and notes are folded between words; a pipe has neither', async () => {
	const m = await machine('head -n 1 output.jsonl; sleep 3; tail -n +2 output.jsonl');
	writeFileSync(m.output, withSpread(0.01));
	const shown = await inTerminal(m, 'n');
	assert.match(shown, /measuring {2}\[#+\.+\] +25 %/, 'one of the four results is there');
	const notes = shown.split('\n').filter((line) => /^(assay: note:| {2}\S)/.test(line) && !/ {2}example-org/.test(line));
	assert.ok(notes.length > 4);
	for (const line of notes)
		assert.ok(line.length <= COLUMNS || !line.trim().includes(' ', line.startsWith('assay') ? 13 : 0), line);
	writeFileSync(m.output, withSpread(0.02));
	const piped = await m.run();
	assert.doesNotMatch(piped.stderr, /measuring {2}\[/);
	assert.match(piped.stderr, /^assay: note: measuring .{60,}$/m);
});

test('without anybody to ask nothing is asked, and what was measured is a table', async () => {
	const m = await machine('cat output.jsonl');
	writeFileSync(m.output, withSpread(0.01));
	const result = await m.run();
	assert.equal(result.code, 0, result.stderr);
	assert.doesNotMatch(result.stderr, /Send it now/);
	assert.match(result.stdout, /    decode .*tokens\/s, n 3\n/);
	assert.match(result.stdout, /Next: `assay submit` sends them\.\n$/);
});

test('what spreads is measured again up to the cap, and a dry run signs nothing', async () => {
	const m = await machine('cat output.jsonl', false);
	writeFileSync(m.output, withSpread(0.2));
	const result = await m.run('--dry-run');
	assert.equal(result.code, 0, result.stderr);
	const payload = JSON.parse(result.stdout.split('\n')[0]);
	assert.match(payload.model.sha256, /^[0-9a-f]{64}$/);
	assert.equal(payload.model.name, 'example-org/tiny-llama');
	assert.deepEqual(readFileSync(m.calls, 'utf8').match(/-r \d+/g), ['-r 3', '-r 6', '-r 12']);
	assert.equal(m.kept().length, 3);
	assert.equal(payload.evidence[0].name, m.kept().find((name) => name.endsWith('-r12.jsonl')));
	assert.ok(!existsSync(path.join(m.home, 'spool')));
});

test('nothing is measured that could not be signed', async () => {
	const m = await machine('cat output.jsonl', false);
	for (const [code, words, args] of [
		[2, /enrol/, []],
		[2, /whole numbers with commas/, ['--dry-run', '--prompt', '-1']],
	]) {
		const result = await m.run(...args);
		assert.equal(result.code, code, `${args}: ${result.stderr}`);
		assert.match(result.stderr, words);
		assert.ok(!existsSync(m.calls));
	}
	rmSync(m.bench);
	const absent = await m.run('--dry-run');
	assert.equal(absent.code, 2, absent.stderr);
	assert.match(absent.stderr, /comes with llama\.cpp/);
	assert.ok(!existsSync(path.join(m.home, 'runs')));
});

test('a file that is no GGUF is refused before anything is said or measured; a newer GGUF is tried', async () => {
	const m = await machine('cat output.jsonl');
	writeFileSync(m.output, withSpread(0.01));
	writeFileSync(m.weights, 'PK\x03\x04');
	const other = await m.run();
	assert.equal(other.code, 1, other.stderr);
	assert.match(other.stderr, /begins with "GGUF"\n {2}got: {6}a file that begins otherwise/);
	assert.doesNotMatch(other.stderr, /said beforehand|measuring/);
	assert.ok(!existsSync(m.calls));
	const newer = Buffer.alloc(records[0].model_size + 4);
	newer.write('GGUF\x09');
	writeFileSync(m.weights, newer);
	const tried = await m.run('--dry-run');
	assert.equal(tried.code, 0, tried.stderr);
	assert.match(tried.stderr, /the head of the file is not understood \(version 9, where/);
});

test('without llama-bench nothing is said beforehand', async () => {
	const m = await machine('cat output.jsonl');
	rmSync(m.bench);
	const intents = () => lab.pg.sql('SELECT count(*) FROM assay.statement WHERE kind = \'intent\'');
	const before = await intents();
	const result = await m.run();
	assert.equal(result.code, 2, result.stderr);
	assert.match(result.stderr, /comes with llama\.cpp/);
	assert.doesNotMatch(result.stderr, /said beforehand/);
	assert.equal(await intents(), before);
});

test('a llama-bench that fails is told of, and what it printed is kept', async () => {
	const m = await machine('head -n 1 output.jsonl; exit 3', false);
	writeFileSync(m.output, withSpread(0.01));
	const result = await m.run('--dry-run');
	assert.equal(result.code, 1, result.stderr);
	assert.match(result.stderr, /exit code 3/);
	assert.equal(m.kept().length, 1);
});

test('Ctrl-C ends llama-bench, signs nothing, and what is kept can be imported', async () => {
	const m = await machine('head -n 1 output.jsonl; echo $$ >pid.new; mv pid.new pid; exec sleep 600');
	writeFileSync(m.output, withSpread(0.01));
	const child = spawn(assayPath, ['run', 'throughput', m.weights, '--home', m.home, '--llama-bench', m.bench,
		'--model', 'example-org/tiny-llama'], { env: { ...process.env, ...sanitizerEnv, ...env } });
	let stderr = '';
	child.stderr.on('data', (data) => { stderr += data; });
	await waitFor('the stand-in to measure', () => existsSync(m.pid));
	child.kill('SIGINT');
	const [code] = await once(child, 'close');
	assert.equal(code, 4, stderr);
	assert.match(stderr, /nothing was signed/);
	assert.throws(() => process.kill(Number(readFileSync(m.pid, 'utf8')), 0), { code: 'ESRCH' });
	assert.ok(!stderr.includes('\x1b') && !stderr.includes('\r'), 'no progress in a pipe');
	const imported = await lab.assay(['import', 'llama-bench', path.join(m.home, 'runs', m.kept()[0]), '--home', m.home,
		'--model', 'example-org/tiny-llama', '--json'], { env });
	assert.equal(imported.code, 0, imported.stderr);
	assert.equal(JSON.parse(imported.stdout).files[0].results, 1);
});
