// rows.mjs — documents as tests ask them: a board has its rows, read from its columns as the page reads them.
// SPDX-License-Identifier: Apache-2.0
import { rowsOf } from '../../../webroot/app/rows.mjs';

// A real as boards have it: in ten significant digits.
export const asOnBoard = (value) => Number(value.toPrecision(10));

// rows is no member that is printed or compared: the document stays as it was read.
export function withRows(document) {
	if (document?.format === 'assay-board-v2') {
		let rows;
		Object.defineProperty(document, 'rows', { get: () => rows ??= rowsOf(document) });
	}
	return document;
}
