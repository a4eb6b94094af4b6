// cpu.mjs — CPU time of a process and all below it, and where PostgreSQL's begins.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const ticks = 100; // USER_HZ

function stat(pid) {
	const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
	const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
	return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]),
		children: Number(fields[13]) + Number(fields[14]) };
}

// CPU seconds of a process and all below it, dead children included.
export function cpuSeconds(root) {
	const all = new Map();
	for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
		try {
			all.set(Number(name), stat(name));
		} catch { /* it ended meanwhile */ }
	}
	const below = (pid) => pid === root || (all.has(pid) && below(all.get(pid).parent));
	let sum = 0;
	for (const [pid, s] of all)
		if (below(pid))
			sum += s.ticks + (pid === root ? s.children : 0);
	return sum / ticks;
}

export const postmaster = (lab) => Number(readFileSync(path.join(lab.pg.data, 'postmaster.pid'), 'latin1').split('\n')[0]);
