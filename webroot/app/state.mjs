// state.mjs — the page's state is its address. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0

// One of these names the view: ?board=, model=, hardware= (DOCUMENT, or all for the list), models=all, compare=variants,
// value=all, statement=INDEX, log=INDEX of the newest shown or latest, submitters=all, submitter=ID, acts=queue, decisions=all, decision=ID, watch=ID.
export const places = ['board', 'model', 'models', 'hardware', 'value', 'compare', 'statement', 'log', 'submitters', 'submitter', 'acts', 'decisions', 'decision', 'watch'];

// What a view shows of its document: q= search, sort=KEY or -KEY, f.KEY= filters, cols= columns where not the usual ones,
// v= the chosen variants (DOCUMENT:CELL), and one word each of the rest.
const words = ['suite', 'metric', 'history', 'memory', 'hourly', 'use', 'streams', 'quality', 'runs'];
const VARIANTS_MAX = 6;
const variant = /^([A-Za-z0-9._~/-]+\.json):([0-9a-f]{8,64})$/;

export function readVariant(text) {
	const [, document, cell] = variant.exec(text) ?? [];
	return document && isDocument(document) ? { document, cell } : null;
}

export const variantOf = (row) => `${row.model.document}:${row.cell.slice(0, 12)}`;

export function readState(search) {
	const params = new URLSearchParams(search);
	const sort = params.get('sort') ?? '';
	const state = { search: params.get('q') ?? '', sort: sort.replace(/^-/, ''),
		direction: sort.startsWith('-') ? 'descending' : 'ascending', filters: {},
		columns: params.has('cols') ? params.get('cols').split(' ').filter(Boolean) : null,
		variants: [...new Set(params.getAll('v'))].filter(readVariant).slice(0, VARIANTS_MAX) };
	for (const key of [...places, ...words])
		state[key] = params.get(key) ?? '';
	for (const [key, value] of params)
		if (key.startsWith('f.') && value)
			state.filters[key.slice(2)] = value;
	return state;
}

export function writeState(state) {
	const params = new URLSearchParams();
	const set = (key, value) => value && params.set(key, value);
	for (const key of places)
		set(key, state[key]);
	set('q', state.search);
	set('sort', state.sort && (state.direction === 'descending' ? '-' : '') + state.sort);
	for (const [key, value] of Object.entries(state.filters ?? {}))
		set(`f.${key}`, value);
	if (state.columns)
		params.set('cols', state.columns.join(' '));
	for (const key of words)
		set(key, state[key]);
	for (const one of state.variants ?? [])
		params.append('v', one);
	const text = params.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
	return text ? `?${text}` : './';
}

// The list with one more or one fewer variant; full lists stay as they are.
export function toggled(variants, one) {
	if (variants.includes(one))
		return variants.filter((other) => other !== one);
	return variants.length < VARIANTS_MAX ? [...variants, one] : variants;
}

// A document's path comes from an address that anyone may have written: only our own tree.
export function isDocument(path) {
	return /^[A-Za-z0-9._~/-]+\.json$/.test(path) && !path.split('/').includes('..') && !path.startsWith('/');
}

// A place in the log as an address has it; null if it is none.
export const whole = (text) => (/^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : null);
