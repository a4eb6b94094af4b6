// export.test.mjs — `assay export`: from the spool, a server and a mirror into the forms of others.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from './lib/daemon.mjs';
import { draft7Complaints } from './lib/draft7.mjs';
import { copyPublished } from './lib/folder.mjs';
import { labFile } from './lib/lab.mjs';
import { peopleOf } from './lib/people.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile();
const { retraction, counted, settle } = peopleOf(lab);
const env = { ASSAY_SUITES: path.join(repo, 'eval-suites') };
const schemas = path.join(process.env.ASSAY_FIXTURES ?? path.join(repo, '../shared/fixtures'), 'every_eval_ever');
const home = () => path.join(lab.dir, 'home');
const isText = (value) => typeof value === 'string';
const tried = (...args) => lab.assay(['export', ...args, '--home', home()], { env });
const BAD = '=HYPERLINK("http://example.invalid","x");-1+1';
let outs = 0;

async function exported(...args) {
	const result = await tried(...args);
	assert.equal(result.code, 0, result.stderr);
	return result.stdout;
}

// Export into a folder; returns relative path → text.
async function files(...args) {
	const out = path.join(lab.dir, `out-${++outs}`);
	await exported(...args, '--out', out);
	return new Map(readdirSync(out, { recursive: true }).sort()
		.filter((name) => statSync(path.join(out, name)).isFile())
		.map((name) => [name, readFileSync(path.join(out, name), 'utf8')]));
}

// A server's files follow its log by a moment.
function published() {
	const size = () => lab.pg.sql('SELECT size + (SELECT count(*) FROM assay.pending) FROM assay.log_head');
	return waitFor('the log to be published whole', async () =>
		readFileSync(path.join(lab.published, 'log/checkpoint'), 'utf8').split('\n')[1] === await size());
}

// RFC 4180: rows of fields.
function csvRows(text) {
	const rows = [];
	const token = /("(?:[^"]|"")*"|[^,\n]*)(,|\n)/gy;
	for (let row = [], m; (m = token.exec(text));) {
		row.push(m[1].startsWith('"') ? m[1].slice(1, -1).replaceAll('""', '"') : m[1]);
		if (m[2] === '\n')
			rows.push(row.splice(0));
	}
	const [head, ...body] = rows;
	for (const row of body)
		assert.equal(row.length, head.length);
	return body.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]])));
}

// What the project's own validator asks for beyond the schema.
function assertStrict(name, document, all) {
	const [data, benchmark, developer, model, file, ...rest] = name.split('/');
	assert.equal(data, 'data');
	assert.deepEqual(rest, []);
	assert.match(file, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json$/);
	assert.equal(document.schema_version, '0.3.0');
	assert.equal(document.model_info.id, `${developer}/${model}`);
	assert.equal(document.model_info.developer, developer);
	assert.equal(document.evaluation_id, `${benchmark}/${developer}_${model}/${document.retrieved_timestamp}`);
	assert.match(document.retrieved_timestamp, /^\d+$/);
	assert.ok(['self_deployed', 'externally_managed', 'unknown'].includes(document.model_info.additional_details.deployment_type));
	assert.ok(['open_weights', 'closed_weights', 'unknown'].includes(document.model_info.additional_details.model_availability));
	assert.ok(isText(document.eval_library.name) && isText(document.eval_library.version));
	assert.ok(document.source_metadata.source_organization_name);
	const check = (value, key) => {
		if (key === 'additional_details')
			assert.ok(Object.values(value).every(isText), JSON.stringify(value));
		if (value && typeof value === 'object')
			for (const [inner, one] of Object.entries(value))
				check(one, inner);
	};
	check(document);
	const ids = document.evaluation_results.map((r) => r.evaluation_result_id);
	assert.equal(new Set(ids).size, ids.length);
	for (const { score_details: { score }, metric_config: m } of document.evaluation_results) {
		assert.ok(Number.isFinite(score));
		const [low, high] = [m.min_score, m.max_score];
		assert.ok((low === '-Infinity' || low <= score) && (high === 'Infinity' || score <= high), `${low} ${score} ${high}`);
	}
	const samples = document.detailed_evaluation_results;
	if (samples) {
		assert.equal(samples.file_path, name.replace('.json', '_samples.jsonl'));
		const text = all.get(samples.file_path);
		assert.equal(samples.checksum, createHash('sha256').update(text).digest('hex'));
		assert.equal(samples.total_rows, text.trim().split('\n').length);
	}
}

function documentsOf(all) {
	return [...all].filter(([name]) => name.endsWith('.json')).map(([name, text]) => {
		const document = JSON.parse(text);
		assertStrict(name, document, all);
		return { name, document, samples: (all.get(name.replace('.json', '_samples.jsonl')) ?? '').split('\n').filter(Boolean)
			.map((line) => JSON.parse(line)) };
	});
}

let mine, refusals, held, gone;

test('statements to export: signed by the runner and by others, some of which do not count', async () => {
	const bench = path.join(lab.dir, 'bench.json');
	writeFileSync(bench, readFileSync(path.join(repo, 'tests/cases/llama-bench/valid/b10470-json/input.json')));
	for (const args of [['enrol', '--server', lab.url, '--name', 'Ada', '--accept-terms'],
		['import', 'llama-bench', bench, '--model', 'example-org/tiny', '--weights-sha256', 'ab'.repeat(32), '--notes', BAD, '--submit']]) {
		const result = await lab.assay([...args, '--home', home()], { env });
		assert.equal(result.code, 0, result.stderr);
	}
	const status = await lab.assay(['status', '--json', '--home', home()], { env });
	mine = JSON.parse(status.stdout).statements.find((s) => s.kind === 'submission').id;
	const eve = await lab.enrolled(`Eve "${BAD}`);
	const suite = lab.policy.suites.find((s) => s.name === 'refusals');
	const scores = (expect, score) => readFileSync(path.join(repo, 'eval-suites/refusals/1/items.jsonl'), 'utf8').trim().split('\n')
		.map((line, i) => JSON.parse(line).expect === expect ? score(i) : null);
	const over = scores('answer', (i) => Number(i % 4 === 0)), under = scores('refusal', (i) => Number(i % 5 === 0));
	const mean = (list) => list.filter((s) => s !== null).reduce((a, b, i, all) => a + b / all.length, 0);
	const itemsDigest = createHash('sha256').update(readFileSync(path.join(repo, 'eval-suites/refusals/1/items.jsonl'))).digest('hex');
	refusals = await counted(lab.submission(eve, {
		suite: { name: suite.name, version: suite.version, digest: suite.digest },
		model: { name: '../=cmd', quantization: '@SUM(1)' },
		results: [{ metric: 'over_refusal', conditions: { temperature: 0, max_tokens: 512 }, value: mean(over), n: 100 },
			{ metric: 'under_refusal', conditions: { temperature: 0, max_tokens: 512 }, value: mean(under), n: 50 }],
		items: [{ metric: 'over_refusal', digest: itemsDigest, scores: over }, { metric: 'under_refusal', digest: itemsDigest, scores: under }],
		judge: { name: 'example-org/judge', version: '1', prompt_digest: 'cd'.repeat(32), temperature: 0, anchors: [] } }));
	held = await settle(lab.submission(eve, { results: [{ metric: 'decode', conditions: { n_gen: 128 }, value: 5e6, n: 1 }] }));
	assert.equal(held.state, 'held');
	gone = await counted(lab.submission(eve, { results: [{ metric: 'decode', conditions: { n_gen: 16 }, value: 11, n: 3, se: 0.5 }] }));
	await counted(retraction(eve, gone.id));
	await published();
});

test('CSV of the spool: every number, and no text that a spreadsheet would run', async () => {
	const text = await exported('csv');
	const rows = csvRows(text);
	const signed = JSON.parse((await lab.get(`/v1/statements/${mine}`)).text);
	const body = JSON.parse(Buffer.from(signed.envelope.payload, 'base64'));
	assert.equal(rows.length, body.results.length);
	rows.forEach((row, i) => {
		const result = body.results[i];
		assert.equal(row.statement, mine);
		assert.equal(Number(row.value), result.value);
		assert.equal(Number(row.n), result.n);
		assert.equal(row.sd === '' ? undefined : Number(row.sd), result.sd);
		assert.equal(row.weights_sha256, 'ab'.repeat(32));
		assert.equal(row.submitter_name, 'Ada');
		assert.equal(row.unit, 'tokens/s');
	});
	const all = csvRows(await exported('csv', '--from', 'server', '--all'));
	assert.deepEqual([...new Set(all.map((r) => r.state))].sort(), ['counted', 'held', 'retracted']);
	const eves = all.find((r) => r.statement === refusals.id);
	assert.equal(eves.quantization, "'@SUM(1)");
	assert.equal(eves.submitter_name, `Eve "'${BAD.replace(';-', ";'-")}`);
	for (const row of all)
		for (const [name, field] of Object.entries(row))
			assert.ok(['value', 'sd', 'se', 'n'].includes(name) || !/(^|[;\t\r\n])[=+\-@\t\r]/.test(field), `${name}: ${field}`);
	assert.equal(new Set(csvRows(await exported('csv', '--from', 'server')).map((r) => r.state)).size, 1);
});

test('Every Eval Ever from the log: strict, the same files each time and from a mirror', async () => {
	const all = await files('eee', '--from', 'server');
	const documents = documentsOf(all);
	assert.equal(documents.length, 2);
	const [first] = documents.filter((d) => d.document.source_metadata.additional_details.statement_id === mine);
	assert.equal(first.document.source_metadata.source_organization_name, 'Ada');
	assert.equal(first.document.source_metadata.evaluator_relationship, 'other');
	assert.equal(first.document.model_info.additional_details.sha256, 'ab'.repeat(32));
	assert.equal(first.document.model_info.inference_engine.name, 'llama.cpp');
	assert.equal(first.document.evaluation_results[0].metric_config.max_score, 'Infinity');
	assert.equal(first.document.evaluation_results[0].metric_config.lower_is_better, false);
	const mirror = path.join(lab.dir, 'mirror');
	copyPublished(lab.published, mirror);
	assert.deepEqual(await files('eee', '--from', mirror), all);
	assert.deepEqual(await files('eee', mine.slice(0, 8), '--from', 'server', '--relationship', 'first_party').then((f) => [...f.keys()]),
		[first.name]);
});

test('scores of items become sample records where they can be told', async () => {
	const documents = documentsOf(await files('eee', '--from', 'server', '--suite', 'refusals'));
	assert.equal(documents.length, 1);
	const [{ name, document, samples }] = documents;
	assert.match(name, /^data\/refusals\/_\.\/_cmd\//);
	assert.ok(!name.includes('..'));
	assert.equal(samples.length, 150);
	for (const [metric, result] of [['over_refusal', 0], ['under_refusal', 1]]) {
		const own = samples.filter((s) => s.evaluation_name === `refusals.${metric}`);
		const mean = own.reduce((sum, s) => sum + s.evaluation.score, 0) / own.length;
		assert.ok(Math.abs(mean - document.evaluation_results[result].score_details.score) < 1e-12);
		assert.ok(own.every((s) => s.evaluation.is_correct === (s.evaluation.score === 0)));
	}
	assert.ok(samples.every((s) => s.evaluation_id === document.evaluation_id && s.model_id === document.model_info.id));
	assert.deepEqual(document.evaluation_results[0].generation_config.generation_args, { temperature: 0, max_tokens: 512 });
	assert.match(document.evaluation_results[0].metric_config.llm_scoring.input_prompt, /cdcd/);
});

test('whose data a suite measures with stands in its files; what was exported is not signed again', async () => {
	const suite = lab.policy.suites.find((s) => s.name === 'helm-mmlu');
	const ada = await lab.enrolled('Tom');
	await counted(lab.submission(ada, { suite: { name: suite.name, version: suite.version, digest: suite.digest },
		results: [{ metric: 'exact_match', conditions: { run: 'mmlu:subject=own', max_tokens: 1, temperature: 0 }, value: 0.5, n: 10, se: 0.1 }] }));
	await published();
	const out = await files('eee', '--from', 'server', '--suite', 'helm-mmlu');
	const [{ name, document }] = documentsOf(out);
	assert.deepEqual(document.evaluation_results[0].source_data.source_type, 'hf_dataset');
	assert.equal(document.evaluation_results[0].source_data.hf_repo, 'cais/mmlu');
	assert.deepEqual(document.evaluation_results[0].score_details.uncertainty, { standard_error: { value: 0.1 }, num_samples: 10 });
	const again = await lab.assay(['import', 'auto', path.join(lab.dir, `out-${outs}`, name), '--dry-run', '--home', home()], { env });
	assert.equal(again.code, 1);
	assert.match(again.stderr, /in no log/);
});

test('files of Every Eval Ever are valid against its own schemas', async (t) => {
	if (!existsSync(path.join(schemas, 'eval.schema.json')))
		return t.skip('no schemas of Every Eval Ever here (ASSAY_FIXTURES)');
	const [aggregate, instance] = ['eval', 'instance_level_eval'].map((name) =>
		JSON.parse(readFileSync(path.join(schemas, `${name}.schema.json`))));
	const examples = ['f3a1c0de-4b2e-4c1a-9f6d-1b7e5a2c8d40', 'community-evals-676f4465', 'schema-0.2.0-hfopenllm_v2'].map((name) =>
		draft7Complaints(aggregate, JSON.parse(readFileSync(path.join(schemas, `examples/${name}.json`)))).length > 0);
	assert.deepEqual(examples, [false, true, true], 'the checker itself');
	for (const { document, samples } of documentsOf(await files('eee', '--from', 'server'))) {
		assert.deepEqual(draft7Complaints(aggregate, document), []);
		assert.deepEqual(samples.flatMap((s) => draft7Complaints(instance, s)), []);
	}
	for (const { document } of documentsOf(await files('eee')))
		assert.deepEqual(draft7Complaints(aggregate, document), []);
});

test('Hugging Face: what the suite does not say is asked for, then a file a statement', async () => {
	const asked = await tried('hf');
	assert.equal(asked.code, 2);
	for (const option of ['--dataset', '--task', '--metric'])
		assert.match(asked.stderr, new RegExp(option));
	const all = await files('hf', '--from', 'server', '--suite', 'refusals', '--dataset', 'example-org/refusals', '--task', 'x: y',
		'--metric', 'over_refusal', '--percent');
	const [[name, text]] = [...all];
	assert.match(name, /\/\.eval_results\/assay-refusals-[0-9a-f]{16}\.yaml$/);
	assert.ok(!name.includes('..'));
	const value = refusals.body.results[0].value;
	assert.ok(text.startsWith(`- dataset:\n    id: "example-org/refusals"\n    task_id: "x: y"\n  value: ${Number((100 * value).toPrecision(12))}\n  date: "20`), text);
	assert.match(text, new RegExp(`url: "${lab.url}/v1/statements/${refusals.id}"`));
	assert.match(text, /notes: "@SUM\(1\); max_tokens=512, temperature=0; statement [0-9a-f]{64}"\n$/);
});

test('what is asked for wrongly is said so', async () => {
	const bad = [[['xml'], 2, /eee, hf or csv/], [['eee', '--relationship', 'friend'], 2, /first_party/],
		[['csv', '--from', path.join(lab.dir, 'nowhere')], 3, /nowhere/], [['csv', '--out', '/dev/null/x'], 3, /dev\/null/]];
	for (const [args, code, words] of bad) {
		const result = await tried(...args);
		assert.equal(result.code, code, result.stderr);
		assert.match(result.stderr, words);
		assert.equal(result.stdout, '');
	}
	const none = await exported('csv', '--model', 'nobody/nothing');
	assert.equal(csvRows(none).length, 0);
});

test('what was taken back is not exported from the spool either, unless asked for', async () => {
	const said = await lab.assay(['retract', mine, '--reason', 'a mistake', '--home', home()], { env });
	assert.equal(said.code, 0, said.stderr);
	assert.equal(csvRows(await exported('csv')).length, 0);
	assert.match((await tried('csv')).stderr, /1 submission left out: .*taken back/);
	assert.ok(csvRows(await exported('csv', '--all')).every((row) => row.state === 'retracted'));
});
