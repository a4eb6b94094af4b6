// bytes.test.mjs — SHA-256 and base64 of our own against node's.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { equal, fromBase64, hex, join, sha256, toBase64, utf8 } from '../../../webroot/app/bytes.mjs';

test('SHA-256 of every length around its blocks, in one part or several', () => {
	for (let n = 0; n < 200; n++) {
		const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 37 + n) & 255);
		const wanted = createHash('sha256').update(bytes).digest('hex');
		assert.equal(hex(sha256(bytes)), wanted, `${n} bytes`);
		assert.equal(hex(sha256(bytes.subarray(0, n >> 1), bytes.subarray(n >> 1))), wanted);
	}
	assert.equal(hex(sha256(utf8('a'.repeat(1000000)))), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});

test('base64 has one form', () => {
	assert.deepEqual(fromBase64('/+8='), Uint8Array.of(0xff, 0xef));
	assert.deepEqual(fromBase64(''), new Uint8Array());
	for (const bad of ['/+8', '/+9=', '_-8=', '/+ 8=', '/+8=\n', '=', 'é'])
		assert.equal(fromBase64(bad), null, bad);
	assert.equal(fromBase64('/+8=', 3), null);
	assert.equal(toBase64(fromBase64('/+8=', 2)), '/+8=');
});

test('bytes are equal or not', () => {
	assert.ok(equal(join(Uint8Array.of(1), Uint8Array.of(2, 3)), Uint8Array.of(1, 2, 3)));
	assert.ok(!equal(Uint8Array.of(1), Uint8Array.of(1, 2)));
	assert.ok(!equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
});
