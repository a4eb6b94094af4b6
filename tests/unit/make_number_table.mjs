// make_number_table.mjs — write number_table.h: doubles as bits, and how ECMAScript prints them.
// SPDX-License-Identifier: Apache-2.0
// Run: node make_number_table.mjs > number_table.h

const view = new DataView(new ArrayBuffer(8));

function fromBits(bits) {
	view.setBigUint64(0, bits);
	return view.getFloat64(0);
}

function toBits(value) {
	view.setFloat64(0, value);
	return view.getBigUint64(0);
}

// A fixed sequence (xorshift64*), so that the table is the same each time it is made.
let state = 0x9e3779b97f4a7c15n;
function random() {
	state ^= state >> 12n;
	state ^= (state << 25n) & 0xffffffffffffffffn;
	state ^= state >> 27n;
	return (state * 0x2545f4914f6cdd1dn) & 0xffffffffffffffffn;
}

const values = [
	0, -0, 1, -1, 0.1, 0.2, 0.1 + 0.2, 1 / 3, 2 / 3, 0.5, 1.5, 100, 123.456, -123.456,
	5e-324, 1e-323, 1.5e-323, 4.4e-322, 1e-320, 1e-310, 2.225073858507201e-308,
	2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308,
	1e-5, 1e-6, 1e-7, 1.5e-6, 1.5e-7, 0.00001234, 0.000001234, 0.0000001234,
	1e15, 1e16, 1e17, 1e20, 1e21, 1e22, 1e23, 123456789012345680000, 1234567890123456800000,
	1.5e20, 1.5e21, 9.5e20, 999999999999999900000, 1e100, 1e-100, 5e-5, 9007199254740991,
	9007199254740992, 9007199254740993, 9007199254740994, 18014398509481984,
	4503599627370495.5, 4503599627370497.5, 2251799813685249.75, 0.30000000000000004,
	9.999999999999999e22, 1.0000000000000002, 0.9999999999999999, 2.98023223876953125e-8,
	9.5367431640625e-7, 5.684341886080802e-14, 4.35, 0.000035689, 22.222222222222221,
	33.33333333333333, 1424953923781206.2, 295147905179352830000, 333333333.3333332,
];
// Powers of two, where the gap below is half the gap above.
for (let exponent = -1074; exponent <= 1023; exponent += 23)
	values.push(2 ** exponent);
for (const exponent of [-1022, -1021, -969, -44, -24, -10, 53, 54, 63, 64, 97, 1023])
	values.push(2 ** exponent);
// Neighbours of powers of ten, random bits, random subnormals, and what measurements look like.
for (let exponent = -20; exponent <= 25; exponent += 3)
	for (const step of [-1n, 1n])
		values.push(fromBits(toBits(10 ** exponent) + step));
for (let i = 0; i < 90; i++)
	values.push(fromBits(random()));
for (let i = 0; i < 15; i++)
	values.push(fromBits(random() >> (12n + BigInt(i) * 3n)));
for (let i = 0; i < 25; i++)
	values.push(Number(random() % 100000000n) / 10 ** (i % 9));

const rows = new Map();
for (const value of values)
	if (Number.isFinite(value))
		rows.set(toBits(value), String(value));

console.log('/* number_table.h — doubles as bits, and how ECMAScript prints them; by make_number_table.mjs.');
console.log(' * SPDX-License-Identifier: Apache-2.0 */');
console.log('static const struct {\n\tuint64_t bits;\n\tconst char *text;\n} number_table[] = {');
for (const [bits, text] of rows)
	console.log(`    {UINT64_C(0x${bits.toString(16).padStart(16, '0')}), "${text}"},`);
console.log('};');
