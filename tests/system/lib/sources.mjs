// sources.mjs — the C sources as text: what they include, what they call, how long their functions are.
// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const repo = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

// Every .c and .h file below a folder of the repository, sorted, as paths from the repository.
export function sourcesBelow(folder) {
	const root = path.join(repo, folder);
	if (!existsSync(root))
		return [];
	return readdirSync(root, { recursive: true })
		.filter((name) => /\.[ch]$/.test(name))
		.map((name) => path.join(folder, name))
		.sort();
}

export const read = (file) => readFileSync(path.join(repo, file), 'utf8');

// The text without comments, strings and characters, line ends kept.
export function codeOf(text) {
	const blank = (found) => found.replace(/[^\n]/g, ' ');
	return text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, blank);
}

// { name, angled } of each #include.
export function includesOf(text) {
	return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]/gm)]
		.map(([, open, name]) => ({ name, angled: open === '<' }));
}

// Names of functions called anywhere in the file.
export function callsOf(text) {
	return new Set([...codeOf(text).matchAll(/\b([A-Za-z_]\w*)\s*\(/g)].map(([, name]) => name));
}

// { name, lines, nesting, line } of each function definition. Linux braces: the body of a function begins
// with '{' alone in the first column and ends with '}' there.
export function functionsOf(text) {
	const lines = codeOf(text).split('\n');
	const found = [];
	for (let start = 0; start < lines.length; start++) {
		if (lines[start] !== '{' || !/\)\s*$/.test(lines[start - 1] ?? ''))
			continue;
		const end = lines.indexOf('}', start);
		const head = lines.slice(Math.max(0, start - 6), start).join('\n');
		const names = [...head.matchAll(/^(\w+)\(/gm)];
		found.push({ name: names.at(-1)?.[1] ?? '?', line: start + 1, lines: end - start + 1,
			nesting: nestingOf(lines.slice(start + 1, end)) });
		start = end;
	}
	return found;
}

// The deepest indentation by control flow: tabs, less the function's own. Continued lines are
// indented with blanks behind the tabs and do not count.
function nestingOf(body) {
	const depths = body.filter((line) => /^\t+[^\t ]/.test(line))
		.map((line) => /^\t+/.exec(line)[0].length - 1);
	return Math.max(0, ...depths);
}
