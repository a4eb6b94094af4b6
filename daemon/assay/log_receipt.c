/* log_receipt.c — what a server says of a statement that is in the log, and believing none of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "log_receipt.h"

#include <string.h>

#include "json.h"
#include "text.h"

bool
log_name_read(const char *vkey, struct log_name *out, struct fault *f)
{
	return vkey_read(vkey, out->origin, sizeof(out->origin), out->key) ||
	       fault_set(f, FAULT_USAGE, "--vkey", "a verifier key NAME+HASH+KEY", "\"%s\"", vkey);
}

/* It is what stands behind the empty line. */
const char *
receipt_note(const json_t *doc)
{
	const char *end = strstr(json_get_text(doc, "proof"), "\n\n");

	return end != NULL ? end + 2 : "";
}

bool
receipt_is_there(const json_t *doc)
{
	return json_get_text(doc, "proof")[0] != 0 &&
	       json_is_integer(json_object_get(doc, "accepted_at_ms"));
}

bool
receipt_verify(const json_t *doc, const char *where, const struct log_name *log,
    struct statement *st, struct logged *out, struct fault *f)
{
	const char *proof = json_get_text(doc, "proof");
	struct text envelope = {0};
	bool done;

	if (!receipt_is_there(doc))
		return fault_set(f, FAULT_LOG_PROOF, where,
		    "the members envelope, accepted_at_ms and proof", "not all of them");
	json_print(json_object_get(doc, "envelope"), &envelope);
	done = envelope.failed
		   ? fault_set(f, FAULT_NO_MEMORY, where, "memory for an envelope", "none")
		   : statement_open(envelope.data, envelope.n, st, f) &&
			 logged_verify(st, json_get_whole(doc, "accepted_at_ms"), proof,
			     strlen(proof), log->origin, log->key, out, f);
	text_clear(&envelope);
	return done;
}
