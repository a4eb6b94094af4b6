// faulty.mjs — assayd with files that fail: the test's side of tests/system/faulty_files.c.
// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { buildDir } from './daemon.mjs';

const MODES = { off: 0, nth: 1, all: 2 };
const { ENOSPC, EIO, EROFS } = constants.errno;
export const STRIKES = { ENOSPC, EIO, EROFS, torn: -1, killed: -2 };

export class FaultyFiles {
	// Use as options.env of a lab.
	environment(lab) {
		this.control = path.join(lab.dir, 'faulty-files');
		writeFileSync(this.control, Buffer.alloc(16));
		mkdirSync(lab.published, { recursive: true });
		return { LD_PRELOAD: path.join(buildDir, 'tests/libfaulty-files.so'),
			ASSAY_FAULTY_FOLDER: lab.published, ASSAY_FAULTY_CONTROL: this.control };
	}

	// Strike the n-th change of a published file ('nth'), every one ('all') or none ('off').
	set(mode, strike = 'EIO', n = 0) {
		const words = Int32Array.of(MODES[mode], n, STRIKES[strike], 0);
		// In place: the daemon has the file mapped.
		writeFileSync(this.control, Buffer.from(words.buffer), { flag: 'r+' });
	}

	get struck() {
		return readFileSync(this.control).readInt32LE(12);
	}
}
