// estimate.mjs — how sure a value is: words, shapes, digits, and its interval drawn.
// SPDX-License-Identifier: Apache-2.0
import { make } from './dom.mjs';
import { count, exact, measure } from './format.mjs';

// Standing by shape and word, so that neither colour nor shape says it alone.
export const standings = {
	reproduced: ['●', 'Three or more established submitters agree'],
	corroborated: ['◐', 'Two or more submitters agree, one of them established'],
	single: ['○', 'Nobody established confirms it yet'],
	contested: ['▲', 'Established submitters do not agree'],
};
const order = ['contested', 'single', 'corroborated', 'reproduced'];
export const standingRank = (word) => order.indexOf(word);

export function standingMark(word) {
	const [shape, meaning] = standings[word] ?? ['', ''];
	return make('span', { class: `standing ${word}`, title: meaning },
		make('span', { 'aria-hidden': 'true' }, shape), ` ${word}`);
}

// What rests on one submitter has at most that run's own noise: it says nothing of other machines.
export const isShared = (e) => e.voters > 1;

// As many digits as the interval bears, at least two, at most three.
export function estimated(e) {
	const half = (e.high - e.low) / 2;
	const digits = half > 0 ? Math.floor(Math.log10(Math.abs(e.point) / half)) + 2 : 3;
	return measure(Number(e.point.toPrecision(Math.min(3, Math.max(2, digits)))));
}

const kinds = { none: 'no spread stated', within_run: 'within this one run', wilson: 'within this one run',
	student: 'Student’s t over the votes', hettmansperger_sheather: 'order statistics of the votes' };

export function inWords(e, unit) {
	const range = e.interval === 'none' ? '' : `; 95 % interval ${measure(e.low)} to ${measure(e.high)} (${kinds[e.interval]})`;
	const votes = isShared(e) ? `; ${count(e.voters, 'vote')} from ${measure(e.lowest_vote)} to ${measure(e.highest_vote)}, ${e.agreeing} within tolerance`
		: '; one submitter';
	const far = e.outliers > 0 ? `; ${count(e.outliers, 'outlier')}` : '';
	return exact(e.point, unit) + range + votes + far;
}

const svg = (tag, attributes, ...children) => {
	const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
	for (const [key, value] of Object.entries(attributes))
		element.setAttribute(key, value);
	element.append(...children);
	return element;
};
const width = 84;

// Where values of a column lie on its axis: that of the metric's scale, from the lowest point to the
// highest. What reaches beyond is cut and ends in an arrow.
export function axisOf(points, log) {
	const on = (v) => (log ? Math.log(v) : v);
	const low = on(Math.min(...points));
	const span = on(Math.max(...points)) - low;
	return (v) => (span > 0 ? 6 + (width - 12) * (on(v) - low) / span : width / 2);
}

export function drawInterval(e, axis) {
	const at = axis(e.point);
	const [from, to] = [axis(e.low), axis(e.high)].map((x) => Math.min(width - 1, Math.max(1, Number.isFinite(x) ? x : 1)));
	const parts = [svg('line', { x1: 0, x2: width, y1: 6, y2: 6, class: 'axis' })];
	if (isShared(e))
		parts.push(svg('line', { x1: from, x2: to, y1: 6, y2: 6, class: 'range' }));
	parts.push(svg('circle', { cx: at, cy: 6, r: 3, class: isShared(e) ? 'point' : 'point lone' }));
	return svg('svg', { width, height: 12, viewBox: `0 0 ${width} 12`, class: 'interval', 'aria-hidden': 'true' }, ...parts);
}

// A value with its interval against a limit; the good side of the limit is drawn as a band.
// value: { point, low, high, sure }, limit: { value, higher, log }.
export function limitDrawing(value, limit) {
	const wide = 180;
	const log = limit.log && [value.low, value.point, limit.value].every((v) => v > 0);
	const on = (v) => (log ? Math.log(v) : v);
	const ends = [on(limit.value), on(value.point), ...(value.sure ? [on(value.low), on(value.high)] : [])];
	const [low, high] = [Math.min(...ends), Math.max(...ends)];
	const at = (v) => (high > low ? 12 + (wide - 24) * (on(v) - low) / (high - low) : wide / 2);
	const mark = at(limit.value);
	const parts = [svg('rect', { x: limit.higher ? mark : 0, y: 0, width: limit.higher ? wide - mark : mark, height: 16, class: 'goodside' }),
		svg('line', { x1: 0, x2: wide, y1: 8, y2: 8, class: 'axis' }), svg('line', { x1: mark, x2: mark, y1: 0, y2: 16, class: 'limit' })];
	if (value.sure)
		parts.push(svg('line', { x1: at(value.low), x2: at(value.high), y1: 8, y2: 8, class: 'range' }));
	parts.push(svg('circle', { cx: at(value.point), cy: 8, r: 3.5, class: value.sure ? 'point' : 'point lone' }));
	return svg('svg', { width: wide, height: 16, viewBox: `0 0 ${wide} 16`, class: 'interval', 'aria-hidden': 'true' }, ...parts);
}
