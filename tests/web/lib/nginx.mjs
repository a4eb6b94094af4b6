// nginx.mjs — a published folder served by nginx and nothing else: no daemon, no database.
// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:net';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyPublished } from '../../system/lib/folder.mjs';
import { makeFolder, startProgram, waitFor } from '../../system/lib/process.mjs';

const freePort = () => new Promise((done) => {
	const server = createServer().listen(0, '127.0.0.1', () => {
		const { port } = server.address();
		server.close(() => done(port));
	});
});

const configOf = (dir, port) => `${process.getuid() === 0 ? 'user root;' : ''}
daemon off; master_process off; worker_processes 1; pid ${dir}/pid; error_log ${dir}/error.log;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path ${dir}/t1; proxy_temp_path ${dir}/t2; fastcgi_temp_path ${dir}/t3; uwsgi_temp_path ${dir}/t4; scgi_temp_path ${dir}/t5;
	types { text/html html; text/javascript mjs; text/css css; image/svg+xml svg; application/json json; application/atom+xml atom; application/octet-stream gz; }
	server {
		listen 127.0.0.1:${port}; root ${dir}/www; gzip_static on;
		add_header Content-Security-Policy "default-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'" always;
	}
}
`;

export class Nginx {
	static async of(published) {
		const nginx = new Nginx();
		nginx.dir = makeFolder('nginx-', { mode: 0o755 });
		copyPublished(published, path.join(nginx.dir, 'www'));
		const port = await freePort();
		const config = path.join(nginx.dir, 'nginx.conf');
		writeFileSync(config, configOf(nginx.dir, port));
		nginx.process = startProgram('/usr/sbin/nginx', ['-c', config, '-p', nginx.dir, '-e', path.join(nginx.dir, 'error.log')]);
		nginx.url = `http://127.0.0.1:${port}`;
		await waitFor('nginx to answer', () => fetch(nginx.url).then((answer) => answer.ok, () => false));
		return nginx;
	}

	async close() {
		this.process.kill('SIGTERM');
		await this.process.ended;
		rmSync(this.dir, { recursive: true, force: true });
	}
}
