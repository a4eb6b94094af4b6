// matrix.mjs — rows of one metric as a table of hardware by variant. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { testPoint } from './format.mjs';

// Test points of a metric, the one with most rows first: [[test, rows]].
export function testsOf(rows, metric) {
	const found = new Map();
	for (const row of rows.filter((one) => one.estimates.some((e) => e.metric === metric))) {
		const test = testPoint(row.fields);
		found.set(test, [...found.get(test) ?? [], row]);
	}
	return [...found].sort((a, b) => b[1].length - a[1].length);
}

// The run of a device that most people have: all layers on it, as few devices as there are; more submitters first.
const usual = (a, b, metric) => voters(b, metric) - voters(a, metric) || Number(a.fields.accelerator_count) - Number(b.fields.accelerator_count);
const voters = (row, metric) => row.estimates.find((e) => e.metric === metric)?.voters ?? 0;

// { heads: [key], lines: [{ key, cells: [row or undefined, one a head] }] } of rows by two readings; lines in order of their
// best value, heads by headOrder(row).
export function matrixOf(rows, metric, lineOf, headOf, headOrder) {
	const heads = new Map();
	const lines = new Map();
	for (const row of rows) {
		const [line, head] = [lineOf(row), headOf(row)];
		heads.set(head, Math.max(headOrder(row) ?? 0, heads.get(head) ?? 0));
		if (!lines.has(line))
			lines.set(line, new Map());
		const there = lines.get(line).get(head);
		if (!there || usual(there, row, metric) > 0)
			lines.get(line).set(head, row);
	}
	const order = [...heads].sort((a, b) => a[1] - b[1]).map(([head]) => head);
	const point = (row) => row?.estimates.find((e) => e.metric === metric)?.point ?? -Infinity;
	const best = (cells) => cells.reduce((most, row) => Math.max(most, point(row)), -Infinity);
	return { heads: order, lines: [...lines].map(([key, cells]) => ({ key, cells: order.map((head) => cells.get(head)) }))
		.sort((a, b) => best(b.cells) - best(a.cells)) };
}
