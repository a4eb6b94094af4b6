// queries.mjs — the SQL statements of the server, read from its tables: name → text.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { repo } from './daemon.mjs';

const folder = path.join(repo, 'daemon/assayd');
const ROW = /= *\{\s*"(\w+)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+),/g;

export function queries() {
	const found = new Map();
	for (const name of readdirSync(folder).filter((file) => /^query.*\.c$/.test(file))) {
		const text = readFileSync(path.join(folder, name), 'utf8').replace(/\/\*[^]*?\*\//g, '');
		for (const [, query, literals] of text.matchAll(ROW))
			found.set(query, [...literals.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1]).join('').replace(/\s+/g, ' '));
	}
	return found;
}
