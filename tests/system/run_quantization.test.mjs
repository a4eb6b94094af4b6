// run_quantization.test.mjs — `assay run quantization` with a stand-in that replays what llama-perplexity once
// printed: from weights to the board, killed and gone on with, announced beforehand.
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
const cases = path.join(repo, 'tests/cases/llama-perplexity/valid');
const log = (name) => path.join(cases, name, 'input.log');

let machines = 0;

// Weights, a text, and a llama-perplexity that notes its arguments; before it replays a file's log it runs
// `hook`, which finds that file's name in $name.
async function machine(hook = 'true') {
	const dir = path.join(lab.dir, `machine-${++machines}`);
	mkdirSync(dir, { recursive: true });
	const at = (name) => path.join(dir, name);
	for (const name of ['f16.gguf', 'q8_0.gguf', 'q4_0.gguf'])
		writeFileSync(at(name), Buffer.concat([Buffer.from('GGUF'), Buffer.from(name), Buffer.alloc(1000)]));
	writeFileSync(at('text.txt'), 'A text to measure on.\n');
	writeFileSync(at('hook.sh'), `${hook}\n`);
	writeFileSync(at('perplexity.sh'), `#!/bin/sh
cd '${dir}'
[ "$1" != --version ] || { echo 'version: 0.1.1-dev (build 10470, commit 34af94cd9)' >&2; exit 0; }
echo "$*" >>calls
name=$(basename "$2")
echo "run $$"
. ./hook.sh
case $name in
f16.gguf) echo logits >"$6"; exec cat '${log('b10470-perplexity-q8-combined')}' ;;
q8_0.gguf) [ -s "$6" ] && exec cat '${log('b10470-kld-q8-stdout')}' ;;
q4_0.gguf) [ -s "$6" ] && exec cat '${log('b10470-kld-q4-combined')}' ;;
esac
exit 1
`, { mode: 0o755 });
	const home = at('home');
	const words = ['run', 'quantization', '--base', at('f16.gguf'), at('q8_0.gguf'), at('q4_0.gguf'), '--home', home,
		'--text', at('text.txt'), '--llama-perplexity', at('perplexity.sh'), '--model', 'org/tiny', '--quantization',
		'q4_0.gguf=Q4_0', '--quantization', 'q8_0.gguf=Q8_0', '--quantization', 'f16.gguf=F16'];
	const done = await lab.assay(['enrol', '--server', lab.url, '--name', `Measurer ${machines}`, '--accept-terms',
		'--home', home], { env });
	assert.equal(done.code, 0, done.stderr);
	return { at, home, words, run: (...more) => lab.assay([...words, ...more], { env }),
		calls: () => existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : [],
		folders: () => readdirSync(path.join(home, 'runs')) };
}

const statementsOf = (result) => JSON.parse(result.stdout).files.flatMap((file) => file.statements);
const bodyOf = async (id) => {
	const { envelope } = await lab.settled(id);
	return JSON.parse(Buffer.from(envelope.payload, 'base64'));
};

test('one command from weights to the board, and what it was going to do stands in the log before', async () => {
	const m = await machine();
	const result = await m.run('--submit', '--json');
	assert.equal(result.code, 0, result.stderr);
	const ids = statementsOf(result);
	assert.equal(ids.length, 3);
	const bodies = await Promise.all(ids.map(bodyOf));
	const [base, ...others] = bodies;
	assert.equal(base.model.base, undefined);
	for (const other of others)
		assert.equal(other.model.base, base.model.sha256);
	for (const body of bodies) {
		assert.equal(body.engine.version, 'b10470');
		assert.deepEqual(body.hardware.accelerators, []);
		assert.equal(body.intent, base.intent);
	}
	const intent = await lab.settled(base.intent);
	assert.equal(intent.kind, 'intent');
	assert.ok(intent.index < (await lab.settled(ids[0])).index);
	const board = await lab.documentWhere('suites/quantization.json', (d) => d.rows.length === 3);
	const divergences = board.rows.map((r) => r.estimates.find((e) => e.metric === 'kl_divergence_mean')?.point);
	assert.ok(divergences.includes(0.21737), String(divergences));
	const calls = m.calls();
	assert.equal(calls.length, 3);
	assert.match(calls[0], /^-m \S+f16\.gguf -c 512 --kl-divergence-base \S+ -f \S+text\.txt$/);
	assert.match(calls[1], /^-m \S+q8_0\.gguf -c 512 --kl-divergence-base \S+ --kl-divergence$/);
	const [folder] = m.folders();
	assert.ok(!readdirSync(path.join(m.home, 'runs', folder)).includes('base.logits'), 'the logits are gone');
	// The same command again measures and signs nothing.
	const again = await m.run('--submit', '--json');
	assert.deepEqual(statementsOf(again), ids);
	assert.equal(m.calls().length, 3);
});

test('without llama-perplexity nothing is said beforehand; once all is measured it is not needed', async () => {
	const m = await machine();
	const intents = () => lab.pg.sql('SELECT count(*) FROM assay.statement WHERE kind = \'intent\'');
	const before = await intents();
	const without = m.words.with(m.words.indexOf('--llama-perplexity') + 1, m.at('none'));
	const result = await lab.assay(without, { env });
	assert.equal(result.code, 2, result.stderr);
	assert.match(result.stderr, /comes with llama\.cpp/);
	assert.equal(await intents(), before);
	assert.equal((await m.run()).code, 0);
	const again = await lab.assay([...without, '--engine-version', 'b10470', '--dry-run'], { env });
	assert.equal(again.code, 0, again.stderr);
});

test('killed while one is measured, the same command goes on with that one', async () => {
	const m = await machine('[ $name != q4_0.gguf ] || [ -e go ] || { : >waits; exec sleep 600; }');
	const child = spawn(assayPath, m.words, { env: { ...process.env, ...sanitizerEnv, ...env } });
	await waitFor('the last to be measured', () => existsSync(m.at('waits')));
	child.kill('SIGINT');
	assert.equal((await once(child, 'close'))[0], 4);
	assert.equal(await lab.pg.sql('SELECT count(*) FROM assay.statement WHERE kind = \'submission\''), '3');
	writeFileSync(m.at('go'), '');
	const done = await m.run('--submit', '--json');
	assert.equal(done.code, 0, done.stderr);
	assert.equal(m.calls().filter((call) => call.includes('f16.gguf')).length, 1);
	assert.equal(m.calls().filter((call) => call.includes('q8_0.gguf')).length, 1);
	assert.equal(m.calls().filter((call) => call.includes('q4_0.gguf')).length, 2);
	const intents = new Set((await Promise.all(statementsOf(done).map(bodyOf))).map((body) => body.intent));
	assert.equal(intents.size, 1);
	assert.ok([...intents][0]);
	const [folder] = m.folders();
	rmSync(m.at('calls'));
	assert.equal((await m.run('--anew', '--json')).code, 0);
	assert.equal(m.calls().length, 3);
	assert.equal(m.folders().length, 2);
	assert.ok(m.folders().includes(folder));
});

test('--offline and --dry-run say nothing beforehand; a server that is away hinders nothing', async () => {
	const m = await machine();
	const count = () => lab.pg.sql('SELECT count(*) FROM assay.statement WHERE kind = \'intent\'');
	const before = await count();
	const dry = await m.run('--dry-run', '--json');
	assert.equal(dry.code, 0, dry.stderr);
	const payloads = dry.stdout.trim().split('\n').map((line) => JSON.parse(line));
	assert.equal(payloads.length, 3);
	assert.ok(payloads.every((payload) => payload.intent === undefined));
	const offline = await m.run('--offline', '--json');
	assert.equal(offline.code, 0, offline.stderr);
	assert.equal(await count(), before);
	await lab.daemon.stop();
	const alone = await m.run('--anew', '--chunks', '29', '--json');
	await lab.serve();
	assert.equal(alone.code, 0, alone.stderr);
	assert.match(alone.stdout, /could not be said beforehand/);
	assert.equal(statementsOf(alone).length, 3);
});

test('what is missing or does not end well is told, and nothing is signed', async () => {
	const m = await machine('[ $name != q8_0.gguf ] || exec true');
	const refusal = async (words, code, pattern) => {
		const result = await lab.assay(words, { env });
		assert.equal(result.code, code, result.stdout + result.stderr);
		assert.match(result.stderr, pattern);
	};
	const without = (flag) => m.words.filter((word, i) => word !== flag && m.words[i - 1] !== flag);
	await refusal(without('--text'), 2, /--text FILE/);
	await refusal(without('--base'), 2, /--base FILE/);
	await refusal([...m.words, m.at('q4_0.gguf')], 3, /named once/);
	await refusal([...without('--llama-perplexity'), '--llama-perplexity', m.at('none')], 2, /--llama-perplexity/);
	// ends with 0 and without a result
	await refusal(m.words, 1, /comes to a result/);
	assert.equal(readdirSync(path.join(m.home, 'spool')).filter((name) => name.endsWith('.json')).length, 0);
});
