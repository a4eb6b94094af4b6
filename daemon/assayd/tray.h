/* tray.h — published files that are written together: synced once, named in order, coded later.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_TRAY_H
#define ASSAYD_TRAY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "file.h"

#define TRAY_FILES_N 64

/* Files below a folder that wait for their names. What variants_publish() says of each file holds
 * here too, but its coded files may take a while: they are made by tray_code(). */
struct tray {
	struct tray_file {
		char *path;
		struct file_draft draft;
	} files[TRAY_FILES_N];
	size_t n;
	json_t *uncoded; /* paths whose coded files are missing */
};

bool tray_begin(struct tray *t) __attribute__((warn_unused_result));
void tray_clear(struct tray *t);

/* Remove all files that have no names yet. */
void tray_drop(struct tray *t);

/* Put one file on the tray, if it changed, making its folders; of no bytes: remove it at once, and
 * its coded files. A full tray is to be served first. Fails with FAULT_FILE, FAULT_NO_MEMORY; what
 * is on the tray stays there. */
bool tray_put(struct tray *t, const char *folder, const char *path, const void *data, size_t n,
    struct fault *f) __attribute__((warn_unused_result));

/* Sync all files and give them their names, in the order in which they were put: after a crash none
 * is half there. On failure those that have no names yet are gone from the tray. Fails with
 * FAULT_FILE. */
bool tray_serve(struct tray *t, struct fault *f) __attribute__((warn_unused_result));

/* Make coded files for about so long; at least those of one file, if any are missing. Fails with
 * FAULT_FILE, FAULT_NO_MEMORY. */
bool tray_code(struct tray *t, int64_t for_ms, struct fault *f) __attribute__((warn_unused_result));

#endif
