// chain.test.mjs — real files of other tools, from import to the board: its numbers are the tools' own.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { fixtureFile, withoutFixtures } from './lib/importing.mjs';
import { labFile } from './lib/lab.mjs';
import { waitFor } from './lib/process.mjs';
import { asOnBoard } from './lib/rows.mjs';

const { lab, test } = labFile();
const json = (...names) => JSON.parse(readFileSync(fixtureFile(...names), 'utf8').replace(/\b(NaN|-?Infinity)\b/g, 'null'));
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };
const machine = ['--cpu', 'C', '--accelerator', 'none'];
const engine = ['--engine', 'e', '--engine-version', '1', '--revision', 'main'];
const digest = (pair) => pair.repeat(32);

const real = (name, body) => test(name, (t) => (withoutFixtures ? t.skip(withoutFixtures) : body()));

async function assay(...args) {
	const result = await lab.assay([...args, '--home', path.join(lab.dir, 'home')], { env });
	assert.equal(result.code, 0, `assay ${args.join(' ')}\n${result.stdout}${result.stderr}`);
	return result.stdout;
}

let enrolled = false;
async function enrol() {
	if (!enrolled)
		await assay('enrol', '--server', lab.url, '--name', 'Chain', '--accept-terms');
	enrolled = true;
}

// What the boards show of a model: [metric, point], in order.
async function onBoards(model) {
	const { suites } = (await lab.document('index.json')), found = [];
	for (const suite of suites.filter((s) => s.runs > 0))
		for (const row of (await lab.document(suite.document)).rows.filter((r) => r.model.name === model))
			found.push(...row.estimates.map((e) => [e.metric, e.point]));
	return found.sort();
}

// What its own document shows, with all digits.
async function onItsPage(model) {
	const { document } = (await lab.document('index.json')).models.find((one) => one.name === model);
	return (await lab.document(document)).boards.flatMap((board) => board.rows).flatMap((row) => row.estimates.map((e) => [e.metric, e.point])).sort();
}

// Import a file under a model's name of its own, submit it, wait until it is counted, and compare the boards with
// what the tool says: [metric, value].
async function chain(format, names, told, numbers) {
	const model = `org/chain-${format}`;
	await enrol();
	await assay('import', format, fixtureFile(...names), '--model', model, ...told);
	await assay('submit');
	await waitFor('all to be counted', async () => JSON.parse(await assay('status', '--json')).statements
		.filter((s) => s.kind === 'submission').every((s) => s.state === 'counted'));
	assert.ok(numbers.length > 0);
	await waitFor('the boards to show them', async () => (await onBoards(model)).length >= numbers.length);
	assert.deepEqual(await onItsPage(model), numbers.sort());
	assert.deepEqual(await onBoards(model), numbers.map(([metric, value]) => [metric, asOnBoard(value)]).sort());
}

real('llama-bench: means as it prints them', async () => {
	const names = ['llama.cpp', 'b10470', 'llama-bench.json'];
	await chain('llama-bench', names, machine, json(...names).map((r) => [r.n_gen === 0 ? 'prefill' : 'decode', r.avg_ts]));
});

real('llama-perplexity: divergence from the base, as its log says', async () => {
	const names = ['llama.cpp', 'b10470', 'kld-Q4_0.combined.log'];
	const said = json('llama.cpp', 'expected.json')[names.slice(1).join('/')];
	const ratio = /^Mean PPL\(Q\)\/PPL\(base\) +: +([\d.]+)/m.exec(readFileSync(fixtureFile(...names), 'utf8'));
	const told = [...machine, '--quantization', 'Q4_0', '--engine-version', 'b10470', '--base', digest('ab'), '--text-sha256', digest('cd')];
	await chain('llama-perplexity', names, told, [
		['perplexity', said.ppl_q], ['perplexity_ratio', Number(ratio[1])], ['same_top_token', said.same_top_p_pct], ['delta_p_rms', said.rms_dp_pct],
		['kl_divergence_mean', said.mean_kld], ['kl_divergence_median', said.median_kld], ['kl_divergence_p999', said.kld_p999],
		['kl_divergence_max', said.max_kld]]);
});

real('vLLM: every number of a result file', async () => {
	const names = ['vllm', 'chat-detailed.json'];
	const NUMBER = /^(mean|median|std|p[\d.]+)_.*_ms$|throughput$|goodput$|^max_(output|concurrent_)|^completed$|^failed$/;
	const numbers = Object.entries(json(...names)).filter(([name, value]) => NUMBER.test(name) && typeof value === 'number');
	await chain('vllm', names, [...machine, ...engine, ...['dataset=random', 'input_len=128', 'output_len=32', 'goodput=ttft:100']
		.flatMap((one) => ['--condition', one])], numbers);
});

real('EvalPlus: pass@1 as it prints it', async () => {
	const names = ['evalplus', 'tiny-llama_llamacpp_temp_0.0.eval_results.json'];
	const { base, plus } = json(...names).pass_at_k;
	await chain('evalplus', names, [...machine, ...engine, '--condition', 'temperature=0'],
		[['base_pass_at_1', base['pass@1']], ['plus_pass_at_1', plus['pass@1']]]);
});

real('lm-evaluation-harness: every score of a run', async () => {
	const names = ['lm-evaluation-harness', 'v0.4.13.dev0', 'tiny-llama', 'results_2026-11-23T10-40-53.995872.json'];
	const numbers = Object.values(json(...names).results).flatMap((task) => Object.entries(task))
		.map(([key, value]) => [key.split(','), value]).filter(([[metric, filter]]) => filter && !metric.endsWith('_stderr'))
		.map(([[metric], value]) => [metric, value]);
	await chain('lm-eval', names, [...machine, ...engine], numbers);
});

real('HELM: means of a run\'s own split', async () => {
	const names = ['helm', 'mmlu-subject=philosophy,method=multiple_choice_joint,model=openai_gpt2'];
	const kinds = /^(quasi_)?(prefix_)?exact_match|^f1_score$|^rouge_l$|^bleu_/;
	const stats = json(...names, 'stats.json').filter((s) => !s.name.perturbation && kinds.test(s.name.name) && s.mean !== undefined);
	const split = stats.some((s) => s.name.split === 'test') ? 'test' : 'valid';
	await chain('helm', names, [...machine, ...engine], stats.filter((s) => s.name.split === split).map((s) => [s.name.name, s.mean]));
});

real('LocalScore: every rate of a run', async () => {
	const names = ['localscore', 'submission-run-3.json'];
	const { results, results_summary: summary } = json(...names);
	const METRICS = ['prompt_tps', 'gen_tps', 'ttft_ms', 'avg_time_ms', 'prompt_tps_watt', 'gen_tps_watt', 'power_watts'];
	const numbers = results.flatMap((r) => METRICS.filter((m) => r[m] !== 0).map((m) => [m, r[m]]));
	await chain('localscore', names, ['--revision', 'main'], [...numbers, ...Object.entries(summary)]);
});
