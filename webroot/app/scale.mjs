// scale.mjs — axes: where a value lies on one, and which values are marked there. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0

// 1, 2 or 5 times a power of ten: the step of about n parts of a span.
function step(span, n) {
	const raw = span / n;
	const power = 10 ** Math.floor(Math.log10(raw));
	return [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw);
}

function linearTicks(low, high, n) {
	const by = step(high - low, n);
	const first = Math.ceil(low / by - 1e-9);
	const ticks = [];
	for (let at = first; at * by <= high + by * 1e-9; at++)
		ticks.push(Number((at * by).toPrecision(12)));
	return ticks;
}

// Powers of ten; between them 2 and 5 where there are few; plain steps where there is not even a factor of three.
function logTicks(low, high, n) {
	if (high / low < 3)
		return linearTicks(low, high, n);
	const within = (factors) => {
		const ticks = [];
		for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
			ticks.push(...factors.map((factor) => Number((factor * 10 ** power).toPrecision(12))));
		return ticks.filter((tick) => tick >= low && tick <= high);
	};
	const [tens, more] = [within([1]), within([1, 2, 5])];
	const every = Math.ceil(tens.length / n);
	const ticks = more.length <= n + 1 ? more : tens.filter((_, at) => at % every === 0);
	return ticks.length > 1 ? ticks : linearTicks(low, high, n);
}

// Powers of two, for sizes in bytes.
export function binaryTicks(low, high, n) {
	const from = Math.ceil(Math.log2(low));
	const count = Math.floor(Math.log2(high)) - from + 1;
	const every = Math.max(1, Math.ceil(count / n));
	return Array.from({ length: Math.max(0, Math.ceil(count / every)) }, (_, at) => 2 ** (from + at * every));
}

// An axis of some length over values: { at(value), low, high, ticks, log, length }. It goes from the lowest to the highest
// value with a margin at both ends; ratios on a log scale, differences on a linear one.
export function scaleOf(values, { log = false, length = 100, margin = 6, ticks = 4, floor, marks = log ? logTicks : linearTicks } = {}) {
	const finite = values.filter((v) => Number.isFinite(v) && (!log || v > 0));
	let [low, high] = finite.length > 0 ? [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))] : [1, 1];
	if (floor !== undefined)
		low = Math.min(low, floor);
	if (low === high)
		[low, high] = log ? [low / 1.5, high * 1.5] : [low - Math.max(1, Math.abs(low) / 2), high + Math.max(1, Math.abs(high) / 2)];
	const on = (v) => (log ? Math.log(v) : v);
	const [from, span] = [on(low), on(high) - on(low)];
	return { low, high, log, length, ticks: marks(low, high, ticks),
		at: (v) => (log && v <= 0 ? margin : margin + (length - 2 * margin) * (on(v) - from) / span) };
}

// The part of an interval that an axis has room for: { from, to, cutLow, cutHigh } in its length.
export function reach(scale, low, high) {
	const inside = (x) => Math.min(scale.length - 1, Math.max(1, Number.isFinite(x) ? x : 1));
	const [from, to] = [scale.at(low), scale.at(high)];
	return { from: inside(from), to: inside(to), cutLow: !(from >= 1), cutHigh: !(to <= scale.length - 1) };
}
