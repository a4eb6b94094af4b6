// mirror.mjs — a published folder behind nothing but a web server: a copy, that a test may tamper with.
// SPDX-License-Identifier: Apache-2.0
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { makeFolder } from '../../system/lib/process.mjs';

const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

export class Mirror {
	// Copy the folder and serve it; `policy`, if given, as the Content-Security-Policy of all that is sent.
	static async of(published, policy) {
		const mirror = new Mirror();
		mirror.folder = makeFolder('mirror-');
		cpSync(published, mirror.folder, { recursive: true });
		mirror.server = createServer((request, response) => mirror.answer(request, response, policy));
		await new Promise((done) => mirror.server.listen(0, '127.0.0.1', done));
		mirror.url = `http://127.0.0.1:${mirror.server.address().port}`;
		return mirror;
	}

	answer(request, response, policy) {
		const { pathname } = new URL(request.url, this.url);
		const name = pathname === '/' ? 'index.html' : decodeURIComponent(pathname.slice(1));
		const headers = policy ? { 'Content-Security-Policy': policy } : {};
		try {
			const body = readFileSync(path.join(this.folder, name));
			response.writeHead(200, { 'Content-Type': types[path.extname(name)] ?? 'application/octet-stream', ...headers });
			response.end(body);
		} catch {
			response.writeHead(404, headers);
			response.end();
		}
	}

	// Replace a file of the log by what change(bytes) gives.
	tamper(name, change) {
		const file = path.join(this.folder, 'log', name);
		writeFileSync(file, change(readFileSync(file)));
	}

	// Replace the line of one statement in its bundle by what change(line) gives.
	tamperLine(name, index, change) {
		this.tamper(name, (bytes) => {
			const lines = gunzipSync(bytes).toString().split('\n');
			lines[index % 256] = JSON.stringify(change(JSON.parse(lines[index % 256])));
			return gzipSync(lines.join('\n'));
		});
	}

	async close() {
		this.server.closeAllConnections();
		await new Promise((done) => this.server.close(done));
		rmSync(this.folder, { recursive: true, force: true });
	}
}
