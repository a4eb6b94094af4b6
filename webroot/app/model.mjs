// model.mjs — everything about one model: its variants, what they lose, where they run how fast, and who says so.
// SPDX-License-Identifier: Apache-2.0
import { panel } from './board.mjs';
import { readDocument, tryDocument } from './data.mjs';
import { make, name } from './dom.mjs';
import { estimated, inWords, isShared, standings } from './estimate.mjs';
import { bytes, count, label, measure, parameters, shortHardware } from './format.mjs';
import { ladderParts } from './ladder.mjs';
import { matrixOf, testsOf } from './matrix.mjs';
import { missingOf } from './missing.mjs';
import { copyable } from './overview.mjs';
import { historySection, readRuns, runsSection } from './runs.mjs';
import { writeState } from './state.mjs';

const RATES = ['decode', 'prefill', 'prefill_decode'];

const variantsOf = (model) => [...new Map(model.boards.flatMap((board) => board.rows).map((row) => [row.fields.subject, row.model])).values()]
	.sort((a, b) => (b.size_bytes ?? 0) - (a.size_bytes ?? 0));

const range = (values, text) => (values.length === 0 ? null : Math.min(...values) === Math.max(...values) ? text(values[0]) : `${text(Math.min(...values))} to ${text(Math.max(...values))}`);
const known = (variants, key) => variants.map((v) => v[key]).filter((v) => v > 0);

function factLine(model, variants) {
	const { submissions } = model;
	return make('p', { class: 'lead' }, [range(known(variants, 'parameters'), (v) => `${parameters(v)} parameters`), known(variants, 'active_parameters').length > 0 && `${parameters(known(variants, 'active_parameters')[0])} active`,
		count(variants.length, 'variant'), range(known(variants, 'size_bytes'), bytes),
		model.facts?.context_length && `${model.facts.context_length.toLocaleString('en')} tokens of context`, model.facts?.licence, submissions ? `${count(submissions.counted, 'counted submission')}${submissions.held > 0 ? `, ◇ ${submissions.held} held` : ''}` : `${count(model.runs_total, 'result')}`]
		.filter(Boolean).join(' · '));
}

function weights(variants) {
	return make('details', { class: 'legend' }, make('summary', {}, `Which weights exactly: ${count(variants.length, 'variant')}`), make('ul', { class: 'facts' },
		variants.map((one) => make('li', {}, make('b', {}, name(one.quantization ?? 'unquantized')), ' ', one.file ? [name(one.file), ' '] : null,
			one.sha256 ? make('code', { title: one.sha256 }, `sha256 ${one.sha256.slice(0, 16)}…`) : make('span', { class: 'single' }, '○ not identified by a digest')))));
}

/* ---- throughput by hardware ---- */

function rateCell(row, metric) {
	const e = row?.estimates.find((one) => one.metric === metric.name);
	if (!e)
		return make('td', { class: 'number none' }, '·');
	return make('td', { class: 'number', title: `${inWords(e, metric.unit)}; ${e.standing}` }, isShared(e) ? make('b', {}, estimated(e)) : estimated(e),
		make('span', { class: `standing ${e.standing}`, 'aria-label': e.standing, role: 'img' }, ` ${standings[e.standing]?.[0] ?? ''}`));
}

function rateTable(board, metric, rows) {
	const { heads, lines } = matrixOf(rows, metric.name, (row) => row.fields.hardware, (row) => row.model.quantization ?? 'unquantized', (row) => row.model.size_bytes);
	return make('div', { class: 'scroll tall', tabindex: '0', role: 'region', 'aria-label': `${label(metric.name)} by hardware` }, make('table', { class: 'matrix' },
		make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Hardware'), heads.map((head) => make('th', { scope: 'col', class: 'number' }, name(head))))),
		make('tbody', {}, lines.map((line) => make('tr', {}, make('th', { scope: 'row' }, name(line.key, {}, shortHardware(line.key))), line.cells.map((row) => rateCell(row, metric)))))));
}

function ratesSection(model, state) {
	const board = model.boards.find((one) => one.suite.name === 'throughput');
	const metrics = (board?.suite.metrics ?? []).filter((m) => RATES.includes(m.name) && board.rows.some((row) => row.estimates.some((e) => e.metric === m.name)))
		.sort((a, b) => RATES.indexOf(a.name) - RATES.indexOf(b.name));
	if (metrics.length === 0)
		return null;
	const metric = metrics.find((m) => m.name === state.metric) ?? metrics[0];
	const [[test, rows]] = testsOf(board.rows, metric.name);
	return make('section', {}, make('h2', {}, 'Throughput by hardware'),
		make('nav', { class: 'tabs', 'aria-label': 'Metric' }, metrics.map((m) => make('a', { href: writeState({ ...state, metric: m.name }), 'aria-current': m === metric ? 'true' : undefined }, label(m.name)))),
		make('p', { class: 'lead' }, `${label(metric.name)} in ${metric.unit}, ${test}: the setting with most runs; where a device was measured in several ways, the one most people measured. `, 'Bold: more than one submitter. ',
			make('a', { href: writeState({ board: 'suites/throughput.json', search: model.name }) }, 'Every setting on the board'), '.'),
		rateTable(board, metric, rows));
}

/* ---- the view ---- */

function others(model, state, { change, say }) {
	const boards = model.boards.filter((board) => board.rows.length > 0);
	if (boards.length === 0)
		return null;
	const board = boards.find((one) => one.suite.name === state.suite) ?? boards.find((one) => one.suite.name !== 'quantization') ?? boards[0];
	return make('section', {}, make('h2', {}, 'All results'),
		make('nav', { class: 'tabs', 'aria-label': 'Suites' }, boards.map((one) => make('a', { href: writeState({ model: state.model, suite: one.suite.name, variants: state.variants }), 'aria-current': one === board ? 'true' : undefined },
			one.suite.title, make('small', {}, ` ${one.rows.length.toLocaleString('en')}`)))),
		...panel({ suite: board.suite, rows: board.rows, file: `${board.suite.name}-${model.name.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60)}.csv` }, state, change, say, ['model', 'parameters', 'family', 'licence']).filter(Boolean));
}

function missing(model, index) {
	const list = missingOf(model, index?.suites ?? []);
	return list.length > 0 && make('section', {}, make('h2', {}, 'What is missing'), list.map(({ words, command }) => make('div', {}, make('p', {}, words), copyable(command))),
		make('p', { class: 'lead' }, 'Then ', make('code', {}, 'assay submit'), '. Who has not enrolled yet begins with ', make('code', {}, `assay enrol --server ${location.origin}`), '.'));
}

export async function modelView(state, tools) {
	const [model, index] = await Promise.all([readDocument(state.model, 'assay-model-v1'), tryDocument('index.json', 'assay-index-v1')]);
	const read = await readRuns(model, state.runs);
	const variants = variantsOf(model);
	const losses = model.boards.find((board) => board.suite.name === 'quantization' && board.rows.length > 0);
	const ladder = losses && ladderParts(losses, await tryDocument(state.model.replace(/^models/, 'quantization'), 'assay-quantization-v1'));
	const all = others(model, state, tools);
	tools.say(`log size ${model.log_size}`);
	return { title: model.name, parts: [
		make('header', { class: 'head' }, make('h1', {}, name(model.name)), factLine(model, variants), weights(variants)),
		ladder && make('section', {}, make('h2', {}, 'What a smaller quantization costs'), ladder),
		ratesSection(model, state), all, historySection(model, read, state, tools.change), runsSection(model, read, state, tools.now), missing(model, index),
	] };
}
