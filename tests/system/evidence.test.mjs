// evidence.test.mjs — raw files that submissions name: taken, refused, served, charged, withheld.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { realResults } from './lib/cases.mjs';
import { assayPath, repo, sanitizerEnv } from './lib/daemon.mjs';
import { RawConnection, request } from './lib/http.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { mustRun, run, waitFor } from './lib/process.mjs';
import { hex, sha256 } from './lib/protocol.mjs';

const DAY_MAX = 5 * 1024 * 1024;
const TOTAL_MAX = 9 * 1024 * 1024;
const MOST = 4 * 1024 * 1024;
const SUBMISSION_MAX = MOST + 500;

const { lab, test } = labFile({ settings: { body_deadline_ms: 1500, bodies_max_bytes: 3 * MOST,
	evidence_submission_max_bytes: SUBMISSION_MAX, evidence_day_max_bytes: DAY_MAX, evidence_max_bytes: TOTAL_MAX } });

const digestOf = (bytes) => hex(sha256(bytes));
const where = (bytes) => `/v1/evidence/${digestOf(bytes)}`;

const text = (word, n = 200000) => Buffer.from(`${word} said something.\n`.repeat(n).slice(0, n));

function put(bytes, { at = where(bytes), headers = {} } = {}) {
	return request(lab.port, 'PUT', at, { body: bytes,
		headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length, ...headers } });
}

const headOf = (bytes, n = bytes.length) => `PUT ${where(bytes)} HTTP/1.1\r\nHost: x\r\n` +
	`Content-Type: application/octet-stream\r\nContent-Length: ${n}\r\n\r\n`;

const naming = (key, ...files) => lab.submission(key, { evidence: files.map((bytes, i) => (
	{ name: `log-${i}.txt`, sha256: digestOf(bytes), bytes: bytes.length, media_type: 'text/plain' })) });

async function named(key, ...files) {
	const statement = naming(key, ...files);
	await lab.accepted(statement);
	return statement;
}

const rowsOf = (bytes) => lab.pg.sql(`SELECT count(*) FROM assay.evidence WHERE sha256 = '\\x${digestOf(bytes)}'`);
const total = () => lab.pg.sql('SELECT t.bytes = coalesce(sum(octet_length(e.gzip)), 0) FROM assay.evidence_total t ' +
	'LEFT JOIN assay.evidence e ON true GROUP BY t.bytes');

test('evidence is taken once it is named, and comes back byte for byte', async () => {
	const key = await lab.enrolled();
	const bytes = text('Ada');
	assertProblem(await put(bytes), 404, 'evidence_not_named');
	assertProblem(await lab.get(where(bytes)), 404, 'evidence_not_found');
	await named(key, bytes);
	assertProblem(await lab.get(where(bytes)), 404, 'evidence_not_found');
	const taken = await put(bytes);
	assert.equal(taken.status, 201, taken.text);
	assert.deepEqual(taken.json(), { sha256: digestOf(bytes), bytes: bytes.length, seen: false });
	const again = await put(bytes);
	assert.equal(again.status, 200, again.text);
	assert.equal(again.json().seen, true);
	const plain = await lab.get(where(bytes));
	assert.equal(plain.status, 200);
	assert.deepEqual(plain.body, bytes);
	assert.equal(plain.headers['content-type'], 'application/octet-stream');
	assert.equal(plain.headers['x-content-type-options'], 'nosniff');
	assert.equal(plain.headers['content-disposition'], `attachment; filename="${digestOf(bytes)}"`);
	assert.equal(plain.headers['content-encoding'], undefined);
	const coded = await lab.get(where(bytes), { 'Accept-Encoding': 'br, gzip' });
	assert.equal(coded.headers['content-encoding'], 'gzip');
	assert.equal(coded.headers.vary, 'Accept-Encoding');
	assert.ok(coded.body.length < bytes.length / 10);
	assert.deepEqual(gunzipSync(coded.body), bytes);
	assert.equal(await total(), 't');
});

test('an empty file and the largest one are evidence too', async () => {
	const key = await lab.enrolled();
	const files = [Buffer.alloc(0), text('Max', MOST)];
	await named(key, ...files);
	for (const bytes of files) {
		assert.equal((await put(bytes)).status, 201);
		assert.deepEqual((await lab.get(where(bytes))).body, bytes);
	}
});

test('what is not what was named is refused, and nothing is stored', async () => {
	const key = await lab.enrolled();
	const bytes = text('Eve');
	await named(key, bytes);
	const wrong = Buffer.from(bytes);
	wrong[100000] ^= 1;
	const problem = assertProblem(await put(wrong, { at: where(bytes) }), 422, 'evidence_differs');
	assert.match(problem.detail, new RegExp(digestOf(wrong)));
	assertProblem(await put(bytes.subarray(1), { at: where(bytes) }), 404, 'evidence_not_named');
	const large = new RawConnection(lab.port);
	large.write(headOf(bytes, MOST + 1));
	assertProblem((await large.answers(1))[0], 413, 'body_too_large');
	assertProblem(await put(bytes, { headers: { 'Content-Type': 'text/plain' } }), 415, 'media_type');
	assertProblem(await put(bytes, { at: '/v1/evidence/log.txt' }), 404, 'evidence_not_named');
	assertProblem(await lab.get('/v1/evidence/log.txt'), 404, 'evidence_not_found');
	assert.equal(await rowsOf(bytes), '0');
	assert.equal((await put(bytes)).status, 201);
	assertProblem(await put(wrong, { at: where(bytes) }), 422, 'evidence_differs');
});

test('the same bytes, sent many times at once, are stored once and charged once', async () => {
	const [one, other] = [await lab.enrolled('One'), await lab.enrolled('Other')];
	const bytes = text('Both');
	const before = Number(await lab.pg.sql('SELECT bytes FROM assay.evidence_total'));
	await named(one, bytes);
	await named(other, bytes);
	const answers = await Promise.all([1, 2, 3, 4, 5].map(() => put(bytes)));
	assert.deepEqual(answers.map((a) => a.status).sort(), [200, 200, 200, 200, 201]);
	assert.equal(await rowsOf(bytes), '1');
	assert.equal(await lab.pg.sql(`SELECT encode(charged, 'hex') FROM assay.evidence WHERE sha256 = '\\x${digestOf(bytes)}'`),
		one.submitter);
	assert.ok(Number(await lab.pg.sql('SELECT bytes FROM assay.evidence_total')) > before);
	assert.equal(await total(), 't');
});

test('a submission has so much; what another one names too may still come', async () => {
	const [key, other] = [await lab.enrolled('Two'), await lab.enrolled('Three')];
	const [first, second] = [text('first of two', 3000), text('second of two', MOST - 2000)];
	await named(key, first, second);
	assert.equal((await put(first)).status, 201);
	assertProblem(await put(second), 413, 'evidence_submission_full');
	assert.equal(await rowsOf(second), '0');
	await named(other, second);
	assert.equal((await put(second)).status, 201);
});

test('a submitter has so much a day', async () => {
	const [much, little] = [await lab.enrolled('Much'), await lab.enrolled('Little')];
	const [first, second] = [text('first', MOST), text('second', DAY_MAX - MOST + 1)];
	await named(much, first);
	await named(much, second);
	assert.equal((await put(first)).status, 201);
	assertProblem(await put(second), 429, 'evidence_day_full');
	assert.equal(await rowsOf(second), '0');
	const alike = text('third', DAY_MAX - MOST + 1);
	await named(little, alike);
	assert.equal((await put(alike)).status, 201);
	await lab.pg.sql(`UPDATE assay.evidence SET stored_at = stored_at - interval '1 day' WHERE charged = '\\x${much.submitter}'`);
	assert.equal((await put(second)).status, 201);
});

test('a slow upload ends at the deadline, and one that is killed leaves nothing', async () => {
	const key = await lab.enrolled();
	const bytes = text('Slow');
	await named(key, bytes);
	const slow = new RawConnection(lab.port);
	slow.write(headOf(bytes));
	slow.write(bytes.subarray(0, 1000));
	assert.equal((await slow.answers(1))[0].status, 408);
	const cut = new RawConnection(lab.port);
	cut.write(headOf(bytes));
	cut.write(bytes.subarray(0, 100000));
	await lab.daemon.kill();
	await lab.serve();
	assert.equal(await rowsOf(bytes), '0');
	assert.equal((await put(bytes)).status, 201);
});

test('the daemon cannot change evidence by itself', async () => {
	const as = (sql) => lab.pg.trySql(`SET ROLE assayd; ${sql}`);
	for (const sql of ['DELETE FROM assay.evidence', 'UPDATE assay.evidence SET bytes = 0',
		'UPDATE assay.evidence_total SET bytes = 0', 'DELETE FROM assay.evidence_name',
		"INSERT INTO assay.evidence VALUES ('', 0, '', '')"]) {
		const result = await as(sql);
		assert.notEqual(result.code, 0, sql);
		assert.match(result.stderr, /permission denied/);
	}
	const n = await lab.pg.sql('SELECT count(*) FROM assay.evidence');
	assert.notEqual(n, '0');
	await as('SELECT assay.evidence_drop(ARRAY(SELECT id FROM assay.evidence_name))');
	assert.equal(await lab.pg.sql('SELECT count(*) FROM assay.evidence'), n, 'what is named stays');
});

test('the runner keeps a file until the server has it, and sends it once', async () => {
	const home = path.join(lab.dir, 'home-runner');
	const assay = (...args) => mustRun(assayPath, [...args, '--home', home],
		{ env: { ...sanitizerEnv, ASSAY_SUITES: path.join(repo, 'eval-suites') } });
	const status = async () => JSON.parse(await assay('status', '--offline', '--json')).evidence;
	const [file] = realResults();
	const bytes = readFileSync(file);
	await assay('enrol', '--server', lab.url, '--name', 'Runa', '--accept-terms');
	await assay('import', 'llama-bench', file, '--model', '*=example-org/tiny-llama', '--evidence');
	assert.deepEqual(await status(), [digestOf(bytes)]);
	await lab.daemon.stop();
	const away = await run(assayPath, ['submit', '--home', home], { env: sanitizerEnv });
	assert.notEqual(away.code, 0);
	assert.deepEqual(await status(), [digestOf(bytes)]);
	await lab.serve();
	const sent = JSON.parse(await assay('submit', '--json', '--server', lab.url));
	assert.deepEqual(sent.evidence, [{ sha256: digestOf(bytes), bytes: bytes.length, outcome: 'sent' }]);
	assert.deepEqual((await lab.get(where(bytes))).body, bytes);
	assert.deepEqual(await status(), []);
	assert.deepEqual(JSON.parse(await assay('submit', '--json', '--server', lab.url)).evidence, []);
	// As a kill behind the upload leaves it: sent again, recognised, removed.
	writeFileSync(path.join(home, 'evidence', digestOf(bytes)), bytes);
	await assay('submit', '--server', lab.url);
	assert.deepEqual(await status(), []);
	// What the server will never take is set aside.
	writeFileSync(path.join(home, 'evidence', digestOf(Buffer.from('unnamed'))), 'unnamed');
	const refused = await run(assayPath, ['submit', '--json', '--server', lab.url, '--home', home],
		{ env: sanitizerEnv });
	assert.equal(refused.code, 1, refused.stderr);
	assert.deepEqual(JSON.parse(refused.stdout).evidence.map((e) => e.outcome), ['refused']);
	assert.deepEqual(await status(), []);
});

test('withheld with its last submission, evidence is gone; named by another, it stays', async () => {
	let folders = 0;
	const person = async (name) => {
		const home = path.join(lab.dir, `home-${++folders}`);
		const stdout = await mustRun(assayPath, ['enrol', '--server', lab.url, '--name', name,
			'--accept-terms', '--json', '--home', home], { env: sanitizerEnv });
		return { home, ...JSON.parse(stdout) };
	};
	const act = async (who, ...args) => JSON.parse(await mustRun(assayPath, ['act', ...args, '--reason',
		'for a test', '--json', '--home', who.home], { env: sanitizerEnv }));
	const [sam, tom] = [await person('Sam'), await person('Tom')];
	for (const one of [sam, tom])
		await act(sam, 'grant', one.submitter, '--role', 'staff', '--key', path.join(lab.keys, 'root.pem'));
	const withhold = async (id) => act(tom, 'confirm', (await act(sam, 'withhold', id)).id);

	const key = await lab.enrolled();
	const [lone, shared, late] = [text('lone', 5000), text('shared', 5000), text('late', 5000)];
	const bad = await named(key, lone, shared, late);
	const good = await named(key, shared);
	for (const bytes of [lone, shared])
		assert.equal((await put(bytes)).status, 201);
	await lab.settled(bad.id);
	await withhold(bad.id);
	await waitFor('evidence to go', async () => (await lab.get(where(lone))).status === 410);
	assertProblem(await lab.get(where(lone)), 410, 'evidence_withheld');
	assertProblem(await put(lone), 410, 'evidence_withheld');
	assertProblem(await put(late), 410, 'evidence_withheld');
	assert.equal(await rowsOf(lone), '0');
	assert.deepEqual((await lab.get(where(shared))).body, shared);
	assert.equal(await total(), 't');
	await lab.settled(good.id);
	await withhold(good.id);
	await waitFor('shared evidence to go', async () => (await lab.get(where(shared))).status === 410);
	assert.equal(await total(), 't');
	await named(key, lone);
	assert.equal((await put(lone)).status, 201, 'who names it anew may send it anew');
});

test('a full store says so and goes on taking statements', async () => {
	let answer;
	for (let i = 0; i < 5; i++) {
		const bytes = randomBytes(MOST - i);
		await named(await lab.enrolled(), bytes);
		answer = await put(bytes);
		if (answer.status !== 201)
			break;
	}
	assertProblem(answer, 507, 'evidence_full');
	assert.equal(await total(), 't');
	await named(await lab.enrolled(), randomBytes(1000));
});
