// packages.test.mjs — the Debian packages: built, looked at, installed, run, upgraded, purged without a trace.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test as nodeTest } from 'node:test';
import { repo } from '../lib/daemon.mjs';
import { request } from '../lib/http.mjs';
import { Postgres } from '../lib/postgres.mjs';
import { isRoot, makeFolder, mustRun, run, waitFor } from '../lib/process.mjs';
import { DpkgRoot, Root, debootstrap } from '../lib/roots.mjs';

const BUILD = process.env.ASSAY_PACKAGE_BUILD ?? path.join(repo, 'build-package');
const test = (name, body) => nodeTest(name, { timeout: 2400000 }, body);
const have = (command) => execFileSync('sh', ['-c', `PATH=$PATH:/usr/sbin; command -v ${command} || true`]).length > 0;
let dir;
let debs; // { assay, assayd, tarball }

before(async () => {
	dir = makeFolder('packages-', { mode: 0o755 });
	const files = (await mustRun(path.join(repo, 'deploy/packaging/build'), [BUILD], { limitMs: 1200000 })).trim().split('\n');
	const ending = (pattern) => files.find((file) => pattern.test(file));
	debs = { assay: ending(/\/assay_.*\.deb$/), assayd: ending(/\/assayd_.*\.deb$/), tarball: ending(/\.tar\.gz$/) };
}, { timeout: 1200000 });

after(async () => {
	rmSync(dir, { recursive: true, force: true });
});

const field = (deb, name) => execFileSync('dpkg-deb', ['-f', deb, name]).toString().trim();
const files = (deb) => execFileSync('sh', ['-c', `dpkg-deb --fsys-tarfile "$1" | tar t`, 'sh', deb]).toString().trim().split('\n');

test('the runner needs neither libpq nor libevent, and both packages hold what their users need', () => {
	assert.deepEqual(field(debs.assay, 'Depends').split(', ').map((d) => d.replace(/ .*/, '').replace(/t64$/, '')).sort(),
		['libc6', 'libcurl4', 'libjansson4', 'libsodium23', 'zlib1g']);
	for (const file of ['usr/bin/assay', 'usr/share/man/man1/assay.1.gz', 'usr/share/assay/eval-suites/throughput/1/suite.json'])
		assert.ok(files(debs.assay).includes(`./${file}`), file);
	for (const file of ['usr/bin/assayd', 'usr/share/man/man8/assayd.8.gz', 'usr/share/assayd/webroot/index.html',
		'usr/share/assayd/sql/grants.sql', 'usr/share/assayd/eval-suites/throughput/1/suite.json', 'usr/lib/assayd/setup',
		...['assayd.service', 'assayd.socket', 'assayd-setup.service', 'assay-signer.service'].map((u) => `usr/lib/systemd/system/${u}`),
		'usr/share/doc/assayd/README.md', 'usr/share/doc/assayd/examples/nginx/assay.conf'])
		assert.ok(files(debs.assayd).includes(`./${file}`), file);
	const shared = files(debs.assay).filter((file) => !file.endsWith('/') && files(debs.assayd).includes(file));
	assert.deepEqual(shared, []);
});

test('lintian has nothing to say', async (t) => {
	if (!have('lintian')) {
		t.skip('lintian is not installed');
		return;
	}
	// The address is given by who publishes the packages.
	const tags = ['bogus-mail-host', 'bogus-mail-host-in-debian-changelog'];
	const found = await run('lintian', ['--allow-root', '--fail-on', 'error,warning', '--suppress-tags', tags.join(','),
		debs.assay, debs.assayd]);
	assert.equal(found.code, 0, found.stdout);
});

test('each unit is as closed as can be, and systemd understands all of it', async (t) => {
	if (!have('systemd-analyze')) {
		t.skip('systemd-analyze is not installed');
		return;
	}
	for (const [unit, most] of [['assayd', 1.5], ['assay-signer', 0.5]]) {
		const file = path.join(repo, `deploy/packaging/${unit}.service`);
		const { stdout } = await run('systemd-analyze', ['security', '--offline=true', '--no-pager', file]);
		const level = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
		assert.ok(level <= most, `${unit}: ${level}\n${stdout}`);
		t.diagnostic(`exposure of ${unit}: ${level}`);
	}
	const units = ['assayd.service', 'assayd.socket', 'assayd-setup.service', 'assay-signer.service'];
	const { stderr } = await run('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no',
		...units.map((unit) => path.join(repo, 'deploy/packaging', unit))]);
	// The programs are where the packages put them, not here.
	const complaints = stderr.split('\n').filter((line) => line && !/is not executable: No such file/.test(line) && /assay/.test(line));
	assert.deepEqual(complaints, []);
});

test('the tarball runs from wherever it is unpacked', async () => {
	await mustRun('tar', ['xzf', debs.tarball, '-C', dir]);
	const program = path.join(dir, `assay-${field(debs.assay, 'Version')}`, 'bin/assay');
	assert.match(await mustRun(program, ['--version']), /^assay \d/);
	assert.match(await mustRun(program, ['suites'], { cwd: '/', env: { HOME: dir } }), /throughput/);
});

// The same package with another version, as an upgrade would be.
async function newer(deb) {
	const tree = path.join(dir, 'newer');
	rmSync(tree, { recursive: true, force: true });
	await mustRun('dpkg-deb', ['-R', deb, tree]);
	const control = path.join(tree, 'DEBIAN/control');
	writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*/m, 'Version: 99.0'));
	const made = path.join(dir, path.basename(deb).replace(/_[^_]*_/, '_99.0_'));
	await mustRun('dpkg-deb', ['--root-owner-group', '-b', tree, made]);
	return made;
}

// Accounts, folders and the first configuration are there; returns that configuration.
function assertInstalled(root) {
	assert.match(root.read('/etc/passwd'), /^assayd:/m);
	assert.match(root.read('/etc/passwd'), /^assay-signer:/m);
	assert.ok(root.exists('/var/lib/assay/published') && root.exists('/etc/assay/terms.txt'));
	const config = root.read('/etc/assay/assayd.conf');
	assert.match(config, /^# database = host=\/run\/postgresql dbname=assay user=assayd$/m);
	assert.match(config, /^origin = \S+\/log$/m);
	return config;
}

// What a purge must come back to: the accounts there are, and the files the packages have changed.
function stateOf(root) {
	return { accounts: ['/etc/passwd', '/etc/group'].map((file) => root.read(file)), changed: root.changed() };
}

function assertPurged(root, before) {
	for (const file of ['/etc/assay', '/var/lib/assay', '/var/lib/assay-signer', '/usr/share/assayd', '/usr/lib/assayd', '/usr/share/assay'])
		assert.ok(!root.exists(file), file);
	assert.deepEqual(stateOf(root).accounts, before.accounts);
	// What useradd keeps of its own: backups and the lists of subordinate ids.
	const left = root.changed().filter((file) => !before.changed.includes(file) && !/^\/etc\/(passwd|group|g?shadow|sub[ug]id)-?$|\.lock$/.test(file));
	assert.deepEqual(left, []);
}

test('worked on from outside with dpkg --root: installed, upgraded with everything kept, purged without a trace', async (t) => {
	t.diagnostic('variant: dpkg --root');
	const root = await DpkgRoot.start();
	try {
		const before = stateOf(root);
		await root.dpkg('-i', debs.assay, debs.assayd);
		const config = assertInstalled(root);
		root.append('/etc/assay/assayd.conf', '# mine\n');
		root.append('/var/lib/assay/published/kept', 'data\n');
		await root.dpkg('-i', await newer(debs.assayd));
		assert.equal(root.read('/etc/assay/assayd.conf'), `${config}# mine\n`);
		assert.equal(root.read('/var/lib/assay/published/kept'), 'data\n');
		await root.dpkg('--purge', 'assay', 'assayd');
		assertPurged(root, before);
	} finally {
		root.remove();
	}
});

const CONFIG = '/etc/assay/assayd.conf';

// What the two units start, started by hand: the signer and the server.
async function serve(root, port) {
	await root.mustRun(['install', '-d', '-o', 'assay-signer', '-g', 'assayd', '-m', '0750', '/run/assay-signer']);
	const unit = (name) => root.read(`/usr/lib/systemd/system/${name}.service`);
	const command = (name) => /^ExecStart=(.*)$/m.exec(unit(name))[1].split(' ');
	const programs = [
		root.start('assay-signer', command('assay-signer'), path.join(dir, 'signer.log')),
		root.start('assayd', [...command('assayd'), '--listen', `127.0.0.1:${port}`], path.join(dir, 'assayd.log')),
	];
	await waitFor('it to be ready', async () => {
		for (const program of programs)
			if (!program.running())
				throw new Error(readFileSync(path.join(dir, 'assayd.log'), 'utf8') + readFileSync(path.join(dir, 'signer.log'), 'utf8'));
		return (await request(port, 'GET', '/readyz')).status === 200;
	});
	return async () => {
		for (const program of programs.reverse()) {
			program.kill('SIGTERM');
			await program.ended;
		}
	};
}

// Install, name the database, start, send, upgrade, find it again, purge: in a system with its own root.
async function life(root) {
	const before = stateOf(root);
	const port = 20000 + process.pid % 20000;
	await root.dpkg('-i', root.put(debs.assay), root.put(debs.assayd));
	assertInstalled(root);
	assert.equal((await root.run(['/usr/lib/assayd/setup'])).code, 2);
	// The one line.
	root.append(CONFIG, 'database = host=/run/postgresql dbname=assay user=assayd\n');
	await root.mustRun(['/usr/lib/assayd/setup']);
	assert.match(await root.mustRun(['stat', '-c', '%U:%G %a', '/var/lib/assay-signer/log.pem', '/var/lib/assay/keys/root.pem',
		'/var/lib/assay/keys/statement.pem', CONFIG]),
	/^assay-signer:assayd 600\nroot:root 600\nassayd:assayd 600\nroot:assayd 640\n$/);
	let stop = await serve(root, port);
	await waitFor('the first rules', async () => (await request(port, 'GET', '/v1/policy')).json().config);
	const enrolled = await root.run(['assay', 'enrol', '--server', `http://127.0.0.1:${port}`, '--name', 'Ada', '--accept-terms',
		'--home', '/root/ada']);
	assert.equal(enrolled.code, 0, enrolled.stderr);
	await waitFor('it to be published', async () =>
		(await request(port, 'GET', '/data/v1/index.json')).json().totals.submitters === 1);
	const vkey = root.read('/etc/assay/log.vkey');
	await root.dpkg('-i', root.put(await newer(debs.assayd)));
	await stop();
	const again = await root.mustRun(['/usr/lib/assayd/setup']);
	assert.match(again, /config unchanged/);
	stop = await serve(root, port);
	assert.equal(root.read('/etc/assay/log.vkey'), vkey);
	assert.equal((await request(port, 'GET', '/data/v1/index.json')).json().totals.submitters, 1);
	await stop();
	await root.mustRun(['rm', '-rf', '/root/ada', '/run/assay-signer']);
	await root.mustRun(['sh', '-c', 'rm -f /*.deb']);
	await root.dpkg('--purge', 'assay', 'assayd');
	assertPurged(root, before);
}

// A fresh database and a system over `base`; false where nothing may be mounted.
async function liveOver(base, t) {
	const pg = await Postgres.start();
	let root;
	try {
		await mustRun('chmod', ['0755', pg.dir, pg.socketDir]);
		root = await Root.start(base, { postgres: pg.socketDir });
		await life(root);
	} catch (error) {
		if (root)
			throw error;
		t.skip(`needs the right to mount an overlay: ${error.message.trim().split('\n').at(-1)}`);
	} finally {
		root?.remove();
		await pg.remove();
	}
}

test('one line of configuration makes a running service; an upgrade keeps it; a purge leaves nothing', async (t) => {
	if (!isRoot) {
		t.skip('needs the right to mount: not root');
		return;
	}
	t.diagnostic('variant: this machine\'s own system under an overlay');
	await liveOver('/', t);
});

test('on a plain Debian with nothing but what the packages ask for', async (t) => {
	const ready = process.env.ASSAY_DEBIAN_ROOT;
	if (!isRoot || (!ready && !(process.env.ASSAY_LONG && have('debootstrap')))) {
		t.skip('debootstrap takes minutes: tests/run long');
		return;
	}
	t.diagnostic('variant: debootstrap');
	const base = ready ?? path.join(dir, 'debian');
	const named = (deb) => field(deb, 'Depends').split(', ').map((d) => d.replace(/ .*/, ''));
	if (!ready)
		await debootstrap(base, [...new Set([...named(debs.assay), ...named(debs.assayd)])]);
	await liveOver(base, t);
});
