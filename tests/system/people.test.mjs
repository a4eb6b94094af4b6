// people.test.mjs — the open records: what a submitter did, what staff did and have still to look at.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { labFile } from './lib/lab.mjs';
import { assertCounts } from './lib/rebatch.mjs';
import { peopleOf } from './lib/people.mjs';
import { timeOf } from './lib/protocol.mjs';
import { complaints } from './lib/schema.mjs';

const { lab, test } = labFile();
const people = peopleOf(lab);
const { say, act, retraction, counted, staff, run } = people;
const api = JSON.parse(readFileSync(path.join(repo, 'webroot/openapi.json')));
const valid = (schema, document) => assert.deepEqual(complaints(api, { $ref: `#/components/schemas/${schema}` }, document), []);
const record = (key, probe) => lab.documentWhere(`submitters/${key.submitter}.json`, probe);
const acts = (probe) => lab.documentWhere('acts.json', probe);

test('a submitter\'s record counts what was sent, taken back, announced and left undone', async () => {
	const ada = await lab.enrolled('Ada');
	const plain = await counted(run(ada, 10));
	await counted(retraction(ada, (await counted(run(ada, 20))).id));
	const members = ({ suite, model, engine, hardware }) => ({ suite, model, engine, hardware });
	const intent = (count) => say('intent', ada, { ...members(plain.body), conditions: {}, count, expires_at: timeOf(Date.now() + 3600000) });
	const [kept, left] = [await counted(intent(1)), await counted(intent(3))];
	await counted(run(ada, 30, undefined, { intent: kept.id, duration_s: 0 }));
	await counted(run(ada, 31, undefined, { intent: left.id, duration_s: 86400 }));
	const shown = await record(ada, (d) => d.submissions.counted === 3);
	valid('SubmitterRecord', shown);
	assert.deepEqual(shown.submissions, { counted: 3, retracted: 1 });
	assert.equal(shown.without_intent, 2);
	assert.equal(shown.longer_than_intent, 1);
	assert.deepEqual(shown.intents.map((i) => [i.count, i.done]), [[3, 1], [1, 1]]);
	assert.equal(shown.runs.length, 4);
	assert.equal(shown.runs.find((r) => r.state === 'retracted').reason, 'a wrong build');
});

test('what became of a submitter stands in its record: roles, trust, links, suspension', async () => {
	const [sam, ada, eve] = [await staff('Sam'), await lab.enrolled('Ada'), await lab.enrolled('Eve')];
	assert.deepEqual((await record(sam, (d) => d.roles.length === 1)).roles, ['staff']);
	await counted(act(sam, 'trust', ada.submitter));
	await record(ada, (d) => d.trusted);
	await counted(act(sam, 'link', ada.submitter, { other: eve.submitter }));
	const [low, high] = [ada, eve].sort((a, b) => (a.submitter < b.submitter ? -1 : 1));
	assert.equal((await record(high, (d) => d.votes_with)).votes_with, low.submitter);
	assert.equal((await record(low, () => true)).votes_with, null);
	await counted(act(sam, 'suspend', ada.submitter));
	assert.equal((await record(ada, (d) => d.suspended)).trusted, false);
});

test('all submitters stand in one list, in the order of enrolment, with what each announced and left undone', async () => {
	const [sam, eve] = [await staff('Sam'), await lab.enrolled('Eve')];
	const { body, id } = await counted(run(eve, 10));
	const { suite, model, engine, hardware } = body;
	const until = [3600000, 7200000, 9000000].map((ms) => timeOf(Date.now() + ms));
	const intent = (count, at) => say('intent', eve, { suite, model, engine, hardware, conditions: {}, count, expires_at: until[at] });
	const [kept, half, withdrawn] = [await counted(intent(1, 2)), await counted(intent(2, 0)), await counted(intent(1, 1))];
	for (const one of [kept, half])
		await counted(run(eve, 30, undefined, { intent: one.id }));
	await counted(retraction(eve, withdrawn.id)); // taken back, it is unfinished still
	await counted(act(sam, 'quarantine', id));
	const list = await lab.documentWhere('submitters/list/0.json', (d) => d.submitters.find((p) => p.id === eve.submitter)?.submissions.quarantined === 1);
	valid('SubmitterList', list);
	const index = await lab.document('index.json');
	assert.deepEqual([index.submitter_pages, index.submitter_documents, index.totals.submitters], [1, 'submitters/list/{page}.json', list.submitters.length]);
	assert.deepEqual(list.submitters.map((p) => p.enrolled_index), list.submitters.map((p) => p.enrolled_index).sort((a, b) => a - b));
	const own = list.submitters.find((p) => p.id === eve.submitter);
	assert.deepEqual([own.name, own.submissions, own.without_intent, own.unfinished_intents, own.unfinished_until], ['Eve', { counted: 2, quarantined: 1 }, 1, 2, until[1]]);
	const shown = await record(eve, (d) => d.submissions.quarantined === 1);
	for (const member of ['submissions', 'without_intent', 'longer_than_intent', 'roles', 'trusted', 'established', 'suspended'])
		assert.deepEqual(own[member], shown[member], member);
	assert.deepEqual(shown.intents.map((i) => [i.count, i.done]), [[1, 0], [2, 1], [1, 1]]);
});

test('held runs, doubtful cells and every act stand in the open', async () => {
	const [sam, tom, eve] = [await staff('Sam'), await staff('Tom'), await lab.enrolled('Eve')];
	const held = run(eve, 1e15);
	await lab.accepted(held);
	const queue = await acts((d) => d.held.some((h) => h.id === held.id));
	valid('Acts', queue);
	assert.match(queue.held.find((h) => h.id === held.id).reason, /outside the suite's bounds/);
	const withheld = await counted(act(sam, 'withhold', held.id));
	const waiting = (await acts((d) => d.acts.some((a) => a.id === withheld.id))).acts.find((a) => a.id === withheld.id);
	assert.equal(waiting.waits, true);
	assert.equal(waiting.by.id, sam.submitter);
	await counted(act(tom, 'confirm', withheld.id));
	const after = await acts((d) => !d.held.some((h) => h.id === held.id));
	assert.equal(after.acts.find((a) => a.id === withheld.id).waits, false);
	assert.equal(after.acts.filter((a) => a.act === 'grant').every((a) => a.by === null), true);
	for (const key of [sam, tom])
		await counted(act(key === sam ? tom : sam, 'trust', key.submitter));
	const point = people.nextPoint();
	await counted(run(sam, 100, point));
	const last = await counted(run(tom, 300, point));
	const doubtful = (await acts((d) => d.doubtful.length === 1)).doubtful[0];
	assert.equal(doubtful.cell, people.cellOf(last));
	assert.equal(doubtful.contested, true);
});

test('the same timings from two submitters stand in the queue, until they are one or out of the count', async () => {
	const [sam, ada, eve, tom] = [await staff('Sam'), await lab.enrolled('Ada'), await lab.enrolled('Eve'), await lab.enrolled('Tom')];
	const timings = (...values) => ({ results: values.map((value, i) =>
		({ metric: 'prefill', conditions: { n_prompt: 1 + i }, value, n: 5, sd: value / 128 })) });
	const mine = await counted(lab.submission(ada, timings(101.25, 203.5)));
	// another order and another machine do not hide it
	const [first, second] = timings(101.25, 203.5).results;
	const copied = await counted(lab.submission(eve, { hardware: { ...mine.body.hardware, accelerators: [{ name: 'RTX 9999' }] },
		results: [second, first] }));
	await counted(lab.submission(tom, timings(101.25, 203.75))); // near is not the same
	await counted(lab.submission(ada, timings(101.25, 203.5))); // one's own is nobody's affair
	await counted(lab.submission(tom, { results: [{ metric: 'prefill', conditions: {}, value: 77, n: 1 }] }));
	await counted(lab.submission(eve, { results: [{ metric: 'prefill', conditions: {}, value: 77, n: 1 }] })); // one number may agree
	const queue = await acts((d) => d.twins.length > 0);
	valid('Acts', queue);
	assert.deepEqual(queue.twins.map((t) => [t.first.id, t.again.id]), [[mine.id, copied.id]]);
	assert.deepEqual(queue.twins[0].commands, [`assay act hold ${copied.id} --reason '…'`,
		`assay act link ${ada.submitter} ${eve.submitter} --reason '…'`]);
	await counted(act(sam, 'link', ada.submitter, { other: eve.submitter }));
	await acts((d) => d.twins.length === 0);
	await counted(act(sam, 'unlink', ada.submitter, { other: eve.submitter }));
	await acts((d) => d.twins.length === 1);
	await counted(act(sam, 'quarantine', copied.id));
	await acts((d) => d.twins.length === 0);
});

test('names that the catalogue does not know, or has for several parts, stand in the queue', async () => {
	const ada = await lab.enrolled('Ada');
	const on = (name, model) => lab.submission(ada, { hardware: { cpu: { name: 'AMD EPYC' }, accelerators: [{ name }] },
		model: { name: model, quantization: 'Q4_0' }, results: [{ metric: 'prefill', conditions: {}, value: 50, n: 1 }] });
	for (const [name, model] of [['NVIDIA GeForce RTX 4090', 'Qwen/Qwen2.5-7B-Instruct'], ['NVIDIA GeForce RTX 3060', 'Qwen/Qwen2.5-7B-Instruct'],
		['Accelerator of Tomorrow', 'nobody/knows-this']])
		await counted(on(name, model));
	const { unknown_names: names } = await acts((d) => d.unknown_names.some((n) => n.name === 'nobody/knows-this'));
	const found = (name) => names.filter((n) => n.name === name).map((n) => [n.of, n.ambiguous]);
	assert.deepEqual(found('NVIDIA GeForce RTX 4090'), []);
	assert.deepEqual(found('Qwen/Qwen2.5-7B-Instruct'), []);
	assert.deepEqual(found('NVIDIA GeForce RTX 3060'), [['hardware', true]]);
	assert.deepEqual(found('Accelerator of Tomorrow'), [['hardware', false]]);
	assert.deepEqual(found('nobody/knows-this'), [['model', false]]);
});

test('what is counted as it happens is what counting says', () => assertCounts(lab));
