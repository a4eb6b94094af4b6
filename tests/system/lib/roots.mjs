// roots.mjs — a whole Debian system to install packages in, which this machine never notices.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRoot, makeFolder, mustRun, run, startProgram, waitFor } from './process.mjs';

const HOLD = `set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount --rbind /proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
[ -z "$3" ] || { mkdir -p "$1/root/run/postgresql"; mount --bind "$3" "$1/root/run/postgresql"; }
echo held
exec sleep infinity`;

// The base system's files under another one's, in a mount namespace of its own: whatever is changed lies in
// `upper`. base "/": this machine itself.
export class Root {
	static async start(base, { postgres = '' } = {}) {
		const root = new Root();
		root.dir = makeFolder('root-', { mode: 0o755 });
		root.holder = spawn('unshare', ['-m', '--propagation', 'private', 'setpriv', '--pdeathsig=KILL', 'sh', '-c', HOLD,
			'hold', root.dir, base, postgres], { stdio: ['ignore', 'pipe', 'pipe'] });
		const told = await new Promise((resolve) => {
			let text = '';
			root.holder.stdout.on('data', (part) => resolve(text + part));
			root.holder.stderr.on('data', (part) => {
				text += part;
			});
			root.holder.on('exit', () => resolve(text));
		});
		if (!told.includes('held')) {
			root.remove();
			throw new Error(told);
		}
		return root;
	}

	inside(args) {
		return ['nsenter', ['-t', String(this.holder.pid), '-m', 'chroot', path.join(this.dir, 'root'), ...args]];
	}

	// The namespace's own view of the host's paths: files go in through there.
	hostPath(file) {
		return `/proc/${this.holder.pid}/root${this.dir}/root${file}`;
	}

	run(args, options) {
		return run(...this.inside(args), { cwd: '/', ...options });
	}

	mustRun(args, options) {
		return mustRun(...this.inside(args), { cwd: '/', ...options });
	}

	// A program that goes on, as an account; its output goes to the log.
	start(account, args, log) {
		const [command, rest] = this.inside(['setpriv', `--reuid=${account}`, '--regid=assayd', '--clear-groups',
			'--no-new-privs', '--pdeathsig=KILL', ...args]);
		return startProgram(command, rest, { log });
	}

	dpkg(...args) {
		return this.mustRun(['dpkg', '--no-triggers', ...args], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
	}

	put(file) {
		cpSync(file, this.hostPath(`/${path.basename(file)}`));
		return `/${path.basename(file)}`;
	}

	read(file) {
		return readFileSync(this.hostPath(file), 'utf8');
	}

	append(file, text) {
		appendFileSync(this.hostPath(file), text);
	}

	exists(file) {
		return existsSync(this.hostPath(file));
	}

	// Every file and link that is there now and lies in no folder that a package manager keeps for itself.
	changed() {
		const upper = `/proc/${this.holder.pid}/root${this.dir}/upper`;
		return readdirSync(upper, { recursive: true, withFileTypes: true })
			.filter((entry) => !entry.isDirectory() && !entry.isCharacterDevice())
			.map((entry) => `${(entry.parentPath ?? entry.path).slice(upper.length)}/${entry.name}`)
			.filter((file) => !/^\/(var\/(lib\/dpkg|cache|log)|tmp|run)\//.test(file)).sort();
	}

	remove() {
		this.holder.kill('SIGKILL');
		rmSync(this.dir, { recursive: true, force: true });
	}
}

// Without the right to mount: an empty root with dpkg's own folders, worked on from outside.
export class DpkgRoot {
	static async start() {
		const root = new DpkgRoot();
		root.dir = makeFolder('dpkg-', { mode: 0o755 });
		for (const folder of ['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'etc'])
			mkdirSync(path.join(root.dir, folder), { recursive: true });
		writeFileSync(path.join(root.dir, 'var/lib/dpkg/status'), '');
		writeFileSync(path.join(root.dir, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
		writeFileSync(path.join(root.dir, 'etc/group'), 'root:x:0:\n');
		return root;
	}

	// As root, or as one that believes to be.
	dpkg(...args) {
		const command = ['dpkg', `--root=${this.dir}`, '--force-script-chrootless', '--force-depends', ...args];
		return isRoot ? mustRun(command[0], command.slice(1)) : mustRun('fakeroot', command);
	}

	put(file) {
		return file;
	}

	read(file) {
		return readFileSync(path.join(this.dir, file), 'utf8');
	}

	append(file, text) {
		appendFileSync(path.join(this.dir, file), text);
	}

	exists(file) {
		return existsSync(path.join(this.dir, file));
	}

	changed() {
		return readdirSync(this.dir, { recursive: true, withFileTypes: true })
			.filter((entry) => !entry.isDirectory())
			.map((entry) => `${(entry.parentPath ?? entry.path).slice(this.dir.length)}/${entry.name}`)
			.filter((file) => !/^\/var\/(lib\/dpkg|log)\//.test(file)).sort();
	}

	remove() {
		rmSync(this.dir, { recursive: true, force: true });
	}
}

// A plain Debian, made by debootstrap from the mirror that apt on this machine uses.
export async function debootstrap(target, packages) {
	const policy = execFileSync('apt-cache', ['policy', 'libc6']).toString();
	const mirror = /\d+ (https?:\/\/\S+) (\w+)\/main/.exec(policy);
	await mustRun('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, mirror[2], target, mirror[1]],
		{ limitMs: 1800000 });
}

export { waitFor };
