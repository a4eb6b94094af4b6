// nginx.mjs — a real nginx with deploy/nginx/assay.conf in front of a server under test.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import net from 'node:net';
import path from 'node:path';
import { repo } from './daemon.mjs';
import { isRoot, mustRun, startProgram, waitFor } from './process.mjs';

const BROTLI = '/usr/lib/nginx/modules/ngx_http_brotli_static_module.so';
export const hasNginx = execFileSync('sh', ['-c', 'PATH=$PATH:/usr/sbin; command -v nginx || true']).length > 0;
export const hasBrotli = existsSync(BROTLI);

async function freePort() {
	const server = net.createServer();
	await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
	const { port } = server.address();
	await new Promise((resolve) => { server.close(resolve); });
	return port;
}

// Put a value in place of what an operator edits; it must be there.
function edit(text, from, to) {
	if (!text.includes(from))
		throw new Error(`deploy/nginx/assay.conf has no ${from}`);
	return text.replaceAll(from, to);
}

async function makeCertificate(dir, days) {
	await mustRun('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days',
		String(days), '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
		'-keyout', path.join(dir, 'key.pem'), '-out', path.join(dir, 'cert.pem')]);
}

export class Nginx {
	// change(text): the site's file as another operator would have it.
	static async start(lab, { change = (text) => text, days = 365, name = 'nginx' } = {}) {
		const nginx = new Nginx();
		nginx.lab = lab;
		nginx.dir = path.join(lab.dir, name);
		mkdirSync(nginx.dir, { recursive: true });
		await makeCertificate(nginx.dir, days);
		nginx.certificate = path.join(nginx.dir, 'cert.pem');
		[nginx.port, nginx.plainPort] = [await freePort(), await freePort()];
		let site = readFileSync(path.join(repo, 'deploy/nginx/assay.conf'), 'utf8');
		site = edit(site, 'listen 443', `listen 127.0.0.1:${nginx.port}`);
		site = edit(site, 'listen 80;', `listen 127.0.0.1:${nginx.plainPort};`);
		site = site.replaceAll(/^\tlisten \[::\].*\n/gm, '');
		site = edit(site, 'server_name assay.example.org', 'server_name localhost 127.0.0.1');
		site = edit(site, '/etc/letsencrypt/live/assay.example.org/fullchain.pem', nginx.certificate);
		site = edit(site, '/etc/letsencrypt/live/assay.example.org/privkey.pem', path.join(nginx.dir, 'key.pem'));
		site = edit(site, '/var/lib/assay/published', lab.published);
		site = edit(site, 'server 127.0.0.1:8080', `server 127.0.0.1:${lab.port}`);
		if (hasBrotli)
			site = edit(site, '# brotli_static on;', 'brotli_static on;');
		writeFileSync(path.join(nginx.dir, 'site.conf'), change(site));
		const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
			.map((what) => `${what}_temp_path ${nginx.dir}/${what};`).join('\n');
		writeFileSync(path.join(nginx.dir, 'nginx.conf'), `${hasBrotli ? `load_module ${BROTLI};\n` : ''}daemon off;
${isRoot ? 'user root;' : ''}
worker_processes 1;
pid ${nginx.dir}/pid;
error_log ${nginx.dir}/error.log;
events { worker_connections 512; }
http {
access_log off;
${temporary}
include ${nginx.dir}/site.conf;
}
`);
		nginx.process = startProgram('/usr/sbin/nginx', ['-e', `${nginx.dir}/error.log`, '-c', `${nginx.dir}/nginx.conf`],
			{ log: path.join(nginx.dir, 'out.log'), signal: 'TERM' });
		await waitFor('nginx to listen', () => new Promise((resolve, reject) => {
			if (!nginx.process.running())
				throw new Error(readFileSync(path.join(nginx.dir, 'out.log'), 'utf8') + readFileSync(path.join(nginx.dir, 'error.log'), 'utf8'));
			const socket = net.connect(nginx.port, '127.0.0.1', () => resolve(true));
			socket.on('error', reject);
			socket.on('connect', () => socket.destroy());
		}));
		return nginx;
	}

	get url() {
		return `https://localhost:${this.port}`;
	}

	// One connection; ask(method, path, { headers, body }) gives status, headers, body, text, json().
	async session() {
		const client = connectHttp2(this.url, { ca: readFileSync(this.certificate) });
		await new Promise((resolve, reject) => {
			client.once('connect', resolve);
			client.once('error', reject);
		});
		const ask = (method, where, { headers = {}, body } = {}) => new Promise((resolve, reject) => {
			const stream = client.request({ ':method': method, ':path': where, ...headers });
			const parts = [];
			let head;
			stream.on('response', (fields) => {
				head = fields;
			});
			stream.on('data', (part) => parts.push(part));
			stream.on('error', reject);
			stream.on('end', () => {
				const bytes = Buffer.concat(parts);
				resolve({ status: head[':status'], headers: head, body: bytes, text: bytes.toString(),
					json: () => JSON.parse(bytes.toString()) });
			});
			stream.end(body);
		});
		return { ask, protocol: client.alpnProtocol, close: () => client.close() };
	}

	async stop() {
		this.process.kill('SIGTERM');
		await this.process.ended;
	}
}
