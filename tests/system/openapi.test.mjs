// openapi.test.mjs — what the server answers is what webroot/openapi.json says.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { rawRequest, request } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';
import { Key, commonMembers, hex, sha256, statementOf, timeOf } from './lib/protocol.mjs';
import { complaints } from './lib/schema.mjs';

const { lab, test } = labFile({ proxy: true });
const people = peopleOf(lab);
const api = JSON.parse(readFileSync(path.join(repo, 'webroot/openapi.json')));
const { storeAt } = people;
const seen = new Set();

// Check one answer against an operation: the status is documented, the body is as described.
function check(method, template, answer) {
	const described = api.paths[template][method].responses[answer.status];
	assert.ok(described, `${method} ${template}: ${answer.status} is not documented: ${answer.text}`);
	const type = answer.headers['content-type'].split(';')[0];
	const content = described.content?.[type];
	assert.ok(content, `${method} ${template} ${answer.status}: ${type} is not documented`);
	assert.deepEqual(complaints(api, content.schema, ['text/plain', 'text/csv', 'application/atom+xml', 'application/x-ndjson', 'application/octet-stream', 'image/svg+xml'].includes(type) ? answer.text : answer.json()), []);
	seen.add(`${method} ${template} ${answer.status}`);
	return answer;
}

test('the server serves this description itself', async () => {
	assert.deepEqual((await lab.get('/openapi.json')).json(), api);
});

test('every answer of the statement routes is described', async () => {
	const post = async (text, headers) => check('post', '/v1/statements', await lab.post(text, headers));
	const key = new Key();
	const submission = () => lab.submission(key);
	assert.equal((await post(submission().text)).status, 403);
	const enrolment = lab.enrolment(key);
	assert.equal((await post(enrolment.text)).status, 201);
	assert.equal((await post(enrolment.text)).status, 200);
	assert.equal((await post(lab.enrolment(key, { name: 'Again' }).text)).status, 409);
	const good = submission();
	assert.equal((await post(good.text)).status, 201);
	const held = lab.submission(key, { results: [{ metric: 'prefill', conditions: { n_prompt: 1 }, value: 1e15, n: 1 }] });
	assert.equal((await post(held.text)).status, 201);
	assert.equal((await post(good.text.replace(/"sig":"[^"]{4}/, '"sig":"AAAA'))).status, 401);
	assert.equal((await post(lab.submission(key, { audience: 'elsewhere' }).text)).status, 422);
	assert.equal((await post('{}')).status, 400);
	assert.equal((await post(good.text, { 'Content-Type': 'text/plain' })).status, 415);
	assert.equal((await post(`{"x":"${'a'.repeat(70000)}"}`)).status, 413);
	const batch = check('post', '/v1/statements', await lab.batch(`${good.text}\n${submission().text}\n{\n`));
	assert.deepEqual(batch.lines.map((line) => line.status), [200, 201, 400]);
	for (const line of batch.lines)
		assert.deepEqual(complaints(api, { $ref: `#/components/schemas/Batch${line.id ? 'Receipt' : 'Problem'}` }, line), []);
	const one = (id) => lab.get(`/v1/statements/${id}`);
	check('get', '/v1/statements/{id}', await one(good.id));
	await lab.settled(held.id);
	const settled = check('get', '/v1/statements/{id}', await one(held.id)).json();
	assert.equal(settled.state, 'held');
	check('get', '/v1/statements/{id}', await one('ab'.repeat(32)));
	const log = Buffer.from('what the tool printed\n');
	const at = `/v1/evidence/${hex(sha256(log))}`;
	const put = async (bytes) => check('put', '/v1/evidence/{sha256}', await request(lab.port, 'PUT', at,
		{ body: bytes, headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': bytes.length } }));
	const download = async () => check('get', '/v1/evidence/{sha256}', await lab.get(at));
	assert.equal((await put(log)).status, 404);
	assert.equal((await download()).status, 404);
	await lab.accepted(lab.submission(key, { evidence: [
		{ name: 'log.txt', sha256: hex(sha256(log)), bytes: log.length, media_type: 'text/plain' }] }));
	assert.equal((await put(Buffer.from(log).fill(32))).status, 422);
	assert.equal((await put(log)).status, 201);
	assert.equal((await put(log)).status, 200);
	assert.equal((await download()).text, log.toString());
	check('get', '/v1/policy', await lab.get('/v1/policy'));
	check('get', '/healthz', await lab.get('/healthz'));
	check('get', '/readyz', await lab.get('/readyz'));
	check('get', '/metrics', await lab.get('/metrics'));
});

// A decision on a model that nobody has measured; returns its id.
async function release() {
	const key = await lab.enrolled('Rosa');
	const policy = JSON.stringify({ name: 'speed', rules: [{ metric: 'decode', suite: 'throughput', compare: 'absolute', margin: 1 }] });
	const common = commonMembers(key, lab.origin);
	return (await lab.accepted(statementOf('decision', { ...common, policy, candidate: 'acme/none',
		checkpoint: { size: 1, root: 'ab'.repeat(32) }, evaluated_at: common.created_at,
		rules: [{ verdict: 'INSUFFICIENT', voters: 0, standing: 'none', inputs_n: 0, inputs_digest: hex(sha256('')) }],
		result: 'INSUFFICIENT', unpublished: [], earlier_n: 0 }, key))).id;
}

// A watch on such a model; returns its id.
async function watched() {
	const key = await lab.enrolled('Remy');
	await people.counted(people.act(people.rootKey(), 'grant', key.submitter, { role: 'release-manager' }));
	return (await people.counted(people.say('watch', key, { policy: JSON.stringify({ name: 'speed', candidate: 'acme/none',
		rules: [{ metric: 'decode', suite: 'throughput', compare: 'absolute', margin: 1 }] }) }))).id;
}

// What a quantization loses; returns where its ladder will stand.
async function quantized() {
	const key = await lab.enrolled('Quin');
	const { name, version, digest } = lab.policy.suites.find((suite) => suite.name === 'quantization');
	await lab.settled((await lab.accepted(lab.submission(key, { suite: { name, version, digest },
		model: { name: 'acme/small', quantization: 'Q4_K_M', base: 'acme/small@+F16', size_bytes: 4000000000 },
		results: [{ metric: 'perplexity_ratio', value: 1.01, n: 1 }] }))).id);
	await waitFor('the ladder', async () => (await lab.get('/data/v1/quantization/acme/small.json')).status === 200);
	return 'quantization/acme/small.json';
}

test('every document is described', async () => {
	const index = await lab.documentWhere('index.json', (d) => d.totals.held === 1);
	check('get', '/data/v1/index.json', await lab.get('/data/v1/index.json'));
	check('get', '/data/v1/suites/{suite}.json', await lab.get(`/data/v1/${index.suites[0].document}`));
	for (const model of index.models)
	{
		const { run_pages: pages, run_documents: at } =
			check('get', '/data/v1/models/{org}/{name}.json', await lab.get(`/data/v1/${model.document}`)).json();
		assert.equal(pages, 1);
		check('get', '/data/v1/models/{org}/{name}/runs/{page}.json', await lab.get(`/data/v1/${at.replace('{page}', 0)}`));
	}
	check('get', '/data/v1/models/{org}/{name}.json', await lab.get('/data/v1/models/no/such.json'));
	const measured = await quantized();
	check('get', '/data/v1/quantization/{org}/{name}.json', await lab.get(`/data/v1/${measured}`));
	const { hardware } = check('get', '/data/v1/hardware.json', await lab.get('/data/v1/hardware.json')).json();
	check('get', '/data/v1/use-cases.json', await lab.get('/data/v1/use-cases.json'));
	assert.ok(hardware.length > 0);
	for (const entry of hardware)
		check('get', '/data/v1/hardware/{slug}.json', await lab.get(`/data/v1/${entry.document}`));
	const decision = await release();
	const decided = await lab.documentWhere('decisions.json', (d) => d.decisions.length === 1);
	assert.equal(decided.decisions[0].id, decision);
	check('get', '/data/v1/decisions.json', await lab.get('/data/v1/decisions.json'));
	check('get', '/data/v1/decisions/{decision}.json', await lab.get(`/data/v1/decisions/${decision}.json`));
	const watch = await watched();
	await lab.documentWhere('watches.json', (d) => d.watches.length === 1);
	check('get', '/data/v1/watches.json', await lab.get('/data/v1/watches.json'));
	check('get', '/data/v1/watches/{watch}.json', await lab.get(`/data/v1/watches/${watch}.json`));
	check('get', '/data/v1/badges/{watch}.svg', await lab.get(`/data/v1/badges/${watch}.svg`));
	check('get', '/data/v1/value.json', await lab.get('/data/v1/value.json'));
	check('get', '/data/v1/reported.json', await lab.get('/data/v1/reported.json'));
	check('get', '/data/v1/feed.atom', await lab.get('/data/v1/feed.atom'));
	await storeAt(lab.submission(await lab.enrolled('Yas'), { created_at: timeOf(Date.now() - 90000000) }), Date.now() - 86400000);
	const { days: [{ statements, results }] } = await lab.documentWhere('dumps.json', (d) => d.days.length === 1);
	check('get', '/data/v1/dumps.json', await lab.get('/data/v1/dumps.json'));
	check('get', '/data/v1/dumps/{day}/{part}.ndjson', await lab.get(`/data/v1/${statements.replace('{part}', 0)}`));
	check('get', '/data/v1/dumps/{day}/{part}.csv', await lab.get(`/data/v1/${results.replace('{part}', 0)}`));
	check('get', '/data/v1/prices.json', await lab.get('/data/v1/prices.json'));
	const acts = check('get', '/data/v1/acts.json', await lab.get('/data/v1/acts.json')).json();
	assert.equal(acts.held.length, 1);
	check('get', '/data/v1/submitters/{submitter}.json', await lab.get(`/data/v1/submitters/${acts.held[0].submitter.id}.json`));
	check('get', '/data/v1/submitters/list/{page}.json', await lab.get('/data/v1/submitters/list/0.json'));
});

// Change settings that are live.
async function reload(changes) {
	const before = lab.daemon.logSize();
	lab.daemon.set(changes);
	lab.daemon.process.kill('SIGHUP');
	await waitFor('the settings to be read again', () => / reloaded /.test(lab.daemon.logText(before)));
}

// Send bytes as they are and check the answer against the operation.
async function raw({ method, template, where }, head, body = '') {
	const answer = await rawRequest(lab.port, `${method.toUpperCase()} ${where} ${head.version ?? 'HTTP/1.1'}\r\n${head.fields}\r\n\r\n${body}`);
	return check(method, template, answer);
}

const HOST = 'Host: localhost';

// For each refusal that does not depend on what an operation does: a request that earns it.
const refusals = {
	400: (op) => raw(op, { fields: `${HOST}\r\nHost: elsewhere` }),
	431: (op) => raw(op, { fields: `${HOST}\r\nX-Long: ${'a'.repeat(20000)}` }),
	501: (op) => raw(op, { fields: `${HOST}\r\nTransfer-Encoding: chunked` }, '0\r\n\r\n'),
	505: (op) => raw(op, { fields: HOST, version: 'HTTP/1.0' }),
	411: (op) => raw(op, { fields: `${HOST}\r\nContent-Type: ${typeOf(op)}` }),
	413: (op) => raw(op, { fields: `${HOST}\r\nContent-Type: ${typeOf(op)}\r\nContent-Length: 999999999` }),
	415: (op) => raw(op, { fields: `${HOST}\r\nContent-Type: text/html\r\nContent-Length: 2` }, '{}'),
	417: (op) => raw(op, { fields: `${HOST}\r\nContent-Type: ${typeOf(op)}\r\nContent-Length: 2\r\nExpect: miracles` }),
};
const typeOf = (op) => (op.method === 'put' ? 'application/octet-stream' : 'application/json');

// Every operation at an address that is there.
async function operations() {
	const index = await lab.document('index.json');
	const acts = await lab.document('acts.json');
	const { decisions } = await lab.document('decisions.json');
	const { watches } = await lab.document('watches.json');
	const { hardware } = await lab.document('hardware.json');
	const [model] = index.models;
	const [org, name] = model.document.replace(/^models\/|\.json$/g, '').split('/');
	const { days: [{ day }] } = await lab.document('dumps.json');
	const fill = { day, part: '0', id: acts.held[0].id, sha256: hex(sha256('what the tool printed\n')), suite: 'throughput', org, name, page: '0',
		slug: hardware[0].document.replace(/^hardware\/|\.json$/g, ''), submitter: acts.held[0].submitter.id, decision: decisions[0].id,
		watch: watches[0].id };
	return Object.entries(api.paths).flatMap(([template, methods]) => Object.keys(methods).map((method) => ({ method, template,
		where: template.replace(/\{(\w+)\}/g, (_, word) =>
			(template.includes('/quantization/') ? { org: 'acme', name: 'small' } : fill)[word] ?? assert.fail(word)),
		statuses: Object.keys(methods[method].responses) })));
}

test('every refusal that is documented for an operation can be earned, and is as described', async () => {
	const all = await operations();
	await reload({ head_deadline_ms: 400 });
	for (const op of all)
		for (const status of op.statuses.filter((s) => refusals[s]))
			await refusals[status](op);
	// The head never ends: all of them wait together.
	await Promise.all(all.filter((op) => op.statuses.includes('408')).map(async (op) => {
		const answer = await rawRequest(lab.port, `${op.method.toUpperCase()} ${op.where} HTTP/1.1\r\n${HOST}\r\n`);
		check(op.method, op.template, answer);
	}));
	await reload({ head_deadline_ms: 10000 });
	for (const op of all.filter(({ statuses }) => statuses.includes('304'))) {
		const { headers } = await lab.get(op.where);
		const again = await lab.get(op.where, { 'If-None-Match': headers.etag });
		assert.equal(again.status, 304, op.where);
		assert.equal(again.text, '');
		seen.add(`${op.method} ${op.template} 304`);
	}
	for (const op of all.filter(({ statuses, template }) => statuses.includes('404') && template.includes('{')))
		if (op.method === 'get')
			check('get', op.template, await lab.get(op.where.replace(/[^/]+$/, (last) => (last.length === 64 ? 'ef'.repeat(32) : `no-${last}`))));
	assert.equal(check('post', '/v1/statements', await request(lab.port, 'PUT', '/v1/statements')).status, 405);
});

test('a document that is not written yet is not found', async () => {
	for (const { template, where } of (await operations()).filter(({ template: t }) => t.startsWith('/data/') && !t.includes('{'))) {
		const file = path.join(lab.published, where);
		renameSync(file, `${file}.away`);
		await waitFor(`${where} to be gone`, async () => check('get', template, await lab.get(where)).status === 404);
		renameSync(`${file}.away`, file);
	}
});

test('evidence of what was withheld is gone', async () => {
	const { act, counted, staff } = peopleOf(lab);
	const [sam, tom] = [await staff('Sam'), await staff('Tom')];
	const log = Buffer.from('what should not have been sent\n');
	const at = `/v1/evidence/${hex(sha256(log))}`;
	const submission = lab.submission(await lab.enrolled('Bad'), { evidence: [
		{ name: 'c.txt', sha256: hex(sha256(log)), bytes: log.length, media_type: 'text/plain' }] });
	await lab.accepted(submission);
	await lab.settled(submission.id);
	await counted(act(tom, 'confirm', (await counted(act(sam, 'withhold', submission.id))).id));
	await waitFor('it to be gone', async () => check('get', '/v1/evidence/{sha256}', await lab.get(at)).status === 410);
	assert.equal(check('put', '/v1/evidence/{sha256}', await request(lab.port, 'PUT', at,
		{ body: log, headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': log.length } })).status, 410);
});

test('what depends on the time: too many requests, a full store, no database', async () => {
	const all = await operations();
	await reload({ evidence_max_bytes: 1 });
	const key = await lab.enrolled('Eve');
	const log = Buffer.from('another thing the tool printed\n');
	await lab.accepted(lab.submission(key, { evidence: [{ name: 'b.txt', sha256: hex(sha256(log)), bytes: log.length, media_type: 'text/plain' }] }));
	const full = await request(lab.port, 'PUT', `/v1/evidence/${hex(sha256(log))}`,
		{ body: log, headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': log.length } });
	assert.equal(check('put', '/v1/evidence/{sha256}', full).status, 507);
	await reload({ evidence_max_bytes: 1073741824, metrics: false });
	assert.equal(check('get', '/metrics', await lab.get('/metrics')).status, 404);
	lab.proxy.refuse();
	const down = all.filter(({ statuses }) => statuses.includes('503'));
	for (const op of down)
		await waitFor(`${op.method} ${op.where} to be refused`, async () => {
			const answer = op.method === 'get' ? await lab.get(op.where) : await request(lab.port, op.method.toUpperCase(), op.where,
				{ body: op.method === 'put' ? 'what the tool printed\n' : lab.submission(new Key()).text,
					headers: { 'Content-Type': typeOf(op) } });
			return check(op.method, op.template, answer).status === 503;
		});
	lab.proxy.accepting();
	await reload({ address_rate_n: 1, address_burst_n: 1 });
	for (const op of all.filter(({ statuses }) => statuses.includes('429')))
		await waitFor(`${op.method} ${op.where} to be too many`, async () => {
			const answer = await rawRequest(lab.port, `${op.method.toUpperCase()} ${op.where} HTTP/1.1\r\n${HOST}\r\nContent-Length: 0\r\n\r\n`);
			return check(op.method, op.template, answer).status === 429;
		});
	await reload({ address_rate_n: 0 });
});

test('every operation was walked', () => {
	for (const [template, operations] of Object.entries(api.paths))
		for (const method of Object.keys(operations))
			assert.ok([...seen].some((s) => s.startsWith(`${method} ${template} 200`)), `${method} ${template}`);
});

test('every documented status was seen, but the server\'s own failure', () => {
	const unseen = Object.entries(api.paths).flatMap(([template, methods]) => Object.entries(methods).flatMap(([method, operation]) =>
		Object.keys(operation.responses).map((status) => `${method} ${template} ${status}`)))
		.filter((one) => !seen.has(one) && !one.endsWith(' 500'));
	assert.deepEqual(unseen, []);
});
