// state.mjs — the page's state is its address. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0

// ?board=NAME, ?model=DOCUMENT, ?statement=INDEX, ?submitter=ID, ?acts=queue, ?decisions=all, ?decision=ID, ?watch=ID, or ?log=INDEX of the newest shown, or latest; q= search, sort=KEY or sort=-KEY, f.KEY= filters.
export function readState(search) {
	const params = new URLSearchParams(search);
	const sort = params.get('sort') ?? '';
	const filters = {};
	for (const [key, value] of params)
		if (key.startsWith('f.') && value)
			filters[key.slice(2)] = value;
	return { board: params.get('board') ?? '', model: params.get('model') ?? '',
		statement: params.get('statement') ?? '', log: params.get('log') ?? '',
		submitter: params.get('submitter') ?? '', acts: params.get('acts') ?? '',
		decisions: params.get('decisions') ?? '', decision: params.get('decision') ?? '', watch: params.get('watch') ?? '', search: params.get('q') ?? '',
		sort: sort.replace(/^-/, ''), direction: sort.startsWith('-') ? 'descending' : 'ascending', filters };
}

export function writeState(state) {
	const params = new URLSearchParams();
	const set = (key, value) => value && params.set(key, value);
	set('board', state.board);
	set('model', state.model);
	set('statement', state.statement);
	set('log', state.log);
	set('submitter', state.submitter);
	set('acts', state.acts);
	set('decisions', state.decisions);
	set('decision', state.decision);
	set('watch', state.watch);
	set('q', state.search);
	set('sort', state.sort && (state.direction === 'descending' ? '-' : '') + state.sort);
	for (const [key, value] of Object.entries(state.filters ?? {}))
		set(`f.${key}`, value);
	const text = params.toString();
	return text ? `?${text}` : './';
}

// A document's path comes from an address that anyone may have written: only our own tree.
export function isDocument(path) {
	return /^[A-Za-z0-9._~/-]+\.json$/.test(path) && !path.split('/').includes('..') && !path.startsWith('/');
}

// A place in the log as an address has it; null if it is none.
export const whole = (text) => (/^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : null);
