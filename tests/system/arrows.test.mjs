// arrows.test.mjs — who may know whom, and how big things may get: read from the sources themselves.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { callsOf, codeOf, functionsOf, includesOf, read, repo, sourcesBelow } from './lib/sources.mjs';

const core = sourcesBelow('daemon/core');
const assayd = sourcesBelow('daemon/assayd');
const assay = sourcesBelow('daemon/assay');
const all = [...core, ...assayd, ...assay];
const tests = sourcesBelow('tests');

const names = (files) => new Set(files.map((file) => path.basename(file)));
const LIBC = /^(assert|ctype|errno|fcntl|float|inttypes|limits|locale|math|stdalign|stdarg|stdbool|stddef|stdint|stdio|stdlib|string|strings|unistd|dirent|sys\/types|sys\/stat)\.h$/;

// Collect what is wrong over many files, so that one run tells all of it.
function assertNone(files, complaintsOf) {
	const found = files.flatMap((file) => complaintsOf(file, read(file)).map((c) => `${file}: ${c}`));
	assert.equal(found.join('\n'), '');
}

const isLibpq = (name) => /^(libpq-fe|libpq-events|postgres_ext|pg_config.*)\.h$/.test(name) || /postgresql\//.test(name);
const isLibevent = (name) => /^(event2\/|event\.h|ev.*\.h$)/.test(name);
const isCurl = (name) => name.startsWith('curl/');
const isSodium = (name) => name === 'sodium.h' || name.startsWith('sodium/');

test('there are sources to look at', () => {
	assert.ok(core.length > 20 && assayd.length > 10 && assay.length > 5,
		`${core.length} ${assayd.length} ${assay.length}`);
});

test('core includes jansson, libc and itself; libsodium only in crypto.c', () => {
	const own = names(core);
	assertNone(core, (file, text) => includesOf(text)
		.filter(({ name, angled }) => !(angled ? LIBC.test(name) || name === 'jansson.h' ||
			(isSodium(name) && path.basename(file) === 'crypto.c') : own.has(name)))
		.map(({ name }) => `includes ${name}`));
});

test('core knows no network, database, clock or environment', () => {
	const forbidden = new Set(['socket', 'connect', 'bind', 'listen', 'accept', 'send', 'recv', 'poll', 'select',
		'time', 'clock', 'clock_gettime', 'gettimeofday', 'localtime', 'gmtime', 'localtime_r', 'mktime',
		'getenv', 'secure_getenv', 'setenv', 'system', 'popen', 'fork', 'exit', 'abort', 'setlocale']);
	assertNone(core, (file, text) => [...callsOf(text)]
		.filter((name) => forbidden.has(name) || /^(PQ|curl_|event_|evbuffer_|bufferevent_|pthread_)/.test(name))
		.map((name) => `calls ${name}()`));
});

test('core has no global that can change', () => {
	// A file-scope object definition is a line in the first column that ends with ';' or '=' and is not
	// const, a type, a prototype or an extern.
	assertNone(core, (file, text) => codeOf(text).split('\n')
		.filter((line) => /^(static\s+)?(unsigned\s+|struct\s+\w+\s+|u?int\w*\s+|char\s+|bool\s+|size_t\s+|double\s+)[\w\s*]*\w+(\[[^\]]*\])?\s*(=|;)/.test(line))
		.filter((line) => !/\bconst\b/.test(line) && !/cofactor/.test(line))
		.map((line) => `global: ${line.trim()}`));
});

test('the runner includes neither libpq nor libevent; curl stands behind two doors', () => {
	assertNone(assay, (file, text) => includesOf(text)
		.filter(({ name }) => isLibpq(name) || isLibevent(name)).map(({ name }) => `includes ${name}`));
	const users = assay.filter((file) => includesOf(read(file)).some(({ name }) => isCurl(name)));
	assert.deepEqual(users.map((file) => path.basename(file)).sort(), ['net.c', 'net_parts.h']);
	const doors = assay.filter((file) => includesOf(read(file)).some(({ name }) => name === 'net_parts.h'));
	assert.deepEqual(doors.map((file) => path.basename(file)).sort(), ['endpoint.c', 'net.c']);
});

test('in the server libpq stands only in db*.c, and nothing includes curl', () => {
	assertNone(assayd, (file, text) => includesOf(text)
		.filter(({ name }) => isCurl(name) || (isLibpq(name) && !/^db\w*\.[ch]$/.test(path.basename(file))))
		.map(({ name }) => `includes ${name}`));
});

test('libsodium is included nowhere but in core/crypto.c', () => {
	const users = all.filter((file) => includesOf(read(file)).some(({ name }) => isSodium(name)));
	assert.deepEqual(users, ['daemon/core/crypto.c']);
});

test('assayd and assay do not include each other, and core includes neither', () => {
	const own = { core: names(core), assayd: names(assayd), assay: names(assay) };
	for (const [part, files] of Object.entries({ core, assayd, assay })) {
		assertNone(files, (file, text) => includesOf(text)
			.filter(({ angled }) => !angled)
			.filter(({ name }) => name.includes('/') || !(own[part].has(name) || own.core.has(name)))
			.map(({ name }) => `includes ${name}`));
	}
});

test('no header name stands in two parts', () => {
	const headers = all.filter((file) => file.endsWith('.h')).map((file) => path.basename(file));
	assert.deepEqual(headers.filter((name, i) => headers.indexOf(name) !== i), []);
});

test('the top level holds only the agreed entries', () => {
	const agreed = /^(CMakeLists\.txt|daemon|webroot|sql|eval-suites|tests|deploy|README\.md|LICENSE.*|NOTICE|\..*|build.*)$/;
	assert.deepEqual(readdirSync(repo).filter((name) => !agreed.test(name)), []);
});

test('the first line of every source says its one job, the second its licence', () => {
	assertNone([...all, ...tests], (file, text) => {
		const [first, second] = text.split('\n');
		const name = path.basename(file);
		const complaints = [];
		if (!first.startsWith(`/* ${name} — `))
			complaints.push('first line is not "/* NAME — its one job."');
		if (!text.split('\n').slice(0, 6).join('\n').includes('SPDX-License-Identifier: Apache-2.0'))
			complaints.push(`no SPDX line near ${second}`);
		return complaints;
	});
});

test('files have at most 500 lines, headers 120, lines 100 columns', () => {
	assertNone([...all, ...tests], (file, text) => {
		const lines = text.split('\n');
		// A table that a script made is data: nobody reads it from top to bottom.
		const made = /by make_\w+\.mjs\.$/m.test(text.slice(0, 200));
		const most = made ? Infinity : file.endsWith('.h') ? 120 : 500;
		const wide = lines.findIndex((line) => [...line.replaceAll('\t', '        ')].length > 100 &&
			!/["']/.test(line));
		return [
			...(lines.length - 1 > most ? [`${lines.length - 1} lines, at most ${most}`] : []),
			...(wide >= 0 ? [`line ${wide + 1} is wider than 100 columns`] : []),
		];
	});
});

test('functions have at most 80 lines, their median at most 18', () => {
	const found = all.flatMap((file) => functionsOf(read(file)).map((f) => ({ file, ...f })));
	assert.ok(found.length > 100);
	assert.deepEqual(found.filter((f) => f.lines > 80).map((f) => `${f.file}:${f.line} ${f.name}: ${f.lines}`), []);
	const sizes = found.map((f) => f.lines).sort((a, b) => a - b);
	assert.ok(sizes[Math.floor(sizes.length / 2)] <= 18, `median ${sizes[Math.floor(sizes.length / 2)]}`);
	assert.ok(sizes[Math.floor(sizes.length * 0.9)] <= 50, `90th percentile ${sizes[Math.floor(sizes.length * 0.9)]}`);
});

test('a file needs at most eight of our headers beside its own', () => {
	// Tables have one row for each of many files, and one job; main() is one of verbs.
	const tables = /\/(routes|main)\.c$/;
	assertNone(all.filter((f) => f.endsWith('.c') && !tables.test(f)), (file, text) => {
		const own = path.basename(file).replace(/c$/, 'h');
		const ours = includesOf(text).filter(({ name, angled }) => !angled && name !== own);
		return ours.length > 8 ? [`${ours.length} headers of ours`] : [];
	});
});

test('no switch over our own enums has a default', () => {
	assertNone(all, (file, text) => codeOf(text).split('\n').flatMap((line, i) =>
		/^\s*default\s*:/.test(line) ? [`line ${i + 1} has a default`] : []));
});

test('no typedef of a struct', () => {
	assertNone(all, (file, text) => /\btypedef\s+struct\b/.test(codeOf(text)) ? ['typedef struct'] : []);
});

test('the tree has no words of unfinished work', () => {
	const files = [...all, ...tests, ...['sql', 'deploy', 'webroot', 'eval-suites'].flatMap((dir) =>
		existsSync(path.join(repo, dir)) ? readdirSync(path.join(repo, dir), { recursive: true })
			.filter((name) => /\.(sql|sh|mjs|js|html|css|md|json)$/.test(name))
			.map((name) => path.join(dir, name)) : [])];
	const word = new RegExp(['TO', 'FIX', 'XX'].map((w, i) => `\\b${w}${['DO', 'ME', 'X'][i]}\\b`).join('|'));
	assertNone(files, (file, text) => word.test(text) ? ['an unfinished mark'] : []);
});

test('migrations are numbered without gaps', () => {
	const files = readdirSync(path.join(repo, 'sql/migrations')).sort();
	assert.ok(files.length > 0);
	files.forEach((name, i) => assert.match(name, new RegExp(`^${String(i + 1).padStart(4, '0')}_\\w+\\.sql$`)));
});

test('the sources are as clang-format 14 lays them', (t) => {
	let version = '';
	try {
		version = execFileSync('clang-format', ['--version']).toString();
	} catch {
		t.skip('clang-format is not installed');
		return;
	}
	if (!/version 14\./.test(version)) {
		t.skip(`pinned to clang-format 14, this is ${version.trim()}`);
		return;
	}
	const files = [...all, ...tests].map((file) => path.join(repo, file));
	const off = files.filter((file) => {
		try {
			execFileSync('clang-format', ['--dry-run', '-Werror', file], { stdio: 'ignore', cwd: repo });
			return false;
		} catch {
			return true;
		}
	});
	assert.equal(off.map((file) => path.relative(repo, file)).join('\n'), '', 'run clang-format -i on these');
});
