// audit.mjs — how fast a whole log is checked again, against how fast its signatures alone verify, in one run on
// one machine. Prints figures, asserts nothing but that the log holds.
// SPDX-License-Identifier: Apache-2.0
//
// ASSAY_BIN=BUILD node tests/bench/audit.mjs [N]     (BUILD has assayd, assay and tests/load)
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { buildDir } from '../system/lib/daemon.mjs';
import { Lab } from '../system/lib/lab.mjs';
import { waitFor } from '../system/lib/process.mjs';

const execute = promisify(execFile);
const load = path.join(buildDir, 'tests/load');
const n = Number(process.argv[2] ?? 20000);
const runs = 3;

// Submissions of many submitters in many cells, one result each.
function submissions(lab, keys) {
	const lines = [];
	for (let i = 0; i < n; i++) {
		const results = [{ metric: 'prefill', conditions: { n_prompt: 1 + (i % 400), n_batch: 2048, n_ubatch: 512,
			n_threads: 2, n_gpu_layers: -1, type_k: 'f16', type_v: 'f16' }, value: 1000 + (i % 97), n: 5, sd: 1.5 }];
		lines.push(lab.submission(keys[i % keys.length], { results, notes: `run ${i}` }).text);
	}
	const file = path.join(lab.dir, 'audit.ndjson');
	writeFileSync(file, `${lines.join('\n')}\n`);
	return file;
}

const lab = new Lab({});
await lab.up();
try {
	const keys = [];
	for (let i = 0; i < 50; i++)
		keys.push(await lab.enrolled(`Submitter ${i}`));
	const file = submissions(lab, keys);
	await execute(load, ['127.0.0.1', String(lab.port), file, '4', '100']);
	await waitFor('the log to be published', async () => (await lab.document('index.json')).log_size === n + 51 &&
		(await lab.get('/log/checkpoint')).text.split('\n')[1] === String(n + 51), { limitMs: 600000 });
	await lab.daemon.stop();
	const home = path.join(lab.dir, 'home');
	for (let i = 0; i < runs; i++) {
		const { verify_us: verifyUs } = JSON.parse((await execute(load, ['--verify', file])).stdout);
		for (const words of [['--log-only'], []]) {
			const started = process.hrtime.bigint();
			const result = await lab.assay(['audit', lab.published, '--home', home, '--vkey', lab.policy.vkey, '--json',
				...words], { limitMs: 600000 });
			const seconds = Number(process.hrtime.bigint() - started) / 1e9;
			assert.equal(result.code, 0, result.stderr);
			const { size } = JSON.parse(result.stdout);
			console.log(JSON.stringify({ what: words.length ? 'log' : 'log and documents', size, seconds: seconds.toFixed(2),
				per_second: Math.round(size / seconds), verify_us: verifyUs, cores: cpus().length,
				of_verifies: (size / seconds / (cpus().length * 1e6 / verifyUs)).toFixed(3) }));
		}
	}
} finally {
	await lab.down(false);
}
