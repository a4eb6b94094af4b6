// run_chat.test.mjs — `assay run chat`: two turns, a judge, its anchors, and kills between all of them.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { assayPath, repo, sanitizerEnv } from './lib/daemon.mjs';
import { Endpoint } from './lib/endpoint.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile({ settings: { pow_bits: 0 } });
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites'), JUDGE_KEY: 'sk-judge-key', no_proxy: '*' };
const folder = path.join(repo, 'eval-suites/chat/1');
const items = readFileSync(path.join(folder, 'items.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const protocolText = readFileSync(path.join(folder, 'protocol.json'));
const { anchors } = JSON.parse(protocolText);

// The subject says which turn of which question it answers, so that the judge can tell.
const place = new Map(items.flatMap((item, i) => item.turns.map((turn, k) => [turn, `<<${i}.${k}>>`])));
const subject = (words, n, question) => {
	assert.equal(question.messages.length % 2, 1);
	if (question.messages.length === 3)
		assert.equal(question.messages[1].content, `Answer ${place.get(question.messages[0].content)}`);
	return `<think>Which one is it?</think>\nAnswer ${place.get(words)}`;
};
const answered = (words) => words.match(/<answer>\nAnswer <<(\d+)\.(\d)>>\n<\/answer>/)?.slice(1).map(Number);
const anchorOf = (words) => anchors.findIndex((a) => words.includes(`<answer>\n${a.answer}\n</answer>`));
const gradeOf = (item, turn) => (item * 3 + turn * 5) % 10 + 1;
const judge = (words) => {
	const at = answered(words);
	return at ? `Fine.\n**GRADE: ${gradeOf(...at)}**` : `GRADE: ${anchors[anchorOf(words)].grade}`;
};

let homes = 0;
const home = () => path.join(lab.dir, `home-${++homes}`);
const sessions = (dir) => readdirSync(path.join(dir, 'runs')).filter((name) => name.endsWith('.jsonl'))
	.map((name) => path.join(dir, 'runs', name));
const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;

async function withBoth(scripts, body) {
	const one = await Endpoint.start(scripts.subject ?? subject);
	const two = await Endpoint.start(scripts.judge ?? judge, { key: env.JUDGE_KEY });
	try {
		return await body(one, two);
	} finally {
		await one.stop();
		await two.stop();
	}
}

const args = (one, two, dir, ...more) => ['run', 'chat', '--endpoint', one.url, '--model', 'example-org/tiny',
	'--judge-endpoint', two.url, '--judge-model', 'example-org/judge@5', '--judge-key-env', 'JUDGE_KEY', '--home', dir, ...more];

test('from an endpoint and a judge to the board, with grades of items and anchors', async () => {
	const dir = home();
	const enrolled = await lab.assay(['enrol', '--server', lab.url, '--name', 'Asker', '--accept-terms', '--home', dir], { env });
	assert.equal(enrolled.code, 0, enrolled.stderr);
	await withBoth({}, async (one, two) => {
		const result = await lab.assay([...args(one, two, dir, '--at-once', '8', '--submit'), '--json'], { env });
		assert.equal(result.code, 0, result.stderr);
		assert.equal(one.asked.length, 160);
		assert.equal(two.asked.length, 160 + anchors.length);
		const [id] = JSON.parse(result.stdout).files[0].statements;
		const body = JSON.parse(Buffer.from(JSON.parse(readFileSync(path.join(dir, 'sent', `${id}.json`))).payload, 'base64'));
		const grades = items.map((_, i) => [gradeOf(i, 0), gradeOf(i, 1)]);
		const scores = Object.fromEntries(body.items.map((i) => [i.metric, i.scores]));
		assert.deepEqual(scores, { score: grades.map(mean), first_turn: grades.map(([a]) => a), second_turn: grades.map(([, b]) => b) });
		const values = Object.fromEntries(body.results.map((r) => [r.metric, r.value]));
		assert.equal(Object.keys(values).length, 12);
		assert.ok(Math.abs(values.score - mean(grades.map(mean))) < 1e-12);
		assert.ok(Math.abs(values.score_coding - mean(grades.filter((_, i) => items[i].category === 'coding').map(mean))) < 1e-12);
		assert.equal(values.unparsable, 0);
		assert.deepEqual(body.judge, { name: 'example-org/judge', version: '5', endpoint_host: '127.0.0.1', temperature: 0,
			prompt_digest: createHash('sha256').update(protocolText).digest('hex'), anchors: anchors.map((a) => a.grade) });
		const asked = two.asked.map((q) => q.words);
		const math = items.findIndex((i) => i.category === 'mathematics');
		const second = asked.find((words) => answered(words)?.join() === `${math},1`);
		for (const part of [items[math].turns[0], `Assistant: Answer <<${math}.0>>`, items[math].turns[1], items[math].reference[1]])
			assert.ok(second.includes(part), part);
		assert.ok(!second.includes(items[math].reference[0]));
		assert.ok(asked.filter((words) => words.includes('<reference>')).length >= 60);
		const board = await lab.documentWhere('suites/chat.json', (d) => d.rows.length === 1);
		assert.equal(board.rows[0].fields.judge_prompt, body.judge.prompt_digest);
		assert.ok(!readFileSync(sessions(dir)[0], 'utf8').includes(env.JUDGE_KEY));
	});
});

test('a word without a grade is asked for once more, then counted; anchors must have one', async () => {
	const dir = home();
	const strange = { '0,0': ['Well done!', 'GRADE: 7'], '0,1': ['GRADE: 11', 'GRADE: 0'], '1,0': ['GRADE: 3.5', 'no'] };
	let muteAnchor = -1;
	const script = (words) => {
		if (anchorOf(words) === muteAnchor && !answered(words))
			return 'I like it.';
		return strange[answered(words)?.join()]?.shift() ?? judge(words);
	};
	await withBoth({ judge: script }, async (one, two) => {
		const result = await lab.assay([...args(one, two, dir, '--dry-run'), '--json'], { env });
		assert.equal(result.code, 0, result.stderr);
		const payload = JSON.parse(result.stdout);
		const scores = Object.fromEntries(payload.items.map((i) => [i.metric, i.scores]));
		assert.deepEqual([scores.first_turn[0], scores.second_turn[0], scores.first_turn[1]], [7, null, null]);
		assert.deepEqual([scores.score[0], scores.score[1]], [7, gradeOf(1, 1)]);
		assert.equal(payload.results.find((r) => r.metric === 'unparsable').value, 2 / 160);
		assert.equal(two.asked.length, 160 + anchors.length + 3);
		muteAnchor = 2;
		const bad = await lab.assay(args(one, two, home(), '--dry-run'), { env });
		assert.equal(bad.code, 4, bad.stderr);
		assert.match(bad.stderr, /anchor 3/);
	});
});

test('killed while it asks and while it judges, it asks neither of them twice', async () => {
	const dir = home();
	const limit = { subject: 70, judge: 0 }, waiting = [];
	const held = (name, script) => async (words, n, question) => {
		if (n > limit[name])
			await new Promise((done) => waiting.push(done));
		return script(words, n, question);
	};
	const count = () => readFileSync(sessions(dir)[0], 'utf8').split('\n').length - 2;
	await withBoth({ subject: held('subject', subject), judge: held('judge', judge) }, async (one, two) => {
		for (const until of [70, 160 + 90]) {
			const child = spawn(assayPath, args(one, two, dir, '--dry-run'), { env: { ...process.env, ...sanitizerEnv, ...env } });
			await waitFor(`${until} lines`, () => existsSync(path.join(dir, 'runs')) && sessions(dir).length && count() === until);
			child.kill('SIGKILL');
			await once(child, 'close');
			while (waiting.length)
				waiting.pop()();
			await waitFor('both to be idle', () => one.now === 0 && two.now === 0);
			one.answered.splice(Math.min(until, 160));
			two.answered.splice(Math.max(until - 160, 0));
			limit.subject = Infinity;
			limit.judge = two.asked.length + (until === 70 ? 90 : Infinity);
		}
		const result = await lab.assay([...args(one, two, dir, '--dry-run'), '--json'], { env });
		assert.equal(result.code, 0, result.stderr);
		for (const [endpoint, n] of [[one, 160], [two, 160 + anchors.length]]) {
			assert.equal(endpoint.answered.length, n);
			assert.equal(new Set(endpoint.answered).size, n);
		}
	});
});

test('without a judge nothing is asked', async () => {
	await withBoth({}, async (one) => {
		const result = await lab.assay(['run', 'chat', '--endpoint', one.url, '--model', 'a/b', '--home', home(), '--dry-run'],
			{ env });
		assert.equal(result.code, 2, result.stderr);
		assert.match(result.stderr, /--judge-endpoint/);
		assert.equal(one.asked.length, 0);
	});
});
