// importing.mjs — what tests of importers share: where other tools' files are, what an import would sign.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after } from 'node:test';
import { assayPath, repo, sanitizerEnv } from './daemon.mjs';
import { makeFolder, run } from './process.mjs';

export const caseFile = (...names) => path.join(repo, 'tests/cases', ...names);

// Real files of other tools lie beside the repository, or where ASSAY_FIXTURES says; most may not be copied.
const fixtures = process.env.ASSAY_FIXTURES ?? path.join(repo, '../shared/fixtures');
export const fixtureFile = (...names) => path.join(fixtures, ...names);

// The `skip` of a test that needs them.
export const withoutFixtures = existsSync(fixtures) ? false : `no fixtures at ${fixtures}; ASSAY_FIXTURES names them`;

// A folder of this test file's own, and `assay import` in it. suites(dir): the folder of suites, instead of the project's.
export function importer(suites = () => path.join(repo, 'eval-suites')) {
	const dir = makeFolder('import-', { mode: 0o755 });
	after(() => rmSync(dir, { recursive: true, force: true }));
	const env = { ...sanitizerEnv, ASSAY_SUITES: suites(dir) };
	const assay = (...args) => run(assayPath, ['import', ...args, '--home', path.join(dir, 'home')], { env });
	return {
		dir,
		assay,
		// The payloads that would be signed.
		async payloads(...args) {
			const result = await assay(...args, '--dry-run', '--json');
			assert.equal(result.code, 0, `assay import ${args.join(' ')}\n${result.stderr}`);
			return result.stdout.trim().split('\n').map((line) => JSON.parse(line));
		},
		// The fault, one line of JSON.
		async refused(code, ...args) {
			const result = await assay(...args, '--dry-run', '--json');
			assert.equal(result.code, code, `assay import ${args.join(' ')}\n${result.stdout}${result.stderr}`);
			assert.equal(result.stdout, '');
			return JSON.parse(result.stderr.trim().split('\n').at(-1));
		},
	};
}

// { 'metric condition=value …': value } of one payload, to compare with a table.
export const numbersOf = (payload, ...conditions) => Object.fromEntries(payload.results.map((r) =>
	[[r.metric, ...conditions.map((c) => `${c}=${r.conditions[c]}`)].join(' '), r.value]));
