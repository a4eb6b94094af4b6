// csv.test.mjs — tables as CSV: quoting, and text that a spreadsheet would take for a formula.
// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import test from 'node:test';
import { boardCsv, csvText } from '../../../webroot/app/csv.mjs';

test('fields are quoted by RFC 4180, lines end in CRLF', () => {
	assert.equal(csvText(['a', 'b'], [['x,y', 'say "hi"'], ['two\nlines', ' padded ']]), 'a,b\r\n"x,y","say ""hi"""\r\n"two\nlines"," padded "\r\n');
	assert.equal(csvText(['a'], [[1.5], [-2], [undefined], [NaN], [1e-9]]), 'a\r\n1.5\r\n-2\r\n\r\n\r\n1e-9\r\n');
});

test('no text becomes a formula; numbers stay numbers', () => {
	for (const bad of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '  =1', '|cmd', '%x', '\uff1d1'])
		assert.match(csvText(['h'], [[bad]]), /^h\r\n"'/, JSON.stringify(bad));
	assert.equal(csvText(['h'], [['Q4_K_M']]), 'h\r\nQ4_K_M\r\n');
});

test('a board gives value and interval of an estimate, and a rank as three numbers', () => {
	const columns = [{ title: 'Model', text: (r) => r.name, value: (r) => r.name },
		{ title: 'Speed', unit: 'tokens/s', number: true, estimate: (r) => r.e, text: () => '', value: () => 0 },
		{ title: 'Rank', number: true, rank: (r) => r.rank, text: () => '', value: () => 0 }];
	assert.equal(boardCsv(columns, [{ name: 'a', e: { point: 1, low: 0.5, high: 2, interval: 'student' }, rank: { best: 1, worst: 2, of: 3 }, cell: 'ab' }, { name: '=b', cell: 'cd' }]),
		'Model,Speed (tokens/s),Speed low,Speed high,Speed interval,Rank best,Rank worst,Rank of,Cell\r\na,1,0.5,2,student,1,2,3,ab\r\n"\'=b",,,,,,,,cd\r\n');
});
