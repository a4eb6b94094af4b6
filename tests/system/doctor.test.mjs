// doctor.test.mjs — `assay doctor` says what is wrong, in the words of what was broken on purpose.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { request } from './lib/http.mjs';
import { labFile } from './lib/lab.mjs';
import { Nginx, hasNginx } from './lib/nginx.mjs';
import { waitFor } from './lib/process.mjs';

const { lab, test } = labFile({ proxy: true });
let n = 0;

// Look with a home folder; returns { code, result, findings by "level check" }.
async function doctor(args = [lab.url], { home = path.join(lab.dir, `home-${n++}`), env } = {}) {
	const { code, stdout, stderr } = await lab.assay(['doctor', ...args, '--json', '--home', home], { env });
	const result = JSON.parse(stdout || 'null');
	const all = result ? [...result.findings, ...result.own] : [];
	return { code, stderr, result, all, of: (check) => all.filter((f) => f.check === check) };
}

function assertFinding(seen, check, level, words, code) {
	const found = seen.of(check).find((f) => f.level === level);
	assert.ok(found, `${check} ${level}: ${JSON.stringify(seen.all, null, 1)}`);
	assert.match(found.says, words);
	assert.ok(level === 'ok' || found.do, JSON.stringify(found));
	if (code !== undefined)
		assert.equal(seen.code, code, JSON.stringify(seen.all, null, 1));
}

// A server that passes everything on, but what change(answer, path) makes of it.
async function between(change, body) {
	const server = http.createServer((asked, answer) => {
		const on = http.request({ host: '127.0.0.1', port: lab.port, method: asked.method, path: asked.url,
			headers: asked.headers }, (res) => {
			const parts = [];
			res.on('data', (part) => parts.push(part));
			res.on('end', () => {
				const made = { status: res.statusCode, headers: res.headers, body: Buffer.concat(parts) };
				change(made, asked.url);
				delete made.headers['content-length'];
				answer.writeHead(made.status, made.headers);
				answer.end(made.body);
			});
		});
		on.end();
	});
	await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
	try {
		return await body(`http://127.0.0.1:${server.address().port}`);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

test('where all is well it says so, and ends with 0', async () => {
	await lab.enrolled();
	await lab.documentWhere('index.json', (d) => d.totals.submitters === 1);
	// A document is coded a moment after it is written.
	await waitFor('it to lie there compressed too', async () =>
		(await request(lab.port, 'GET', '/data/v1/index.json', { headers: { 'Accept-Encoding': 'gzip' } }))
			.headers['content-encoding'] === 'gzip');
	const seen = await doctor();
	assert.equal(seen.code, 0, JSON.stringify(seen.all, null, 1));
	for (const check of ['reach', 'clock', 'ready', 'policy', 'checkpoint', 'documents'])
		assertFinding(seen, check, 'ok', /./);
	assert.deepEqual(seen.all.filter((f) => f.level === 'wrong' || f.level === 'warn'), []);
	const words = await lab.assay(['doctor', lab.url, '--home', path.join(lab.dir, 'nobody')]);
	assert.match(words.stdout, /^The server at http[^]*  ok    ready +it reaches its database[^]*This machine\n[^]*  note  key /);
});

test('a document that was written a moment ago is looked at again before its compression is missed', async () => {
	let asked = 0;
	await between((made, url) => {
		if (url === '/data/v1/index.json' && ++asked === 1)
			delete made.headers['content-encoding'];
	}, async (url) => {
		const seen = await doctor([url]);
		assert.equal(asked, 2);
		assertFinding(seen, 'documents', 'ok', /come compressed/);
		assert.deepEqual(seen.of('compression'), []);
	});
});

test('a server that is not there, and one that is none', async () => {
	assertFinding(await doctor(['http://127.0.0.1:9']), 'reach', 'wrong', /cannot be used/, 4);
	await between((made) => { made.status = 502; }, async (url) =>
		assertFinding(await doctor([url]), 'reach', 'wrong', /HTTP 502/, 4));
	await between((made) => Object.assign(made, { status: 301, headers: { location: 'https://elsewhere.example/' } }), async (url) =>
		assertFinding(await doctor([url]), 'reach', 'wrong', /301 to https:\/\/elsewhere/, 4));
	assert.equal((await doctor(['ftp://x'])).code, 2);
});

test('a server without its database', async () => {
	lab.proxy.refuse();
	assertFinding(await doctor(), 'ready', 'wrong', /not ready: HTTP 503/, 4);
	lab.proxy.accepting();
	await waitFor('it to be ready', async () => (await lab.get('/readyz')).status === 200);
});

test('clocks apart', async () => {
	const off = (s) => (made) => { made.headers.date = new Date(Date.now() + s * 1000).toUTCString(); };
	await between(off(120), async (url) => assertFinding(await doctor([url]), 'clock', 'warn', /1[12]\d s ahead of/, 0));
	await between(off(-7200), async (url) => assertFinding(await doctor([url]), 'clock', 'wrong', /7[12]\d\d s behind/, 3));
});

test('another key, another checkpoint, an old one', async () => {
	await between((made, url) => { if (url === '/log/vkey') made.body = Buffer.from('other+00000000+AAAA\n'); },
		async (url) => assertFinding(await doctor([url]), 'log_key', 'wrong', /other\+0/, 5));
	const forged = (made, url) => {
		if (url === '/log/checkpoint')
			made.body = Buffer.from(made.body.toString().replace(/\n\d+\n/, '\n9999\n'));
	};
	await between(forged, async (url) => assertFinding(await doctor([url]), 'checkpoint', 'wrong', /not signed with/, 5));
	const ahead = (made, url) => {
		if (url === '/v1/policy')
			made.body = Buffer.from(made.body.toString().replace(/("log_size": ?)\d+/, '$1777'));
	};
	await between(ahead, async (url) => assertFinding(await doctor([url]), 'checkpoint', 'wrong', /old: .* of 777/, 1));
	await between((made, url) => { if (url === '/log/checkpoint') made.status = 404; },
		async (url) => assertFinding(await doctor([url]), 'checkpoint', 'wrong', /no checkpoint/, 1));
});

test('nobody leads, publishing fails, descriptors run out', async () => {
	const numbers = (made, url) => {
		if (url === '/metrics')
			made.body = Buffer.from('assayd_pending_oldest_seconds 75.0\nassayd_publish_failures_total 3\nprocess_open_fds 95\nprocess_max_fds 100\n');
	};
	await between(numbers, async (url) => {
		const seen = await doctor([url]);
		assertFinding(seen, 'leader', 'wrong', /wait 75 s/, 1);
		assertFinding(seen, 'publish', 'warn', /3 rounds/);
		assertFinding(seen, 'descriptors', 'warn', /95 of 100/);
	});
});

test('what the web server in front forgot', async () => {
	const bare = (made) => {
		for (const field of ['content-security-policy', 'x-content-type-options', 'content-encoding'])
			delete made.headers[field];
	};
	await between(bare, async (url) => {
		const seen = await doctor([url]);
		for (const check of ['csp', 'nosniff', 'compression'])
			assertFinding(seen, check, 'warn', /without|uncompressed/, 0);
	});
});

test('the pinned log: as pinned, exchanged, of two histories', async () => {
	const home = path.join(lab.dir, 'pinned');
	const enrolled = await lab.assay(['enrol', '--server', lab.url, '--name', 'Ida', '--accept-terms', '--home', home]);
	assert.equal(enrolled.code, 0, enrolled.stderr);
	const well = await doctor([], { home });
	for (const check of ['key', 'pin', 'policy', 'history'])
		assertFinding(well, check, 'ok', /./, 0);
	// Later: the log has grown, and the tiles tell of another past.
	const next = lab.submission(await lab.enrolled());
	await lab.accepted(next);
	await lab.settled(next.id);
	await lab.documentWhere('index.json', (d) => d.totals.counted === 1);
	const forged = (made, url) => {
		if (url.startsWith('/log/tile/0/') && made.status === 200)
			made.body = made.body.map((byte) => byte ^ 1);
	};
	await between(forged, async (url) => assertFinding(await doctor([url], { home }), 'history', 'wrong', /split view/, 5));
	const pins = path.join(home, 'server.json');
	writeFileSync(pins, readFileSync(pins, 'utf8').replace(/("first_config": ?")[0-9a-f]{64}/, `$1${'ab'.repeat(32)}`));
	assertFinding(await doctor([], { home }), 'policy', 'wrong', /not the log that was pinned/, 5);
});

test('this machine: a key that others can read, no suites, programs found and missing', async () => {
	const home = path.join(lab.dir, 'own');
	mkdirSync(home);
	await lab.assay(['keygen', '--home', home]);
	chmodSync(path.join(home, 'key.pem'), 0o644);
	const bin = path.join(lab.dir, 'bin');
	mkdirSync(bin);
	writeFileSync(path.join(bin, 'llama-bench'), '#!/bin/sh\n', { mode: 0o755 });
	const seen = await doctor(['--suites', '/nonexistent'], { home, env: { PATH: `${bin}:/usr/bin:/bin` } });
	assertFinding(seen, 'key', 'wrong', /cannot be used/, 3);
	assertFinding(seen, 'suites', 'wrong', /no suites/);
	assertFinding(seen, 'llama-bench', 'ok', /bin\/llama-bench$/);
	assertFinding(seen, 'llama-perplexity', 'note', /not on PATH/);
	assert.equal(seen.of('gpu').length, 1);
});

test('behind nginx: a proxy that is not trusted, one that is, a certificate that ends', async (t) => {
	if (!hasNginx) {
		t.skip('nginx is not installed');
		return;
	}
	const look = async (options) => {
		const nginx = await Nginx.start(lab, options);
		const seen = await doctor([nginx.url], { env: { SSL_CERT_FILE: nginx.certificate } });
		await nginx.stop();
		return seen;
	};
	const untrusted = await look({ name: 'untrusted', days: 5 });
	assertFinding(untrusted, 'proxy', 'wrong', /takes its proxy for all its clients/, 1);
	assertFinding(untrusted, 'tls', 'warn', /ends in [45] days/);
	await lab.daemon.stop();
	lab.daemon.set({ trusted_proxies: '127.0.0.1' });
	await lab.serve();
	const open = (text) => text.replace('location = /metrics { return 404; }', 'location = /metrics { proxy_pass http://assayd; }');
	const trusted = await look({ name: 'trusted', change: open });
	assertFinding(trusted, 'proxy', 'ok', /apart/, 0);
	assertFinding(trusted, 'tls', 'ok', /ends in 36\d days/);
	assertFinding(trusted, 'metrics', 'warn', /everybody/);
});
