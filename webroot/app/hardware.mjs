// hardware.mjs — all hardware, and what runs on one of it: prefill, decode, time to the first token, and whether it fits.
// SPDX-License-Identifier: Apache-2.0
import { tableOf } from './boardtable.mjs';
import { basket, controls, labelsOf, saveText } from './controls.mjs';
import { boardCsv } from './csv.mjs';
import { readDocument } from './data.mjs';
import { make, name, svg } from './dom.mjs';
import { bytes, count, label, measure, shortHardware } from './format.mjs';
import { Grid } from './grid.mjs';
import { machinesOf } from './machine.mjs';
import { isDocument, toggled, writeState } from './state.mjs';
import { chosen, filterRows, sortRows } from './table.mjs';

/* ---- all of it ---- */

function listRow(one) {
	return make('tr', {}, make('th', { scope: 'row' }, make('a', { href: writeState({ hardware: one.document }) }, name(one.name))),
		make('td', { class: 'number' }, one.models.toLocaleString('en')), make('td', { class: 'number' }, one.cells.toLocaleString('en')));
}

async function listView(state, { say, change }) {
	const list = await readDocument('hardware.json', 'assay-hardware-list-v1');
	const body = make('tbody', {});
	const nothing = make('p', { class: 'empty', hidden: true }, 'No hardware has such a name.');
	const draw = () => {
		const words = state.search.toLowerCase().split(/\s+/).filter(Boolean);
		const found = list.hardware.filter((one) => words.every((word) => one.name.toLowerCase().includes(word))).sort((a, b) => b.models - a.models);
		body.replaceChildren(...found.map((one) => listRow(one)));
		nothing.hidden = found.length > 0;
		say(`${found.length} of ${count(list.hardware.length, 'kind')} of hardware`);
	};
	draw();
	return { title: 'Hardware', parts: [make('h1', {}, 'Hardware'), make('p', { class: 'lead' }, 'What runs on my card? Choose it: models and quantizations with their speed, and what fits into its memory.'),
		make('form', { class: 'controls', role: 'search', onsubmit: (event) => event.preventDefault() },
			make('input', { type: 'search', name: 'q', value: state.search, 'aria-label': 'Search', placeholder: 'Search: RTX 4090, M2 Ultra, …', autocomplete: 'off', oninput: (event) => {
				change({ search: event.target.value }, true);
				draw();
			} })),
		make('div', { class: 'scroll fit', tabindex: '0', role: 'region', 'aria-label': 'Hardware' }, make('table', {},
			make('thead', {}, make('tr', {}, ['Hardware', 'Models', 'Cells'].map((head, at) => make('th', { scope: 'col', class: at > 0 ? 'number' : undefined }, head)))), body)), nothing] };
}

/* ---- one ---- */

// How much of the memory the weights alone take, drawn and in words.
function fitMark(size, memory) {
	if (!size || !memory)
		return size ? bytes(size) : '–';
	const share = size / memory;
	const word = share > 1 ? 'no' : share > 0.9 ? 'barely' : 'yes';
	const wide = 70;
	return make('span', { class: `fits ${word}`, title: `${bytes(size)} of weights in ${bytes(memory)}: ${Math.round(share * 100)} %. Context needs memory too.` },
		svg('svg', { width: wide, height: 8, viewBox: `0 0 ${wide} 8`, class: 'bar inline', 'aria-hidden': 'true' }, svg('rect', { width: wide, height: 8, class: 'whole' }),
			svg('rect', { width: Math.min(wide, wide * share), height: 8, class: share > 0.9 ? 'over' : 'part' })), ` ${word}`);
}

function fitColumn(memory) {
	const word = (row) => (!row.model.size_bytes ? '' : row.model.size_bytes > memory * row.devices ? 'no' : row.model.size_bytes > 0.9 * memory * row.devices ? 'barely' : 'yes');
	return { key: 'fits', title: 'Fits', filter: true, text: word, long: () => 'MMMMMMMMM barely', value: (row) => row.model.size_bytes, make: (row) => fitMark(row.model.size_bytes, memory * row.devices) };
}

function memoryDial(state, stated, change, redraw) {
	const input = make('input', { type: 'number', name: 'memory', min: '1', max: '4096', step: '1', value: state.memory, placeholder: stated ? measure(stated) : '24', 'aria-label': 'Memory of one device in GiB', oninput: (event) => {
		change({ memory: event.target.value }, true);
		redraw();
	} });
	return make('label', { class: 'dial' }, 'Memory of one device, GiB ', input);
}

// What the catalogue and the log know of it, each with its source.
function factLine({ facts, price_per_hour: price }) {
	const known = [facts?.memory_gib && `${measure(facts.memory_gib)} GiB`, facts?.bandwidth_gbs && `${measure(facts.bandwidth_gbs)} GB/s`, facts?.tdp_w && `${measure(facts.tdp_w)} W`,
		price && `$${measure(price.amount)} an hour`].filter(Boolean);
	const from = [facts?.source && [facts.source, facts.date], price?.source && [price.source, price.date]].filter(Boolean);
	return known.length === 0 ? null : make('p', { class: 'lead' }, known.join(' · '), from.map(([source, date]) => make('small', { class: 'reason' }, make('bdi', { class: 'said' }, source), ` ${String(date ?? '').slice(0, 10)}`)));
}

async function oneView(state, { say, change }) {
	const hardware = await readDocument(state.hardware, 'assay-hardware-v1');
	const { rows, columns, note } = machinesOf(hardware);
	const stated = hardware.facts?.memory_gib ?? 0;
	const memory = () => (Number(state.memory) > 0 ? Number(state.memory) : stated) * 2 ** 30;
	const every = () => (memory() > 0 ? [...columns.slice(0, 3), fitColumn(memory()), ...columns.slice(3)] : columns);
	const shown = () => chosen(every(), state.columns);
	const bar = make('div', {});
	let grid;
	const found = () => {
		const column = every().find((c) => c.key === (state.sort || 'voters'));
		const kept = filterRows(rows, every(), state);
		return column ? sortRows(kept, column, state.sort ? state.direction : 'descending') : kept;
	};
	const draw = () => {
		const list = found();
		const settings = tableOf(list, shown(), state.sort ? state : { ...state, sort: 'voters', direction: 'descending' }, { change: sort, pick, all: rows });
		grid ? grid.set(settings) : grid = new Grid(settings);
		say(`${list.length} of ${count(rows.length, 'way')} to run a model on ${hardware.name}`);
	};
	const sort = (changes) => {
		change(changes);
		draw();
		grid.table.querySelector(`[data-key="${CSS.escape(changes.sort)}"]`)?.focus();
	};
	const redraw = (changes) => {
		change(changes, changes.search !== undefined && !changes.filters);
		if (changes.filters)
			fill();
		draw();
	};
	const fill = () => bar.replaceChildren(controls({ rows, columns: every(), shown, state, change: redraw, phone: matchMedia('(max-width: 40rem)').matches,
		csv: () => saveText(boardCsv(shown(), found()), `${hardware.name.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60)}.csv`, 'text/csv') }));
	const chosenOnes = basket(state, labelsOf(rows), (changes) => {
		change(changes);
		chosenOnes.draw();
		draw();
	});
	const pick = (one, box) => {
		change({ variants: toggled(state.variants, one) }, true);
		box.checked = state.variants.includes(one);
		chosenOnes.draw();
	};
	if (rows.length > 0) {
		fill();
		draw();
	}
	return { title: hardware.name, parts: [make('header', { class: 'head' }, make('h1', {}, name(hardware.name, {}, shortHardware(hardware.name)), make('small', {}, ` ${count(rows.length, 'way')} to run a model`)),
		factLine(hardware), make('p', { class: 'lead' }, note)), memoryDial(state, stated, change, () => {
		fill();
		draw();
	}), ...(rows.length > 0 ? [bar, grid.element, chosenOnes.element] : [make('p', { class: 'empty' }, 'No throughput was measured on it yet.')]),
	make('p', { class: 'lead' }, '“Fits” looks at the weights alone; context and the engine need memory too, so from nine tenths on it says “barely”. ',
		...hardware.boards.filter((board) => isDocument(`suites/${board.suite.name}.json`)).map((board, at) => [at > 0 ? ', ' : 'On the boards: ', make('a', { href: writeState({ board: `suites/${board.suite.name}.json`, filters: { hardware: hardware.name } }) }, label(board.suite.name))]).flat(), '.')] };
}

export const hardwareView = (state, tools) => (isDocument(state.hardware) ? oneView(state, tools) : listView(state, tools));
