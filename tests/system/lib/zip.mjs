// zip.mjs — ZIP archives, true ones and such as lie.
// SPDX-License-Identifier: Apache-2.0
import { crc32 as zlibCrc, deflateRawSync } from 'node:zlib';

const table = Array.from({ length: 256 }, (_, n) => {
	for (let k = 0; k < 8; k++)
		n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
	return n >>> 0;
});
const crc32 = zlibCrc ?? ((bytes) => {
	let crc = 0xffffffff;
	for (const byte of bytes)
		crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
	return (crc ^ 0xffffffff) >>> 0;
});

// members: { name, text, method = 8, size, at }; size and at say something else than what is true.
export function zipOf(members) {
	const parts = [], directory = [];
	let place = 0;
	for (const { name, text, method = 8, size, at } of members) {
		const bytes = Buffer.from(text), packed = method === 0 ? bytes : deflateRawSync(bytes);
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt16LE(method, 4);
		common.writeUInt32LE(crc32(bytes), 10);
		common.writeUInt32LE(packed.length, 14);
		common.writeUInt32LE(size ?? bytes.length, 18);
		common.writeUInt16LE(Buffer.byteLength(name), 22);
		const rest = Buffer.alloc(14);
		rest.writeUInt32LE(at ?? place, 10);
		const local = [Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), packed];
		directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, Buffer.from(name));
		parts.push(...local);
		place += local.reduce((sum, part) => sum + part.length, 0);
	}
	const listed = Buffer.concat(directory), end = Buffer.alloc(22);
	end.write('PK\x05\x06', 'latin1');
	end.writeUInt16LE(members.length, 8);
	end.writeUInt16LE(members.length, 10);
	end.writeUInt32LE(listed.length, 12);
	end.writeUInt32LE(place, 16);
	return Buffer.concat([...parts, listed, end]);
}
