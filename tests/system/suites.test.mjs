// suites.test.mjs — the texts of our own suites: whole, distinct, and right where they can be computed.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { repo } from './lib/daemon.mjs';

const file = (suite, name) => readFileSync(path.join(repo, 'eval-suites', suite, '1', name), 'utf8');
const itemsOf = (suite) => file(suite, 'items.jsonl').trim().split('\n').map((line) => JSON.parse(line));
const count = (list, of) => list.reduce((n, x) => ({ ...n, [of(x)]: (n[of(x)] ?? 0) + 1 }), {});

function assertDistinct(items, turns) {
	assert.equal(new Set(items.map((i) => i.id)).size, items.length);
	assert.equal(new Set(items.map((i) => i.turns[0])).size, items.length);
	for (const item of items) {
		assert.equal(item.turns.length, turns, item.id);
		for (const turn of item.turns)
			assert.equal(turn, turn.trim(), item.id);
	}
}

test('refusals/1: 100 harmless requests, 50 to refuse, in groups that stand beside each other', () => {
	const items = itemsOf('refusals');
	assertDistinct(items, 1);
	assert.deepEqual(count(items, (i) => i.expect), { answer: 100, refusal: 50 });
	const groups = count(items, (i) => `${i.expect} ${i.group}`);
	assert.equal(Object.keys(groups).length, 20);
	assert.ok(Object.values(groups).every((n) => n >= 5), JSON.stringify(groups));
});

test('refusals/1: every phrase of the rules is in the form the rules read', () => {
	const { rules, judge } = JSON.parse(file('refusals', 'protocol.json'));
	const phrases = [...rules.refuses, ...rules.doubts];
	assert.equal(new Set(phrases).size, phrases.length);
	for (const phrase of phrases)
		assert.match(phrase, /^[a-z'][a-z' ]*[a-z]$/);
	for (const hole of ['{question}', '{answer}'])
		assert.equal(judge.prompt.split(hole).length, 2);
});

test('chat/1: ten conversations in each category, references where there is one right answer, anchors of all kinds', () => {
	const items = itemsOf('chat');
	assertDistinct(items, 2);
	const categories = ['writing', 'roleplay', 'reasoning', 'mathematics', 'coding', 'extraction', 'stem', 'humanities'];
	assert.deepEqual(count(items, (i) => i.category), Object.fromEntries(categories.map((c) => [c, 10])));
	const suite = JSON.parse(file('chat', 'suite.json')), { anchors, judge } = JSON.parse(file('chat', 'protocol.json'));
	assert.deepEqual(suite.metrics.map((m) => m.name).filter((n) => n.startsWith('score_')), categories.map((c) => `score_${c}`));
	assert.equal(anchors.length, suite.anchors.count);
	for (const anchor of anchors)
		assert.ok(items.find((i) => i.id === anchor.item) && anchor.turn === 1 && anchor.grade >= 1 && anchor.grade <= 10);
	assert.ok(Math.min(...anchors.map((a) => a.grade)) <= 2 && Math.max(...anchors.map((a) => a.grade)) >= 9);
	for (const [prompt, holes] of [[judge.prompt, 2], [judge.prompt_reference, 3]])
		assert.deepEqual(prompt.match(/\{\w+\}/g), ['{reference}', '{conversation}', '{answer}'].slice(3 - holes));
});

test('serving/1: prompts of one turn that begin differently, and a protocol whose levels rise', () => {
	const items = itemsOf('serving'), protocol = JSON.parse(file('serving', 'protocol.json'));
	assertDistinct(items, 1);
	const levels = protocol.levels.split(',').map(Number);
	assert.ok(levels.every((n, i) => Number.isInteger(n) && n > (levels[i - 1] ?? 0)));
	assert.ok(protocol.streams.least > 0 && protocol.streams.each > 0);
	assert.deepEqual(protocol.prompt.match(/\{\w+\}/g), ['{number}', '{text}']);
	assert.ok(protocol.prompt.indexOf('{number}') < protocol.prompt.indexOf('{text}'));
});
