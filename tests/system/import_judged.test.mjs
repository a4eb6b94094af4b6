// import_judged.test.mjs — FastChat, AlpacaEval and EvalPlus: the numbers of the tools' own summaries.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { caseFile, fixtureFile, importer, numbersOf, withoutFixtures } from './lib/importing.mjs';

const { dir, payloads, refused } = importer();
const told = ['--cpu', 'unknown', '--accelerator', 'none', '--model', '*=org/name', '--revision', '*=main', '--engine', 'e'];
const judged = [...told, '--judge-prompt-sha256', 'ab'.repeat(32)];
const alpaca = [...judged, '--judge-temperature', '0'];
const only = (name) => ['--only', name];

const near = (a, b, within) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

test('single grades: -1 is counted, not dropped, and not in a mean; judged twice counts twice', async () => {
	const [ada, bob] = await payloads('auto', caseFile('fastchat-single/valid/twice/input.jsonl'), ...judged);
	assert.deepEqual(numbersOf(ada), { score: 24.5 / 4, first_turn: 21.5 / 3, second_turn: 3, unparsable: 1 / 5 });
	assert.deepEqual(numbersOf(bob), { unparsable: 1 });
	assert.deepEqual(ada.results.map((r) => r.n), [4, 3, 1, 5]);
	assert.equal(ada.results[0].conditions.questions, 2);
	assert.deepEqual(ada.items.map((i) => [i.metric, ...i.scores.slice(0, 3)]), [['score', 8, 5.5, null],
		['first_turn', 8, 6.75, null], ['second_turn', null, 3, null]]);
	assert.equal(ada.judge.name, 'gpt-4');
	assert.equal(ada.started_at, '2024-03-25T12:35:16Z');
});

test('pairs: both orders decide, errors are counted, against one model or all', async () => {
	const file = caseFile('fastchat-pairwise/valid/three/input.jsonl');
	const [a, c] = await payloads('auto', file, ...judged, '--baseline', 'b');
	assert.deepEqual(numbersOf(a), { win_rate: 0.25, loss_rate: 0.25, win_rate_adjusted: 0.5, unparsable: 0.2 });
	assert.deepEqual(a.items[0].scores.slice(0, 4), [0.5, 0.5, 0.5, null]);
	assert.equal(a.results[0].conditions.baseline, 'b');
	assert.deepEqual(numbersOf(c), { win_rate: 0, loss_rate: 1, win_rate_adjusted: 0, unparsable: 0 });
	const all = await payloads('auto', file, ...judged, '--baseline', 'all');
	assert.deepEqual(all.map((p) => [p.results[0].n, p.results[0].conditions.baseline, p.results[0].value]),
		[[5, 'b + c', 0.2], [5, 'a + c', 0.4], [2, 'a + b', 0.5]]);
	assert.match((await refused(2, 'auto', file, ...judged)).expected, /^--baseline NAME/);
	assert.match((await refused(2, 'auto', file, ...judged, '--baseline', 'z')).got, /"z"/);
});

test('AlpacaEval: draws are halves, what the judge failed on is counted', async () => {
	const [ada, bob] = await payloads('auto', caseFile('alpaca-eval/valid/annotations/input.json'), ...alpaca);
	assert.deepEqual(numbersOf(ada), { win_rate: 45, discrete_win_rate: 40, unparsable: 2 / 7 });
	near(ada.results[0].se, 100 * Math.sqrt(0.55 / 4 / 5), 1e-12);
	assert.deepEqual(ada.extra, { n_wins: '1', n_wins_base: '2', n_draws: '2', n_total: '5' });
	assert.equal(bob.results[0].se, undefined);
	assert.equal(ada.results[0].conditions.baseline, 'base-1');
	const rows = await payloads('auto', caseFile('alpaca-eval/valid/leaderboard/input.csv'), ...alpaca, '--judge', 'j',
		'--baseline', 'base-1');
	assert.deepEqual(rows.map((p) => numbersOf(p)), [{ win_rate: 40.625, length_controlled_winrate: 33.5 }, { win_rate: 97.5 }]);
	assert.deepEqual(rows[0].results.map((r) => [r.n, r.se]), [[4, 12.5], [4, 0.25]]);
	assert.equal(rows[0].extra.avg_length, '812');
});

test('EvalPlus: pass@k over tasks, recomputed where the file lacks it', async () => {
	const hot = [...told, '--condition', 'temperature=0.8'];
	const [human] = await payloads('auto', caseFile('evalplus/valid/three-samples/input.json'), ...hot);
	assert.deepEqual(numbersOf(human), { base_pass_at_1: 5 / 9, plus_pass_at_1: 4 / 9 });
	assert.deepEqual(human.results[0].conditions,
		{ dataset_hash: '0123456789abcdef0123456789abcdef', tasks: 3, samples: 3, temperature: 0.8 });
	assert.deepEqual(human.items.map((i) => [0, 1, 2, 5].map((k) => i.scores[k])), [[2 / 3, null, 1, 0], [1 / 3, null, 1, 0]]);
	const [old] = await payloads('auto', caseFile('evalplus/valid/old/input.json'), ...hot);
	assert.deepEqual(Object.keys(numbersOf(old)), ['base_pass_at_1', 'base_pass_at_10']);
	near(numbersOf(old).base_pass_at_1, (5 / 12 + 1) / 2, 1e-12);
	// 7 of 12 fail, so ten samples always hold one that passes.
	assert.equal(numbersOf(old).base_pass_at_10, 1);
	assert.match((await refused(2, 'evalplus', caseFile('evalplus/valid/old/input.json'), ...told)).expected, /temperature/);
});

for (const format of ['fastchat-single', 'fastchat-pairwise', 'alpaca-eval', 'evalplus'])
	for (const name of readdirSync(caseFile(format, 'invalid')))
		test(`${format} refused: ${name}`, async () => {
			const folder = caseFile(format, 'invalid', name);
			const file = path.join(folder, readdirSync(folder).find((f) => f.startsWith('input')));
			const [where, words] = readFileSync(path.join(folder, 'expected'), 'utf8').trim().split('\n');
			const fault = await refused(1, format, file, ...alpaca, '--baseline', 'b');
			assert.equal(`${fault.code} ${fault.pointer}`, where.replace(' ', ` ${file}:`));
			assert.ok(fault.got.includes(words), fault.got);
		});

// "model  1  8.000000" lines of a table that show_result.py printed.
const table = (name) => readFileSync(fixtureFile('fastchat', name), 'utf8');

test('the tables that FastChat itself prints', { skip: withoutFixtures }, async () => {
	const file = fixtureFile('fastchat/gpt-4_single.excerpt.jsonl');
	const [first, second, average] = table('gpt-4_single.excerpt.expected.txt').split(/#+ .* #+/).slice(1);
	for (const [metric, text] of [['first_turn', first], ['second_turn', second], ['score', average]])
		for (const [, model, value] of text.matchAll(/^(mistral\S*) +(?:[12] +)?(\d+\.\d+)$/gm)) {
			const [payload] = await payloads('auto', file, ...judged, ...only(model));
			near(numbersOf(payload)[metric], Number(value), 5e-7);
		}
	for (const [name, baseline] of [['all', 'all'], ['baseline-phi-3', 'phi-3']])
		for (const [, model, win, loss, tie, ...rates] of table(`gpt-4_pair.excerpt.expected-${name}.txt`)
			.matchAll(/^(phi\S*) +(\d+) +(\d+) +(\d+) +(\S+) +(\S+) +(\S+)$/gm)) {
			const [payload] = await payloads('auto', fixtureFile('fastchat/gpt-4_pair.excerpt.jsonl'), ...judged,
				'--baseline', baseline, ...only(model));
			const got = numbersOf(payload);
			['win_rate', 'loss_rate', 'win_rate_adjusted'].forEach((m, k) => near(got[m], Number(rates[k]), 5e-7));
			assert.equal(payload.results[0].n, Number(win) + Number(loss) + Number(tie));
		}
});

test('the rows that AlpacaEval itself published, from annotations and from the tables', { skip: withoutFixtures }, async () => {
	for (const [csv, annotations, model] of [
		['weighted_alpaca_eval_gpt4_turbo_leaderboard.csv', 'annotations-numbers-text_davinci_001-weighted_alpaca_eval_gpt4_turbo.json', 'text_davinci_001'],
		['alpaca_eval_gpt4_leaderboard.csv', 'annotations-numbers-alpaca-7b-alpaca_eval_gpt4.json', 'alpaca-7b']]) {
		const lines = readFileSync(fixtureFile('alpaca_eval', csv), 'utf8').trim().split('\n').map((l) => l.trim().split(','));
		const head = lines[0], rows = lines.slice(1).map((l) => Object.fromEntries(l.map((v, k) => [head[k], v])));
		const list = await payloads('auto', fixtureFile('alpaca_eval', csv), ...alpaca, '--judge', 'j', '--baseline', 'b');
		assert.equal(list.length, rows.length);
		list.forEach((payload, k) => {
			for (const metric of ['win_rate', 'discrete_win_rate', 'length_controlled_winrate'])
				assert.equal(numbersOf(payload)[metric], rows[k][metric] ? Number(rows[k][metric]) : undefined, rows[k]['']);
			assert.equal(payload.results[0].se, Number(rows[k].standard_error));
			for (const [key, value] of Object.entries(payload.extra))
				assert.equal(value, rows[k][key]);
		});
		const row = rows.find((r) => r[''] === model);
		const [payload] = await payloads('auto', fixtureFile('alpaca_eval', annotations), ...alpaca);
		near(numbersOf(payload).win_rate, Number(row.win_rate), 1e-13);
		near(numbersOf(payload).discrete_win_rate, Number(row.discrete_win_rate), 1e-13);
		near(payload.results[0].se, Number(row.standard_error), 1e-12);
		for (const key of ['n_wins', 'n_wins_base', 'n_draws', 'n_total'])
			assert.equal(payload.extra[key], row[key]);
	}
});

test('what EvalPlus itself prints', { skip: withoutFixtures }, async () => {
	for (const name of readdirSync(fixtureFile('evalplus')).filter((f) => f.endsWith('eval_results.json'))) {
		const [payload] = await payloads('auto', fixtureFile('evalplus', name), ...told, '--condition', 'temperature=0');
		const { pass_at_k: printed } = JSON.parse(readFileSync(fixtureFile('evalplus', name), 'utf8'));
		assert.deepEqual(numbersOf(payload), Object.fromEntries(Object.entries(printed).flatMap(([set, of]) =>
			Object.entries(of).map(([k, value]) => [`${set}_pass_at_${k.slice(5)}`, value]))));
	}
});

test('more models than anybody has in one file are refused, not searched through', async () => {
	const rows = (line) => Array.from({ length: 1001 }, (_, k) => JSON.stringify(line(k)));
	const single = path.join(dir, 'many.jsonl');
	writeFileSync(single, rows((k) => ({ question_id: 81, model: `m${k}`, judge: ['j', 'single-v1'], score: 8, turn: 1 })).join('\n'));
	assert.match((await refused(1, 'fastchat-single', single, ...judged)).expected, /at most 1000 models/);
	const annotations = path.join(dir, 'many.json');
	writeFileSync(annotations, `[${rows((k) => ({ generator_1: 'b', generator_2: `m${k}`, annotator: 'j', preference: 1 })).join(',')}]`);
	assert.match((await refused(1, 'alpaca-eval', annotations, ...alpaca)).expected, /at most 1000 models/);
});
