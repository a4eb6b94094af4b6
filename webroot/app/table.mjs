// table.mjs — which columns a board has, and filtering and sorting its rows. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { standingRank } from './estimate.mjs';
import { bytes, kvType, label, measure, parameters, shortHardware, testPoint } from './format.mjs';

const testFields = ['conditions.n_prompt', 'conditions.n_gen', 'conditions.n_depth'];
const kvFields = ['conditions.type_k', 'conditions.type_v'];
const folded = new Set(['subject', ...testFields, ...kvFields]);
const METRICS_SHOWN = 3;

const estimateOf = (row, metric) => row.estimates.find((e) => e.metric === metric);

// A column: key, title; text(row) as shown, filtered and searched, brief(row) where less is shown, value(row) as sorted;
// filter: one can filter by it; spare: shown only if asked for.
function textColumn(key, title, read, more = {}) {
	return { key, title, text: read, value: (row) => read(row).toLowerCase(), ...more };
}

function fieldColumn(field) {
	const read = (row) => row.fields[field] ?? '';
	const hardware = field === 'hardware';
	return { ...textColumn(field, label(field), read, { filter: true, spare: !hardware && field !== 'judge' }),
		...(hardware ? { brief: (row) => shortHardware(read(row)), long: (row) => shortHardware(read(row)) } : {}),
		value: (row) => (/^\d+$/.test(read(row)) ? Number(read(row)) : read(row).toLowerCase()) };
}

function metricColumn(metric, at) {
	const estimate = (row) => estimateOf(row, metric.name);
	return { key: `metric:${metric.name}`, title: label(metric.name), unit: metric.unit, metric, number: true, spare: at >= METRICS_SHOWN,
		estimate, text: (row) => measure(estimate(row)?.point), value: (row) => estimate(row)?.point };
}

function testColumn() {
	return { key: 'test', title: 'Test', filter: true, text: (row) => testPoint(row.fields),
		value: (row) => testFields.map((f) => String(row.fields[f] ?? 0).padStart(9, '0')).join() };
}

// The best-known metric speaks for the row.
function standingOf(row) {
	const words = row.estimates.map((e) => e.standing).sort((a, b) => standingRank(b) - standingRank(a));
	return words.includes('contested') ? 'contested' : words[0] ?? '';
}

const parameterClasses = [[1e9, 'up to 1B'], [4e9, '1B to 4B'], [9e9, '4B to 9B'], [2e10, '9B to 20B'], [4e10, '20B to 40B'], [1e11, '40B to 100B'], [Infinity, 'over 100B']];

function sizeColumn() {
	const read = (row) => row.model.parameters;
	const inside = (row) => parameterClasses.findIndex(([most]) => read(row) <= most);
	return { key: 'parameters', title: 'Parameters', number: true, spare: true, filter: true, value: read,
		text: (row) => (read(row) ? parameters(read(row)) : '–'),
		choice: (row) => (read(row) ? parameterClasses[inside(row)][1] : ''), choiceValue: (row) => (read(row) ? inside(row) : 99) };
}

// Facts of a model that only some documents know.
const factColumn = (key, title) => textColumn(key, title, (row) => String(row.model[key] ?? ''), { filter: true, spare: true, fact: true });

const rankOf = (row) => row.ranks?.[0];
const most = (row, key) => Math.max(0, ...row.estimates.map((e) => e[key]));

// Columns follow from the suite's own cell fields and metrics: a new suite needs nothing here. What is
// measured stands before where it was measured.
export function columnsOf(suite) {
	const has = (fields) => fields.some((field) => suite.cell.includes(field));
	const fields = suite.cell.filter((field) => !folded.has(field)).map(fieldColumn);
	return [
		textColumn('model', 'Model', (row) => row.model.name, { model: true }),
		factColumn('family', 'Family'), sizeColumn(),
		textColumn('quantization', 'Quantization', (row) => row.model.quantization ?? '', { filter: true }),
		{ key: 'size', title: 'Size', number: true, value: (row) => row.model.size_bytes,
			text: (row) => (row.model.size_bytes ? bytes(row.model.size_bytes) : '–') },
		...(has(testFields) ? [testColumn()] : []),
		...fields.filter((c) => c.key === 'hardware'),
		...suite.metrics.map(metricColumn),
		...(suite.rank_within ? [{ key: 'rank', title: 'Rank', number: true, rank: rankOf, value: (row) => rankOf(row)?.best,
			text: (row) => (rankOf(row) ? `${rankOf(row).best}–${rankOf(row).worst} of ${rankOf(row).of}` : '–') }] : []),
		{ key: 'standing', title: 'Standing', filter: true, standing: true, text: standingOf, long: (row) => `● ${standingOf(row)}`,
			value: (row) => (standingOf(row) ? 9 - standingRank(standingOf(row)) : '') },
		{ key: 'voters', title: 'Submitters', number: true, value: (row) => most(row, 'voters'), text: (row) => String(most(row, 'voters')) },
		{ key: 'runs', title: 'Runs', number: true, runs: true, value: (row) => most(row, 'runs'), long: (row) => (row.held > 0 ? `◇ ${row.held} held ${most(row, 'runs')}` : ''), text: (row) => String(most(row, 'runs')) },
		...fields.filter((c) => c.key !== 'hardware'),
		...(has(kvFields) ? [textColumn('kv', 'KV cache', (row) => kvType(row.fields), { filter: true, spare: true })] : []),
		factColumn('licence', 'Licence'),
	];
}

const same = (list) => list.every((one) => one === list[0]);

// Where each row has one metric and all are of one kind, one column shows them and another says which.
function joined(columns, rows) {
	const metrics = columns.filter((c) => c.metric);
	const alike = (read) => same(metrics.map((c) => read(c.metric)));
	if (metrics.length < 2 || !alike((m) => m.unit) || !alike((m) => m.scale) || !alike((m) => m.direction) || rows.some((row) => row.estimates.length > 1))
		return columns;
	const estimate = (row) => row.estimates[0];
	const which = textColumn('metric', 'Metric', (row) => (estimate(row) ? label(estimate(row).metric) : ''), { filter: true, spare: true });
	const value = { ...metrics[0], key: 'value', title: 'Value', spare: false, estimate, which: true,
		text: (row) => measure(estimate(row)?.point), value: (row) => estimate(row)?.point };
	return columns.flatMap((c) => (c === metrics[0] ? [which, value] : c.metric ? [] : [c]));
}

// A metric or a fact that nobody stated only takes room; a setting that is the same in every row is said once, above
// the table. Returns { columns, common: [[title, text]] }.
export function arrange(columns, rows) {
	const used = joined(columns.filter((c) => !(c.metric || c.rank) || rows.some((row) => c.value(row) !== undefined)), rows)
		.filter((c) => !c.fact || rows.some((row) => c.text(row)));
	const shared = (c) => rows.length > 1 && c.filter && !c.standing && !['quantization', 'parameters'].includes(c.key)
		&& rows.every((row) => c.text(row) === c.text(rows[0]));
	return { columns: used.filter((c) => !shared(c)),
		common: used.filter(shared).map((c) => [c.title, c.text(rows[0]) || '–']) };
}

// The columns to show: those asked for, in the board's order, else the usual ones.
export function chosen(columns, keys) {
	const shown = keys ? columns.filter((c) => c.model || keys.includes(c.key)) : columns.filter((c) => !c.spare);
	return shown.length > 0 ? shown : columns.filter((c) => !c.spare);
}

const choiceOf = (column, row) => (column.choice ?? column.text)(row);

// Values a column can be filtered by; a column with one value needs no filter.
export function choices(column, rows) {
	const seen = new Map(rows.map((row) => [choiceOf(column, row), (column.choiceValue ?? column.value)(row)]));
	return [...seen].sort((a, b) => compare(a[1], b[1])).map(([text]) => text);
}

function compare(a, b) {
	if (typeof a === 'number' && typeof b === 'number')
		return a - b;
	return String(a) < String(b) ? -1 : Number(String(a) > String(b));
}

// Missing values stand at the end, whichever way is up.
export function sortRows(rows, column, direction) {
	const sign = direction === 'descending' ? -1 : 1;
	const missing = (v) => v === undefined || v === null || v === '';
	return rows.map((row, at) => ({ row, at, value: column.value(row) })).sort((a, b) => {
		if (missing(a.value) !== missing(b.value))
			return missing(a.value) ? 1 : -1;
		return (missing(a.value) ? 0 : sign * compare(a.value, b.value)) || a.at - b.at;
	}).map(({ row }) => row);
}

// What a search looks through, made once a row.
const texts = new WeakMap();

function textOf(row, columns) {
	if (!texts.has(row))
		texts.set(row, columns.map((c) => c.text(row)).join(' ').toLowerCase());
	return texts.get(row);
}

export function filterRows(rows, columns, { search = '', filters = {} }) {
	const words = search.toLowerCase().split(/\s+/).filter(Boolean);
	const active = columns.filter((c) => filters[c.key]);
	return rows.filter((row) => active.every((c) => choiceOf(c, row) === filters[c.key])
		&& (words.length === 0 || words.every((word) => textOf(row, columns).includes(word))));
}
