// csv.mjs — what a table shows as RFC 4180 CSV. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0

// Spreadsheets take text that begins like this for a formula: an apostrophe before it makes it text again.
const formula = /^[=+\-@\t\r\n|%\uff0b\uff0d\uff1d\uff20]/;

function field(value) {
	if (value === undefined || value === null)
		return '';
	if (typeof value === 'number')
		return Number.isFinite(value) ? String(value) : '';
	const safe = formula.test(value.trimStart()) || formula.test(value) ? `'${value}` : value;
	return /[",\r\n']/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// heads: texts; rows: lists of numbers, texts or nothing.
export const csvText = (heads, rows) => [heads, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');

// Heads and fields of a board's rows as its columns show them: an estimate gives its value, interval, and what that is.
export function boardCsv(columns, rows) {
	const metric = (c) => c.estimate;
	const heads = columns.flatMap((c) => (metric(c) ? [`${c.title}${c.unit ? ` (${c.unit})` : ''}`, `${c.title} low`, `${c.title} high`, `${c.title} interval`]
		: c.rank ? ['Rank best', 'Rank worst', 'Rank of'] : [c.title]));
	const cells = (c, row) => {
		const e = metric(c) ? c.estimate(row) : c.rank?.(row);
		if (metric(c))
			return e ? [e.point, e.low, e.high, e.interval] : [null, null, null, null];
		if (c.rank)
			return e ? [e.best, e.worst, e.of] : [null, null, null];
		return [c.number && typeof c.value(row) === 'number' ? c.value(row) : c.text(row)];
	};
	return csvText([...heads, 'Cell'], rows.map((row) => [...columns.flatMap((c) => cells(c, row)), row.cell]));
}
