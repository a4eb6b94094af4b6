// table.mjs — which columns a board has, and filtering and sorting its rows. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { standingRank } from './estimate.mjs';
import { bytes, kvType, label, measure, testPoint } from './format.mjs';

const testFields = ['conditions.n_prompt', 'conditions.n_gen', 'conditions.n_depth'];
const kvFields = ['conditions.type_k', 'conditions.type_v'];
const folded = new Set(['subject', ...testFields, ...kvFields]);

const estimateOf = (row, metric) => row.estimates.find((e) => e.metric === metric);

function textColumn(key, title, read, filter = false) {
	return { key, title, filter, text: read, value: (row) => read(row).toLowerCase() };
}

function fieldColumn(field) {
	const read = (row) => row.fields[field] ?? '';
	return { ...textColumn(field, label(field), read, true),
		value: (row) => (/^\d+$/.test(read(row)) ? Number(read(row)) : read(row).toLowerCase()) };
}

function metricColumn(metric) {
	return { key: `metric:${metric.name}`, title: label(metric.name), unit: metric.unit, metric, number: true,
		text: (row) => measure(estimateOf(row, metric.name)?.point),
		value: (row) => estimateOf(row, metric.name)?.point };
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

const rankOf = (row) => row.ranks?.[0];

const voters = (row) => Math.max(0, ...row.estimates.map((e) => e.voters));
const runs = (row) => Math.max(0, ...row.estimates.map((e) => e.runs));

// Columns follow from the suite's own cell fields and metrics: a new suite needs nothing here. What is
// measured stands before where it was measured.
export function columnsOf(suite) {
	const has = (fields) => fields.some((field) => suite.cell.includes(field));
	return [
		{ ...textColumn('model', 'Model', (row) => row.model.name), model: true },
		textColumn('quantization', 'Quantization', (row) => row.model.quantization ?? '', true),
		{ key: 'size', title: 'Size', number: true, value: (row) => row.model.size_bytes,
			text: (row) => (row.model.size_bytes ? bytes(row.model.size_bytes) : '–') },
		...(has(testFields) ? [testColumn()] : []),
		...suite.metrics.map(metricColumn),
		...(suite.rank_within ? [{ key: 'rank', title: 'Rank', number: true, rank: rankOf, value: (row) => rankOf(row)?.best,
			text: (row) => (rankOf(row) ? `${rankOf(row).best}` : '') }] : []),
		{ key: 'standing', title: 'Standing', filter: true, standing: true, text: standingOf,
			value: (row) => (standingOf(row) ? 9 - standingRank(standingOf(row)) : '') },
		{ key: 'voters', title: 'Submitters', number: true, voters: true, value: voters,
			text: (row) => String(voters(row)) },
		{ key: 'runs', title: 'Runs', number: true, value: runs, text: (row) => String(runs(row)) },
		...suite.cell.filter((field) => !folded.has(field)).map(fieldColumn),
		...(has(kvFields) ? [textColumn('kv', 'KV cache', (row) => kvType(row.fields), true)] : []),
	];
}

// A metric nobody measured only takes room; a setting that is the same in every row is said once, above
// the table. Returns { columns, common: [[title, text]] }.
export function arrange(columns, rows) {
	const used = columns.filter((c) => !(c.metric || c.rank) || rows.some((row) => c.value(row) !== undefined));
	const same = (c) => rows.length > 1 && c.filter && !c.standing && c.key !== 'quantization' &&
		rows.every((row) => c.text(row) === c.text(rows[0]));
	return { columns: used.filter((c) => !same(c)),
		common: used.filter(same).map((c) => [c.title, c.text(rows[0]) || '–']) };
}

// Values a column can be filtered by; a column with one value needs no filter.
export function choices(column, rows) {
	const seen = new Map(rows.map((row) => [column.text(row), column.value(row)]));
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

export function filterRows(rows, columns, { search = '', filters = {} }) {
	const words = search.toLowerCase().split(/\s+/).filter(Boolean);
	return rows.filter((row) => {
		const text = columns.map((c) => c.text(row)).join(' ').toLowerCase();
		return words.every((word) => text.includes(word)) &&
			columns.every((c) => !filters[c.key] || c.text(row) === filters[c.key]);
	});
}
