// boardtable.mjs — the table of a board's rows: cells, heads, and what stands in them.
// SPDX-License-Identifier: Apache-2.0
import { make, name } from './dom.mjs';
import { drawInterval, drawTicks, estimated, intervalText, inWords, isShared, standingMark } from './estimate.mjs';
import { count } from './format.mjs';
import { scaleOf } from './scale.mjs';
import { variantOf, writeState } from './state.mjs';

const PADDING_PX = 22;
const NUMBER_PX = 66;
const STRIP_PX = 124;
const NARROW_STRIP_PX = 66;
const SAMPLE_N = 150;
const GRID_FONT_PX = 13.5; // style.css: .grid

export const modelLink = (row, brief) => make('a', { href: writeState({ model: row.model.document }) }, name(row.model.name, {}, brief?.(row)));

function estimateCell(row, column) {
	const e = column.estimate(row);
	if (!e)
		return make('td', { class: 'estimate none' }, '–');
	const text = [make('b', {}, estimated(e)), isShared(e) && make('span', { class: 'sr' }, `, 95 % ${intervalText(e)}, ${e.voters} submitters`)];
	return make('td', { class: 'estimate', title: inWords(e, column.unit) }, make('span', {}, text, drawInterval(e, column.scale)));
}

// The widest claim the data allows: what cannot be told apart shares its ranks.
function rankCell(row, column) {
	const rank = column.rank(row);
	if (!rank)
		return make('td', { class: 'number' }, '–');
	const same = rank.best === rank.worst;
	return make('td', { class: 'number', title: same ? `rank ${rank.best} of ${rank.of} comparable results`
		: `between rank ${rank.best} and ${rank.worst} of ${rank.of} comparable results: the data cannot tell more` },
	same ? String(rank.best) : `${rank.best}–${rank.worst}`, make('small', {}, ` of ${rank.of}`));
}

// One person's claim is told apart by shape and word, not by colour alone.
function votersCell(row, column) {
	const n = column.value(row);
	if (n === 1)
		return make('td', { class: 'number', title: 'Measured by one submitter: nobody has confirmed it yet' }, '○ 1');
	return make('td', { class: 'number', title: `Measured by ${count(n, 'submitter')}` }, n > 1 ? `● ${n}` : '–');
}

// Held runs count for nothing, but they are there, and why stands with the model.
function runsCell(row, column) {
	const held = row.held > 0 && make('span', { class: 'held', title: 'Held with a reason: see the model' }, `◇ ${row.held} held`);
	return make('td', { class: 'number' }, held, held && ' ', column.text(row));
}

function modelCell(row, { details, brief }) {
	return make('th', { scope: 'row' }, modelLink(row, brief), details && make('small', { class: 'under' },
		details.map((column) => (column.brief ?? column.text)(row)).filter(Boolean).flatMap((text, at) => [at > 0 ? ' · ' : '', make('bdi', {}, text)])));
}

function cell(row, column) {
	if (column.pick)
		return column.pick(row);
	if (column.model)
		return modelCell(row, column);
	if (column.estimate)
		return estimateCell(row, column);
	if (column.rank)
		return rankCell(row, column);
	if (column.standing)
		return make('td', {}, column.text(row) ? standingMark(column.text(row)) : '–');
	if (column.key === 'voters')
		return votersCell(row, column);
	if (column.runs)
		return runsCell(row, column);
	if (column.make)
		return make('td', { class: column.number ? 'number' : undefined }, column.make(row));
	return make('td', { class: column.number ? 'number' : undefined }, column.number ? column.text(row) : name(column.text(row), {}, column.brief?.(row)));
}

function headCell(column, state, change) {
	if (column.pick)
		return make('th', { scope: 'col', class: 'pick' }, make('span', { class: 'sr' }, 'Compare'), make('span', { 'aria-hidden': 'true', title: 'Choose two to six to compare' }, '⇄'));
	const sorted = state.sort === column.key;
	const next = sorted && state.direction === 'descending' ? 'ascending' : sorted ? 'descending'
		: column.number ? 'descending' : 'ascending';
	const arrow = make('span', { class: 'arrow', 'aria-hidden': 'true' },
		sorted ? (state.direction === 'descending' ? '▼' : '▲') : '');
	const title = [column.title, column.unit ? make('small', {}, ` ${column.unit}`) : null];
	return make('th', { scope: 'col', class: column.estimate ? 'estimate' : column.number ? 'number' : undefined,
		'aria-sort': sorted ? state.direction : undefined },
	make('button', { type: 'button', class: 'sort', 'data-key': column.key,
		onclick: () => change({ sort: column.key, direction: next }) },
	column.number && !column.estimate ? [arrow, ...title] : [...title, arrow]),
	column.estimate && column.scale.ticks.length > 1 ? drawTicks(column.scale) : null);
}

// How wide a text is, by the page's own font.
let ruler;
function textPx(text) {
	if (!ruler) {
		ruler = document.createElement('canvas').getContext('2d');
		ruler.font = `${GRID_FONT_PX}px ${getComputedStyle(document.body).fontFamily}`;
	}
	return ruler.measureText(text).width;
}

// Widths go by what stands in all rows of the board, so that columns stay where they are while rows are filtered.
function widthOf(column, sample) {
	if (column.pick)
		return 38;
	if (column.widthPx)
		return column.widthPx;
	if (column.estimate)
		return NUMBER_PX + PADDING_PX + (column.narrow ? NARROW_STRIP_PX : STRIP_PX);
	const longest = sample.reduce((most, row) => Math.max(most, textPx(column.long?.(row) ?? column.text(row))), textPx(column.title) * 0.86 + 14);
	return Math.round(Math.min(longest, column.model ? 290 : 230)) + PADDING_PX + (column.number ? 2 : 6);
}

// Values of one column share an axis, so that they can be compared down the table.
function withScale(column, rows) {
	if (!column.estimate)
		return column;
	const length = column.narrow ? NARROW_STRIP_PX : STRIP_PX;
	return { ...column, scale: scaleOf(rows.map(column.value), { log: column.metric.scale === 'log', length, ticks: Math.floor(length / 30), margin: 8 }) };
}

// A box at the head of each row, to choose it for comparing.
function pickColumn(state, pick) {
	return { key: 'pick', pick: (row) => {
		const one = variantOf(row);
		const { model } = row;
		return make('td', { class: 'pick' }, make('label', {}, make('input', { type: 'checkbox', checked: state.variants.includes(one), 'data-variant': one,
			'aria-label': `Compare ${model.name} ${model.quantization ?? ''}`.trim(), onchange: (event) => pick(one, event.target) })));
	} };
}

// Settings of a Grid for these rows; change(sort), pick(variant, box) if rows can be chosen, all: the rows before filtering.
export function tableOf(rows, plain, state, { change, pick, all = rows }) {
	const every = Math.max(1, Math.floor(all.length / SAMPLE_N));
	const sample = all.filter((_, at) => at % every === 0);
	const columns = [...(pick ? [pickColumn(state, pick)] : []), ...plain.map((column) => withScale(column, rows))]
		.map((column) => ({ ...column, widthPx: widthOf(column, sample) }));
	return { label: 'Results', columns, rows, cells: cell, head: (column) => headCell(column, state, change) };
}
