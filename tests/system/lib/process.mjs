// process.mjs — child processes that cannot outlive the test, and waiting for things to come true.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, closeSync, mkdtempSync, openSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const isRoot = process.getuid() === 0;

// The account PostgreSQL runs as: it refuses root.
export function databaseAccount() {
	if (!isRoot)
		return null;
	const id = (flag) => Number(execFileSync('id', [flag, 'postgres']).toString());
	return { uid: id('-u'), gid: id('-g') };
}

// Make a folder for a test's own files. Sockets lie in such folders and their paths must stay under 107
// bytes, so a long TMPDIR is passed over.
export function makeFolder(prefix, { account, mode = 0o700 } = {}) {
	const base = os.tmpdir().length < 50 ? os.tmpdir() : '/tmp';
	const dir = mkdtempSync(path.join(base, `assay-${prefix}`));
	chmodSync(dir, mode);
	if (account)
		chownSync(dir, account.uid, account.gid);
	return dir;
}

// Start a long-running program whose output goes to a file. It ends with this process, however
// that ends (setpriv --pdeathsig), so that nothing is left behind. `account`: run as that user.
export function startProgram(command, args, { log, account, env, signal = 'KILL' } = {}) {
	const guard = [`--pdeathsig=${signal}`];
	if (account)
		guard.push(`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups');
	const out = log ? openSync(log, 'a') : 'ignore';
	const child = spawn('setpriv', [...guard, '--', command, ...args], {
		stdio: ['ignore', out, out], env: { ...process.env, ...env },
	});
	if (log)
		closeSync(out);
	child.ended = new Promise((resolve) => {
		child.on('exit', (code, by) => resolve({ code, signal: by }));
		child.on('error', (error) => resolve({ code: -1, error }));
	});
	child.running = () => child.exitCode === null && child.signalCode === null;
	return child;
}

// Run a program to its end: { code, stdout, stderr }. Never rejects for an exit code.
export function run(command, args = [], { input, env, cwd, account, limitMs = 120000 } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, {
			cwd, env: { ...process.env, ...env }, uid: account?.uid, gid: account?.gid,
			stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
		});
		const parts = { stdout: [], stderr: [] };
		child.stdout.on('data', (part) => parts.stdout.push(part));
		child.stderr.on('data', (part) => parts.stderr.push(part));
		const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
		child.on('error', reject);
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			resolve({ code, signal, stdout: Buffer.concat(parts.stdout).toString(),
				stderr: Buffer.concat(parts.stderr).toString() });
		});
		if (input !== undefined) {
			child.stdin.on('error', () => {});
			child.stdin.end(input);
		}
	});
}

// Run a program that must succeed; returns its standard output.
export async function mustRun(command, args, options) {
	const result = await run(command, args, options);
	if (result.code !== 0) {
		throw new Error(`${command} ${args.join(' ')}\nended with ${result.code ?? result.signal}\n` +
			`${result.stdout}${result.stderr}`);
	}
	return result.stdout;
}

// Wait until probe() returns something true, and return it. An exception counts as "not yet"; the
// last one is told when the time is over. The bound is generous: it is no assertion about speed.
export async function waitFor(what, probe, { limitMs = 30000, everyMs = 25 } = {}) {
	const deadline = Date.now() + limitMs;
	let last;
	for (;;) {
		try {
			const value = await probe();
			if (value)
				return value;
			last = undefined;
		} catch (error) {
			last = error;
		}
		if (Date.now() > deadline)
			throw new Error(`waited ${limitMs} ms for ${what}`, { cause: last });
		await pause(everyMs);
	}
}

// As Promise.all(), but a failure is told only when all have ended: nothing goes on behind a test.
export async function together(promises) {
	const results = await Promise.allSettled(promises);
	const failed = results.find((result) => result.status === 'rejected');
	if (failed)
		throw failed.reason;
	return results.map((result) => result.value);
}

// The step that is to fail behind the n-th: with ASSAY_EVERY_STEP (tests/run long) each; else each of the first
// sixteen, and every seventh from there on, which meets every kind of step of what is done in a rhythm.
export const nextStep = (n) => process.env.ASSAY_EVERY_STEP || n < 16 ? n + 1 : n + 7;
