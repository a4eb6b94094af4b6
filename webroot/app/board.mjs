// board.mjs — the view of one board, and the table that other views borrow.
// SPDX-License-Identifier: Apache-2.0
import { make, name } from './dom.mjs';
import { axisOf, drawInterval, estimated, inWords, isShared, standingMark } from './estimate.mjs';
import { count, label, measure } from './format.mjs';
import { arrange, choices, columnsOf, filterRows, sortRows } from './table.mjs';
import { writeState } from './state.mjs';

const modelLink = (row) => make('a', { href: writeState({ model: row.model.document }) }, name(row.model.name));

function metricCell(row, column) {
	const e = row.estimates.find((one) => one.metric === column.metric.name);
	if (!e)
		return '–';
	return make('span', { class: 'estimate', title: inWords(e, column.unit) }, make('span', {}, estimated(e)),
		isShared(e) ? make('small', {}, `${measure(e.low)} – ${measure(e.high)}`) : null,
		column.axis ? drawInterval(e, column.axis) : null);
}

// The widest claim the data allows: what cannot be told apart shares its ranks.
function rankCell(row, column) {
	const rank = column.rank(row);
	if (!rank)
		return '–';
	const same = rank.best === rank.worst;
	return make('span', { title: same ? `rank ${rank.best} of ${rank.of} comparable results`
		: `between rank ${rank.best} and ${rank.worst} of ${rank.of} comparable results: the data cannot tell more` },
	same ? String(rank.best) : `${rank.best}–${rank.worst}`, make('small', {}, ` of ${rank.of}`));
}

// One person's claim is told apart by shape and word, not by colour alone.
function votersCell(row, column) {
	const n = column.value(row);
	if (n === 1)
		return make('span', { class: 'single', title: 'Measured by one submitter: nobody has confirmed it yet' }, '○ 1');
	return make('span', { title: `Measured by ${count(n, 'submitter')}` }, n > 1 ? `● ${n}` : '–');
}

// Held runs count for nothing, but they are there, and why stands with the model.
function runsCell(row, column) {
	const held = row.held > 0 && make('span', { class: 'held', title: 'Held with a reason: see the model' }, `◇ ${row.held} held`);
	return [held, held && ' ', column.text(row)].filter(Boolean);
}

function cell(row, column) {
	const attributes = { class: column.number ? 'number' : undefined };
	if (column.model)
		return make('th', { scope: 'row' }, modelLink(row));
	if (column.metric)
		return make('td', attributes, metricCell(row, column));
	if (column.rank)
		return make('td', attributes, rankCell(row, column));
	if (column.standing)
		return make('td', attributes, column.text(row) ? standingMark(column.text(row)) : '–');
	if (column.voters)
		return make('td', attributes, votersCell(row, column));
	if (column.key === 'runs')
		return make('td', attributes, runsCell(row, column));
	return make('td', attributes, column.number ? column.text(row) : name(column.text(row)));
}

function headCell(column, state, change) {
	const sorted = state.sort === column.key;
	const next = sorted && state.direction === 'descending' ? 'ascending' : sorted ? 'descending'
		: column.number ? 'descending' : 'ascending';
	const arrow = make('span', { class: 'arrow', 'aria-hidden': 'true' },
		sorted ? (state.direction === 'descending' ? '▼' : '▲') : '');
	const title = [column.title, column.unit ? make('small', {}, ` ${column.unit}`) : null];
	return make('th', { scope: 'col', class: column.number ? 'number' : undefined,
		'aria-sort': sorted ? state.direction : undefined },
	make('button', { type: 'button', class: 'sort', 'data-key': column.key,
		onclick: () => change({ sort: column.key, direction: next }) },
	column.number ? [arrow, ...title] : [...title, arrow]));
}

// Intervals of one column share an axis, so that they can be compared down the table.
function withAxes(columns, rows) {
	return columns.map((column) => {
		const points = column.metric ? rows.map(column.value).filter((v) => v !== undefined) : [];
		return points.length > 1 ? { ...column, axis: axisOf(points, column.metric.scale === 'log') } : column;
	});
}

export function boardTable(rows, plain, state, change) {
	const columns = withAxes(plain, rows);
	return make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Results' },
		make('table', {},
			make('thead', {}, make('tr', {}, columns.map((column) => headCell(column, state, change)))),
			make('tbody', {}, rows.map((row) => make('tr', { 'data-cell': row.cell },
				columns.map((column) => cell(row, column)))))));
}

function filterControl(column, rows, state, change) {
	const values = choices(column, rows);
	if (values.length < 2 && !state.filters[column.key])
		return null;
	const select = make('select', { name: column.key, onchange: (event) =>
		change({ filters: { ...state.filters, [column.key]: event.target.value } }) },
	make('option', { value: '' }, 'all'),
	values.map((value) => make('option', { value, selected: state.filters[column.key] === value }, value || '(none)')));
	return make('label', {}, column.title, select);
}

export function controls(rows, columns, state, change) {
	const search = make('input', { type: 'search', name: 'q', value: state.search, autocomplete: 'off',
		placeholder: 'model, hardware, …', oninput: (event) => change({ search: event.target.value }) });
	return make('form', { class: 'controls', role: 'search', onsubmit: (event) => event.preventDefault() },
		make('label', { class: 'search' }, 'Search', search),
		columns.filter((column) => column.filter).map((column) => filterControl(column, rows, state, change)),
		make('button', { type: 'button', class: 'plain', onclick: () => change({ search: '', filters: {} }) }, 'Clear'));
}

// What all rows share.
export function commonLine(common) {
	return common.length === 0 ? null : make('p', { class: 'common' }, 'In every row: ',
		common.map(([title, text]) => make('span', {}, `${title} `, make('b', {}, name(text)))));
}

const emptyBoard = (suite) => make('div', { class: 'empty' },
	make('p', {}, `Nobody has sent results for ${suite.title} yet.`),
	make('pre', {}, make('code', {}, 'assay import llama-bench results.json --model ORG/NAME\nassay submit')));

export function boardView(board, state, change, say) {
	const { columns, common } = arrange(columnsOf(board.suite), board.rows);
	const body = make('div', { class: 'results' });
	const draw = () => {
		const column = columns.find((c) => c.key === state.sort);
		const found = filterRows(board.rows, columns, state);
		const rows = column ? sortRows(found, column, state.direction) : found;
		body.replaceChildren(boardTable(rows, columns, state, (changes) => {
			change(changes);
			draw();
			body.querySelector(`[data-key="${CSS.escape(changes.sort)}"]`)?.focus();
		}));
		say(`${rows.length} of ${count(board.rows.length, 'row')} · log size ${board.log_size}`);
	};
	const bar = make('div', {});
	const redraw = (changes) => {
		change(changes);
		if (changes.filters)
			bar.replaceChildren(controls(board.rows, columns, state, redraw));
		draw();
	};
	bar.append(controls(board.rows, columns, state, redraw));
	draw();
	return [
		make('h1', {}, board.suite.title),
		make('p', { class: 'lead' }, `${board.suite.metrics.map((m) => label(m.name)).join(', ')}: `,
			'each value is the median of the submitters’ votes; a vote is the median of one submitter’s latest five runs. ',
			'The line is its 95 % interval; a hollow dot is one submitter’s word. Ranks are intervals too: what the data cannot tell apart shares them.'),
		...(board.rows.length ? [bar, commonLine(common), body] : [emptyBoard(board.suite)]),
	];
}
