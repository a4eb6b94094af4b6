// commandline.test.mjs — assayd's command line: help, settings and their order, faults in plain words.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assaydPath, repo, sanitizerEnv } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';
import { run } from './lib/process.mjs';
import { parseVkey } from './lib/protocol.mjs';

const { lab, test } = labFile();

const assayd = (args, env = {}) => run(assaydPath, args, { env: { ...sanitizerEnv, ...env } });

function assertFault(result, code, words) {
	assert.equal(result.code, code, result.stderr);
	assert.equal(result.stdout, '');
	assert.match(result.stderr, words);
	assert.match(result.stderr, /expected:|do: /);
}

test('--help names every verb and option and succeeds; --version too', async () => {
	const help = await assayd(['--help']);
	assert.equal(help.code, 0);
	for (const word of ['serve', 'migrate', 'config --apply', 'keys', '--listen', '--head-deadline-ms', 'exit codes'])
		assert.ok(help.stdout.includes(word), word);
	const version = await assayd(['--version']);
	assert.equal(version.code, 0);
	assert.match(version.stdout, /^assayd \d+\.\d+\.\d+\n$/);
});

test('a flag beats the environment, which beats the file, which beats the default', async () => {
	const file = path.join(lab.dir, 'order.conf');
	writeFileSync(file, '# a remark\nlisten = 127.0.0.1:1111\npow_bits = 3\n\n  workers_n=2  \n');
	const shown = async (args, env) => {
		const result = await assayd(['options', ...args], env);
		assert.equal(result.code, 0, result.stderr);
		return Object.fromEntries(result.stdout.split('\n').filter((line) => /^[a-z]/.test(line))
			.map((line) => line.split(/\s*=\s*/)));
	};
	assert.equal((await shown([])).listen, '127.0.0.1:8080');
	const fromFile = await shown(['--config', file]);
	assert.deepEqual([fromFile.listen, fromFile.pow_bits, fromFile.workers_n], ['127.0.0.1:1111', '3', '2']);
	const env = { ASSAYD_CONFIG: file, ASSAYD_POW_BITS: '5', ASSAYD_LISTEN: '127.0.0.1:2222' };
	const both = await shown(['--listen', '127.0.0.1:3333'], env);
	assert.deepEqual([both.listen, both.pow_bits, both.workers_n], ['127.0.0.1:3333', '5', '2']);
});

test('the example settings file for operators is understood', async () => {
	const result = await assayd(['options', '--config', path.join(repo, 'deploy/assayd.conf.example')]);
	assert.equal(result.code, 0, result.stderr);
	assert.match(result.stdout, /assay\.example\.org\/log/);
});

test('a wrong setting is told by name and place, exit code 2', async () => {
	assertFault(await assayd(['dance']), 2, /dance/);
	assertFault(await assayd(['--frobnicate', '1']), 2, /frobnicate/);
	assertFault(await assayd(['--pow-bits', '99']), 2, /pow/);
	assertFault(await assayd(['--pow-bits', '5x']), 2, /pow/);
	assertFault(await assayd(['--listen']), 2, /listen/);
	assertFault(await assayd(['options'], { ASSAYD_WORKERS_N: 'many' }), 2, /WORKERS_N/);
	const file = path.join(lab.dir, 'bad.conf');
	writeFileSync(file, 'listen = 127.0.0.1:0\nlissten = x\n');
	assertFault(await assayd(['options', '--config', file]), 2, /bad\.conf:2/);
	writeFileSync(file, 'listen\n');
	assertFault(await assayd(['options', '--config', file]), 2, /bad\.conf:1/);
});

test('a settings file that is not there is told by name', async () => {
	const result = await assayd(['serve', '--config', '/no/such/file.conf']);
	assert.ok([2, 3].includes(result.code), String(result.code));
	assert.match(result.stderr, /\/no\/such\/file\.conf/);
});

test('an address that is taken is told, and the running server is unharmed', async () => {
	const result = await lab.tryAssayd('serve', '--listen', `127.0.0.1:${lab.port}`);
	assert.equal(result.code, 2);
	assert.match(result.stderr, new RegExp(`127\\.0\\.0\\.1:${lab.port}`));
	assert.equal((await lab.get('/healthz')).status, 200);
});

test('suites that cannot be read stop the start, with the file and the place', async () => {
	const result = await lab.tryAssayd('serve', '--listen', '127.0.0.1:0', '--suites', '/no/such/folder');
	assert.ok(result.code > 0);
	assert.match(result.stderr, /\/no\/such\/folder/);
});

test('keys: made once, private ones for the owner only, the vkey for the origin', async () => {
	const dir = path.join(lab.dir, 'fresh-keys');
	const made = await assayd(['keys', '--dir', dir, '--origin', 'example.org/log']);
	assert.equal(made.code, 0, made.stderr);
	for (const name of ['root.pem', 'statement.pem', 'log.pem'])
		assert.equal(statSync(path.join(dir, name)).mode & 0o777, 0o600, name);
	const again = await assayd(['keys', '--dir', dir, '--origin', 'example.org/log']);
	assert.equal(again.code, 0, again.stderr);
	assert.equal(again.stdout, '');
	const vkey = parseVkey((await run('cat', [path.join(dir, 'log.vkey')])).stdout);
	assert.equal(vkey.name, 'example.org/log');
	assert.equal(vkey.hash, vkey.expectedHash);
	const openssl = await run('openssl', ['pkey', '-in', path.join(dir, 'log.pem'), '-noout', '-text']);
	assert.match(openssl.stdout, /ED25519/i);
	assertFault(await assayd(['keys', '--dir', dir, '--origin', 'has blanks']), 2, /origin/);
});

test('a statement key that others can read is refused', async () => {
	await run('cp', [path.join(lab.keys, 'statement.pem'), path.join(lab.dir, 'open.pem')]);
	await run('chmod', ['644', path.join(lab.dir, 'open.pem')]);
	const result = await lab.tryAssayd('config', '--apply', '--statement-key', path.join(lab.dir, 'open.pem'));
	assert.equal(result.code, 3);
	assert.match(result.stderr, /open\.pem/);
	assert.match(result.stderr, /chmod 600|0600/);
});

test('the server writes nothing to standard output', async () => {
	assert.ok(!lab.daemon.logText().split('\n').filter(Boolean)
		.some((line) => !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warn|error) [a-z_]+( |$)/.test(line)));
});

test('check-config looks at everything and names each thing that is wrong', async () => {
	const good = await lab.tryAssayd('check-config');
	assert.equal(good.code, 0, good.stdout + good.stderr);
	assert.equal(good.stdout.match(/^ok /gm).length, 11);
	const bad = await lab.tryAssayd('--check-config', '--suites', '/no/such', '--log-key', path.join(lab.keys, 'root.pem'),
		'--terms', '/no/terms');
	assert.notEqual(bad.code, 0);
	assert.match(bad.stdout, /^bad {2}suites: /m);
	assert.match(bad.stdout, /^bad {2}terms: \/no\/terms/m);
	assert.match(bad.stdout, /^bad {2}log_key: .*another key/m);
	assert.equal(bad.stdout.match(/^ok /gm).length, 8);
});
