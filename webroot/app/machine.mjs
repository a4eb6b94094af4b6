// machine.mjs — one row for each way to run a model on a machine, of its boards' rows. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { columnsOf } from './table.mjs';
import { testsOf } from './matrix.mjs';
import { measure } from './format.mjs';

// Test fields are what is put side by side; everything else of a cell tells ways apart.
const wayOf = (row) => JSON.stringify([row.fields.subject, row.fields.accelerator_count, row.fields.offload, row.fields.backend, row.fields.engine, row.fields['conditions.type_k'], row.fields['conditions.type_v']]);

const rates = [['prefill', 'Prefill'], ['decode', 'Decode']];
const first = [['ttft_p50', 'First token'], ['time_to_first_token', 'First token'], ['ttft', 'First token'], ['ttft_median', 'First token']];

function rateColumn(metric, title) {
	const estimate = (row) => row.rates[metric.name];
	return { key: metric.name, title, unit: metric.unit, metric, number: true, estimate, text: (row) => measure(estimate(row)?.point), value: (row) => estimate(row)?.point };
}

function gather(ways, board, metric, rows) {
	for (const row of rows) {
		const key = wayOf(row);
		if (!ways.has(key))
			ways.set(key, { ...row, estimates: [], rates: {}, devices: Math.max(1, Number(row.fields.accelerator_count) || 1) });
		const way = ways.get(key);
		const estimate = row.estimates.find((e) => e.metric === metric.name);
		way.rates[metric.name] = estimate;
		way.estimates.push(estimate);
	}
}

// { rows, columns, note } of a hardware document: rows have rates by metric and how many devices they take.
export function machinesOf(hardware) {
	const ways = new Map();
	const columns = [];
	const tests = [];
	for (const board of hardware.boards)
		for (const metric of board.suite.metrics) {
			const [, title] = [...rates, ...first].find(([known]) => known === metric.name) ?? [];
			const [found] = title ? testsOf(board.rows, metric.name) : [];
			if (!found)
				continue;
			gather(ways, board, metric, found[1]);
			columns.push(rateColumn(metric, title));
			tests.push(`${title.toLowerCase()} is ${found[0] === '–' ? `${board.suite.name}’s` : found[0]}`);
		}
	const plain = hardware.boards[0] ? columnsOf(hardware.boards[0].suite) : [];
	const of = (...keys) => plain.filter((c) => keys.includes(c.key)).map((c) => ({ ...c, spare: false }));
	const spare = (...keys) => of(...keys).map((c) => ({ ...c, spare: true }));
	return { rows: [...ways.values()], note: tests.length > 0 ? `Of the settings that most people measured: ${tests.join(', ')}.` : 'Nobody measured a rate on it.',
		columns: [...of('model', 'quantization', 'size'), ...columns, ...of('standing', 'voters', 'accelerator_count'), ...spare('parameters', 'offload', 'backend', 'engine', 'kv')] };
}
