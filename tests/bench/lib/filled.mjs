// filled.mjs — a lab whose log holds an invented community's submissions (fill.c), and what its processes cost.
// SPDX-License-Identifier: Apache-2.0
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { buildDir } from '../../system/lib/daemon.mjs';
import { Lab } from '../../system/lib/lab.mjs';
import { mustRun, waitFor } from '../../system/lib/process.mjs';
import { cpuSeconds } from '../cpu.mjs';

const HOURS_MS = 6 * 3600 * 1000;

export const fillPath = path.join(buildDir, 'tests/fill');
export const loadPath = path.join(buildDir, 'tests/load');

// A server as one would run it: PostgreSQL with memory, autovacuum and fsync.
export const newLab = () => new Lab({ durable: true, settings: { publish_interval_ms: 250 },
	postgres: { autovacuum: 'on', shared_buffers: '1GB', max_wal_size: '8GB', maintenance_work_mem: '512MB', work_mem: '32MB' } });

export const cpuOf = (lab) => cpuSeconds(lab.daemon.process.pid) + cpuSeconds(lab.pg.process.pid);

export const logSize = async (lab) => Number(await lab.pg.sql('SELECT size FROM assay.log_head'));

const policyFile = (lab) => {
	const file = path.join(lab.dir, 'policy.json');
	writeFileSync(file, JSON.stringify(lab.policy));
	return file;
};

// Put n submissions and their submitters into the queue, as they would have been stored one by one.
async function store(lab, n) {
	const folder = path.join(lab.dir, 'rows');
	mkdirSync(folder);
	await mustRun(fillPath, ['rows', policyFile(lab), String(n), folder], { limitMs: HOURS_MS });
	await lab.pg.sql(`\\copy assay.statement (id, kind, payload, payload_sha256, key, signature, accepted_at_ms) FROM '${folder}/statement.copy'\n` +
		`\\copy assay.pending (id) FROM '${folder}/pending.copy'\nANALYZE assay.statement, assay.pending;`, { limitMs: HOURS_MS });
	rmSync(folder, { recursive: true });
}

// Fill a lab that is up with n submissions; the leader gives them their places. Returns how long that took, and the CPU.
export async function fill(lab, n, say = () => {}) {
	await lab.daemon.stop();
	await store(lab, n);
	lab.daemon.set({ publish_interval_ms: 60000 });
	await lab.pg.sql('REVOKE SELECT ON assay.dirty_submitter FROM assayd'); // what documents begin with: they can wait
	const [began, before] = [Date.now(), cpuSeconds(lab.pg.process.pid)];
	await lab.daemon.start();
	await waitFor('the log to hold all', async () => {
		const waits = Number(await lab.pg.sql('SELECT count(*) FROM assay.pending'));
		say(`${waits} wait`);
		return waits === 0;
	}, { limitMs: HOURS_MS, everyMs: 5000 });
	const spent = { assayd_s: cpuSeconds(lab.daemon.process.pid), pg_s: cpuSeconds(lab.pg.process.pid) - before };
	await lab.daemon.stop();
	lab.daemon.set({ publish_interval_ms: 250 });
	await lab.pg.sql('GRANT SELECT ON assay.dirty_submitter TO assayd');
	await lab.pg.sql('VACUUM ANALYZE; CHECKPOINT;', { limitMs: HOURS_MS });
	return { seconds: (Date.now() - began) / 1000, ...spent };
}

// What of a lab is kept in a folder, by its name there: the cluster, the keys, what the signer signed last.
const keptOf = (lab) => ({ pg: lab.pg.data, keys: lab.keys, 'signer.state': path.join(lab.dir, 'signer.state'),
	published: lab.published });

async function copyKept(lab, copies) {
	await lab.daemon.stop();
	await lab.pg.down();
	for (const [from, to] of copies) {
		rmSync(to, { recursive: true, force: true });
		await mustRun('cp', ['-a', from, to], { limitMs: HOURS_MS });
	}
	await lab.pg.up();
}

// fill(), but a folder that is there already is taken instead, and one that is not is made, whole or not at all: filling
// takes long. Returns what fill() does; null: it was taken.
export async function fillKept(lab, n, folder, say) {
	const pairs = (place) => Object.entries(keptOf(lab)).map(([name, inUse]) => [path.join(place, name), inUse]);
	if (existsSync(folder)) {
		const held = Number(readFileSync(path.join(folder, 'submissions'), 'latin1'));
		if (held !== n)
			throw new Error(`${folder} holds ${held} submissions, not ${n}`);
		await copyKept(lab, pairs(folder));
		await lab.assayd('migrate'); // it may be of an earlier schema
		return null;
	}
	const filled = await fill(lab, n, say);
	const making = `${folder}.making`;
	rmSync(making, { recursive: true, force: true });
	mkdirSync(making);
	await copyKept(lab, pairs(making).map(([held, inUse]) => [inUse, held]));
	writeFileSync(path.join(making, 'submissions'), String(n));
	renameSync(making, folder);
	return filled;
}

// Write n further submissions, numbered from `from` on, as envelopes into a file; returns its path.
export async function envelopes(lab, n, from, name) {
	const file = path.join(lab.dir, `${name}.ndjson`);
	const child = spawn(fillPath, ['envelopes', policyFile(lab), String(n), String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
	await new Promise((done, failed) => {
		child.stdout.pipe(createWriteStream(file)).on('finish', done).on('error', failed);
	});
	return file;
}
