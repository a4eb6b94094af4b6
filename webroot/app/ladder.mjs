// ladder.mjs — what each quantization of a model costs: a chart of loss against size, and its steps as a table.
// SPDX-License-Identifier: Apache-2.0
import { chart } from './chart.mjs';
import { make, name } from './dom.mjs';
import { drawInterval, estimated, intervalText, inWords, isShared, standingMark } from './estimate.mjs';
import { bytes, count, measure, rounded } from './format.mjs';
import { binaryTicks, scaleOf } from './scale.mjs';

const losses = ['perplexity_ratio', 'kl_divergence_mean', 'same_top_token'];
const estimateOf = (row, metric) => row.estimates.find((e) => e.metric === metric);

// Steps from the rows of the quantization suite in a model's document: the place (text, context) that most variants share.
export function stepsOf(board) {
	const groups = new Map();
	for (const row of board?.rows ?? []) {
		const { subject, ...place } = row.fields;
		const key = JSON.stringify(place);
		groups.set(key, [...groups.get(key) ?? [], row]);
	}
	const [rows] = [...groups.values()].sort((a, b) => b.length - a.length);
	return (rows ?? []).filter((row) => row.model.size_bytes).sort((a, b) => b.model.size_bytes - a.model.size_bytes);
}

function lossChart(steps, metric) {
	const shown = steps.filter((row) => estimateOf(row, metric.name));
	if (shown.length < 2)
		return null;
	const ratio = metric.name === 'perplexity_ratio';
	const y = (v) => (ratio ? (v - 1) * 100 : v);
	return chart({ label: 'Loss against size', axes: { x: { title: 'size of the weights', log: true, tick: bytes, marks: binaryTicks },
		y: { title: ratio ? 'perplexity above the base’s, %' : `${metric.title}, ${metric.unit}`, floor: 0 } },
	points: shown.map((row) => {
		const e = estimateOf(row, metric.name);
		return { x: row.model.size_bytes, y: y(e.point), ...(isShared(e) ? { low: y(e.low), high: y(e.high) } : {}), label: row.model.quantization ?? '',
			kind: isShared(e) ? e.standing : 'lone', title: `${row.model.quantization}: ${bytes(row.model.size_bytes)}, ${inWords(e, metric.unit)}` };
	}),
	caption: 'Further left is smaller, further down loses less. A hollow point is one submitter’s word; bars are 95 % intervals over submitters.' });
}

function estimateCell(row, metric, scale) {
	const e = estimateOf(row, metric.name);
	return e ? make('td', { class: 'estimate', title: inWords(e, metric.unit) }, make('span', {}, make('b', {}, estimated(e), isShared(e) ? make('span', { class: 'sr' }, `, 95 % ${intervalText(e)}`) : null),
		drawInterval(e, scale))) : make('td', {}, '–');
}

export function ladderSection(board) {
	const steps = stepsOf(board);
	if (steps.length === 0)
		return null;
	const metrics = board.suite.metrics.filter((m) => losses.includes(m.name) && steps.some((row) => estimateOf(row, m.name)))
		.map((m) => ({ ...m, title: { perplexity_ratio: 'Perplexity ratio', kl_divergence_mean: 'Mean KL divergence', same_top_token: 'Same top token' }[m.name] }));
	const scales = metrics.map((m) => scaleOf(steps.map((row) => estimateOf(row, m.name)?.point), { log: m.scale === 'log', length: 110, ticks: 3 }));
	const biggest = steps[0].model.size_bytes;
	return [chartOf(steps, metrics), make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Quantization ladder' }, make('table', {},
		make('thead', {}, make('tr', {}, ['Quantization', 'Size', 'Of the largest', 'Bits per weight'].map((head, at) => make('th', { scope: 'col', class: at > 0 ? 'number' : undefined }, head)),
			metrics.map((m) => make('th', { scope: 'col', class: 'estimate' }, m.title, m.unit ? make('small', {}, ` ${m.unit}`) : null)),
			make('th', { scope: 'col' }, 'Standing'), make('th', { scope: 'col', class: 'number' }, 'Submitters'))),
		make('tbody', {}, steps.map((row) => make('tr', {}, make('th', { scope: 'row' }, name(row.model.quantization ?? 'unquantized')),
			make('td', { class: 'number' }, bytes(row.model.size_bytes)), make('td', { class: 'number' }, `${rounded(100 * row.model.size_bytes / biggest, 0)} %`),
			make('td', { class: 'number' }, row.model.bits_per_weight ? measure(row.model.bits_per_weight) : '–'),
			metrics.map((m, at) => estimateCell(row, m, scales[at])),
			make('td', {}, standingMark(row.estimates[0].standing)), make('td', { class: 'number', title: count(row.estimates[0].voters, 'submitter') }, String(row.estimates[0].voters))))))),
	];
}

const chartOf = (steps, metrics) => (metrics.length > 0 ? lossChart(steps, metrics[0]) : null);
