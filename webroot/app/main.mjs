// main.mjs — reads the address, loads what it names, draws the view.
// SPDX-License-Identifier: Apache-2.0
import { boardView } from './board.mjs';
import { DataError, readDocument } from './data.mjs';
import { make } from './dom.mjs';
import { modelView } from './model.mjs';
import { overview } from './overview.mjs';
import { readState, writeState } from './state.mjs';

const content = document.querySelector('#content');
const status = document.querySelector('#state');
const say = (text) => { status.textContent = text; };
let drawing = 0;

function change(state, changes) {
	Object.assign(state, changes);
	history.replaceState(null, '', writeState(state));
}

async function view(state) {
	if (state.board) {
		const board = await readDocument(state.board, 'assay-board-v1');
		document.title = `${board.suite.title} · Assay`;
		return boardView(board, state, (changes) => change(state, changes), say);
	}
	if (state.model) {
		const model = await readDocument(state.model, 'assay-model-v1');
		document.title = `${model.name} · Assay`;
		return modelView(model, Date.now(), say);
	}
	document.title = 'Assay';
	return overview(await readDocument('index.json', 'assay-index-v1'), Date.now(), say);
}

function trouble(error) {
	if (!(error instanceof DataError))
		console.error(error);
	say('');
	return [make('div', { class: 'empty', role: 'alert' }, make('h1', {}, 'This cannot be shown'),
		make('p', {}, error instanceof DataError ? error.message : 'The page failed at this document. Load it again.'),
		make('p', {}, make('a', { href: './' }, 'To the overview')))];
}

async function draw() {
	const mine = ++drawing;
	content.setAttribute('aria-busy', 'true');
	const parts = await view(readState(location.search)).catch(trouble);
	if (mine !== drawing)
		return;
	content.replaceChildren(...parts);
	content.removeAttribute('aria-busy');
	markNav();
}

function markNav() {
	for (const link of document.querySelectorAll('#nav a')) {
		const here = new URL(link.href).searchParams.get('board') === (readState(location.search).board || null);
		link.toggleAttribute('aria-current', here && Boolean(readState(location.search).board));
	}
}

async function drawNav() {
	const index = await readDocument('index.json', 'assay-index-v1').catch(() => ({ suites: [] }));
	document.querySelector('#nav').replaceChildren(...index.suites.map((suite) =>
		make('a', { href: writeState({ board: suite.document }) }, suite.title)));
	markNav();
}

// Links inside the page change the address without loading it anew.
document.addEventListener('click', (event) => {
	const link = event.target.closest?.('a[href]');
	if (!link || event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
		return;
	const to = new URL(link.href);
	if (to.origin !== location.origin || to.pathname !== location.pathname || to.hash)
		return;
	event.preventDefault();
	history.pushState(null, '', to.search || './');
	draw().then(() => content.focus({ preventScroll: true })).then(() => scrollTo(0, 0));
});
addEventListener('popstate', draw);
draw();
drawNav();
