// contrast.mjs — can two estimates be told apart, and by how much. Knows nothing of the page.
// SPDX-License-Identifier: Apache-2.0
//
// Each side was estimated by itself, so this is the unpaired difference of points with MOVER's interval (DESIGN §8.3):
// from the published 95 % intervals alone, on the metric's scale, where a difference on the log scale is a ratio.

const shared = (e) => e.voters > 1 && e.interval !== 'none' && e.interval !== 'within_run';

// { point, low?, high?, ratio, apart: 'better' | 'worse' | 'no' | 'unsure' } of an estimate against a reference, for a metric
// { direction, scale }. unsure: one of both rests on a single submitter, so nothing is known of other machines.
export function contrast(reference, other, metric) {
	const log = metric.scale === 'log' && [reference.point, other.point].every((v) => v > 0);
	const on = (v) => (log ? Math.log(v) : v);
	const back = (v) => (log ? Math.exp(v) : v);
	const point = on(other.point) - on(reference.point);
	const bounds = [reference.low, reference.high, other.low, other.high].map(on);
	if (!shared(reference) || !shared(other) || !bounds.every(Number.isFinite))
		return { point: back(point), ratio: log, apart: 'unsure' };
	const [rl, rh, ol, oh] = bounds;
	const low = point - Math.hypot(on(other.point) - ol, rh - on(reference.point));
	const high = point + Math.hypot(oh - on(other.point), on(reference.point) - rl);
	const up = metric.direction === 'lower' ? 'worse' : 'better';
	const down = metric.direction === 'lower' ? 'better' : 'worse';
	return { point: back(point), low: back(low), high: back(high), ratio: log, apart: low > 0 ? up : high < 0 ? down : 'no' };
}

// Fields of two rows that are not what is compared, and differ.
export const differing = (a, b, but = ['subject', 'base']) => Object.keys({ ...a.fields, ...b.fields })
	.filter((field) => !but.includes(field) && a.fields[field] !== b.fields[field]);

// Rows of several variants gathered by where they were measured: [{ fields, rows: [row per subject] }], places that most
// subjects share first. subjects: the subject of each variant in order.
export function placesOf(rows, subjects) {
	const found = new Map();
	for (const row of rows) {
		const at = subjects.indexOf(row.fields.subject);
		const { subject, base, ...fields } = row.fields;
		const key = JSON.stringify(fields);
		if (at < 0)
			continue;
		if (!found.has(key))
			found.set(key, { fields, rows: subjects.map(() => null) });
		found.get(key).rows[at] ??= row;
	}
	const n = (place) => place.rows.filter(Boolean).length;
	return [...found.values()].filter((place) => n(place) > 1).sort((a, b) => n(b) - n(a));
}
