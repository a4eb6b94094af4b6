/* verifier.c — is a statement in the log: from a file alone, or asked of the pinned server by its
 * id. SPDX-License-Identifier: Apache-2.0 */
#include "verifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "file.h"
#include "json.h"
#include "proof.h"
#include "remote.h"
#include "seen.h"
#include "term.h"

#define FILE_MAX_BYTES (ENVELOPE_MAX_BYTES + PROOF_MAX_BYTES + 65536)

bool
verifier_open(const struct args *a, struct verifier *out, struct fault *f)
{
	const char *vkey = args_text(a, "vkey");

	if (!home_find(a, &out->home, f))
		return false;
	if (vkey != NULL)
		return pin_load(&out->home, &out->pin, f) && log_name_read(vkey, &out->log, f);
	return pin_need(&out->home, &out->pin, f) && log_name_read(out->pin.vkey, &out->log, f);
}

static json_t *
result_json(const char *path, const struct statement *st, const struct logged *l)
{
	char id[HEX32_SIZE], root[HEX32_SIZE];

	hex_print(st->id, SHA256_SIZE, id);
	hex_print(l->checkpoint.root, SHA256_SIZE, root);
	return json_pack("{s:o, s:s, s:s, s:I, s:{s:s, s:I, s:s}}", "file", path_json(path), "id",
	    id, "kind", kind_info(st->kind)->name, "index", (json_int_t)l->index, "checkpoint",
	    "origin", l->checkpoint.origin, "size", (json_int_t)l->checkpoint.size, "root", root);
}

static json_t *
verify_document(const char *path, const json_t *doc, const struct verifier *v, struct fault *f)
{
	struct statement st = {0};
	struct logged logged;
	json_t *result = NULL;

	if (receipt_verify(doc, path, &v->log, &st, &logged, f))
		result = result_json(path, &st, &logged);
	statement_clear(&st);
	return result;
}

static json_t *
verify_file(const char *path, const struct verifier *v, struct fault *f)
{
	json_t *doc, *result = NULL;
	char *data;
	size_t n;

	if (!file_read(path, FILE_MAX_BYTES, &data, &n, f))
		return NULL;
	doc = json_read_object(data, n, f);
	if (doc != NULL)
		result = verify_document(path, doc, v, f);
	json_decref(doc);
	free(data);
	return result;
}

/* Ask the pinned server for a statement, and for the proof that its checkpoint continues the one
 * seen before. */
static json_t *
verify_id(const char *id, struct verifier *v, struct problem *p)
{
	struct policy policy = {0};
	json_t *doc = NULL, *result = NULL;
	char hex[HEX32_SIZE];

	snprintf(hex, sizeof(hex), "%s", id);
	if (v->net == NULL && !pin_meet(&v->pin, NULL, &v->net, &policy, p)) {
		policy_clear(&policy);
		return NULL;
	}
	policy_clear(&policy);
	if (remote_statement(v->net, hex, &doc, p))
		result = verify_document(id, doc, v, &p->fault);
	if (result != NULL && strcmp(json_get_text(result, "id"), hex) != 0)
		fault_set(&p->fault, FAULT_LOG_PROOF, id, "a receipt of this statement",
		    "that of %s", json_get_text(result, "id"));
	else if (result != NULL && seen_follow(&v->home, v->net, &v->log, receipt_note(doc),
				       strlen(receipt_note(doc)), p))
		json_object_set_new(result, "continues_seen", json_true());
	json_decref(doc);
	if (p->fault.code == FAULT_NONE)
		return result;
	json_decref(result);
	return NULL;
}

static bool
is_id(const char *word)
{
	uint8_t id[SHA256_SIZE];

	return strlen(word) == 2 * SHA256_SIZE && hex_parse(word, id, SHA256_SIZE);
}

json_t *
verifier_check(struct verifier *v, const char *word, struct problem *p)
{
	return is_id(word) ? verify_id(word, v, p) : verify_file(word, v, &p->fault);
}

void
verifier_close(struct verifier *v)
{
	net_close(v->net);
	home_close(&v->home);
}
