// backup.test.mjs — a database backed up with pgBackRest is lost and restored to a moment of the past in an empty
// folder; what came later comes back from what was published, and the log goes on without a split.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repo } from '../lib/daemon.mjs';
import { labFile } from '../lib/lab.mjs';
import { consistencyProof, treeRoot } from '../lib/merkle.mjs';
import { peopleOf } from '../lib/people.mjs';
import { databaseAccount, mustRun, run, waitFor } from '../lib/process.mjs';

const { lab, test } = labFile({ durable: true });
const people = peopleOf(lab);
const { counted, run: runOf } = people;
const shipped = path.join(repo, 'deploy/backup');
const account = databaseAccount();
let conf;
let key;
let moment;
let before;

const pgbackrest = (...args) => mustRun('pgbackrest', [`--config=${conf}`, '--stanza=assay', ...args], { account, cwd: '/' });
const rows = () => lab.pg.sql(`SELECT index || ' ' || encode(id, 'hex') || ' ' || state || ' ' || accepted_at_ms
	FROM assay.leaf ORDER BY index`);
const hashes = async () => (await lab.pg.sql('SELECT encode(hash, \'hex\') FROM assay.leaf ORDER BY index')).split('\n')
	.map((hash) => Buffer.from(hash, 'hex'));

function checkpoint() {
	const [, size, root] = readFileSync(path.join(lab.published, 'log/checkpoint'), 'utf8').split('\n');
	return { size: Number(size), root };
}

const allPublished = () => waitFor('all to be published', async () =>
	checkpoint().size === Number(await lab.pg.sql('SELECT size + (SELECT count(*) FROM assay.pending) FROM assay.log_head')));

// The settings that are shipped, in this test's folders.
function writeConf() {
	const dir = path.join(lab.pg.dir, 'backrest');
	const text = readFileSync(path.join(shipped, 'pgbackrest.conf'), 'utf8')
		.replace('/var/lib/pgbackrest', `${dir}/repo`).replace('/var/log/pgbackrest', `${dir}/log`)
		.replace('/tmp/pgbackrest', `${dir}/lock`).replace('/var/lib/postgresql/15/main', lab.pg.data)
		.replace('/run/postgresql', lab.pg.socketDir);
	mkdirSync(dir);
	conf = path.join(dir, 'pgbackrest.conf');
	writeFileSync(conf, `${text}pg1-user=postgres\n`);
}

test('PostgreSQL archives, and a full backup is made', async (t) => {
	if (!existsSync('/usr/bin/pgbackrest'))
		throw new Error('pgbackrest is needed: apt-get install pgbackrest');
	writeConf();
	if (account)
		await mustRun('chown', ['-R', `${account.uid}:${account.gid}`, path.dirname(conf)]);
	const asked = [...readFileSync(path.join(shipped, 'pgbackrest.conf'), 'utf8').matchAll(/^# {3}(archive_\w+) = (.*)$/gm)];
	for (const [, name, value] of asked)
		await lab.pg.sql(`ALTER SYSTEM SET ${name} = ${value.replace('pgbackrest ', `pgbackrest --config=${conf} `)
			.replace(/^(?!')/, '\'').replace(/(?<!')$/, '\'')}`);
	await lab.pg.down();
	await lab.pg.up();
	await pgbackrest('stanza-create');
	await pgbackrest('check');
	key = await lab.enrolled('Ada');
	await counted(runOf(key, 100));
	const began = Date.now();
	await pgbackrest('--type=full', 'backup');
	t.diagnostic(`a full backup took ${Date.now() - began} ms`);
});

test('much happens after it; then the database is gone', async () => {
	await counted(runOf(key, 101, people.point));
	moment = await lab.pg.sql('SELECT clock_timestamp()');
	await lab.pg.sql('SELECT pg_sleep(1.1)');
	for (let left = 3; left > 0; left--)
		await lab.batch(`${Array.from({ length: 100 }, () => runOf(key, 50, people.nextPoint()).text).join('\n')}\n`);
	await counted(runOf(await lab.enrolled('Late'), 1));
	await allPublished();
	before = { rows: await rows(), ...checkpoint() };
	const segment = await lab.pg.sql('SELECT pg_walfile_name(pg_switch_wal())');
	await waitFor('the WAL to be archived', async () =>
		(await lab.pg.sql('SELECT last_archived_wal FROM pg_stat_archiver')) >= segment);
	await lab.daemon.stop();
	await lab.pg.kill();
	await mustRun('rm', ['-rf', lab.pg.data]);
	mkdirSync(lab.pg.data, { mode: 0o700 });
	if (account)
		await mustRun('chown', [`${account.uid}:${account.gid}`, lab.pg.data]);
});

test('it is restored to a moment between, in an empty folder', async (t) => {
	assert.deepEqual(readdirSync(lab.pg.data), []);
	const began = Date.now();
	await pgbackrest('--type=time', `--target=${moment}`, '--target-action=promote', 'restore');
	await lab.pg.up();
	await waitFor('it to be at that moment', async () => (await lab.pg.sql('SELECT pg_is_in_recovery()')) === 'f');
	t.diagnostic(`the restore took ${Date.now() - began} ms`);
	const restored = await rows();
	assert.ok(before.rows.startsWith(restored) && restored.length < before.rows.length);
	t.diagnostic(`${restored.split('\n').length} of ${before.rows.split('\n').length} leaves are there`);
});

test('the server does not start a second history; recovered from what was published all is back', async () => {
	await lab.daemon.start().catch(() => {});
	await waitFor('it to end', () => !lab.daemon.running());
	assert.match(readFileSync(lab.daemon.log, 'utf8'), /log_mismatch/);
	const recovered = await lab.tryAssayd('recover', '--from', lab.published);
	assert.equal(recovered.code, 0, recovered.stdout + recovered.stderr);
	assert.equal(await rows(), before.rows);
});

test('the log goes on, and its old checkpoint is the beginning of the new one', async () => {
	await lab.serve();
	await counted(runOf(await lab.enrolled('After'), 9));
	await allPublished();
	const now = checkpoint();
	const leaves = await hashes();
	assert.ok(now.size > before.size && leaves.length === now.size);
	assert.equal(treeRoot(leaves.slice(0, before.size)).toString('base64'), before.root);
	assert.equal(treeRoot(leaves).toString('base64'), now.root);
	assert.ok(consistencyProof(before.size, leaves).length > 0);
	const audit = await lab.assay(['audit', lab.url, '--home', path.join(lab.dir, 'home'), '--vkey', lab.policy.vkey, '--json']);
	assert.equal(audit.code, 0, audit.stdout + audit.stderr);
});

test('backups go on behind the restore', async () => {
	await pgbackrest('--type=diff', 'backup');
	const [stanza] = JSON.parse(await pgbackrest('info', '--output=json'));
	assert.equal(stanza.status.message, 'ok');
	assert.deepEqual(stanza.backup.map((b) => b.type), ['full', 'diff']);
});

test('systemd understands the timers', async (t) => {
	if ((await run('sh', ['-c', 'command -v systemd-analyze'])).code !== 0) {
		t.skip('systemd-analyze is not installed');
		return;
	}
	const units = readdirSync(shipped).filter((file) => /\.timer$/.test(file)).map((file) => path.join(shipped, file));
	const { stderr } = await run('systemd-analyze', ['verify', '--man=no', ...units, path.join(shipped, 'assay-backup@full.service')]);
	assert.deepEqual(stderr.split('\n').filter((line) => /assay-backup/.test(line)), []);
});
