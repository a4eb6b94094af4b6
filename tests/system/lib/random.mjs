// random.mjs — numbers that look random and are the same for the same seed.
// SPDX-License-Identifier: Apache-2.0

// A generator (mulberry32) for a seed: below(n) is an integer in [0, n), pick() one of a list.
export function seeded(seed) {
	let state = seed >>> 0;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	return {
		below: (n) => Math.floor(next() * n),
		between: (low, high) => low + Math.floor(next() * (high - low)),
		pick: (list) => list[Math.floor(next() * list.length)],
		chance: (share) => next() < share,
	};
}
