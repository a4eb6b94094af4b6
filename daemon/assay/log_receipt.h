/* log_receipt.h — what a server says of a statement that is in the log, and believing none of it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_LOG_RECEIPT_H
#define ASSAY_LOG_RECEIPT_H

#include <jansson.h>
#include <stdbool.h>

#include "crypto.h"
#include "fault.h"
#include "logged.h"
#include "note.h"
#include "statement.h"

/* A log, as its verifier key names it. */
struct log_name {
	char origin[ORIGIN_SIZE];
	uint8_t key[KEY_SIZE];
};

/* Fails with FAULT_USAGE. */
bool log_name_read(const char *vkey, struct log_name *out, struct fault *f)
    __attribute__((warn_unused_result));

/* Verify the document of GET /v1/statements/ID: its envelope, accepted_at_ms and proof are all that
 * counts; the rest of it is the server's word. statement_clear(st) in any case; st must be zero
 * before. `where` names the document in a fault. Fails with FAULT_LOG_PROOF (also while there is no
 * proof), as statement_open() and logged_verify(). */
bool receipt_verify(const json_t *doc, const char *where, const struct log_name *log,
    struct statement *st, struct logged *out, struct fault *f) __attribute__((warn_unused_result));

/* Return the signed checkpoint that a document's proof ends with; "" if there is none. Borrowed. */
const char *receipt_note(const json_t *doc);

/* Tell whether a document has a proof at all. */
bool receipt_is_there(const json_t *doc);

#endif
