// watch.test.mjs — a policy under watch: told once, when a change has held, with what turned it.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { assertProblem, labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { sameInOneBatch } from './lib/rebatch.mjs';
import { waitFor } from './lib/process.mjs';
import { complaints } from './lib/schema.mjs';

const { lab, test } = labFile({ settings: { watches_max_n: 4 } });
const { say, act, retraction, rootKey, counted, staff, settle } = peopleOf(lab);
const api = JSON.parse(readFileSync(path.join(repo, 'webroot/openapi.json')));
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };
const [BASE, CANDIDATE] = ['acme/chat-7b', 'acme/<chat>&"8b"'];
const HOUR = 3600;

let rosa, rosaKey, crowd, sam, watch, quick;

const speed = (key, model, value, more = {}) => lab.submission(key, { model: { name: model, revision: 'main', quantization: 'Q4_K_M' },
	results: [{ metric: 'decode', conditions: { n_prompt: 0, n_gen: 128 }, value, n: 5, sd: value / 100 }], ...more });
const policy = (changes = {}, rule = {}) => ({ name: 'fast <b>enough</b>', candidate: CANDIDATE, baseline: BASE, settle_hours: 24,
	rules: [{ metric: 'decode', suite: 'throughput', where: { n_gen: 128 }, compare: 'baseline', margin: 0.1, min_submitters: 3, ...rule }], ...changes });
const watching = (key, content) => say('watch', key, { policy: JSON.stringify(content) });

function policyFile(content, name = 'policy.json') {
	const file = path.join(lab.dir, name);
	writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, '\t'));
	return file;
}
const runner = (...args) => lab.assay([...args, '--home', rosa.home], { env });
const indexOf = async (id) => (await lab.settled(id)).index;

// The statements to come are accepted so much later by the database's clock: the log's time moves on.
let hours = 0;
async function later(n) {
	hours += n;
	await lab.pg.sql(`ALTER TABLE assay.statement ALTER accepted_at_ms SET DEFAULT
		((extract(epoch FROM clock_timestamp()) + ${hours * HOUR}) * 1000)::bigint`);
}

// The watch's document as of the newest leaf that it was judged behind.
const shown = (id, probe) => lab.documentWhere(`watches/${id}.json`, probe);
const turnsOf = async (id) => (await lab.document(`watches/${id}.json`)).turns;
const badgeSays = (id, word) => waitFor(`the badge to say ${word}`, async () =>
	(await lab.get(`/data/v1/badges/${id}.svg`)).text.includes(`: ${word}</title>`));
const listed = (id, probe) => lab.documentWhere('watches.json', (d) => d.watches.some((one) => one.id === id && probe(one)));

test('a release manager begins a watch: what it says, a badge, a document', async () => {
	sam = await staff('Sam');
	crowd = [];
	for (const name of ['Ada', 'Ben', 'Cem', 'Dee', 'Eve', 'Fay'])
		crowd.push(await lab.enrolled(name));
	for (const key of crowd.slice(0, 3))
		await counted(act(sam, 'trust', key.submitter));
	for (const [i, key] of crowd.entries()) {
		await lab.accepted(speed(key, BASE, 50 + i / 10));
		key.last = speed(key, CANDIDATE, 51 + i / 10);
		await counted(key.last);
	}
	const home = path.join(lab.dir, 'rosa');
	rosa = { home, ...JSON.parse((await lab.assay(['enrol', '--server', lab.url, '--name', 'Rosa', '--accept-terms', '--json', '--home', home])).stdout) };
	await counted(act(rootKey(), 'grant', rosa.submitter, { role: 'release-manager' }));
	rosaKey = await lab.enrolled('Rosa of the tests');
	await counted(act(rootKey(), 'grant', rosaKey.submitter, { role: 'release-manager' }));
	const { candidate, ...open } = policy();
	const begun = await runner('watch', 'start', policyFile(open), '--candidate', candidate, '--json');
	assert.equal(begun.code, 0, begun.stderr);
	watch = JSON.parse(begun.stdout).id;
	const { watch: w, turns } = await shown(watch, () => true);
	assert.deepEqual([w.result, w.ended, w.pending, w.candidate, w.settle_hours, w.by.id], ['GO', false, undefined, CANDIDATE, 24, rosa.submitter]);
	assert.deepEqual([w.rules[0].verdict, w.rules[0].voters, w.rules[0].inputs.length, w.rules[0].inputs_n], ['GO', 6, 12, 12]);
	assert.deepEqual(turns, [], 'a beginning is no change');
	assert.deepEqual(complaints(api, { $ref: '#/components/schemas/Watch' }, await lab.document(`watches/${watch}.json`)), []);
	assert.deepEqual(complaints(api, { $ref: '#/components/schemas/Watches' }, await lab.document('watches.json')), []);
	const svg = await lab.get(`/data/v1/badges/${watch}.svg`);
	assert.equal(svg.headers['content-type'], 'image/svg+xml');
	assert.match(svg.text, /<title id="t">acme\/&lt;chat&gt;&amp;&quot;8b&quot; by fast &lt;b&gt;enough&lt;\/b&gt;: GO<\/title>/);
	assert.doesNotMatch(svg.text, /script|<b>|href/);
	await listed(watch, () => true);
	const told = await runner('watch', 'list');
	assert.match(told.stdout, /^GO +acme\/<chat>&"8b" by fast <b>enough<\/b>, against acme\/chat-7b\n +[0-9a-f]{64}\n$/);
	assert.deepEqual(JSON.parse((await runner('watch', 'list', '--json', '--log', lab.published)).stdout).watches.length, 1);
});

test('who may not, and what makes no sense', async () => {
	assertProblem(await lab.post(watching(crowd[0], policy()).text), 403, 'not_entitled');
	const refused = async (pointer, words, content) => {
		const problem = assertProblem(await lab.post(say('watch', rosaKey, { policy: typeof content === 'string' ? content : JSON.stringify(content) }).text), 422, 'policy');
		assert.equal(problem.pointer, '/policy');
		assert.ok(problem.detail.includes(pointer), problem.detail);
		assert.match(problem.detail, words);
	};
	await refused('/rules/0/metric', /prefill, decode/, policy({}, { metric: 'politeness' }));
	await refused('/rules/0/suite', /throughput/, policy({}, { suite: 'throughput/9' }));
	await refused('/rules/0/margin', /at least 0/, policy({}, { margin: -1 }));
	await refused('/candidate', /watched/, policy({ candidate: undefined }));
	await refused('/baseline', /compare with/, policy({ baseline: undefined }));
	await refused('/rules', /1/, policy({ rules: [] }));
	await refused('', /line 1/, '{nonsense');
	// the runner says the same, with the line, before anything is signed
	const local = async (words, content) => {
		const result = await runner('watch', 'start', policyFile(content, 'wrong.json'));
		assert.notEqual(result.code, 0);
		assert.match(result.stderr, words);
	};
	await local(/wrong\.json:8 \/rules\/0\/metric/, policy({}, { metric: 'politeness' }));
	await local(/wrong\.json:1 \/candidate/, policy({ candidate: undefined }));
	await local(/16384/, ' '.repeat(10_000_000));
	const usage = await runner('watch', 'begin');
	assert.match(usage.stderr, /start POLICY, list, or stop ID/);
});

test('a regression is seen at once, and told by nothing yet', async () => {
	for (const [i, key] of crowd.entries()) {
		key.slow = speed(key, CANDIDATE, 40 + i / 10, { replaces: key.last.id });
		await counted(key.slow);
	}
	const { watch: w, turns } = await shown(watch, (d) => d.watch.pending?.result === 'NO-GO');
	assert.equal(w.result, 'GO');
	assert.equal(Date.parse(w.pending.settles_at) - Date.parse(w.pending.turned_at), 24 * HOUR * 1000);
	const slow = await Promise.all(crowd.map((key) => indexOf(key.slow.id)));
	assert.ok(slow.includes(w.pending.turned_index), 'the statement that turned it is one of the slow ones');
	assert.deepEqual(turns, []);
	await badgeSays(watch, 'GO');
	await listed(watch, (one) => one.pending?.result === 'NO-GO');
	assert.match((await runner('watch', 'list')).stdout, /turns to NO-GO if that holds until \d{4}-/);
});

test('what does not hold is never told: back within the settling time', async () => {
	for (const key of crowd) {
		key.fast = speed(key, CANDIDATE, 51, { replaces: key.slow.id });
		await counted(key.fast);
	}
	await shown(watch, (d) => d.watch.pending === undefined);
	await later(30);
	await lab.accepted(speed(crowd[0], 'other/model', 10));
	for (const [i, key] of crowd.entries()) {
		key.slow = speed(key, CANDIDATE, 40 + i / 10, { replaces: key.fast.id });
		await counted(key.slow);
	}
	const { turns } = await shown(watch, (d) => d.watch.pending?.result === 'NO-GO');
	assert.deepEqual(turns, [], 'its time began anew');
});

test('what holds is told once, with what turned it; a new leader goes on where the last one was', async () => {
	const { watch: before } = await lab.document(`watches/${watch}.json`);
	lab.daemon.set({ listen: `127.0.0.1:${lab.port}` });
	await lab.daemon.stop();
	await lab.daemon.start();
	await later(25);
	const any = await counted(speed(crowd[0], 'other/model', 11));
	const { watch: w, turns } = await shown(watch, (d) => d.turns.length > 0);
	const [turn] = turns;
	assert.deepEqual([w.result, w.pending, w.since_index], ['NO-GO', undefined, await indexOf(any.id)]);
	assert.deepEqual([turn.from, turn.to, turn.turned_index, turn.index], ['GO', 'NO-GO', before.pending.turned_index, w.since_index]);
	assert.deepEqual(turn.rules, [{ rule: 0, was: 'GO', now: 'NO-GO' }]);
	const slow = new Set(crowd.map((key) => key.slow.id)), first = new Set(crowd.map((key) => key.last.id));
	assert.ok(turn.added.length > 0 && turn.added.every((input) => slow.has(input.id) || crowd.some((key) => key.fast.id === input.id)));
	assert.ok(turn.gone.length > 0 && turn.gone.every((input) => first.has(input.id)));
	assert.equal(turn.added.find((input) => slow.has(input.id)).index > turn.gone[0].index, true);
	await badgeSays(watch, 'NO-GO');
	await later(100);
	for (let i = 0; i < 3; i++)
		await counted(speed(crowd[i], CANDIDATE, 29));
	await shown(watch, (d) => d.watch.judged_index >= w.since_index + 3);
	assert.equal((await turnsOf(watch)).length, 1, 'told once');
	assert.equal(await lab.pg.sql('SELECT count(*) FROM assay.watch_turn'), '1');
	const feed = await waitFor('the feed to tell of it', async () => {
		const { text } = await lab.get('/data/v1/feed.atom');
		return text.includes(`?watch=${watch}`) && text;
	});
	assert.equal(feed.split(`?watch=${watch}`).length, 2, 'once');
	assert.match(feed, /acme\/&lt;chat&gt;&amp;(&quot;|")8b(&quot;|") by fast &lt;b&gt;enough&lt;\/b&gt;: NO-GO/);
});

test('retractions turn it to INSUFFICIENT; settle_hours 0 tells at once', async () => {
	const begun = watching(rosaKey, policy({ name: 'quick', settle_hours: 0 }));
	quick = (await counted(begun)).id;
	await shown(quick, (d) => d.watch.result === 'NO-GO');
	for (const key of crowd.slice(1)) {
		for (const { id } of [key.slow, ...(await lab.document(`submitters/${key.submitter}.json`)).runs
			.filter((r) => r.model.name === CANDIDATE && r.state === 'counted')])
			await settle(retraction(key, id));
	}
	const { watch: w, turns } = await shown(quick, (d) => d.watch.result === 'INSUFFICIENT');
	assert.deepEqual([turns[0].from, turns[0].to, turns[0].index === turns[0].turned_index], ['NO-GO', 'INSUFFICIENT', true]);
	assert.equal(w.since_index, turns[0].index);
	const slow = await shown(watch, (d) => d.watch.pending?.result === 'INSUFFICIENT');
	assert.equal(slow.watch.result, 'NO-GO');
});

test('runs get too old, by the time of the log: nobody needs to touch anything', async () => {
	const aged = watching(rosaKey, policy({ name: 'aged', settle_hours: 0, candidate: BASE, baseline: undefined },
		{ compare: 'absolute', margin: 40, max_age_days: 30 }));
	await counted(aged);
	await shown(aged.id, (d) => d.watch.result === 'GO');
	await later(24 * 31);
	await counted(speed(crowd[0], 'other/model', 12));
	const { watch: w } = await shown(aged.id, (d) => d.watch.result === 'INSUFFICIENT');
	assert.equal(w.rules[0].voters, 0);
});

test('what a million tokens cost turns with the prices that staff say, and with their days', async () => {
	const price = (amount, from) => say('price', sam, { of: 'hardware', name: 'Example GPU 80GB', amount, currency: 'USD', unit: 'hour',
		valid_from: new Date(Date.now() + (hours + from) * HOUR * 1000).toISOString().slice(0, 19) + 'Z', source: 'https://rent.example' });
	const cost = watching(rosaKey, { name: 'cost', candidate: BASE, settle_hours: 0, rules: [{ metric: 'cost', suite: 'throughput',
		where: { n_gen: 128, hardware: 'Example GPU 80GB' }, compare: 'absolute', margin: 6, min_submitters: 3 }] });
	await counted(cost);
	const says = (word) => shown(cost.id, (d) => d.watch.result === word);
	assert.equal((await says('INSUFFICIENT')).watch.rules[0].voters, 6);
	const cheap = await counted(price('0.90', -2));
	const { turns } = await says('GO');
	assert.deepEqual([turns[0].turned_index, turns[0].added.some((input) => input.id === cheap.id)], [await indexOf(cheap.id), true]);
	await counted(price('9.00', 5)); // from some hours on
	await counted(price('0.01', 400));
	assert.equal((await says('GO')).watch.rules[0].point < 6, true);
	await later(6);
	await counted(speed(crowd[0], 'other/model', 13));
	await says('NO-GO');
	const retracted = await counted(price('0.80', -1));
	await says('GO');
	await counted(retraction(sam, retracted.id));
	await says('NO-GO');
	await counted(retraction(sam, cheap.id)); // which another had replaced
});

test('a release manager has so many under watch and no more', async () => {
	const fourth = await counted(watching(rosaKey, policy({ name: 'fourth' })));
	const fifth = () => watching(rosaKey, policy({ name: 'fifth' }));
	const problem = assertProblem(await lab.post(fifth().text), 409, 'watches_full');
	assert.match(problem.detail, /4 that stand, of at most 4/);
	await counted(retraction(rosaKey, fourth.id));
	await counted(retraction(rosaKey, (await counted(fifth())).id));
});

test('runs of a watched model are judged one by one, and settled together', async () => {
	await later(0);
	const size = () => lab.pg.sql('SELECT size FROM assay.log_head'), before = Number(await size());
	const body = Array.from({ length: 60 }, (_, i) => speed(crowd[i % 6], i % 2 ? BASE : CANDIDATE, 50 + i / 100).text.trim()).join('\n');
	assert.equal((await lab.batch(`${body}\n`)).status, 200);
	await waitFor('all of them to be in the log', async () => Number(await size()) === before + 60);
	const batches = [...readFileSync(lab.daemon.log, 'utf8').matchAll(/ logged n=(\d+) size=(\d+)/g)].filter(([, , to]) => Number(to) > before);
	assert.ok(batches.length < 30, `${batches.length} batches for 60 statements`);
	assert.equal(await lab.pg.sql(`SELECT count(DISTINCT judged_index) FROM assay.watch WHERE ended_index IS NULL AND judged_index = ${before + 59}`), '1');
});

test('what is told follows from the log: audit makes it again', async () => {
	const audited = async () => lab.assay(['audit', '--home', rosa.home, '--json'], { env });
	await waitFor('documents and log to be of one size, with nothing behind', async () =>
		(await lab.document('index.json')).log_size === Number((await lab.get('/log/checkpoint')).text.split('\n')[1]) &&
		await lab.pg.sql('SELECT size - (SELECT count(*) FROM assay.pending) FROM assay.log_head') === String((await lab.document('index.json')).log_size));
	assert.deepEqual((await turnsOf(watch)).map((turn) => turn.to), ['INSUFFICIENT', 'NO-GO'], 'what waited was told in those days');
	const good = await audited();
	assert.equal(good.code, 0, good.stderr);
	assert.equal(JSON.parse(good.stdout).watches, 6);
	const file = path.join(lab.published, `data/v1/watches/${watch}.json`);
	const text = readFileSync(file, 'utf8');
	for (const [from, to] of [['"result":"INSUFFICIENT"', '"result":"GO"'], ['"was":"GO"', '"was":"INSUFFICIENT"']]) {
		assert.ok(text.includes(from), from);
		writeFileSync(file, text.replace(from, to));
		await waitFor('the changed file to be served', async () => (await lab.get(`/data/v1/watches/${watch}.json`)).text.includes(to));
		const bad = await audited();
		assert.equal(bad.code, 1, bad.stdout + bad.stderr);
		assert.match(bad.stderr, new RegExp(`watches/${watch}\\.json`));
	}
	writeFileSync(file, text);
});

test('it ends with its retraction, or with its signer’s role', async () => {
	const stopped = await runner('watch', 'stop', watch, '--reason', 'released');
	assert.equal(stopped.code, 0, stopped.stderr);
	const { watch: w } = await shown(watch, (d) => d.watch.ended);
	assert.deepEqual([w.result, w.pending], ['INSUFFICIENT', undefined]);
	await badgeSays(watch, 'not watched');
	await listed(watch, (one) => one.ended);
	assert.doesNotMatch((await runner('watch', 'list')).stdout, new RegExp(watch));
	assert.match((await runner('watch', 'list', '--all')).stdout, new RegExp(`^ended [^]*${watch}`, 'm'));
	assert.equal((await runner('watch', 'stop', watch, '--reason', 'again')).code, 1, 'once is enough');
	await lab.pg.sql('ALTER TABLE assay.statement ALTER accepted_at_ms SET DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint');
	await counted(act(rootKey(), 'revoke', rosaKey.submitter, { role: 'release-manager' }));
	await shown(quick, (d) => d.watch.ended);
	await lab.documentWhere('watches.json', (d) => d.watches.every((one) => one.ended));
});

test('another batching of the same log tells the same', () => sameInOneBatch(lab, { except: /^v1\/dumps/ }));
