// estimate.mjs — how sure a value is: words, shapes, digits, and its interval drawn.
// SPDX-License-Identifier: Apache-2.0
import { make, svg } from './dom.mjs';
import { count, exact, measure, rounded, tickText } from './format.mjs';
import { reach } from './scale.mjs';

// Standing by shape and word, so that neither colour nor shape says it alone.
export const standings = {
	reproduced: ['●', 'Three or more established submitters agree'],
	corroborated: ['◐', 'Two or more submitters agree, one of them established'],
	single: ['○', 'Nobody established confirms it yet'],
	contested: ['▲', 'Established submitters do not agree'],
	reported: ['□', 'Published elsewhere; nobody here measured it'],
};
const order = ['reported', 'contested', 'single', 'corroborated', 'reproduced'];
export const standingRank = (word) => order.indexOf(word);

export function standingMark(word) {
	const [shape, meaning] = standings[word] ?? ['', ''];
	return make('span', { class: `standing ${word}`, title: meaning },
		make('span', { class: 'shape', 'aria-hidden': 'true' }, shape), ` ${word}`);
}

// What rests on one submitter has at most that run's own noise: it says nothing of other machines.
export const isShared = (e) => e.voters > 1;

const SINGLE_DIGITS = 3;

// The last place that the interval bears, as a power of ten: two digits of the point at least, five at most.
function lastPlace(e) {
	const half = (e.high - e.low) / 2;
	const top = e.point === 0 ? 0 : Math.floor(Math.log10(Math.abs(e.point)));
	if (!isShared(e) || !(half > 0))
		return top - (SINGLE_DIGITS - 1);
	return Math.max(top - 4, Math.min(top - 1, Math.floor(Math.log10(half))));
}

export const estimated = (e) => rounded(e.point, lastPlace(e));

// Both ends to the same place as the point.
export const intervalText = (e) => `${rounded(e.low, lastPlace(e))} – ${rounded(e.high, lastPlace(e))}`;

const kinds = { none: 'no spread stated', within_run: 'within this one run', wilson: 'within this one run',
	student: 'Student’s t over the votes', hettmansperger_sheather: 'order statistics of the votes' };

export function inWords(e, unit) {
	const range = e.interval === 'none' ? '' : `; 95 % interval ${measure(e.low)} to ${measure(e.high)} (${kinds[e.interval] ?? e.interval})`;
	const spread = e.lowest_vote === undefined ? '' : ` from ${measure(e.lowest_vote)} to ${measure(e.highest_vote)}, ${e.agreeing} within tolerance`;
	const votes = isShared(e) ? `; ${count(e.voters, 'vote')}${spread}` : '; one submitter';
	const far = e.outliers > 0 ? `; ${count(e.outliers, 'outlier')}` : '';
	return exact(e.point, unit) + range + votes + far;
}

const HIGH = 18;
const MIDDLE = HIGH / 2;

// An interval on a column's axis: a band with its point; an arrow where it reaches beyond; a hollow point for one submitter.
export function drawInterval(e, scale) {
	const parts = scale.ticks.map((tick) => svg('line', { x1: scale.at(tick), x2: scale.at(tick), y1: 0, y2: HIGH, class: 'grid' }));
	const at = Math.min(scale.length - 4, Math.max(4, scale.at(e.point)));
	if (isShared(e)) {
		const { from, to, cutLow, cutHigh } = reach(scale, e.low, e.high);
		parts.push(svg('line', { x1: from, x2: to, y1: MIDDLE, y2: MIDDLE, class: 'range' }));
		if (cutLow)
			parts.push(svg('path', { d: `M6 ${MIDDLE - 4}L1 ${MIDDLE}L6 ${MIDDLE + 4}`, class: 'cut' }));
		if (cutHigh)
			parts.push(svg('path', { d: `M${scale.length - 6} ${MIDDLE - 4}l5 4l-5 4`, class: 'cut' }));
	}
	parts.push(svg('circle', { cx: at, cy: MIDDLE, r: 3.5, class: isShared(e) ? 'point' : 'point lone' }));
	return svg('svg', { width: scale.length, height: HIGH, viewBox: `0 0 ${scale.length} ${HIGH}`, class: `interval ${e.standing ?? ''}`, 'aria-hidden': 'true' }, ...parts);
}

const TICK_PX = 30;

// The same axis with its numbers, as many as stand apart, for the head of the column.
export function drawTicks(scale) {
	const shown = [];
	for (const tick of scale.ticks)
		if (shown.length === 0 || scale.at(tick) - scale.at(shown.at(-1)) >= TICK_PX)
			shown.push(tick);
	return svg('svg', { width: scale.length, height: 12, viewBox: `0 0 ${scale.length} 12`, class: 'ticks', 'aria-hidden': 'true' },
		...shown.map((tick) => {
			const x = scale.at(tick);
			return svg('text', { x, y: 9, 'text-anchor': x < 12 ? 'start' : x > scale.length - 12 ? 'end' : 'middle' }, tickText(tick));
		}));
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
