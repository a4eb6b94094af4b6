// daemon.mjs — one assayd under test: its configuration file, its life, its log.
// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram, waitFor } from './process.mjs';

export const repo = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

// The folder with assayd and assay: ASSAY_BIN, or the first build folder that has them.
function findBuild() {
	const candidates = [process.env.ASSAY_BIN, 'build-asan', 'build-gcc', 'build']
		.filter(Boolean).map((dir) => path.resolve(repo, dir));
	const found = candidates.find((dir) => existsSync(path.join(dir, 'assayd')));
	if (!found)
		throw new Error(`no assayd in ${candidates.join(', ')}: set ASSAY_BIN to a build folder`);
	return found;
}

export const buildDir = findBuild();
export const assaydPath = path.join(buildDir, 'assayd');
export const assayPath = path.join(buildDir, 'assay');

// Sanitizers end the program at the first finding, so that a test cannot pass over one.
export const sanitizerEnv = {
	ASAN_OPTIONS: 'abort_on_error=1:detect_leaks=1',
	UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
};

export class Daemon {
	constructor(dir, settings, env = {}) {
		this.dir = dir;
		this.env = env;
		this.log = path.join(dir, 'assayd.log');
		this.config = path.join(dir, 'assayd.conf');
		this.settings = settings;
		this.writeConfig();
	}

	writeConfig() {
		const lines = Object.entries(this.settings).map(([name, value]) => `${name} = ${value}`);
		writeFileSync(this.config, `${lines.join('\n')}\n`);
	}

	set(changes) {
		Object.assign(this.settings, changes);
		this.writeConfig();
	}

	// Start and wait for the line `ready`, which tells the port.
	async start() {
		const before = this.logSize();
		this.process = startProgram(assaydPath, ['serve', '--config', this.config],
			{ log: this.log, env: { ...sanitizerEnv, ...this.env } });
		this.port = await waitFor('assayd to be ready', () => {
			const said = this.logText(before);
			const found = /^\S+ info ready .*listen=\S*:(\d+)/m.exec(said);
			if (!found && !this.process.running())
				throw new Error(`assayd ended at once:\n${said}`);
			return found && Number(found[1]);
		});
		return this.port;
	}

	logSize() {
		return existsSync(this.log) ? statSync(this.log).size : 0;
	}

	// What it wrote from that byte on.
	logText(from = 0) {
		const bytes = Buffer.alloc(Math.max(0, this.logSize() - from));
		if (!bytes.length)
			return '';
		const file = openSync(this.log, 'r');
		try {
			return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, from));
		} finally {
			closeSync(file);
		}
	}

	// Ask it to stop and return how it ended: { code, signal }.
	async stop() {
		this.process.kill('SIGTERM');
		return this.process.ended;
	}

	async kill() {
		this.process.kill('SIGKILL');
		await this.process.ended;
	}

	running() {
		return Boolean(this.process?.running());
	}

	// What a sanitizer wrote into the log; empty if nothing.
	findings() {
		const found = /(==\d+==ERROR: |runtime error: |WARNING: ThreadSanitizer)[^]*/.exec(this.logText());
		return found ? found[0] : '';
	}
}
