// runner.test.mjs — the runner as a person uses it, against a real server: what it does, says, returns.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync }
	from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { assayPath, repo, sanitizerEnv } from './lib/daemon.mjs';
import { Lab, labFile } from './lib/lab.mjs';
import { isRoot, run, waitFor } from './lib/process.mjs';
import { realResults } from './lib/cases.mjs';

const { lab, test } = labFile({ proxy: true, settings: { pow_bits: 8 } });
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };
const [real] = realResults();
const MODEL = ['--model', '*=example-org/tiny-llama'];

let folders = 0;
const freshHome = () => path.join(lab.dir, `home-${++folders}`);

// Run a verb with a home folder. Faults and progress go to stderr, only the result to stdout.
const assay = (home, ...args) => lab.assay([...args, '--home', home], { env });

async function must(home, ...args) {
	const result = await assay(home, ...args);
	assert.equal(result.code, 0, `assay ${args.join(' ')}\n${result.stdout}${result.stderr}`);
	return result;
}

async function fails(code, words, home, ...args) {
	const result = await assay(home, ...args);
	assert.equal(result.code, code, `assay ${args.join(' ')}\n${result.stdout}${result.stderr}`);
	assert.match(result.stderr, words);
	assert.match(result.stderr, /do: /, 'says what to do');
	return result;
}

async function enrolledHome(name = 'Runner') {
	const home = freshHome();
	await must(home, 'enrol', '--server', lab.url, '--name', name, '--accept-terms');
	return home;
}

const spooled = (home) => readdirSync(path.join(home, 'spool')).filter((name) => /^[0-9a-f-]*[0-9a-f]{64}/.test(name));
const statements = async (home) => JSON.parse((await must(home, 'status', '--json')).stdout).statements;
const states = async (home, kind = 'submission') =>
	(await statements(home)).filter((s) => s.kind === kind).map((s) => s.state);
const rows = () => lab.pg.sql('SELECT count(*) FROM assay.statement').then(Number);

test('keygen makes a key only its owner can read, and never another in its place', async () => {
	const home = freshHome();
	const first = JSON.parse((await must(home, 'keygen', '--json')).stdout);
	const file = path.join(home, 'key.pem');
	assert.equal(statSync(file).mode & 0o777, 0o600);
	const bytes = readFileSync(file);
	const second = JSON.parse((await must(home, 'keygen', '--json')).stdout);
	assert.equal(second.submitter, first.submitter);
	assert.deepEqual(readFileSync(file), bytes);
	const text = await run('openssl', ['pkey', '-in', file, '-noout', '-text']);
	assert.match(text.stdout, /ED25519/i);
});

test('from a tool\'s output to the board: enrol, import, submit, status', async () => {
	const home = await enrolledHome('Hopper');
	const imported = JSON.parse((await must(home, 'import', 'llama-bench', real, ...MODEL, '--json')).stdout);
	assert.ok(JSON.stringify(imported).match(/[0-9a-f]{64}/));
	assert.ok(spooled(home).length >= 1);
	await must(home, 'submit');
	assert.deepEqual(spooled(home), []);
	await waitFor('all to be counted', async () => {
		const found = await states(home);
		return found.length > 0 && found.every((state) => state === 'counted');
	});
	// The numbers on the board are those of the file, recomputed from its samples.
	const record = readRecords(real)[0];
	const rates = record.samples_ns.map((ns) => 1e9 * (record.n_prompt + record.n_gen) / ns);
	const mean = rates.reduce((a, b) => a + b) / rates.length;
	const page = await lab.documentWhere('models/example-org/tiny-llama.json', (d) => d.runs.length > 0);
	const found = page.runs.find((r) => Math.abs(r.value - mean) <= 1e-9 * mean);
	assert.ok(found, `${mean} is not among ${page.runs.map((r) => r.value)}`);
	assert.equal(found.n, rates.length);
	assert.equal(found.submitter.name, 'Hopper');
});

// llama-bench writes one array, or one object a line.
function readRecords(file) {
	const text = readFileSync(file, 'utf8');
	return text.trimStart().startsWith('[') ? JSON.parse(text)
		: text.trim().split('\n').map((line) => JSON.parse(line));
}

test('every real output imports and is counted', async () => {
	const home = await enrolledHome();
	await must(home, 'import', 'llama-bench', ...realResults(), ...MODEL);
	await must(home, 'submit');
	await waitFor('all to be counted', async () => (await states(home)).every((s) => s === 'counted'));
});

test('each step twice is harmless', async () => {
	const home = await enrolledHome();
	await must(home, 'enrol', '--server', lab.url, '--name', 'Runner', '--accept-terms');
	await must(home, 'import', 'llama-bench', real, ...MODEL);
	const waiting = spooled(home).length;
	await must(home, 'import', 'llama-bench', real, ...MODEL);
	assert.equal(spooled(home).length, waiting);
	await must(home, 'submit');
	const count = await rows();
	await must(home, 'submit');
	await must(home, 'import', 'llama-bench', real, ...MODEL);
	await must(home, 'submit');
	assert.equal(await rows(), count);
});

test('no paths of this machine travel', async () => {
	const home = await enrolledHome();
	const dir = path.join(lab.dir, 'private-folder-name');
	mkdirSync(dir, { recursive: true });
	const records = readRecords(real).map((r) => ({ ...r, model_filename: `${dir}/${r.model_filename}` }));
	const file = path.join(dir, 'bench.json');
	writeFileSync(file, JSON.stringify(records));
	const shown = await must(home, 'import', 'llama-bench', file, ...MODEL, '--dry-run');
	assert.ok(!shown.stdout.includes('private-folder-name'), shown.stdout);
	assert.equal(spooled(home).length, 0);
});

test('a server that is not there: exit 4, and what is signed stays in the spool', async () => {
	const home = await enrolledHome();
	await must(home, 'import', 'llama-bench', real, ...MODEL);
	const waiting = spooled(home);
	await fails(4, /server/i, home, 'submit', '--server', 'http://127.0.0.1:9');
	assert.deepEqual(spooled(home), waiting);
	await fails(4, /server/i, freshHome(), 'enrol', '--server', 'http://127.0.0.1:9', '--name', 'x', '--accept-terms');
	await must(home, 'submit');
	assert.deepEqual(spooled(home), []);
});

test('a database that is down: exit 4, and nothing is lost', async () => {
	const home = await enrolledHome();
	await must(home, 'import', 'llama-bench', real, ...MODEL);
	const waiting = spooled(home);
	lab.proxy.refuse();
	const result = await assay(home, 'submit', '--wait', '0');
	lab.proxy.accepting();
	assert.equal(result.code, 4, result.stdout + result.stderr);
	assert.deepEqual(spooled(home), waiting);
	await waitFor('the server to be ready', async () => (await lab.get('/readyz')).status === 200);
	await must(home, 'submit');
	assert.deepEqual(spooled(home), []);
});

test('killed while it sends: the next submit finishes, and nothing is doubled', async () => {
	const home = await enrolledHome();
	await must(home, 'import', 'llama-bench', real, ...MODEL);
	const waiting = spooled(home).length;
	const before = await rows();
	const held = lab.proxy.holdAnswersTo(/insert\s+into\s+assay\.statement/i);
	const child = spawn(assayPath, ['submit', '--home', home],
		{ stdio: 'ignore', env: { ...process.env, ...env, ...sanitizerEnv } });
	const ended = new Promise((resolve) => {
		child.on('exit', resolve);
	});
	const connection = await held;
	await waitFor('the row to be committed', async () => (await rows()) > before);
	child.kill('SIGKILL');
	await ended;
	connection.cut();
	assert.equal(spooled(home).length, waiting);
	await must(home, 'submit');
	assert.deepEqual(spooled(home), []);
	assert.equal(await rows(), before + waiting);
});

test('another log at the pinned address: exit 5, nothing is sent', async () => {
	const home = await enrolledHome();
	await must(home, 'import', 'llama-bench', real, ...MODEL);
	const waiting = spooled(home);
	const other = new Lab({ origin: 'localhost/another-log' });
	let stopped = false;
	const stop = async () => {
		if (!stopped)
			assert.equal(await other.down(false), '');
		stopped = true;
	};
	after(stop);
	await other.up();
	await fails(5, /pinned|another|identity/i, home, 'submit', '--server', other.url);
	assert.deepEqual(spooled(home), waiting);
	assert.equal(await other.pg.sql('SELECT count(*) FROM assay.statement WHERE kind <> \'config\''), '0');
	await fails(5, /pinned|another|identity/i, home, 'enrol', '--server', other.url, '--name', 'x', '--accept-terms');
	await stop();
});

test('a key file that others can read is refused: exit 3', async () => {
	const home = await enrolledHome();
	chmodSync(path.join(home, 'key.pem'), 0o644);
	const result = await fails(3, /key\.pem/, home, 'import', 'llama-bench', real, ...MODEL);
	assert.match(result.stderr, /0?600/);
	assert.equal(spooled(home).length, 0);
	chmodSync(path.join(home, 'key.pem'), 0o600);
	await must(home, 'import', 'llama-bench', real, ...MODEL);
});

test('a spool that cannot be written: exit 3, nothing is half there', async () => {
	const home = await enrolledHome();
	const spool = path.join(home, 'spool');
	const kept = readdirSync(spool);
	assert.deepEqual(kept, []);
	await run('rmdir', [spool]);
	writeFileSync(spool, 'in the way');
	await fails(3, /spool/, home, 'import', 'llama-bench', real, ...MODEL);
	assert.equal(readFileSync(spool, 'utf8'), 'in the way');
});

test('a home folder of somebody else: exit 3', async (t) => {
	const account = { uid: 65534, gid: 65534 };
	if (!isRoot) {
		t.skip('only root can be somebody else');
		return;
	}
	if ((await run('test', ['-x', assayPath], { account, cwd: '/' })).code !== 0) {
		t.skip('the build folder cannot be reached by another account');
		return;
	}
	const home = path.join(lab.dir, 'closed-home');
	mkdirSync(home, { mode: 0o755 });
	const result = await lab.assay(['keygen', '--home', home], { env, account, cwd: '/' });
	assert.equal(result.code, 3, result.stdout + result.stderr);
	assert.deepEqual(readdirSync(home), []);
});

test('a truncated file is refused whole: exit 1, with the place, nothing signed', async () => {
	const home = await enrolledHome();
	const text = readFileSync(real, 'utf8');
	const file = path.join(lab.dir, 'truncated.json');
	for (const length of [0, 1, Math.floor(text.length / 2), text.trimEnd().length - 1]) {
		writeFileSync(file, text.slice(0, length));
		await fails(1, /truncated\.json/, home, 'import', 'llama-bench', file, ...MODEL);
		await fails(1, /truncated\.json/, home, 'import', 'llama-bench', real, file, ...MODEL);
		assert.equal(spooled(home).length, 0);
	}
	await fails(3, /no-such-file/, home, 'import', 'llama-bench', '/no-such-file.json', ...MODEL);
});

test('a suite whose digest the server does not know: exit 1, the statement stays, marked', async () => {
	const home = await enrolledHome();
	const suites = path.join(lab.dir, 'changed-suites');
	cpSync(path.join(repo, 'eval-suites'), suites, { recursive: true });
	const file = path.join(suites, 'throughput/1/suite.json');
	writeFileSync(file, readFileSync(file, 'utf8').replace('Throughput', 'Throughput, changed'));
	await must(home, 'import', 'llama-bench', real, ...MODEL, '--suites', suites);
	const before = await rows();
	await fails(1, /suite_digest/, home, 'submit');
	assert.equal(await rows(), before);
	const [statement] = (await statements(home)).filter((s) => s.kind === 'submission');
	assert.equal(statement.problem.code, 'suite_digest');
	assert.ok(spooled(home).length >= 1);
});

test('submitting before enrolling says what to do: exit 2', async () => {
	const home = freshHome();
	await must(home, 'keygen');
	await fails(2, /enrol/, home, 'submit');
	await fails(2, /enrol/, home, 'import', 'llama-bench', real, ...MODEL);
});

test('terms are not accepted by silence', async () => {
	const home = freshHome();
	const before = await rows();
	const result = await assay(home, 'enrol', '--server', lab.url, '--name', 'Silent');
	assert.equal(result.code, 2, result.stderr);
	assert.match(result.stderr, /accept-terms/);
	assert.equal(await rows(), before);
});

test('a held result is said at once, and status tells why', async () => {
	const home = await enrolledHome();
	const records = readRecords(real).slice(0, 1).map((r) => ({ ...r,
		samples_ns: r.samples_ns.map(() => 1), avg_ns: 1, samples_ts: r.samples_ns.map(() => 6.4e10),
		avg_ts: 6.4e10, stddev_ts: 0, stddev_ns: 0 }));
	const file = path.join(lab.dir, 'too-fast.json');
	writeFileSync(file, JSON.stringify(records));
	await must(home, 'import', 'llama-bench', file, ...MODEL);
	const sent = await must(home, 'submit');
	assert.match(sent.stdout + sent.stderr, /held/);
	await waitFor('it to be settled', async () => (await states(home))[0] === 'held');
	assert.match((await must(home, 'status')).stdout, /held/);
});

test('--json prints one JSON document on stdout, faults as JSON on stderr', async () => {
	const home = await enrolledHome();
	for (const args of [['suites'], ['status'], ['import', 'llama-bench', real, ...MODEL], ['submit'], ['keygen']])
		JSON.parse((await must(home, ...args, '--json')).stdout);
	const result = await assay(home, 'import', 'llama-bench', '/no-such-file.json', ...MODEL, '--json');
	assert.equal(result.code, 3);
	for (const line of result.stderr.trim().split('\n'))
		assert.ok(JSON.parse(line).code, line);
});

test('every verb explains itself, with an example and its exit codes', async () => {
	const help = await lab.assay(['--help']);
	assert.equal(help.code, 0);
	const verbs = ['keygen', 'enrol', 'import', 'submit', 'status', 'suites'];
	for (const verb of verbs) {
		assert.match(help.stdout, new RegExp(`\\b${verb}\\b`));
		const own = await lab.assay([verb, '--help']);
		assert.equal(own.code, 0);
		assert.match(own.stdout, /[Ee]xample/);
		assert.match(own.stdout, /[Ee]xit codes/);
	}
	assert.equal((await lab.assay(['dance'])).code, 2);
	assert.equal((await lab.assay(['submit', '--frobnicate'])).code, 2);
	assert.equal((await lab.assay([])).code, 2);
	assert.match((await lab.assay(['--version'])).stdout, /^assay \d/);
});

test('a full disk loses nothing', async (t) => {
	if (!existsSync('/dev/full')) {
		t.skip('there is no /dev/full');
		return;
	}
	const home = await enrolledHome();
	const result = await run('sh', ['-c', `"${assayPath}" status --home "${home}" >/dev/full`],
		{ env: { ...env, ...sanitizerEnv } });
	assert.notEqual(result.code, 0, 'a result that could not be written is no success');
});
