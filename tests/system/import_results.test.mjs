// import_results.test.mjs — results of vLLM, LocalScore, Every Eval Ever, HELM and Inspect AI: every number, and what is refused.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { caseFile, fixtureFile, importer, withoutFixtures } from './lib/importing.mjs';
import { zipOf } from './lib/zip.mjs';

const { dir, payloads, refused, assay } = importer();
const formats = ['vllm', 'localscore', 'every-eval-ever', 'helm', 'inspect-ai'];
const json = (file) => JSON.parse(readFileSync(file, 'utf8').replace(/\b(NaN|-?Infinity)\b/g, 'null'));

// What cases and fixtures must never show: paths, addresses, keys, command lines.
const PRIVATE = /\/home\/|\/root\/|\/some_path|\/opt\/|10\.0\.0\.7|sk-1|localhost|run\.py|git@|secret/;

const optionsOf = (folder) => existsSync(path.join(folder, 'options'))
	? readFileSync(path.join(folder, 'options'), 'utf8').trimEnd().split('\n').flatMap((line) =>
		[line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]) : [];
const inputOf = (folder) => path.join(folder, existsSync(path.join(folder, 'run')) ? 'run/' : 'input.json');
const casesOf = (format, kind) => readdirSync(caseFile(format, kind)).map((name) => caseFile(format, kind, name));

// What the file decides; digests of suites and of the file itself are checked elsewhere.
const shown = ({ suite, model, engine, hardware, results, started_at, duration_s, extra }) =>
	JSON.parse(JSON.stringify({ suite: suite.name, model, engine, hardware, started_at, duration_s, extra, results }));

for (const format of formats) {
	test(`${format}: what is right becomes these payloads, by name and by auto`, async () => {
		const folders = casesOf(format, 'valid');
		assert.ok(folders.length >= 2);
		for (const folder of folders) {
			const list = await payloads(format, inputOf(folder), ...optionsOf(folder));
			assert.deepEqual(list.map(shown), json(path.join(folder, 'expected.json')), folder);
			assert.deepEqual(await payloads('auto', inputOf(folder), ...optionsOf(folder)), list);
			assert.doesNotMatch(JSON.stringify(list), PRIVATE, folder);
		}
	});

	test(`${format}: what is wrong is refused with its reason, wherever it is cut off too`, async () => {
		const folders = casesOf(format, 'invalid');
		assert.ok(folders.length >= 5);
		for (const folder of folders) {
			const [code, words] = readFileSync(path.join(folder, 'expected'), 'utf8').trimEnd().split('\n');
			const fault = await refused(code === 'option' ? 2 : 1, format, inputOf(folder), ...optionsOf(folder));
			assert.equal(fault.code, code, folder);
			assert.match(fault.expected, new RegExp(words), folder);
			assert.notEqual(fault.got, '', folder);
			assert.doesNotMatch(fault.expected + fault.got, PRIVATE, folder);
		}
	});
}

// ---- the fixtures: every number, worked out from the files by other code than the importer's

const told = ['--model', 'org/tiny', '--revision', 'main', '--engine', 'e', '--engine-version', '1', '--cpu', 'C', '--accelerator', 'none'];
const load = ['--condition', 'dataset=random', '--condition', 'input_len=128', '--condition', 'output_len=32', '--condition', 'goodput=ttft:100'];
const valuesOf = (payload) => Object.fromEntries(payload.results.map((r) => [r.metric, r.value]));

async function fixture(format, names, ...more) {
	const list = await payloads(format, fixtureFile(...names), ...told, ...more);
	assert.doesNotMatch(JSON.stringify(list.map((p) => ({ ...p, evidence: [] }))), PRIVATE);
	return list;
}

test('vLLM: all numbers of the result files, as the tool printed them', { skip: withoutFixtures }, async () => {
	const NUMBER = /^(mean|median|std|p[\d.]+)_.*_ms$|throughput$|goodput$|^max_(output|concurrent_)|^completed$|^failed$/;
	for (const name of readdirSync(fixtureFile('vllm')).filter((n) => n.endsWith('.json'))) {
		const lines = readFileSync(fixtureFile('vllm', name), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
		const list = await fixture('vllm', ['vllm', name], ...load);
		assert.equal(list.length, lines.length);
		lines.forEach((line, i) => {
			const wanted = Object.fromEntries(Object.entries(line).filter(([key, v]) => NUMBER.test(key) && typeof v === 'number'));
			assert.deepEqual(valuesOf(list[i]), wanted, name);
			assert.equal(list[i].duration_s, line.duration);
			assert.equal(list[i].results[0].conditions.request_rate, String(line.request_rate));
			assert.equal(list[i].results[0].conditions.total_input_tokens, line.total_input_tokens);
		});
	}
	for (const [name, file] of [['chat-detailed.stdout.txt', 'chat-detailed.json'],
		['openai-infqps-concurrency12.stdout.txt', 'openai-infqps-concurrency12-tiny-llama-20261123-102750.json']]) {
		const values = valuesOf((await fixture('vllm', ['vllm', file], ...load))[0]);
		const printed = [...readFileSync(fixtureFile('vllm', name), 'utf8').matchAll(/^(Mean|Median|P[\d.]+) (\w+) \(ms\): +([\d.]+)/gm)];
		assert.ok(printed.length >= 9);
		for (const [, statistic, what, number] of printed)
			assert.equal(values[`${statistic.toLowerCase()}_${what.toLowerCase()}_ms`].toFixed(2), number, `${statistic} ${what}`);
	}
});

test('LocalScore: all numbers of four real runs', { skip: withoutFixtures }, async () => {
	for (const name of readdirSync(fixtureFile('localscore')).filter((n) => n.endsWith('.json'))) {
		const run = json(fixtureFile('localscore', name));
		const [payload] = await payloads('localscore', fixtureFile('localscore', name), '--model', 'org/tiny', '--revision', 'main');
		const wanted = run.results.flatMap((t) => ['prompt_tps', 'gen_tps', 'ttft_ms', 'avg_time_ms', 'prompt_tps_watt', 'gen_tps_watt', 'power_watts']
			.filter((m) => t[m] !== 0).map((m) => [m, t.n_prompt, t.n_gen, t[m]]));
		const summary = Object.entries(run.results_summary).map(([m, v]) => [m, undefined, undefined, v]);
		assert.deepEqual(payload.results.map((r) => [r.metric, r.conditions.n_prompt, r.conditions.n_gen, r.value]), [...wanted, ...summary]);
		assert.equal(payload.hardware.cpu.name, run.system_info.cpu_name);
		assert.deepEqual(payload.hardware.accelerators, [{ name: run.accelerator_info.name,
			memory_mib: Math.round(run.accelerator_info.memory_gb * 1024) }]);
		assert.deepEqual(payload.engine, run.runtime_info);
		assert.equal(payload.model.quantization, run.results[0].model_quant_str);
		assert.equal(payload.model.parameters, run.results[0].model_n_params);
	}
});

test('Every Eval Ever: all scores of its examples', { skip: withoutFixtures }, async () => {
	for (const name of ['f3a1c0de-4b2e-4c1a-9f6d-1b7e5a2c8d40.json', 'community-evals-676f4465.json', 'schema-0.2.0-hfopenllm_v2.json']) {
		const document = json(fixtureFile('every_eval_ever/examples', name));
		const [payload] = await fixture('every-eval-ever', ['every_eval_ever/examples', name]);
		assert.deepEqual(payload.results.map((r) => [r.metric, r.value]),
			document.evaluation_results.map((r) => [r.evaluation_name, r.score_details.score]));
		assert.equal(payload.extra.source_type, 'documentation');
	}
});

test('HELM: means as in stats.json, n and error from the instances', { skip: withoutFixtures }, async () => {
	const kinds = /^(quasi_)?(prefix_)?exact_match|^f1_score$|^rouge_l$|^bleu_/;
	for (const run of readdirSync(fixtureFile('helm')).filter((n) => n !== 'README.md')) {
		const at = (name) => json(fixtureFile('helm', run, name));
		const [payload] = await fixture('helm', ['helm', run]);
		const stats = at('stats.json').filter((s) => !s.name.perturbation && kinds.test(s.name.name) && s.mean !== undefined);
		const split = stats.some((s) => s.name.split === 'test') ? 'test' : 'valid';
		const own = stats.filter((s) => s.name.split === split);
		assert.deepEqual(valuesOf(payload), Object.fromEntries(own.map((s) => [s.name.name, s.mean])));
		for (const result of payload.results) {
			const values = at('per_instance_stats.json').flatMap((i) => i.stats)
				.filter((s) => s.name.name === result.metric && s.name.split === split && s.mean !== undefined).map((s) => s.mean);
			const mean = values.reduce((a, b) => a + b, 0) / values.length;
			const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1);
			assert.equal(result.n, values.length);
			assert.ok(variance < 1e-15 ? result.se === undefined : Math.abs(result.se - Math.sqrt(variance / values.length)) < 1e-12);
		}
	}
});

test('Inspect AI: values and errors of all logs, JSON and archives', { skip: withoutFixtures }, async () => {
	for (const name of readdirSync(fixtureFile('inspect_ai/json'))) {
		const log = json(fixtureFile('inspect_ai/json', name));
		const [payload] = await fixture('inspect-ai', ['inspect_ai/json', name]);
		const wanted = log.results.scores.flatMap((s) => Object.entries(s.metrics).filter(([m]) => m !== 'stderr')
			.map(([m, { value }]) => [`${s.name}/${m}`, value, s.metrics.stderr?.value || undefined]));
		assert.deepEqual(payload.results.map((r) => [r.metric, r.value, r.se]), wanted, name);
	}
	for (const name of ['log_formats', 'log_read_sample']) {
		const [packed] = await fixture('inspect-ai', [`inspect_ai/eval/${name}.eval`]);
		assert.deepEqual(packed.results, (await fixture('inspect-ai', [`inspect_ai/json/${name}.json`]))[0].results);
	}
	const [streamed] = await fixture('inspect-ai', ['inspect_ai/eval/log_streaming.eval']);
	assert.deepEqual(streamed.results.map((r) => [r.value, r.se, r.n, r.conditions.epochs]), [[0.75, 0.25, 2, 2]]);
	const scoreless = readdirSync(fixtureFile('inspect_ai/eval')).find((n) => n.includes('dPiJifoWeEQBrfWsAopzWr'));
	assert.match((await refused(1, 'inspect-ai', fixtureFile('inspect_ai/eval', scoreless), ...told)).expected, /inspect score/);
});

// ---- archives that are right and hostile, made here

const log = readFileSync(caseFile('inspect-ai/valid/letters/input.json'), 'utf8');
const options = optionsOf(caseFile('inspect-ai/valid/letters'));
const without = (text, ...names) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).filter(([n]) => !names.includes(n))));

function archive(name, members) {
	const file = path.join(dir, name);
	writeFileSync(file, zipOf(members));
	return file;
}

test('an archive gives what the same log gives as JSON', async () => {
	const reductions = JSON.stringify([{ scorer: 'choice', samples: [1, 0.5, 0, 1].map((value) => ({ value })) }]);
	const file = archive('log.eval', [{ name: '_journal/start.json', text: '{}' }, { name: 'samples/1_epoch_1.json', text: '{}', method: 93 },
		{ name: 'header.json', text: without(log, 'samples') }, { name: 'reductions.json', text: reductions }]);
	const [packed] = await payloads('auto', file, ...options);
	assert.deepEqual(packed.results, (await payloads('auto', caseFile('inspect-ai/valid/letters/input.json'), ...options))[0].results);
	assert.equal(packed.evidence[0].media_type, 'application/zip');
	const other = archive('other.eval', [{ name: 'header.json', text: without(log, 'samples') },
		{ name: 'reductions.json', text: reductions.replace('0.5', '1') }]);
	assert.match((await refused(1, 'inspect-ai', other, ...options)).expected, /own samples/);
});

test('archives that cannot be read are refused in clear words', async () => {
	const header = { name: 'header.json', text: without(log, 'samples') };
	const bad = [
		[[{ ...header, method: 93 }], /inspect log dump/],
		[[{ ...header, size: header.text.length + 1 }], /of the size/],
		[[{ ...header, size: 5 }], /of the size/],
		[[{ ...header, size: 0x7ffffff0 }], /at most 64 MiB/],
		[[{ name: 'header.json', text: ' '.repeat(40e6), size: 30e6 }], /of the size/],
		[[header, { ...header, at: 0 }], /lie apart/],
		[[header, header], /each name once/],
		[[{ name: '_journal/start.json', text: '{}' }], /has ended/],
		[[{ name: 'x', text: '{}' }], /header\.json/],
		[[{ name: 'header.json', text: '{"status":' }], /whole record/],
	];
	for (const [i, [members, words]] of bad.entries()) {
		const fault = await refused(1, 'inspect-ai', archive(`bad-${i}.eval`, members), ...options);
		assert.equal(fault.code, 'file_format');
		assert.match(fault.expected, words, `${i}`);
	}
	const cut = path.join(dir, 'cut.eval');
	writeFileSync(cut, zipOf([header]).subarray(0, -30));
	assert.match((await refused(1, 'inspect-ai', cut, ...options)).got, /cut off/);
});

test('files are recognised by what is in them, under any name, and folders by their files', async () => {
	const odd = path.join(dir, 'results.txt'), folder = path.join(dir, 'not-helm');
	writeFileSync(odd, readFileSync(caseFile('vllm/valid/rate-8/input.json')));
	assert.equal((await payloads('auto', odd, ...optionsOf(caseFile('vllm/valid/rate-8'))))[0].suite.name, 'vllm-serve');
	assert.match((await refused(1, 'helm', caseFile('helm/valid/mmlu-test/run/stats.json'))).expected, /helm|HELM|run/);
	mkdirSync(folder);
	writeFileSync(path.join(folder, 'run_spec.json'), '{}');
	assert.match((await refused(1, 'auto', folder)).got, /folder/);
	const notes = await assay('vllm', caseFile('vllm/valid/partial-failure/input.json'), ...optionsOf(caseFile('vllm/valid/partial-failure')), '--dry-run');
	assert.match(notes.stderr, /4 of 20 requests failed/);
});

// ---- what a hostile file would cost, and what would travel with it

const changed = (file, name, change) => {
	const object = JSON.parse(readFileSync(file, 'utf8'));
	change(object);
	const out = path.join(dir, name);
	writeFileSync(out, JSON.stringify(object));
	return out;
};

test('paths of the machine that measured do not travel in conditions', async () => {
	const judged = caseFile('inspect-ai/valid/judged-nan');
	const from = path.join(dir, 'judged.json');
	writeFileSync(from, readFileSync(path.join(judged, 'input.json'), 'utf8').replaceAll('NaN', 'null'));
	const judge = async (model) => (await payloads('inspect-ai', changed(from, 'judge.json', (log) => {
		log.eval.model_roles.grader.model = model;
	}), ...optionsOf(judged)))[0].results[0].conditions.judge_model;
	assert.equal(await judge('vllm//home/ann/judge-8b'), 'vllm/judge-8b');
	assert.equal(await judge('vllm/./secret/judge-8b'), 'vllm/judge-8b');
	assert.equal(await judge('fireworks/accounts/fireworks/models/j'), 'fireworks/accounts/fireworks/models/j');
	const metadata = caseFile('vllm/valid/metadata');
	const [served] = await payloads('vllm', changed(path.join(metadata, 'input.json'), 'vllm.json', (run) => {
		run.dataset = '/home/ann/sharegpt.json';
	}), ...optionsOf(metadata));
	assert.equal(served.results[0].conditions.dataset, 'sharegpt.json');
	const run = path.join(dir, 'run');
	cpSync(caseFile('helm/valid/mmlu-test/run'), run, { recursive: true });
	changed(path.join(run, 'run_spec.json'), 'run/run_spec.json', (spec) => {
		spec.name = 'mmlu:subject=s,data=/home/ann/secret.json,model=org_tiny';
	});
	const [helm] = await payloads('helm', `${run}/`, ...optionsOf(caseFile('helm/valid/mmlu-test')));
	assert.equal(helm.results[0].conditions.run, 'mmlu:subject=s,data=secret.json');
});

test('counts at the edge of what a number can be do not become others', async () => {
	const old = caseFile('vllm/valid/of-2025-01');
	const [payload] = await payloads('vllm', changed(path.join(old, 'input.json'), 'edge.json', (run) => {
		run.num_prompts = 0;
	}), ...optionsOf(old), '--condition', 'num_prompts=8');
	assert.ok(payload.results.every((r) => r.metric !== 'failed'));
	const edge = path.join(dir, 'edge.json');
	writeFileSync(edge, readFileSync(edge, 'utf8').replace('"num_prompts":0', '"num_prompts":-9223372036854775808'));
	assert.equal((await assay('vllm', edge, ...optionsOf(old), '--dry-run')).code, 1);
});

test('a log names at most 1000 results, each of which is checked against all samples', async () => {
	const many = changed(caseFile('inspect-ai/valid/letters/input.json'), 'many.json', (one) => {
		const [score] = one.results.scores;
		one.results.scores = Array.from({ length: 1001 }, () => score);
	});
	assert.match((await refused(1, 'inspect-ai', many, ...options)).expected, /at most 1000 results/);
});

test('what is left out is noted up to a number, and that there is more', async () => {
	const metadata = caseFile('vllm/valid/metadata');
	const file = changed(path.join(metadata, 'input.json'), 'notes.json', (run) => {
		for (let k = 0; k < 2000; k++)
			run[`own_${k}`] = k;
	});
	const { code, stderr } = await assay('vllm', file, ...optionsOf(metadata), '--dry-run');
	const notes = stderr.split('\n').filter((line) => line.startsWith('assay: note:'));
	assert.equal(code, 0, stderr);
	assert.equal(notes.length, 51);
	assert.match(notes.at(-1), /more was left out/);
});
