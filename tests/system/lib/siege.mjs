// siege.mjs — what a test of attacks needs: what the server holds, and an honest client meanwhile.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from './http.mjs';

// The most memory a process has had, in bytes.
export function peakMemory(pid) {
	const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
	return Number(kib) * 1024;
}

// How many sockets a process holds.
export function socketsOf(pid) {
	const dir = `/proc/${pid}/fd`;
	return readdirSync(dir).filter((fd) => {
		try {
			return readlinkSync(`${dir}/${fd}`).startsWith('socket:');
		} catch {
			return false;
		}
	}).length;
}

// The kernel's TCP connections: "local port:remote port" → { unread, owned }.
function tcpTable() {
	const rows = readFileSync('/proc/net/tcp', 'latin1').trim().split('\n').slice(1);
	return new Map(rows.map((row) => {
		const [, local, remote, , queues, , , , , inode] = row.trim().split(/\s+/);
		const port = (address) => parseInt(address.split(':')[1], 16);
		return [`${port(local)}:${port(remote)}`,
			{ unread: parseInt(queues.split(':')[1], 16), owned: inode !== '0' }];
	}));
}

// A connection that says something and reads nothing.
export class DeafConnection {
	constructor(port) {
		this.port = port;
		this.socket = net.connect({ host: '127.0.0.1', port });
		this.socket.pause();
		this.socket.on('error', () => {});
		this.socket.on('connect', () => {
			this.ownPort = this.socket.localPort;
		});
	}

	close() {
		this.socket.destroy();
	}

	// Was it served, and then let go? Nobody reads, so only the kernel can tell.
	isLetGo(table) {
		const own = table.get(`${this.ownPort}:${this.port}`);
		return this.ownPort !== undefined &&
			(!own || (own.unread > 0 && !table.get(`${this.port}:${this.ownPort}`)?.owned));
	}

	static allLetGo(connections) {
		const table = tcpTable();
		return connections.every((connection) => connection.isLetGo(table));
	}
}

// A client that asks and sends on one connection, again and again, while attack() runs. All it asks must be
// answered; how fast is not asked here. Returns what attack() does.
export async function besieged(lab, key, attack) {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
	let attacking = true;
	const post = (statement) => request(lab.port, 'POST', '/v1/statements', { agent, body: statement.text,
		headers: { 'Content-Type': 'application/json' } });
	const round = async () => {
		for (const target of ['/healthz', '/data/v1/index.json'])
			assert.equal((await request(lab.port, 'GET', target, { agent })).status, 200, target);
		const answer = await post(lab.submission(key));
		assert.equal(answer.status, 201, answer.text);
	};
	await lab.documentWhere('index.json', () => true);
	await round();
	const honest = (async () => {
		while (attacking) {
			await round();
			await pause(5);
		}
	})();
	try {
		return await attack();
	} finally {
		attacking = false;
		await honest;
		await round();
		agent.destroy();
	}
}
