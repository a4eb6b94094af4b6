// parts.mjs — what the views of the log share: strangers' text, keys, times, outcomes.
// SPDX-License-Identifier: Apache-2.0
import { fromBase64, hex, sha256 } from './bytes.mjs';
import { make, name } from './dom.mjs';
import { ago, count, moment, visible } from './format.mjs';

const FOLDED_CHARACTERS = 240;

// Long text is folded, so that nobody can fill the page with it.
function stranger(text) {
	if (text.length <= FOLDED_CHARACTERS && !text.includes('\n'))
		return name(text, { class: 'said', dir: 'auto' });
	return make('details', { class: 'folded' },
		make('summary', {}, name(text.slice(0, 80), { dir: 'auto', title: undefined }), ` ${count(text.length, 'character')}`),
		make('bdi', { class: 'said', dir: 'auto' }, text));
}

const digest = (text, n = 12) => make('code', { title: text }, text.length > n ? `${text.slice(0, n)}…` : text);

// A text of parts (facts.mjs), whole or in one line.
export const shown = (parts) => parts.map((one) => (typeof one === 'string' ? one
	: one.code !== undefined ? make('code', {}, one.code) : stranger(one.name)));
export const brief = (parts) => parts.map((one) => (typeof one === 'string' ? one
	: one.code !== undefined ? digest(one.code, 8) : name(one.name, { dir: 'auto' })));

// A key goes by the first digits of its SHA-256: of a submitter's first key, that is the submitter's id.
export function keyId(key) {
	const raw = fromBase64(key, 32);
	return raw ? make('code', { title: `SHA-256 of the key: ${hex(sha256(raw))}` }, hex(sha256(raw)).slice(0, 8)) : 'unreadable';
}

export function time(ms, now) {
	const at = new Date(ms).toISOString();
	return make('time', { datetime: at, title: moment(at) }, ago(ms, now));
}

const marks = { good: '✓', bad: '✗', open: '–' };
const outcomes = { good: 'good', bad: 'failed', open: 'not checked' };

export const stepList = (steps) => make('ol', { class: 'steps' }, steps.map((step) => make('li', { class: step.outcome },
	make('b', {}, make('span', { 'aria-hidden': 'true' }, `${marks[step.outcome]} `), `${step.title}: ${outcomes[step.outcome]}`),
	make('span', {}, step.text))));

// Rows [label, content], content as make() takes it.
export const factList = (rows) => make('dl', { class: 'pairs' }, rows.map(([head, content]) =>
	make('div', {}, make('dt', {}, make('bdi', {}, visible(head))), make('dd', {}, content))));
