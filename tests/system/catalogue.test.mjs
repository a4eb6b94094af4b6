// catalogue.test.mjs — the catalogue a config names is published, and stays so behind the next config;
// `assay audit` reads the log by it; a broken one is never logged.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile();
const TABLES = ['hardware', 'models', 'engines', 'quantizations', 'api_prices', 'rentals', 'mt_bench',
	'alpaca_eval', 'throughput', 'perplexity'];
const bytesOf = (folder) => Buffer.concat(TABLES.map((t) => readFileSync(path.join(folder, `${t}.jsonl`))));
const digestOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const publishedPath = (digest) => path.join(lab.published, 'catalogue', `${digest}.jsonl`);
const shipped = path.join(repo, 'eval-suites/catalogue');
const audit = () => lab.assay(['audit', lab.url, '--home', path.join(lab.dir, 'home'), '--vkey', lab.policy.vkey]);
const ownSuites = () => path.join(lab.dir, 'suites');

test('the catalogue that the config names is published', async () => {
	const bytes = bytesOf(shipped), digest = digestOf(bytes);
	assert.equal(JSON.parse(await lab.assayd('config', '--show')).catalogue, digest);
	await waitFor('the catalogue to be published', () => existsSync(publishedPath(digest)));
	assert.deepEqual(readFileSync(publishedPath(digest)), bytes);
	const answer = await lab.get(`/catalogue/${digest}.jsonl`);
	assert.equal(answer.status, 200);
	assert.equal(digestOf(answer.body), digest);
	assert.ok(!existsSync(path.join(lab.published, 'suites/catalogue')), 'it is published once');
});

test('the catalogue of an earlier config stays, and the log is audited by both', async () => {
	const before = digestOf(bytesOf(shipped));
	cpSync(path.join(repo, 'eval-suites'), ownSuites(), { recursive: true });
	appendFileSync(path.join(ownSuites(), 'catalogue/engines.jsonl'),
		`${JSON.stringify({ slug: 'zz', name: 'ZZ', kind: 'engine', source: 'https://example.org/zz', date: '2026-11' })}\n`);
	const digest = digestOf(bytesOf(path.join(ownSuites(), 'catalogue')));
	assert.notEqual(digest, before);
	const result = await lab.assayd('config', '--apply', '--suites', ownSuites());
	assert.match(result, /^config [0-9a-f]{64} stored/);
	await waitFor('the new catalogue to be published', () => existsSync(publishedPath(digest)));
	assert.deepEqual(readdirSync(path.join(lab.published, 'catalogue')).filter((f) => f.endsWith('.jsonl')).sort(),
		[before, digest].map((d) => `${d}.jsonl`).sort());
	const ada = await lab.enrolled('Ada');
	assert.ok(ada.submitter);
	const checked = await audit();
	assert.equal(checked.code, 0, checked.stderr);
});

test('both are written again where the published folder is gone', async () => {
	await lab.daemon.stop();
	rmSync(path.join(lab.published, 'catalogue'), { recursive: true });
	await lab.serve();
	await waitFor('both catalogues', () => existsSync(path.join(lab.published, 'catalogue')) &&
		readdirSync(path.join(lab.published, 'catalogue')).filter((f) => f.endsWith('.jsonl')).length === 2);
});

test('a forged catalogue is a breach, a missing one is named', async () => {
	const [name] = readdirSync(path.join(lab.published, 'catalogue')).filter((f) => f.endsWith('.jsonl'));
	const folder = path.join(lab.dir, 'mirror');
	cpSync(lab.published, folder, { recursive: true });
	appendFileSync(path.join(folder, 'catalogue', name), '{}\n');
	const there = () => lab.assay(['audit', folder, '--home', path.join(lab.dir, 'home'), '--vkey', lab.policy.vkey]);
	let result = await there();
	assert.equal(result.code, 1, result.stderr);
	assert.match(result.stderr, new RegExp(name.slice(0, 12)));
	rmSync(path.join(folder, 'catalogue', name));
	result = await there();
	assert.notEqual(result.code, 0);
	assert.match(result.stderr, new RegExp(name.slice(0, 12)));
});

test('a broken catalogue is told with table and line, and nothing is logged', async () => {
	writeFileSync(path.join(ownSuites(), 'catalogue/engines.jsonl'), '{"table": "engines"}\n{"slug": "x"}\n');
	const result = await lab.tryAssayd('config', '--apply', '--suites', ownSuites());
	assert.notEqual(result.code, 0);
	assert.match(result.stderr, /engines:2\/name/);
	const check = await lab.tryAssayd('check-config', '--suites', ownSuites());
	assert.match(check.stdout, /bad {2}catalogue: engines:2\/name/);
});
