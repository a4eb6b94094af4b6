/* verb_verify.c — check, with nothing but a file, that a statement is in the log.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "file.h"
#include "home.h"
#include "json.h"
#include "logged.h"
#include "pin.h"
#include "proof.h"
#include "term.h"

#define FILE_MAX_BYTES (ENVELOPE_MAX_BYTES + PROOF_MAX_BYTES + 65536)

static const struct flag flags[] = {
    {.name = "vkey",
	.value = "VKEY",
	.help = "The log's verifier key, instead of that of the pinned server."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay verify statement.json", "Check a statement's receipt against the pinned log."},
    {"assay verify --vkey \"$(cat log.vkey)\" statement.json",
	"Check it where no server is pinned."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the statement is in the log"},
    {EXIT_CODE_REFUSED, "a file does not prove that"},
    {EXIT_CODE_USAGE, "the command line is not understood, or no server is pinned"},
    {EXIT_CODE_LOCAL, "a file cannot be read"},
    {EXIT_CODE_IDENTITY, "the checkpoint is not signed by the log's key"},
    {0, NULL},
};

struct log_name {
	char origin[ORIGIN_SIZE];
	uint8_t key[KEY_SIZE];
};

static bool
find_log(const struct args *a, struct log_name *out, struct fault *f)
{
	const char *vkey = args_text(a, "vkey");
	struct home home = {0};
	struct pin pin = {0};
	bool done = true;

	if (vkey == NULL) {
		done = home_find(a, &home, f) && pin_need(&home, &pin, f);
		vkey = pin.vkey;
	}
	done = done && (vkey_read(vkey, out->origin, sizeof(out->origin), out->key) ||
			   fault_set(f, FAULT_USAGE, "--vkey", "a verifier key NAME+HASH+KEY",
			       "\"%s\"", vkey));
	home_close(&home);
	return done;
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

/* The document of GET /v1/statements/ID: its envelope, accepted_at_ms and proof are all that
 * counts; the rest of it is the server's word. */
static json_t *
verify_document(const char *path, const json_t *doc, const struct log_name *log, struct fault *f)
{
	const char *proof = json_get_text(doc, "proof");
	struct statement st = {0};
	struct text envelope = {0};
	struct logged logged;
	json_t *result = NULL;

	if (proof[0] == 0 || !json_is_integer(json_object_get(doc, "accepted_at_ms"))) {
		fault_set(f, FAULT_LOG_PROOF, path,
		    "the members envelope, accepted_at_ms and proof", "not all of them");
		return NULL;
	}
	json_print(json_object_get(doc, "envelope"), &envelope);
	if (envelope.failed)
		fault_set(f, FAULT_NO_MEMORY, path, "memory for an envelope", "none");
	else if (statement_open(envelope.data, envelope.n, &st, f) &&
		 logged_verify(&st, json_get_whole(doc, "accepted_at_ms"), proof, strlen(proof),
		     log->origin, log->key, &logged, f))
		result = result_json(path, &st, &logged);
	statement_clear(&st);
	text_clear(&envelope);
	return result;
}

static json_t *
verify_file(const char *path, const struct log_name *log, struct fault *f)
{
	json_t *doc, *result = NULL;
	char *data;
	size_t n;

	if (!file_read(path, FILE_MAX_BYTES, &data, &n, f))
		return NULL;
	doc = json_read_object(data, n, f);
	if (doc != NULL)
		result = verify_document(path, doc, log, f);
	json_decref(doc);
	free(data);
	return result;
}

static bool
run(struct task *t, struct problem *p)
{
	struct log_name log;

	t->result = json_pack("{s:[]}", "verified");
	if (t->result == NULL)
		return task_no_memory(p);
	if (!find_log(t->args, &log, &p->fault))
		return false;
	for (size_t i = 0; i < t->args->operands_n; i++) {
		struct problem own = {0};
		json_t *one = verify_file(t->args->operands[i], &log, &own.fault);

		if (one == NULL)
			task_explain(t, &own);
		else
			json_array_append_new(json_object_get(t->result, "verified"), one);
	}
	return true;
}

static void
show(const json_t *result, FILE *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach (json_object_get(result, "verified"), i, one) {
		const json_t *checkpoint = json_object_get(one, "checkpoint");

		fprintf(out, "%s  %s  in the log at %lld of %lld, ", json_get_text(one, "id"),
		    json_get_text(one, "kind"), (long long)json_get_whole(one, "index"),
		    (long long)json_get_whole(checkpoint, "size"));
		term_put(out, json_get_text(checkpoint, "origin"));
		fputs("\n", out);
	}
}

const struct verb verb_verify = {
    .name = "verify",
    .operands = "FILE…",
    .operands_min = 1,
    .operands_max = 1000,
    .summary = "check that statements are in the log, offline",
    .about =
	"Reads what a server said of a statement (GET /v1/statements/ID), and believes none of it: "
	"checks the signature, makes the log's leaf from it, follows the proof to the root, and "
	"checks that the pinned log signed that root. Nothing goes over the network.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
