// data.mjs — reading the published documents.
// SPDX-License-Identifier: Apache-2.0
import { isDocument } from './state.mjs';

export class DataError extends Error {}

export async function readDocument(path, format, get = fetch) {
	if (!isDocument(path))
		throw new DataError(`“${path}” is not the name of a document.`);
	let answer;
	try {
		answer = await get(`data/v1/${path}`, { cache: 'no-cache' });
	} catch {
		throw new DataError('The server cannot be reached. Check your connection, then load the page again.');
	}
	if (answer.status === 404)
		throw new DataError(`There is no document ${path}. The link may be old; the overview names all there are.`);
	if (!answer.ok)
		throw new DataError(`The server answered ${answer.status} for ${path}. Try again in a moment.`);
	const document = await answer.json().catch(() => null);
	if (document?.format !== format)
		throw new DataError(`${path} has another form than this page knows. Load the page again to get its newest version.`);
	return document;
}
