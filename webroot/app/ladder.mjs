// ladder.mjs — what each quantization of a model costs: a chart of loss against size, and its steps as a table.
// SPDX-License-Identifier: Apache-2.0
import { chart } from './chart.mjs';
import { make, name } from './dom.mjs';
import { drawInterval, estimated, intervalText, inWords, isShared, standingMark } from './estimate.mjs';
import { bytes, count, label, measure, rounded, shortHardware } from './format.mjs';
import { binaryTicks, scaleOf } from './scale.mjs';

const losses = ['perplexity_ratio', 'kl_divergence_mean', 'same_top_token'];
const STRIP_PX = 110;

const estimateOf = (step, metric) => step.estimates.find((e) => e.metric === metric);
const bySize = (a, b) => (b.size ?? 0) - (a.size ?? 0);

// Steps from the server's ladder document: the ladder with most variants.
function stepsOf(document) {
	const [ladder] = [...document?.ladders ?? []].sort((a, b) => b.variants.length - a.variants.length);
	const best = ladder?.smallest.find((one) => one.limit === document.rule.limit)?.subject;
	return (ladder?.variants ?? []).map((v) => ({ quantization: v.quantization ?? v.file ?? 'unquantized', size: v.size_bytes, bits: v.bits_per_weight, good: v.good_enough, speeds: v.speeds,
		best: v.subject === best, estimates: Object.entries(v.estimates).map(([metric, e]) => ({ metric, ...e })) })).sort(bySize);
}

// The same from a model's rows of the suite, where there is no such document: the place that most variants share.
function stepsOfRows(board) {
	const groups = new Map();
	for (const row of board.rows) {
		const { subject, ...place } = row.fields;
		groups.set(JSON.stringify(place), [...groups.get(JSON.stringify(place)) ?? [], row]);
	}
	const [rows] = [...groups.values()].sort((a, b) => b.length - a.length);
	return (rows ?? []).map(({ model, estimates }) => ({ quantization: model.quantization ?? 'unquantized', size: model.size_bytes, bits: model.bits_per_weight, speeds: [], estimates })).sort(bySize);
}

function lossChart(steps, metric) {
	const shown = steps.filter((step) => step.size && estimateOf(step, metric.name));
	if (shown.length < 2)
		return null;
	const ratio = metric.name === 'perplexity_ratio';
	const y = (v) => (ratio ? (v - 1) * 100 : v);
	return chart({ label: 'Loss against size', axes: { x: { title: 'size of the weights', log: true, tick: bytes, marks: binaryTicks },
		y: { title: ratio ? 'perplexity above the base’s, %' : `${label(metric.name)}, ${metric.unit}`, floor: 0 } },
	points: shown.map((step) => {
		const e = estimateOf(step, metric.name);
		return { x: step.size, y: y(e.point), ...(isShared(e) ? { low: y(e.low), high: y(e.high) } : {}), label: step.best ? `${step.quantization} ✓` : step.quantization,
			kind: `${isShared(e) ? e.standing : 'lone'}${step.best ? ' best' : ''}`, title: `${step.quantization}: ${bytes(step.size)}, ${inWords(e, metric.unit)}` };
	}),
	caption: ['Further left is smaller, further down loses less. A hollow point is one submitter’s word; bars are 95 % intervals over submitters.',
		steps.some((step) => step.best) ? ' ✓ is the smallest that is surely good enough.' : ''] });
}

function estimateCell(step, metric, scale) {
	const e = estimateOf(step, metric.name);
	return e ? make('td', { class: 'estimate', title: inWords(e, metric.unit) }, make('span', {}, make('b', {}, estimated(e), isShared(e) ? make('span', { class: 'sr' }, `, 95 % ${intervalText(e)}`) : null),
		drawInterval(e, scale))) : make('td', {}, '–');
}

const goods = { yes: ['✓', 'yes'], no: ['✗', 'no'], undecided: ['◇', 'undecided'], base: ['–', 'base'] };
const goodMark = (step) => make('td', {}, make('span', { 'aria-hidden': 'true' }, `${goods[step.good]?.[0] ?? ''} `), goods[step.good]?.[1] ?? step.good, step.best ? make('b', {}, ', the smallest') : null);

// The machine on which most variants were measured, so that their speeds can be compared.
function machineOf(steps) {
	const found = new Map();
	for (const { speeds } of steps)
		for (const key of new Set(speeds.filter((s) => s.decode).map((s) => s.hardware)))
			found.set(key, (found.get(key) ?? 0) + 1);
	return [...found].sort((a, b) => b[1] - a[1])[0]?.[0];
}

const speedOn = (step, machine) => step.speeds.filter((s) => s.hardware === machine && s.decode).sort((a, b) => b.decode.voters - a.decode.voters || Number(a.accelerator_count) - Number(b.accelerator_count))[0]?.decode;

function speedCell(step, machine) {
	const e = speedOn(step, machine);
	return make('td', { class: 'number', title: e ? inWords(e, 'tokens/s') : undefined }, e ? `${estimated(e)}${isShared(e) ? '' : ' ○'}` : '–');
}

function stepTable(steps, metrics, { rule }) {
	const scales = metrics.map((m) => scaleOf(steps.map((step) => estimateOf(step, m.name)?.point), { log: m.scale === 'log', length: STRIP_PX, ticks: 3 }));
	const biggest = steps[0].size;
	const machine = machineOf(steps);
	const voters = (step) => Math.max(0, ...step.estimates.map((e) => e.voters));
	const head = (text, number, title) => make('th', { scope: 'col', class: number ? 'number' : undefined, title }, text);
	return make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Quantization ladder' }, make('table', {},
		make('thead', {}, make('tr', {}, head('Quantization'), head('Size', true), head('Of the largest', true), head('Bits per weight', true),
			metrics.map((m) => make('th', { scope: 'col', class: 'estimate' }, label(m.name), m.unit ? make('small', {}, ` ${m.unit}`) : null)),
			machine && head(['Decode on ', shortHardware(machine)], true, machine), rule && head('Good enough', false, rule.text), head('Standing'), head('Submitters', true))),
		make('tbody', {}, steps.map((step) => make('tr', {}, make('th', { scope: 'row' }, name(step.quantization)),
			make('td', { class: 'number' }, step.size ? bytes(step.size) : '–'), make('td', { class: 'number' }, step.size && biggest ? `${rounded(100 * step.size / biggest, 0)} %` : '–'),
			make('td', { class: 'number' }, step.bits ? measure(step.bits) : '–'),
			metrics.map((m, at) => estimateCell(step, m, scales[at])), machine && speedCell(step, machine), rule && goodMark(step),
			make('td', {}, step.estimates[0] ? standingMark(step.estimates[0].standing) : '–'), make('td', { class: 'number', title: count(voters(step), 'submitter') }, String(voters(step))))))));
}

// Parts for a model whose rows of the quantization suite are board’s; document: the server's ladder, or null.
export function ladderParts(board, document) {
	const fromServer = stepsOf(document);
	const steps = fromServer.length > 0 ? fromServer : stepsOfRows(board);
	if (steps.length === 0)
		return null;
	const metrics = board.suite.metrics.filter((m) => losses.includes(m.name) && steps.some((step) => estimateOf(step, m.name)));
	return [fromServer.length > 0 ? make('p', { class: 'lead' }, document.rule.text) : null, metrics.length > 0 ? lossChart(steps, metrics[0]) : null,
		stepTable(steps, metrics, fromServer.length > 0 ? document : {})];
}
