// verdicts.test.mjs — what is held for its neighbours or its judge, what releases it, what items add to
// intervals; and that neither batching, a rebuild nor an audit sees any of it differently.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import path from 'node:path';
import { labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { sameInOneBatch } from './lib/rebatch.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { act, counted, settle, staff, run, shows } = people;
const ids = {};

async function crowd() {
	const [sam, tom] = [await staff('Sam'), await staff('Tom')];
	const [ada, eve, ben] = [await lab.enrolled('Ada'), await lab.enrolled('Eve'), await lab.enrolled('Ben')];
	for (const [by, whom] of [[sam, ada], [sam, eve], [sam, tom], [tom, sam]])
		await counted(act(by, 'trust', whom.submitter));
	return Object.assign(ids, { sam, tom, ada, eve, ben });
}

test('what is far from established neighbours is held, says why, and is released by two more', async () => {
	const { sam, tom, ada, eve, ben } = await crowd();
	const first = await counted(run(ada, 100, people.nextPoint()));
	await counted(run(eve, 104, people.point));
	const far = run(ben, 300, people.point);
	const answer = await lab.accepted(far);
	assert.deepEqual(answer.verdict, { plausible: true }, 'alone it is plausible');
	const held = await lab.settled(far.id);
	assert.equal(held.state, 'held');
	assert.equal(held.verdict.rule, 'neighbours');
	assert.equal(held.verdict.number, 300);
	assert.ok(Math.abs(held.verdict.bound - 1.5 * Math.sqrt(100 * 104)) < 1e-9);
	assert.match(held.reason, /prefill 300 is above 152\.97.* tokens\/s: 2 established submitters measured 101\.98/);
	await shows(first, (row) => row.held === 1 && row.estimates[0].voters === 2);
	const queue = await lab.documentWhere('acts.json', (d) => d.held.some((h) => h.id === far.id));
	assert.deepEqual(queue.held.find((h) => h.id === far.id).verdict, held.verdict);
	const model = await lab.documentWhere('models/example-org/tiny-7b.json', (d) => d.runs.some((r) => r.id === far.id));
	assert.deepEqual(model.runs.find((r) => r.id === far.id).verdict, held.verdict);
	const other = await settle(run(sam, 310, people.point));
	assert.equal(other.state, 'held');
	assert.equal((await lab.settled(far.id)).state, 'held');
	assert.equal((await settle(run(tom, 290, people.point))).state, 'counted', 'released by the leaf itself');
	for (const id of [far.id, other.id]) {
		const now = await lab.settled(id);
		assert.equal(now.state, 'counted');
		assert.equal(now.verdict.rule, 'neighbours', 'what was said of it stays');
	}
	await shows(first, (row) => row.held === 0 && row.estimates[0].voters === 5);
	assert.equal(await lab.pg.sql(`SELECT string_agg(DISTINCT was || '>' || now, ' ') FROM assay.move`), 'held>counted');
});

test('released with all its cells, once each of its results has its witnesses', async () => {
	const { sam, tom, ada, eve, ben } = ids;
	const points = [people.nextPoint(), people.nextPoint()];
	for (const point of points)
		for (const who of [ada, eve])
			await counted(run(who, 100, point));
	const two = (who, values) => run(who, 0, 0, { results: values.map((value, i) => (
		{ metric: 'prefill', conditions: { n_prompt: 1000 + points[i] }, value, n: 1 })) });
	const both = await settle(two(ben, [400, 400]));
	assert.equal(both.state, 'held');
	await settle(run(sam, 400, points[0]));
	await settle(run(tom, 400, points[0]));
	assert.equal((await lab.settled(both.id)).state, 'held');
	await settle(run(tom, 400, points[1]));
	const last = run(sam, 404, points[1]);
	await settle(last);
	assert.equal((await lab.settled(both.id)).state, 'counted');
	await shows(last, (row) => row.held === 0 && row.estimates[0].voters === 5);
});

const never = [['more than can be', 1e16, 'bounds'], ['less than nothing', -1, 'bounds']];
for (const [name, value, rule] of never)
	test(`${name} is held at once, and no number of others releases it`, async () => {
		const { sam, tom, ada } = ids;
		const statement = run(ada, value, people.nextPoint());
		const { verdict } = await lab.accepted(statement);
		assert.deepEqual([verdict.plausible, verdict.rule, verdict.pointer, verdict.number],
			[false, rule, '/results/0/value', value]);
		assert.equal(typeof verdict.bound, 'number');
		assert.deepEqual((await lab.settled(statement.id)).verdict, verdict);
		for (const who of [sam, tom])
			await settle(run(who, value, people.point));
		assert.equal((await lab.settled(statement.id)).state, 'held');
		await counted(act(tom, 'release', statement.id));
		await counted(act(sam, 'quarantine', statement.id));
	});

// ---- judged suites ----

const chat = (key, value, { anchor = 5, scores, model = 'chat/one' } = {}) => {
	const suite = lab.policy.suites.find((s) => s.name === 'chat');
	return lab.submission(key, {
		suite: { name: suite.name, version: suite.version, digest: suite.digest },
		model: { name: model },
		results: [{ metric: 'score', value, n: 80 }, { metric: 'unparsable', value: 0.025, n: 160 }],
		items: [{ metric: 'score', digest: 'ab'.repeat(32), scores: scores ?? Array.from({ length: 80 }, (_, i) => value + (i < 40 ? 1 : -1)) }],
		judge: { name: 'judge', prompt_digest: 'cd'.repeat(32), temperature: 0, anchors: Array.from({ length: 12 }, (_, i) => anchor + (i % 2 ? 1 : -1)) },
	});
};
const chatRow = (model, probe) => lab.documentWhere('suites/chat.json', (d) => {
	const row = d.rows.find((r) => r.model.name === model);
	return row && probe(row);
}).then((d) => d.rows.find((r) => r.model.name === model));

test('a judge who grades anchors otherwise is held', async () => {
	const { ada, eve, ben } = ids;
	await counted(chat(ada, 6));
	await counted(chat(eve, 6.1, { anchor: 5.5 }));
	const off = await settle(chat(ben, 6.2, { anchor: 7 }));
	assert.equal(off.state, 'held');
	assert.deepEqual([off.verdict.rule, off.verdict.pointer, off.verdict.number, off.verdict.bound],
		['anchors', '/judge/anchors', 7, 6]);
	await counted(chat(ben, 6.2, { anchor: 5.9 }));
	const row = await chatRow('chat/one', (r) => r.estimates[0].voters === 3);
	assert.equal(row.held, 1);
	assert.equal(row.estimates.find((e) => e.metric === 'unparsable').point, 0.025);
});

test('items are noise too: in the joint interval, and in the ranks', async () => {
	const { ada, eve, ben } = ids;
	const [score] = (await chatRow('chat/one', (r) => r.estimates[0].voters === 3)).estimates;
	// eight clusters, four one above and four one below the mean: se² = 8/7 · 8 · 10² / 80² = 1/7
	assert.deepEqual([score.items.n, score.items.clusters], [80, 8]);
	assert.ok(Math.abs(score.items.se - Math.sqrt(1 / 7)) < 1e-9);
	const widened = (side) => Math.hypot(score[side] - score.point, 2.3646242515927844 * score.items.se);
	assert.ok(Math.abs(score.joint_low - (score.point - widened('low'))) < 1e-8);
	assert.ok(Math.abs(score.joint_high - (score.point + widened('high'))) < 1e-8);
	for (const [i, who] of [ada, eve, ben].entries())
		await counted(chat(who, 7 + i / 100, { model: 'chat/two' }));
	const two = await chatRow('chat/two', (r) => r.estimates[0].voters === 3);
	// the votes alone would tell them apart
	assert.ok(two.estimates[0].low > score.high && two.estimates[0].joint_low < score.joint_high);
	assert.deepEqual(two.ranks.find((r) => r.metric === 'score'), { metric: 'score', best: 1, worst: 2, of: 2 });
	const lone = await chatRow('chat/two', () => true);
	assert.ok(lone.estimates.every((e) => e.metric === 'score' || e.items === undefined));
});

test('an audit says the same', async () => {
	const told = await lab.assay(['audit', lab.url, '--home', path.join(lab.dir, 'home'), '--vkey', lab.policy.vkey, '--json']);
	assert.equal(told.code, 0, told.stdout + told.stderr);
	assert.equal(JSON.parse(told.stdout).documents_compared, true);
});

test('another batching, by another daemon into an empty folder, makes the same of it', () => sameInOneBatch(lab));
