// rows.mjs — the rows of a board, which its document has as columns. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
import { hex, sha256, utf8 } from './bytes.mjs';

const netstring = (text) => `${utf8(text).length}:${text},`;

// The cell's digest follows from suite and fields. It is made where it is asked for: a board has ten thousand.
class Row {
	#suite;
	#cell;

	constructor(suite, members) {
		this.#suite = suite;
		Object.assign(this, members);
	}

	get cell() {
		const { name, version, cell } = this.#suite;
		return this.#cell ??= hex(sha256(utf8(['assay-cell-v1', name, String(version),
			...cell.map((field) => `${field}=${this.fields[field] ?? ''}`)].map(netstring).join(''))));
	}
}

// Reads a column of either form: a value each, or each one's place among the values.
const reader = (column) => (Array.isArray(column) ? (at) => column[at] : (at) => column.values[column.of[at]]);
const readers = (columns) => Object.entries(columns).map(([name, column]) => [name, reader(column)]);

const read = (list, at) => {
	const one = {};
	for (const [name, value] of list)
		one[name] = value(at);
	return one;
};

// What is not told of one estimate is null in its column; a vote that is not told is the point.
function estimatesOf({ estimates }) {
	const list = readers(estimates);
	return estimates.row.map((_, at) => {
		const { items_n: n, items_clusters: clusters, items_se: se, ...one } = read(list, at);
		one.lowest_vote ??= one.point;
		one.highest_vote ??= one.point;
		if (one.joint_low === null)
			delete one.joint_low, delete one.joint_high;
		return n === undefined || n === null ? one : { ...one, items: { n, clusters, se } };
	});
}

// Rows as models' documents have them, with their ranks.
export function rowsOf(board) {
	const { suite, columns, rows_n: n } = board;
	const fields = readers(columns.fields);
	const [size, model, engine, versions, held] = ['log_size', 'model', 'engine', 'versions', 'held'].map((name) => reader(columns[name]));
	const rows = Array.from({ length: n }, (_, at) => new Row(suite, { log_size: size(at), fields: read(fields, at), model: model(at),
		engine: { name: engine(at), versions: versions(at) }, held: held(at), estimates: [], ranks: [] }));
	for (const { row, best, worst, of, ...one } of estimatesOf(board)) {
		rows[row].estimates.push(one);
		rows[row].ranks.push({ metric: one.metric, best, worst, of });
	}
	return rows;
}
