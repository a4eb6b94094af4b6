// make.mjs — write the documents of the small log anew: `node tests/cases/documents/make.mjs`, with a build at hand.
// SPDX-License-Identifier: Apache-2.0
//
// No test runs this. Run it after a change that means to change documents, and read its diff before committing.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Lab } from '../../system/lib/lab.mjs';
import { documentsCase, smallDocuments, smallOptions } from '../../system/lib/small_log.mjs';

const folder = path.join(documentsCase, 'expected');
const lab = new Lab(smallOptions);
let documents;
try {
	await lab.up();
	documents = await smallDocuments(lab);
} finally {
	process.stderr.write(await lab.down(!documents));
}
rmSync(folder, { recursive: true, force: true });
for (const [name, bytes] of documents) {
	mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
	writeFileSync(path.join(folder, name), bytes);
}
console.log(`${documents.size} documents in ${path.relative(process.cwd(), folder)}`);
