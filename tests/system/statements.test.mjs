// statements.test.mjs — what happens to a statement: taken, settled, counted, held, void, refused.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { request } from './lib/http.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import {
	Key, commonMembers, enrolmentBody, hex, pae, payloadType, rawCell, sha256, statementId, statementOf,
	submissionBody, timeOf, wrongProofOfWork,
} from './lib/protocol.mjs';

const { lab, test } = labFile({ settings: { pow_bits: 8 } });

const cellOf = (statement, index = 0) =>
	rawCell(lab.suiteFile(), statement.body, statement.body.results[index]);

const model = (name) => ({ model: { name, quantization: 'Q8_0', revision: 'main' } });

const oneResult = (value, changes) => ({
	results: [{ metric: 'decode', conditions: { n_gen: 128 }, value, n: 3, ...changes }],
});

async function assertRefused(statement, status, code, pointer) {
	const problem = assertProblem(await lab.post(statement.text), status, code);
	if (pointer !== undefined)
		assert.equal(problem.pointer, pointer, JSON.stringify(problem));
	assert.equal(await lab.countRows(statement.id), '0', 'a refused statement leaves no row');
	return problem;
}

test('a submission is taken, counted, and stands on the board with its numbers', async () => {
	const key = await lab.enrolled('Grace');
	const statement = lab.submission(key, {
		...model('acme/one'),
		results: [
			{ metric: 'prefill', conditions: { n_prompt: 512 }, value: 1234.5678901234567, n: 5, sd: 1.5 },
			{ metric: 'decode', conditions: { n_gen: 128 }, value: 0.1, n: 5 },
		],
	});
	const answer = await lab.post(statement.text);
	assert.equal(answer.status, 201, answer.text);
	const taken = answer.json();
	assert.equal(taken.id, statement.id);
	assert.equal(taken.kind, 'submission');
	assert.equal(taken.seen, false);
	assert.deepEqual(taken.verdict, { plausible: true });
	assert.equal(taken.statement, `/v1/statements/${statement.id}`);
	assert.equal(answer.headers.location, `/v1/statements/${statement.id}`);
	assert.match(taken.accepted_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

	const settled = await lab.settled(statement.id);
	assert.equal(settled.state, 'counted');
	assert.equal(settled.submitter.id, key.submitter);
	assert.equal(settled.submitter.name, 'Grace');
	assert.ok(Number.isInteger(settled.index));

	const prefill = await lab.rowOf(cellOf(statement, 0));
	assert.deepEqual(prefill.estimates.map((e) => [e.metric, e.point, e.voters, e.runs]),
		[['prefill', 1234.56789, 1, 1]], 'ten digits of it');
	assert.equal(prefill.model.name, 'acme/one');
	assert.equal(prefill.fields['conditions.n_prompt'], '512');
	assert.equal(prefill.fields.hardware, 'Example GPU 80GB');
	assert.equal(prefill.held, 0);
	const decode = await lab.rowOf(cellOf(statement, 1));
	assert.equal(decode.estimates[0].point, 0.1);

	const page = await lab.documentWhere('models/acme/one.json', (d) => d.runs.length === 2);
	assert.deepEqual(page.runs.map((r) => r.value).sort(), [0.1, 1234.5678901234567]);
	assert.equal(page.runs[0].id, statement.id);
});

test('the stored payload is the signed one, byte for byte', async () => {
	const key = await lab.enrolled();
	const body = submissionBody(key, lab.policy, { ...model('acme/bytes'), ...oneResult(7.25) });
	const payload = Buffer.from(`${JSON.stringify(body, null, 3)}\n`.replace('7.25', '7.2500e+0'));
	const statement = statementOf('submission', body, key, { payload });
	await lab.accepted(statement);
	const found = (await lab.get(`/v1/statements/${statement.id}`)).json();
	assert.deepEqual(Buffer.from(found.envelope.payload, 'base64'), payload);
	assert.equal(found.envelope.payloadType, payloadType('submission'));
	assert.deepEqual(Buffer.from(found.envelope.signatures[0].sig, 'base64'),
		Buffer.from(statement.envelope.signatures[0].sig, 'base64'));
	const row = await lab.pg.sql('SELECT encode(payload_sha256, \'hex\'), encode(sha256(payload), \'hex\') ' +
		`FROM assay.statement WHERE id = '\\x${statement.id}'`);
	assert.equal(row, `${hex(sha256(payload))}|${hex(sha256(payload))}`);
});

test('the raw cell in the database is the one the description gives', async () => {
	const key = await lab.enrolled();
	const variants = [
		{ hardware: { cpu: { name: 'Zen' }, accelerators: [] } },
		{ hardware: { cpu: { name: 'Zen' }, accelerators: [{ name: 'B' }, { name: 'A' }, { name: 'B' }] } },
		{ model: { name: 'acme/cells', sha256: 'ab'.repeat(32), quantization: 'F16' } },
		{ results: [{ metric: 'decode', value: 3, n: 1,
			conditions: { n_gen: 16, n_depth: 4096, type_k: 'q8_0', n_gpu_layers: 20 } }] },
		{ results: [{ metric: 'decode', value: 3, n: 1, conditions: { n_gen: 16, n_gpu_layers: 0 } }] },
		{ results: [{ metric: 'decode', value: 3, n: 1, conditions: { n_gen: 16, n_cpu_moe: 2 } }] },
	];
	for (const changes of variants) {
		const statement = lab.submission(key, { ...model('acme/cells'), ...oneResult(3), ...changes });
		await lab.accepted(statement);
		await lab.settled(statement.id);
		const row = await lab.rowOf(cellOf(statement));
		assert.ok(row, JSON.stringify(changes));
	}
});

test('a statement sent twice is stored once and answered with the same id', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key, model('acme/twice'));
	const first = await lab.accepted(statement, 201);
	const second = await lab.accepted(statement, 200);
	assert.equal(second.id, first.id);
	assert.equal(second.seen, true);
	assert.equal(second.accepted_at, first.accepted_at);
	assert.deepEqual(second.verdict, first.verdict);
	assert.equal(await lab.countRows(statement.id), '1');
});

test('the same statement from many connections at once is stored once', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key, model('acme/many'));
	const answers = await Promise.all(Array.from({ length: 20 }, () => lab.post(statement.text)));
	const statuses = answers.map((a) => a.status).sort();
	assert.deepEqual([...new Set(statuses)].filter((s) => s !== 200 && s !== 201), [], String(statuses));
	assert.ok(statuses.filter((s) => s === 201).length >= 1);
	assert.equal(await lab.countRows(statement.id), '1');
	await lab.settled(statement.id);
	assert.equal(await lab.pg.sql(`SELECT count(*) FROM assay.leaf WHERE id = '\\x${statement.id}'`), '1');
});

test('one submitter has one vote, the median of its runs; the point is the median of votes', async () => {
	const [ada, bob] = [await lab.enrolled('Ada'), await lab.enrolled('Bob')];
	let last;
	for (const value of [10, 30, 20]) {
		last = lab.submission(ada, { ...model('acme/votes'), ...oneResult(value) });
		await lab.accepted(last);
	}
	await lab.accepted(lab.submission(bob, { ...model('acme/votes'), ...oneResult(80) }));
	const row = await lab.rowOf(cellOf(last), (r) => r.estimates[0]?.runs === 4);
	const [estimate] = row.estimates;
	assert.equal(estimate.voters, 2);
	assert.equal(estimate.lowest_vote, 20);
	assert.equal(estimate.highest_vote, 80);
	assert.ok(Math.abs(estimate.point - 40) < 1e-9, 'geometric mean of 20 and 80');
});

test('enrolment and submission back to back need no waiting between them', async () => {
	for (let round = 0; round < 10; round++) {
		const key = new Key();
		const statement = lab.submission(key, model('acme/quick'));
		await lab.accepted(lab.enrolment(key));
		await lab.accepted(statement);
		assert.equal((await lab.settled(statement.id)).state, 'counted');
	}
});

test('a value beyond the suite\'s bounds is taken, held with a reason, and counts for nothing', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key, { ...model('acme/held'), ...oneResult(5e9) });
	const taken = await lab.accepted(statement);
	assert.equal(taken.verdict.plausible, false);
	assert.equal(taken.verdict.pointer, '/results/0/value');
	assert.match(taken.verdict.reason, /5000000000|5e\+?9/);
	const settled = await lab.settled(statement.id);
	assert.equal(settled.state, 'held');
	assert.ok(settled.reason);
	const row = await lab.rowOf(cellOf(statement));
	assert.equal(row.held, 1);
	assert.deepEqual(row.estimates, []);
	const page = await lab.documentWhere('models/acme/held.json', (d) => d.runs.length === 1);
	assert.equal(page.runs[0].state, 'held');
	assert.ok(page.runs[0].reason);
});

test('one implausible result holds the whole submission', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key, { ...model('acme/half'), results: [
		{ metric: 'decode', conditions: { n_gen: 128 }, value: 50, n: 3 },
		{ metric: 'prefill', conditions: { n_prompt: 512 }, value: 1e12, n: 3 },
	] });
	assert.equal((await lab.accepted(statement)).verdict.pointer, '/results/1/value');
	assert.equal((await lab.settled(statement.id)).state, 'held');
	assert.deepEqual((await lab.rowOf(cellOf(statement, 0))).estimates, []);
});

test('a signature that does not verify is 401 signature', async () => {
	const key = await lab.enrolled();
	const good = lab.submission(key);
	const sig = Buffer.from(good.envelope.signatures[0].sig, 'base64');
	sig[3] ^= 1;
	await assertRefused(lab.submission(key, {}, { payload: good.payload, sig }), 401, 'signature');
});

test('another payload under the same signature is 401 signature', async () => {
	const key = await lab.enrolled();
	const good = lab.submission(key);
	const changed = Buffer.from(good.payload.toString().replace('42.5', '43.5'));
	const sig = Buffer.from(good.envelope.signatures[0].sig, 'base64');
	await assertRefused(lab.submission(key, {}, { payload: changed, sig }), 401, 'signature');
});

test('a signature for another kind of statement does not carry over', async () => {
	const key = await lab.enrolled();
	const good = lab.submission(key);
	const sig = Buffer.from(good.envelope.signatures[0].sig, 'base64');
	const other = statementOf('enrolment', good.body, key, { payload: good.payload, sig });
	assert.equal((await lab.post(other.text)).status, 401);
});

test('a payload that names another key than signed it is 401 key_mismatch', async () => {
	const [ada, bob] = [await lab.enrolled('Ada'), await lab.enrolled('Bob')];
	const body = submissionBody(ada, lab.policy);
	await assertRefused(statementOf('submission', body, bob), 401, 'key_mismatch', '/key');
});

test('a payload for another log is 422 wrong_audience', async () => {
	const key = await lab.enrolled();
	await assertRefused(lab.submission(key, { audience: 'example.org/other' }), 422, 'wrong_audience',
		'/audience');
});

test('a key that is not enrolled is 403 not_enrolled', async () => {
	const problem = await assertRefused(lab.submission(new Key()), 403, 'not_enrolled');
	assert.match(problem.help, /enrol/);
});

test('a key cannot be enrolled twice: 409 key_taken', async () => {
	const key = await lab.enrolled('First');
	await assertRefused(lab.enrolment(key, { name: 'Second' }), 409, 'key_taken');
});

test('a config from anyone but the log\'s own key is refused', async () => {
	const key = await lab.enrolled();
	const digest = 'ab'.repeat(32);
	const body = { ...commonMembers(key, lab.origin), rules: 1, estimator: 1, thresholds: {},
		catalogue: digest, suites: [], pow_bits: 0, root_keys: [key.base64],
		statement_keys: [key.base64], terms: digest };
	const statement = statementOf('config', body, key);
	const answer = await lab.post(statement.text);
	assert.ok(answer.status >= 400 && answer.status < 500, answer.text);
	assert.equal(await lab.countRows(statement.id), '0');
});

test('an enrolment needs the right terms, a solved proof of work, and a name', async () => {
	const key = new Key();
	await assertRefused(lab.enrolment(key, { terms: '00'.repeat(32) }), 422, 'terms', '/terms');
	const pow = wrongProofOfWork(lab.origin, key, lab.policy.pow_bits);
	await assertRefused(lab.enrolment(key, { pow }), 422, 'proof_of_work', '/pow');
	await assertRefused(lab.enrolment(key, { name: '' }), 422, undefined, '/name');
	await assertRefused(lab.enrolment(key, { name: 'x'.repeat(81) }), 422, 'too_long', '/name');
	await assertRefused(lab.enrolment(key, { name: 'a\u0007b' }), 422, 'wrong_form', '/name');
	await assertRefused(lab.enrolment(key, { links: ['javascript:alert(1)'] }), 422, 'wrong_form', '/links/0');
	await assertRefused(lab.enrolment(key, { pow: undefined }), 422, 'conflicting_members');
	await lab.accepted(lab.enrolment(key, { links: ['https://example.org/ada'] }));
});

test('a statement from the future is 422 created_in_future, one a little ahead is taken', async () => {
	const key = await lab.enrolled();
	await assertRefused(lab.submission(key, { created_at: timeOf(Date.now() + 20 * 60000) }), 422,
		'created_in_future', '/created_at');
	await lab.accepted(lab.submission(key, { created_at: timeOf(Date.now() + 5 * 60000) }));
	await lab.accepted(lab.submission(key, { created_at: '2020-02-29T00:00:00Z' }));
});

test('an unknown suite, version or digest is refused with what is known', async () => {
	const key = await lab.enrolled();
	const { digest } = lab.policy.suites.find((s) => s.name === 'throughput');
	await assertRefused(lab.submission(key, { suite: { name: 'nonsense', version: 1, digest } }), 422,
		'unknown_suite');
	await assertRefused(lab.submission(key, { suite: { name: 'throughput', version: 99, digest } }), 422,
		'unknown_suite');
	const problem = await assertRefused(lab.submission(key,
		{ suite: { name: 'throughput', version: 1, digest: 'cd'.repeat(32) } }), 422, 'suite_digest',
	'/suite/digest');
	assert.ok(problem.expected.includes(digest) || problem.detail.includes(digest), JSON.stringify(problem));
});

test('malformed payloads are 422 with the pointer to the member', async () => {
	const key = await lab.enrolled();
	const cases = [
		[{ surprise: 1 }, 'unknown_member', '/surprise'],
		[{ model: undefined }, 'missing_member', '/model'],
		[{ model: { name: 'a/b', quantization: 5 } }, 'wrong_type', '/model/quantization'],
		[{ model: { name: 'a/b', quantization: 'F16', sha256: 'AB'.repeat(32) } }, 'wrong_form', '/model/sha256'],
		[{ nonce: 'AAAA' }, 'wrong_form', '/nonce'],
		[{ created_at: '2026-02-30T00:00:00Z' }, 'wrong_form', '/created_at'],
		[{ created_at: '2026-02-03T00:00:00+01:00' }, 'wrong_form', '/created_at'],
		[{ results: [] }, undefined, '/results'],
		[oneResult(1, { n: 0 }), 'out_of_range', '/results/0/n'],
		[oneResult('1'), 'wrong_type', '/results/0/value'],
		[oneResult(1, { sd: 1, se: 1 }), 'conflicting_members', '/results/0/se'],
		[oneResult(1, { metric: 'speed' }), 'unknown_metric', '/results/0/metric'],
		[oneResult(1, { conditions: { moon: 'full' } }), 'unknown_condition', '/results/0/conditions/moon'],
		[oneResult(1, { conditions: { n_gen: 'many' } }), 'wrong_type', '/results/0/conditions/n_gen'],
		[{ results: [...oneResult(1).results, ...oneResult(2).results] }, 'duplicate_result'],
		[{ engine: { name: 'llama.cpp', backend: 'CPU' } }, 'suite_requires', '/engine/version'],
		[{ notes: 'x'.repeat(2001) }, 'too_long', '/notes'],
		[{ extra: { a: 1 } }, 'wrong_type', '/extra/a'],
	];
	for (const [changes, code, pointer] of cases)
		await assertRefused(lab.submission(key, changes), 422, code, pointer);
});

test('a payload that is not one JSON object with unique names is refused', async () => {
	const key = await lab.enrolled();
	const text = lab.submission(key).payload.toString();
	const deep = `{"key":"${key.base64}","extra":${'['.repeat(20)}${']'.repeat(20)}}`;
	const payloads = [
		['not json', 'not_json'], ['[]', undefined], [`${text}x`, 'not_json'], ['', 'not_json'],
		[text.replace('{', '{"key":"x",'), 'duplicate_member'],
		[text.replace('42.5', '1e999'), 'not_json'],
		[text.replace('42.5', 'NaN'), 'not_json'],
		[text.replace('tiny-7b', 'tiny\\u0000'), 'not_json'],
		[Buffer.from(text.replace('tiny-7b', 'tiny-\xff'), 'latin1'), 'not_json'],
		[deep, 'too_deep'],
	];
	for (const [payload, code] of payloads) {
		const statement = lab.submission(key, {}, { payload: Buffer.from(payload) });
		const answer = await lab.post(statement.text);
		assert.ok([400, 422].includes(answer.status), `${payload.slice(0, 40)}: ${answer.text}`);
		assertProblem(answer, answer.status, code);
	}
});

test('an envelope that is none is 400 and names what is wrong', async () => {
	const key = await lab.enrolled();
	const good = lab.submission(key).envelope;
	const bodies = [
		'', '{', 'null', '[]', '{}', '"text"', JSON.stringify({ ...good, signatures: [] }),
		JSON.stringify({ ...good, signatures: [good.signatures[0], good.signatures[0]] }),
		JSON.stringify({ ...good, payload: '!!!!' }), JSON.stringify({ ...good, payload: 7 }),
		JSON.stringify({ ...good, payloadType: undefined }),
		JSON.stringify({ ...good, signatures: [{ sig: 'AAAA' }] }),
	];
	for (const body of bodies) {
		const answer = await lab.post(body);
		assert.ok([400, 422].includes(answer.status), `${body.slice(0, 60)}: ${answer.text}`);
		assertProblem(answer, answer.status);
	}
	const unknown = statementOf('prophecy', lab.submission(key).body, key);
	const answer = await lab.post(unknown.text);
	assert.ok([400, 422].includes(answer.status), answer.text);
	assertProblem(answer, answer.status, 'unknown_kind');
});

test('unknown envelope members and a wrong keyid do no harm', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key, model('acme/extra'), { keyid: 'anything at all' });
	await lab.accepted({ text: JSON.stringify({ ...statement.envelope, comment: { a: [1] } }) });
});

test('the URL alphabet without padding is accepted in the envelope, and is the same statement', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key, { ...model('acme/url'), notes: '???>>>~~~' });
	const url = lab.submission(key, {}, { payload: statement.payload, url: true,
		sig: Buffer.from(statement.envelope.signatures[0].sig, 'base64') });
	assert.notEqual(url.text, statement.text);
	assert.equal((await lab.accepted(url)).id, statement.id);
	await lab.accepted(statement, 200);
});

test('keys and signatures made with openssl are accepted', async () => {
	const pem = path.join(lab.dir, 'openssl.pem');
	execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', pem]);
	const key = Key.fromPem(execFileSync('openssl', ['pkey', '-in', pem]).toString());
	const signWithOpenssl = (kind, body) => {
		const payload = Buffer.from(JSON.stringify(body));
		const message = path.join(lab.dir, 'message');
		writeFileSync(message, pae(payloadType(kind), payload));
		const sig = execFileSync('openssl', ['pkeyutl', '-sign', '-rawin', '-inkey', pem, '-in', message]);
		return statementOf(kind, body, key, { payload, sig });
	};
	await lab.accepted(signWithOpenssl('enrolment', enrolmentBody(key, lab.policy)));
	const statement = signWithOpenssl('submission', submissionBody(key, lab.policy));
	await lab.accepted(statement);
	assert.equal((await lab.settled(statement.id)).state, 'counted');
});

test('a statement is found by its id while pending and after; an unknown id is 404', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key, model('acme/find'));
	await lab.accepted(statement);
	const found = (await lab.get(`/v1/statements/${statement.id}`)).json();
	assert.equal(found.id, statement.id);
	assert.ok(['pending', 'counted'].includes(found.state));
	assertProblem(await lab.get(`/v1/statements/${'00'.repeat(32)}`), 404, 'statement_not_found');
	for (const bad of ['xyz', statement.id.toUpperCase(), statement.id.slice(1), `${statement.id}0`]) {
		const answer = await lab.get(`/v1/statements/${bad}`);
		assert.ok([400, 404].includes(answer.status), `${bad}: ${answer.text}`);
	}
});

test('two enrolments of one key that both passed the door: the first in the log counts, the other is void', async () => {
	const key = new Key();
	const first = lab.enrolment(key, { name: 'First' });
	const second = lab.enrolment(key, { name: 'Second' });
	await lab.accepted(first);
	// What another node took at the same moment: it could not see the first yet.
	const bytes = (buffer) => `'\\x${hex(buffer)}'`;
	const sig = Buffer.from(second.envelope.signatures[0].sig, 'base64');
	await lab.pg.sql('BEGIN; INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, signature) ' +
		`VALUES ('\\x${second.id}', 'enrolment', ${bytes(second.payload)}, ${bytes(sha256(second.payload))}, ` +
		`${bytes(key.raw)}, ${bytes(sig)}); ` +
		`INSERT INTO assay.pending (id) VALUES ('\\x${second.id}'); COMMIT`);
	assert.equal((await lab.settled(first.id)).state, 'counted');
	const loser = await lab.settled(second.id);
	assert.equal(loser.state, 'void');
	assert.ok(loser.reason);
	const run = lab.submission(key, model('acme/void'));
	await lab.accepted(run);
	assert.equal((await lab.settled(run.id)).submitter.name, 'First');
});

test('a stored statement that cannot be opened is void and stops nothing', async () => {
	const key = await lab.enrolled();
	const broken = Buffer.from('{"no":"statement"}');
	const bytes = (buffer) => `'\\x${hex(buffer)}'`;
	const id = 'ab'.repeat(32);
	await lab.pg.sql('BEGIN; INSERT INTO assay.statement (id, kind, payload, payload_sha256, key, signature) ' +
		`VALUES ('\\x${id}', 'submission', ${bytes(broken)}, ${bytes(sha256(broken))}, ${bytes(key.raw)}, ${bytes(Buffer.alloc(64))}); ` +
		`INSERT INTO assay.pending (id) VALUES ('\\x${id}'); COMMIT`);
	assert.equal((await lab.settled(id)).state, 'void');
	const after = lab.submission(key);
	await lab.accepted(after);
	assert.equal((await lab.settled(after.id)).state, 'counted');
});

test('offload is one of three words', async () => {
	const key = await lab.enrolled();
	const run = (offload) => lab.submission(key, { results: [{ metric: 'prefill', conditions: { n_prompt: 5, offload }, value: 3, n: 1 }] });
	for (const word of ['full', 'partial', 'none'])
		await lab.accepted(run(word));
	const problem = assertProblem(await lab.post(run('mostly').text), 422, 'wrong_form');
	assert.equal(problem.pointer, '/results/0/conditions/offload');
});

test('two enrolments of one key racing through the door: exactly one counts', async () => {
	for (let round = 0; round < 8; round++) {
		const key = new Key();
		const pair = [lab.enrolment(key, { name: 'Left' }), lab.enrolment(key, { name: 'Right' })];
		const answers = await Promise.all(pair.map((s) => lab.post(s.text)));
		const taken = pair.filter((_, i) => answers[i].status === 201);
		for (const answer of answers.filter((a) => a.status !== 201))
			assertProblem(answer, 409, 'key_taken');
		const states = await Promise.all(taken.map(async (s) => (await lab.settled(s.id)).state));
		assert.equal(states.filter((s) => s === 'counted').length, 1, String(states));
	}
});

test('hostile names arrive on the board unharmed', async () => {
	const key = await lab.enrolled('<script>alert(1)</script>');
	const name = '../../etc/<img src=x onerror=alert(1)>"\'&';
	const statement = lab.submission(key, { model: { name, quantization: '../..' } });
	await lab.accepted(statement);
	const row = await lab.rowOf(cellOf(statement));
	assert.equal(row.model.name, name);
	const page = await lab.get(`/data/v1/${row.model.document}`);
	assert.equal(page.status, 200, row.model.document);
	assert.equal(page.json().name, name);
	assert.ok(!page.text.includes('<'), 'no raw "<" in a document');
});

test('index totals add up', async () => {
	const count = (where) => lab.pg.sql(`SELECT count(*) FROM assay.leaf WHERE ${where}`).then(Number);
	const size = await count('true');
	const index = await lab.documentWhere('index.json', (d) => d.log_size === size);
	assert.equal(index.origin, lab.origin);
	assert.equal(index.totals.statements, size);
	assert.equal(index.totals.submissions, await count('kind = \'submission\' AND state <> \'void\''));
	assert.equal(index.totals.counted, await count('kind = \'submission\' AND state = \'counted\''));
	assert.equal(index.totals.held, await count('state = \'held\''));
	assert.equal(index.totals.void, await count('state = \'void\''));
	assert.equal(index.totals.submitters, await count('kind = \'enrolment\' AND state = \'counted\''));
	const board = await lab.board();
	assert.equal(index.suites.find((s) => s.name === 'throughput').cells, board.rows.length);
	for (const entry of index.models)
		assert.equal((await lab.document(entry.document)).name, entry.name);
});

test('the id is the digest of what was signed', async () => {
	const key = await lab.enrolled();
	const statement = lab.submission(key);
	assert.equal(statement.id, statementId(payloadType('submission'), statement.payload));
	assert.equal((await lab.accepted(statement)).id, statement.id);
});

test('dry_run=1 checks everything and stores nothing; another query is refused', async () => {
	const key = await lab.enrolled('Dry');
	const statement = lab.submission(key);
	const post = (query, text) => request(lab.port, 'POST', `/v1/statements${query}`, { body: text,
		headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } });
	const dry = await post('?dry_run=1', statement.text);
	assert.equal(dry.status, 200, dry.text);
	assert.deepEqual(dry.json(), { id: statement.id, kind: 'submission', seen: false, verdict: { plausible: true }, dry_run: true });
	assert.equal(await lab.countRows(statement.id), '0');
	assert.equal((await post('?dry_run=1', lab.submission(new Key()).text)).status, 403);
	assert.equal((await post('?dryrun=1', statement.text)).status, 400);
	assert.equal(await lab.countRows(statement.id), '0');
	await lab.accepted(statement);
	const seen = (await post('?dry_run=1', statement.text)).json();
	assert.equal(seen.seen, true);
	assert.ok(seen.accepted_at);
});

test('hardware has a list and a document each, under the names the runs gave', async () => {
	const key = await lab.enrolled();
	const cpu = { name: 'CPU / of "one" kind' };
	const on = (accelerators, name) => lab.submission(key, { ...model(name), hardware: { cpu, accelerators } });
	const mine = [on([], 'hw/a'), on([], 'hw/b'), on([{ name: 'RTX 4090' }, { name: 'A100' }, { name: 'RTX 4090' }], 'hw/a')];
	for (const statement of mine)
		await lab.accepted(statement);
	const list = await lab.documentWhere('hardware.json', (d) => d.hardware.some((h) => h.name === 'A100 + RTX 4090'));
	assert.deepEqual(list.hardware.map((h) => h.name), list.hardware.map((h) => h.name).sort());
	const entry = list.hardware.find((h) => h.name === cpu.name);
	assert.deepEqual({ ...entry, document: undefined }, { name: cpu.name, document: undefined,
		cells: new Set([cellOf(mine[0]), cellOf(mine[1])]).size, models: 2 });
	const document = await lab.document(entry.document);
	assert.equal(document.name, cpu.name);
	assert.deepEqual(new Set(document.boards[0].rows.map((row) => row.model.name)), new Set(['hw/a', 'hw/b']));
	assert.ok(document.boards[0].rows.every((row) => row.fields.hardware === cpu.name));
	assert.equal(list.log_size, Math.max(...(await lab.board()).rows.map((row) => row.log_size)));
});

// The name a cell goes by is the one that most submitters of counted runs give.
test('nobody renames the model of a cell that others measured; a majority does', async () => {
	const [ada, ben, eve] = [await lab.enrolled('Ada'), await lab.enrolled('Ben'), await lab.enrolled('Eve')];
	const sha256 = 'ce'.repeat(32);
	const run = (name, value = 42) => ({ model: { name, quantization: 'Q8_0', sha256 },
		results: [{ metric: 'prefill', conditions: { n_prompt: 77 }, value, n: 1 }] });
	const good = lab.submission(ada, run('good/model'));
	const after = async (statement, ready) => {
		await lab.accepted(statement);
		return (await lab.rowOf(cellOf(good), ready)).model.name;
	};
	const runs = (row, n) => row.estimates[0]?.runs === n;
	assert.equal(await after(good, (row) => runs(row, 1)), 'good/model');
	assert.equal(await after(lab.submission(eve, run('eve/other', 1e15)), (row) => row.held === 1), 'good/model');
	assert.equal(await after(lab.submission(eve, run('eve/other')), (row) => runs(row, 2)), 'good/model');
	for (let n = 3; n < 6; n++)
		assert.equal(await after(lab.submission(eve, run('eve/other')), (row) => runs(row, n)), 'good/model');
	const page = await lab.documentWhere('models/good/model.json', (d) => d.boards[0]?.rows[0]?.estimates[0].runs === 5);
	assert.equal(page.runs_total, 1);
	assert.equal(await after(lab.submission(ben, run('eve/other')), (row) => runs(row, 6)), 'eve/other');
	assert.deepEqual((await lab.documentWhere('models/good/model.json', (d) => d.boards.length === 0)).runs_total, 1);
});
