// controls.mjs — what narrows a table of results: search, filters, columns; and what takes them elsewhere: CSV, compare.
// SPDX-License-Identifier: Apache-2.0
import { make, name } from './dom.mjs';
import { readVariant, toggled, writeState } from './state.mjs';
import { choices } from './table.mjs';

function filterControl(column, rows, state, change) {
	const values = choices(column, rows);
	const active = state.filters[column.key] ?? '';
	if (values.length < 2 && !active)
		return null;
	const select = make('select', { name: column.key, 'aria-label': column.title, class: active ? 'active' : undefined, onchange: (event) =>
		change({ filters: { ...state.filters, [column.key]: event.target.value } }) },
	make('option', { value: '' }, column.title),
	values.filter(Boolean).map((value) => make('option', { value, selected: active === value }, value)),
	active && !values.includes(active) ? make('option', { value: active, selected: true }, active) : null);
	return select;
}

function columnChooser(columns, shown, state, change) {
	const keys = () => shown().map((c) => c.key);
	const box = (column) => make('label', {}, make('input', { type: 'checkbox', name: column.key, checked: keys().includes(column.key), onchange: (event) =>
		change({ columns: event.target.checked ? [...keys(), column.key] : keys().filter((key) => key !== column.key) }) }), ` ${column.title}`);
	const usual = make('button', { type: 'button', class: 'quiet', onclick: (event) => {
		change({ columns: null });
		for (const input of event.target.closest('.menu').querySelectorAll('input'))
			input.checked = keys().includes(input.name);
	} }, 'The usual ones');
	return make('details', { class: 'chooser', onkeydown: (event) => {
		if (event.key === 'Escape') {
			event.currentTarget.open = false;
			event.currentTarget.querySelector('summary').focus();
		}
	} }, make('summary', {}, 'Columns'),
	make('fieldset', { class: 'menu' }, make('legend', { class: 'sr' }, 'Columns'), columns.filter((c) => !c.model).map(box), usual));
}

// settings: rows and all columns of the board, shown() for the columns in sight, state, change(changes), csv() to save.
export function controls({ rows, columns, shown, state, change, csv, phone }) {
	const search = make('input', { type: 'search', name: 'q', value: state.search, autocomplete: 'off', 'aria-label': 'Search', spellcheck: 'false',
		placeholder: 'Search: model, hardware, …', oninput: (event) => change({ search: event.target.value }) });
	const any = state.search || Object.values(state.filters).some(Boolean);
	const filters = columns.filter((column) => column.filter).map((column) => filterControl(column, rows, state, change)).filter(Boolean);
	const active = Object.values(state.filters).filter(Boolean).length;
	return make('form', { class: 'controls', role: 'search', onsubmit: (event) => event.preventDefault() }, search,
		phone && filters.length > 0 ? make('details', { class: 'filters', open: active > 0 },
			make('summary', {}, active > 0 ? `Filters, ${active} set` : 'Filters'), make('div', {}, filters)) : filters,
		make('span', { class: 'ends' },
			make('button', { type: 'button', class: 'quiet', disabled: !any, onclick: () => change({ search: '', filters: {} }) }, 'Clear'),
			columnChooser(columns, shown, state, change), make('button', { type: 'button', class: 'quiet', onclick: csv }, 'CSV')));
}

export function saveText(text, file, type) {
	const url = URL.createObjectURL(new Blob([text], { type }));
	make('a', { href: url, download: file }).click();
	setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// The chosen variants, at the foot of the window; empty while there are none. labelOf(variant) says what one is.
export function basket(state, labelOf, change) {
	const bar = make('aside', { class: 'basket', 'aria-label': 'Chosen to compare' });
	const draw = () => {
		const { variants } = state;
		bar.hidden = variants.length === 0;
		bar.replaceChildren(...variants.map((one) => make('button', { type: 'button', class: 'chip', 'aria-label': `Leave out ${labelOf(one)}`,
			onclick: () => change({ variants: toggled(variants, one) }) }, name(labelOf(one)), make('span', { 'aria-hidden': 'true' }, ' ×'))),
		variants.length > 1 ? make('a', { class: 'button', href: writeState({ compare: 'variants', variants }) }, `Compare ${variants.length}`)
			: make('span', { class: 'hint' }, 'Choose one more to compare'),
		make('button', { type: 'button', class: 'quiet', onclick: () => change({ variants: [] }) }, 'None'));
	};
	draw();
	return { element: bar, draw };
}

// What a variant is, as far as these rows tell.
export const labelsOf = (rows) => (one) => {
	const { document, cell } = readVariant(one) ?? {};
	const model = rows.find((row) => row.model.document === document && row.cell.startsWith(cell))?.model;
	return model ? `${model.name.replace(/^[\w.-]+\//, '')} ${model.quantization ?? ''}`.trim() : document?.replace(/^models\/|\.json$/g, '') ?? one;
};
