/* zip.h — members of a ZIP archive in memory: stored and deflated ones, nothing that lies.
 * Form: PKWARE APPNOTE 6.3.10, without ZIP64, encryption and archives in parts.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ZIP_H
#define ASSAY_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define ZIP_MEMBER_MAX_BYTES (64 * 1024 * 1024) /* unpacked */
#define ZIP_TOTAL_MAX_BYTES (256 * 1024 * 1024) /* unpacked, all that is read of one archive */

enum zip_method { ZIP_STORED = 0, ZIP_DEFLATED = 8, ZIP_ZSTANDARD = 93 };

struct zip_member {
	const char *name; /* name_n bytes in the archive, not NUL-terminated */
	size_t name_n;
	unsigned int method; /* of enum zip_method, or another */
	bool encrypted;
	uint32_t crc;
	size_t packed_n, size; /* bytes */
	size_t begin;          /* of its local header */
	size_t data;           /* of its packed bytes */
};

/* Zero-initialise; zip_clear() frees. Borrows the archive's bytes as long as it lives. */
struct zip {
	const char *bytes;
	size_t n;
	struct zip_member *members; /* as the directory lists them */
	size_t members_n;
	size_t left; /* bytes that may still be unpacked */
};

/* Tell whether the bytes begin as a ZIP archive does. */
bool zip_begins(const char *bytes, size_t n);

/* Read the directory, and check that it and the members lie apart and inside the archive, that each
 * member's own header agrees with it, and that no name stands twice. Nothing is unpacked.
 * Fails with FAULT_FILE_FORMAT; path is "member NAME" where it is one's. */
bool zip_open(const char *bytes, size_t n, struct zip *out, struct fault *f)
    __attribute__((warn_unused_result));
void zip_clear(struct zip *z);

/* Find a member by its whole name; NULL if there is none. */
const struct zip_member *zip_find(const struct zip *z, const char *name);

/* Unpack a member: just as many bytes as its header tells, with its checksum. Returns new *data,
 * NUL-terminated behind *n bytes. Fails with FAULT_FILE_FORMAT; with FAULT_NO_MEMORY. */
bool zip_read(struct zip *z, const struct zip_member *m, char **data, size_t *n, struct fault *f)
    __attribute__((warn_unused_result));

#endif
