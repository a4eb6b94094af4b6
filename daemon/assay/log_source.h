/* log_source.h — what a server publishes, read from it or from a mirror folder.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LOG_SOURCE_H
#define ASSAY_LOG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "explain.h"

struct net;

/* Zero-initialise; log_source_close() in any case. */
struct log_source {
	const char *folder; /* borrowed; NULL: net is asked */
	struct net *net;
	char *keep;         /* folder for what never changes again; NULL: nothing is kept */
	const char *mirror; /* borrowed; folder that becomes a copy of what is read; NULL: none */
};

/* where: an http(s) address, or a folder. keep: a folder for whole tiles and bundles, so that the
 * next reading asks for what is new only; NULL: none. Fails as net_url(), FAULT_FILE, FAULT_SPOOL.
 */
bool log_source_open(const char *where, const char *keep, struct log_source *out, struct problem *p)
    __attribute__((warn_unused_result));
void log_source_close(struct log_source *s);

/* Read a published file by its path ("log/checkpoint"). lasting: it never changes again. Returns
 * new *data, NUL-terminated behind *n bytes. Fails as remote_document(), FAULT_FILE. */
bool log_source_read(struct log_source *s, const char *path, bool lasting, char **data, size_t *n,
    struct problem *p) __attribute__((warn_unused_result));

/* Write the checkpoint into the mirror, last, behind what it stands for; nothing without a mirror.
 * Fails with FAULT_FILE. */
bool log_source_seal(struct log_source *s, const char *note, size_t n, struct fault *f)
    __attribute__((warn_unused_result));

#endif
