// settings_table.mjs — the table of settings in deploy/README.md, made from `assayd --help`.
// SPDX-License-Identifier: Apache-2.0
//
// node tests/system/lib/settings_table.mjs     puts the present table into deploy/README.md
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assaydPath, repo } from './daemon.mjs';

const FILE = path.join(repo, 'deploy/README.md');
const [BEGIN, END] = ['<!-- settings: made from assayd --help -->\n', '<!-- end of settings -->\n'];

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

// Each option of --help: name, kind, help, range, fallback, live.
export function settings() {
	const help = execFileSync(assaydPath, ['--help']).toString();
	return [...help.matchAll(/^ {2}--([a-z-]+) (TEXT|N|true\|false)\n {6}(.*)$/gm)].map(([, flag, kind, words]) => {
		const [, text, range = '', fallback = '', live] =
			/^(.*?)(?: \((-?\d+ to \d+)\))?(?:; default (.*?))?(; read again on SIGHUP)?$/.exec(words);
		return { name: flag.replaceAll('-', '_'), kind, text, range, fallback, live: Boolean(live) };
	});
}

export function settingsTable() {
	const rows = settings().map((o) => `| \`${o.name}\` | ${o.fallback ? `\`${cell(o.fallback)}\`` : ''} | ${o.range} | ${o.live ? 'yes' : ''} | ${cell(o.text)} |`);
	return `| setting | default | from, to | on SIGHUP | what |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

export function tableInReadme() {
	const text = readFileSync(FILE, 'utf8');
	return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END));
}

if (import.meta.url === `file://${process.argv[1]}`) {
	const text = readFileSync(FILE, 'utf8');
	writeFileSync(FILE, text.slice(0, text.indexOf(BEGIN) + BEGIN.length) + settingsTable() + text.slice(text.indexOf(END)));
}
