// ingest.mjs — what a stored submission costs, alone and in batches of 100: CPU of assayd and PostgreSQL
// against one signature verification, in one run on one machine. Prints figures, asserts nothing.
// SPDX-License-Identifier: Apache-2.0
//
// ASSAY_BIN=BUILD node tests/bench/ingest.mjs [N]     (BUILD has assayd and tests/load)
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildDir } from '../system/lib/daemon.mjs';
import { Lab } from '../system/lib/lab.mjs';
import { Key } from '../system/lib/protocol.mjs';
import { cpuSeconds, postmaster } from './cpu.mjs';

const execute = promisify(execFile);
const load = path.join(buildDir, 'tests/load');
const n = Number(process.argv[2] ?? 20000);

async function envelopes(lab, keys, count, label) {
	const lines = [];
	const results = Array.from({ length: 4 }, (unused, i) => ({ metric: 'prefill',
		conditions: { n_prompt: 2 ** (i + 5), n_batch: 2048, n_ubatch: 512, n_threads: 2, n_gpu_layers: -1,
			type_k: 'f16', type_v: 'f16' }, value: 1000 + i, n: 5, sd: 1.5 }));
	for (let i = 0; i < count; i++)
		lines.push(lab.submission(keys[i % keys.length], { results, notes: `${label} ${i}` }).text);
	const file = path.join(lab.dir, `${label}.ndjson`);
	writeFileSync(file, `${lines.join('\n')}\n`);
	return file;
}

// Send them one by one, or `batch` of them a request; latencies are a request's.
async function measure(lab, file, { inFlight, batch = 1 }, verifyUs) {
	const before = [cpuSeconds(lab.daemon.process.pid), cpuSeconds(postmaster(lab))];
	const { stdout } = await execute(load, ['127.0.0.1', String(lab.port), file, String(inFlight), String(batch)]);
	const after = [cpuSeconds(lab.daemon.process.pid), cpuSeconds(postmaster(lab))];
	const told = JSON.parse(stdout);
	const [own, pg] = after.map((seconds, i) => ((seconds - before[i]) * 1e6) / told.created);
	return { in_flight: inFlight, batch, ...told, assayd_us: own.toFixed(1), postgres_us: pg.toFixed(1),
		times_verify: ((own + pg) / verifyUs).toFixed(2),
		of_bound: (told.per_second / (cpus().length * 1e6 / verifyUs)).toFixed(3) };
}

// How a batch's line compares with a statement that came alone.
function against(alone, batched) {
	const cpu = (m) => Number(m.assayd_us) + Number(m.postgres_us);
	return { rate_of_single: (batched.per_second / alone.per_second).toFixed(2),
		cpu_of_single: (cpu(batched) / cpu(alone)).toFixed(2),
		assayd_cpu_of_single: (batched.assayd_us / alone.assayd_us).toFixed(2) };
}

const lab = new Lab({ durable: true, settings: { publish_interval_ms: 250 } });
await lab.up();
try {
	const keys = [];
	for (let i = 0; i < 50; i++)
		keys.push(await lab.enrolled(`Load ${i}`));
	const verifyFile = await envelopes(lab, keys, 2000, 'verify');
	const { verify_us: verifyUs, envelope_bytes: bytes } = JSON.parse((await execute(load, ['--verify', verifyFile])).stdout);
	console.log(JSON.stringify({ verify_us: verifyUs, envelope_bytes: bytes, cores: cpus().length }));
	for (const lead of ['false', 'true']) {
		await lab.daemon.stop();
		lab.daemon.set({ lead });
		await lab.serve();
		const leader = lead === 'true' ? 'running' : 'paused';
		let alone;
		for (const inFlight of [32, 256]) {
			const file = await envelopes(lab, keys, n, `lead-${lead}-${inFlight}`);
			alone = await measure(lab, file, { inFlight }, verifyUs);
			console.log(JSON.stringify({ leader, ...alone }));
		}
		const file = await envelopes(lab, keys, n, `lead-${lead}-batches`);
		const batched = await measure(lab, file, { inFlight: 4, batch: 100 }, verifyUs);
		console.log(JSON.stringify({ leader, ...batched, ...against(alone, batched) }));
	}
} finally {
	await lab.down(false);
}
