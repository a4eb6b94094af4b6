// board.mjs — the view of one board, and its panel of controls and table that other views borrow.
// SPDX-License-Identifier: Apache-2.0
import { tableOf } from './boardtable.mjs';
import { basket, controls, labelsOf, saveText } from './controls.mjs';
import { boardCsv } from './csv.mjs';
import { make, name } from './dom.mjs';
import { count } from './format.mjs';
import { Grid } from './grid.mjs';
import { rowsOf } from './rows.mjs';
import { toggled } from './state.mjs';
import { arrange, chosen, columnsOf, filterRows, sortRows } from './table.mjs';

const narrow = () => matchMedia('(max-width: 40rem)').matches;

// On a phone what tells rows apart stands under the model's name, unless the reader chose the columns.
function fitting(columns, state) {
	const shown = chosen(columns, state.columns);
	if (state.columns || !narrow())
		return shown;
	const under = shown.filter((c) => ['quantization', 'test', 'hardware'].includes(c.key));
	const left = shown.filter((c) => !under.includes(c) && c.key !== 'size');
	const [first, ...rest] = left;
	return first?.model ? [{ ...first, widthPx: 162, details: under, brief: (row) => row.model.name.replace(/^[\w.-]+\//, '') }, ...rest.map((c) => (c.estimate ? { ...c, narrow: true } : c))] : shown;
}

// What people look at first: what most stand behind.
const order = (columns, state) => (state.sort ? state : { ...state, sort: columns.some((c) => c.key === 'voters') ? 'voters' : '', direction: 'descending' });

// What all rows share.
const commonLine = (common) => (common.length === 0 ? null : make('p', { class: 'common' }, 'In every row: ',
	common.map(([title, text]) => make('span', {}, `${title} `, make('b', {}, name(text))))));

// Controls and table of a suite's rows: { parts, basket }. without: keys of columns that would say the same in every row.
export function panel({ suite, rows, file }, state, change, say, without = []) {
	const { columns, common } = arrange(columnsOf(suite).filter((c) => !without.includes(c.key)), rows);
	const shown = () => fitting(columns, state);
	const found = () => {
		const { sort: key, direction } = order(columns, state);
		const column = columns.find((c) => c.key === key);
		const kept = filterRows(rows, columns, state);
		return column ? sortRows(kept, column, direction) : kept;
	};
	let grid;
	let nothing;
	const told = (n) => say(`${count(n, 'row')}${n < rows.length ? ` of ${count(rows.length, 'row')}` : ''}`);
	const draw = () => {
		const list = found();
		const settings = tableOf(list, shown(), order(columns, state), { change: sort, pick, all: rows });
		grid ? grid.set(settings) : grid = new Grid(settings);
		nothing.hidden = list.length > 0;
		told(list.length);
	};
	const sort = (changes) => {
		change(changes);
		draw();
		grid.table.querySelector(`[data-key="${CSS.escape(changes.sort)}"]`)?.focus();
	};
	const bar = make('div', {});
	const fillBar = () => bar.replaceChildren(controls({ rows, columns, shown, state, change: redraw, phone: narrow(),
		csv: () => saveText(boardCsv(shown(), found()), file, 'text/csv') }));
	const redraw = (changes) => {
		change(changes, changes.search !== undefined && !changes.filters);
		if (changes.filters)
			keepFocus(bar, fillBar);
		else
			bar.querySelector('.ends .quiet').disabled = !state.search && !Object.values(state.filters).some(Boolean);
		draw();
	};
	const chosenOnes = basket(state, labelsOf(rows), (changes) => {
		change(changes);
		chosenOnes.draw();
		for (const box of grid.table.querySelectorAll('[data-variant]'))
			box.checked = state.variants.includes(box.dataset.variant);
	});
	const pick = (one, box) => {
		change({ variants: toggled(state.variants, one) }, true);
		box.checked = state.variants.includes(one);
		chosenOnes.draw();
		say(`${count(state.variants.length, 'variant')} chosen to compare`);
	};
	nothing = make('p', { class: 'empty', hidden: true }, 'No row passes these filters. Take one away, or clear them all.');
	fillBar();
	draw();
	return [bar, commonLine(common), grid.element, nothing, chosenOnes.element];
}

// A control that is made anew keeps the focus that its forerunner had.
function keepFocus(holder, fill) {
	const { name: had } = document.activeElement ?? {};
	const inside = holder.contains(document.activeElement);
	fill();
	if (inside && had)
		holder.querySelector(`[name="${CSS.escape(had)}"]`)?.focus();
}

const commands = { quantization: 'assay import llama-perplexity perplexity.log --model ORG/NAME --quantization Q4_K_M',
	throughput: 'assay run throughput MODEL.gguf --model ORG/NAME' };

const emptyBoard = (suite) => make('div', { class: 'empty' },
	make('p', {}, `Nobody has sent results for “${suite.title}” yet.`),
	make('pre', { tabindex: '0' }, make('code', {}, `${commands[suite.name] ?? `assay run ${suite.name} --help`}\nassay submit`)));

export const legend = () => make('details', { class: 'legend' }, make('summary', {}, 'How to read this'),
	make('ul', {},
		make('li', {}, 'A value is the median of the submitters’ votes; a vote is the median of one submitter’s latest five runs in the cell.'),
		make('li', {}, 'The bar is its 95 % interval over submitters; an arrow says that it reaches further. A hollow dot is one submitter’s word.'),
		make('li', {}, 'Ranks are intervals: what the data cannot tell apart shares them.'),
		make('li', {}, '● reproduced, ◐ corroborated, ○ single, ▲ contested: who stands behind it. ◇ held: kept out of the count with a reason.')));

// What the catalogue knows of a board's models, beside what submitters said: to filter by.
function withFacts(rows, facts) {
	for (const { model } of rows) {
		const known = facts?.models?.[model.name];
		if (known)
			Object.assign(model, { family: known.family, licence: known.licence });
	}
	return rows;
}

export function boardView(board, state, change, say) {
	const { suite, log_size: size } = board;
	const rows = withFacts(rowsOf(board), board.facts);
	const solid = rows.filter((row) => row.estimates.some((e) => e.voters > 1)).length;
	return [
		make('header', { class: 'head' }, make('h1', {}, suite.title),
			make('p', { class: 'lead' }, rows.length === 0 ? `${suite.name}/${suite.version}`
				: `${count(rows.length, 'result')}, ${solid.toLocaleString('en')} of them from more than one submitter.`)),
		...(rows.length ? [legend(), ...panel({ suite, rows, file: `${suite.name}-log${size}.csv` }, state, change, say)] : [emptyBoard(suite)]),
	];
}
