// mirror.mjs — a published folder behind nothing but a web server: a copy, that a test may tamper with.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { copyPublished } from '../../system/lib/folder.mjs';
import { makeFolder } from '../../system/lib/process.mjs';

const types = { '.html': 'text/html', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.json': 'application/json' };

export class Mirror {
	static async of(published) {
		const mirror = new Mirror();
		mirror.folder = makeFolder('mirror-');
		copyPublished(published, mirror.folder);
		mirror.server = createServer((request, response) => mirror.answer(request, response));
		await new Promise((done) => mirror.server.listen(0, '127.0.0.1', done));
		mirror.url = `http://127.0.0.1:${mirror.server.address().port}`;
		return mirror;
	}

	answer(request, response) {
		const { pathname } = new URL(request.url, this.url);
		const name = pathname === '/' ? 'index.html' : decodeURIComponent(pathname.slice(1));
		try {
			const body = readFileSync(path.join(this.folder, name));
			response.writeHead(200, { 'Content-Type': types[path.extname(name)] ?? 'application/octet-stream' });
			response.end(body);
		} catch {
			response.writeHead(404);
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
