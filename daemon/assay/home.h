/* home.h — the runner's folder: where key, pin, spool and records are.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_HOME_H
#define ASSAY_HOME_H

#include <stdbool.h>

#include "crypto.h"
#include "fault.h"

struct args;

/* Paths, all owned. Zero-initialise; home_close() frees and unlocks. */
struct home {
	char *dir;
	char *key;      /* key.pem, 0600 */
	char *pin;      /* server.json: the server this folder belongs to */
	char *spool;    /* signed, not yet acknowledged: ID.json, ID.refused.json */
	char *sent;     /* acknowledged: ID.json, ID.answer.json */
	char *imports;  /* what was signed from which file: NAME.ndjson */
	char *evidence; /* raw files that statements name, not yet sent: SHA256 */
	int lock;       /* descriptor; -1 without a lock */
};

/* Say where the folder is: --home, else $ASSAY_HOME, else $XDG_DATA_HOME/assay, else
 * ~/.local/share/assay. The key is --key, where the verb has that option, else key.pem in it.
 * Touches nothing. Fails with FAULT_OPTION where none of them says anything. */
bool home_find(const struct args *a, struct home *out, struct fault *f)
    __attribute__((warn_unused_result));

/* Make the folders that are missing (0700) and take the folder for this process alone; waits for
 * another one. Fails with FAULT_SPOOL. */
bool home_make(struct home *h, struct fault *f) __attribute__((warn_unused_result));

void home_close(struct home *h);

/* Load the key. Fails with FAULT_KEY_FILE, FAULT_KEY_FILE_MODE, FAULT_FILE (none: `assay keygen`).
 */
bool home_key(const struct home *h, struct keypair *out, struct fault *f)
    __attribute__((warn_unused_result));

/* As home_key(), but make a key where there is none; *made tells. */
bool home_key_make(const struct home *h, struct keypair *out, bool *made, struct fault *f)
    __attribute__((warn_unused_result));

#endif
