// cases.mjs — case files of the repository that tests of several parts use.
// SPDX-License-Identifier: Apache-2.0
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { repo } from './sources.mjs';

// llama-bench outputs that were produced by running the tool, sorted.
export function realResults() {
	const folder = path.join(repo, 'tests/cases/llama-bench/valid');
	return readdirSync(folder, { recursive: true })
		.filter((name) => /^b\d+-[^/]*\/input\.jsonl?$/.test(name))
		.map((name) => path.join(folder, name))
		.sort();
}
