/* records.h — the objects of a JSON array or of JSON lines, each with its line in the file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RECORDS_H
#define ASSAY_RECORDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

struct record {
	json_t *json;     /* an object */
	const char *text; /* its bytes in the file, n of them; borrowed */
	size_t n;
	size_t line;   /* where it begins, from 1 */
	size_t number; /* from 1 */
};

/* Zero-initialise; records_clear() frees. */
struct records {
	struct record *list;
	size_t n;
	char *mended; /* what the records' text lies in, where it is not the file's own */
};

/* Read one array of objects, or objects one after the other (JSON lines), or several of either;
 * told apart by content. Borrows data as long as the records live. A file that ends early is
 * refused whole: what a killed tool left is no result.
 * Fails with FAULT_FILE_FORMAT; the path is "LINE: record N, key KEY", as far as it is known. */
bool records_read(const char *data, size_t n, struct records *out, struct fault *f)
    __attribute__((warn_unused_result));

/* The same for what Python's json.dump() writes and RFC 8259 does not know (mended first, see
 * mend.h), objects nested up to RECORDS_PYTHON_DEPTH. A bare NaN is there as the string "NaN". */
#define RECORDS_PYTHON_DEPTH 200
bool records_read_python(const char *data, size_t n, struct records *out, struct fault *f)
    __attribute__((warn_unused_result));
void records_clear(struct records *r);

/* Fill f with a fault in one member of a record and return false. key may be the way to a member of
 * members: names with '\n' between them, shown with '/'. */
bool record_fault(struct fault *f, const struct record *r, const char *key, const char *expected,
    const char *got_fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
