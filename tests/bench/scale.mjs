// scale.mjs — what a statement costs until everybody sees it: bytes of each table, of WAL and of what is published, CPU
// of assayd and PostgreSQL; and how many a second one and three assayd take on one database. Asserts nothing.
// SPDX-License-Identifier: Apache-2.0
//
// ASSAY_BIN=BUILD node tests/bench/scale.mjs [N]     (BUILD has assayd and tests/load)
import { execFile } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildDir } from '../system/lib/daemon.mjs';
import { Lab } from '../system/lib/lab.mjs';
import { waitFor } from '../system/lib/process.mjs';
import { Key } from '../system/lib/protocol.mjs';
import { cpuSeconds, postmaster } from './cpu.mjs';

const execute = promisify(execFile);
const n = Number(process.argv[2] ?? 30000);
const MODELS = 200;

const lab = new Lab({ durable: true, settings: { publish_interval_ms: 250 } });

// Two results each, of 200 models by 50 submitters: 400 cells in which many meet.
function envelopes(keys, count, label) {
	const lines = [];
	for (let i = 0; i < count; i++) {
		const results = [128, 512].map((nGen) => ({ metric: 'decode', conditions: { n_prompt: 0, n_gen: nGen, n_batch: 2048, n_gpu_layers: -1,
			type_k: 'f16', type_v: 'f16' }, value: 42 + (i % 11) / 10, n: 5, sd: 0.25 }));
		const model = { name: `example-org/model-${i % MODELS}`, revision: 'main', quantization: ['Q4_K_M', 'Q8_0'][i % 2],
			parameters: 7000000000, size_bytes: 4000000000 };
		lines.push(lab.submission(keys[i % keys.length], { results, model, notes: `${label} ${i}` }).text);
	}
	const file = path.join(lab.dir, `${label}.ndjson`);
	writeFileSync(file, `${lines.join('\n')}\n`);
	return file;
}

const send = async (port, file) =>
	JSON.parse((await execute(path.join(buildDir, 'tests/load'), ['127.0.0.1', String(port), file, '64', '1'])).stdout);

async function tables() {
	const rows = await lab.pg.sql(`SELECT relname || ' ' || pg_total_relation_size(oid) FROM pg_class
		WHERE relnamespace = 'assay'::regnamespace AND relkind = 'r'`);
	return new Map(rows.split('\n').map((row) => [row.split(' ')[0], Number(row.split(' ')[1])]));
}

function bytesBelow(folder, counts) {
	return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile())
		.map((e) => path.join(e.parentPath ?? e.path, e.name)).filter(counts).reduce((sum, file) => sum + statSync(file).size, 0);
}

const wal = async () => Number(await lab.pg.sql('SELECT pg_current_wal_lsn() - \'0/0\''));

// Until all of it is logged, signed and shown.
const shown = () => waitFor('all to be shown', async () => {
	const [size, pending] = (await lab.pg.sql('SELECT size || \' \' || (SELECT count(*) FROM assay.pending) FROM assay.log_head')).split(' ');
	return pending === '0' && (await lab.document('index.json')).log_size === Number(size);
}, { limitMs: 600000, everyMs: 250 });

async function one(keys) {
	const file = envelopes(keys, n, 'one');
	const before = [await tables(), await wal(), cpuSeconds(lab.daemon.process.pid), cpuSeconds(postmaster(lab))];
	const told = await send(lab.port, file);
	await shown();
	const after = [await tables(), await wal(), cpuSeconds(lab.daemon.process.pid), cpuSeconds(postmaster(lab))];
	const each = [...after[0]].map(([name, bytes]) => [name, (bytes - (before[0].get(name) ?? 0)) / n]).filter(([, bytes]) => bytes >= 0.5);
	console.log(JSON.stringify({ envelope_bytes: (statSync(file).size / n).toFixed(0), per_second: told.per_second,
		database_bytes: each.reduce((sum, [, bytes]) => sum + bytes, 0).toFixed(0), wal_bytes: ((after[1] - before[1]) / n).toFixed(0),
		assayd_us: ((after[2] - before[2]) * 1e6 / n).toFixed(0), postgres_us: ((after[3] - before[3]) * 1e6 / n).toFixed(0),
		log_bytes: (bytesBelow(path.join(lab.published, 'log'), () => true) / n).toFixed(0),
		document_bytes: (bytesBelow(path.join(lab.published, 'data'), () => true) / n).toFixed(0) }));
	console.log(JSON.stringify(Object.fromEntries(each.sort((a, b) => b[1] - a[1]).map(([name, bytes]) => [name, Math.round(bytes)]))));
}

async function three(keys) {
	const others = [lab.anotherDaemon(), lab.anotherDaemon()];
	for (const other of others)
		await other.start();
	const ports = [lab.port, ...others.map((o) => o.port)];
	const files = ports.map((port) => envelopes(keys, Math.floor(n / 3), `three-${port}`));
	const began = performance.now();
	await Promise.all(ports.map((port, i) => send(port, files[i])));
	console.log(JSON.stringify({ assayd: 3, per_second: Math.round(3 * Math.floor(n / 3) / ((performance.now() - began) / 1000)) }));
}

await lab.up();
try {
	const keys = [];
	for (let i = 0; i < 50; i++)
		keys.push(await lab.enrolled(`Load ${i}`));
	await one(keys);
	await three(keys);
} finally {
	// What is still to be published is of no interest.
	for (const daemon of [lab.daemon, ...lab.others])
		await daemon.kill();
	await lab.down(false);
}
