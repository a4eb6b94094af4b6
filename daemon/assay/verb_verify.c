/* verb_verify.c — check that a statement is in the log: with nothing but a file, or by its id.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "file.h"
#include "home.h"
#include "json.h"
#include "pin.h"
#include "proof.h"
#include "receipt.h"
#include "remote.h"
#include "seen.h"
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
    {"assay verify 4f1c…", "Ask the pinned server for the proof, and that its log only grew."},
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

/* What is checked against, and where ids are looked up. */
struct against {
	struct home home;
	struct pin pin;
	struct log_name log;
	struct net *net; /* NULL until an id is asked for */
};

static bool
find_log(const struct args *a, struct against *out, struct fault *f)
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
verify_document(const char *path, const json_t *doc, const struct against *against, struct fault *f)
{
	struct statement st = {0};
	struct logged logged;
	json_t *result = NULL;

	if (receipt_verify(doc, path, &against->log, &st, &logged, f))
		result = result_json(path, &st, &logged);
	statement_clear(&st);
	return result;
}

static json_t *
verify_file(const char *path, const struct against *against, struct fault *f)
{
	json_t *doc, *result = NULL;
	char *data;
	size_t n;

	if (!file_read(path, FILE_MAX_BYTES, &data, &n, f))
		return NULL;
	doc = json_read_object(data, n, f);
	if (doc != NULL)
		result = verify_document(path, doc, against, f);
	json_decref(doc);
	free(data);
	return result;
}

/* Ask the pinned server for a statement, and for the proof that its checkpoint continues the one
 * seen before. */
static json_t *
verify_id(const char *id, struct against *against, struct problem *p)
{
	struct policy policy = {0};
	json_t *doc = NULL, *result = NULL;
	char hex[HEX32_SIZE];

	snprintf(hex, sizeof(hex), "%s", id);
	if (against->net == NULL && !pin_meet(&against->pin, NULL, &against->net, &policy, p)) {
		policy_clear(&policy);
		return NULL;
	}
	policy_clear(&policy);
	if (remote_statement(against->net, hex, &doc, p))
		result = verify_document(id, doc, against, &p->fault);
	if (result != NULL && strcmp(json_get_text(result, "id"), hex) != 0)
		fault_set(&p->fault, FAULT_LOG_PROOF, id, "a receipt of this statement",
		    "that of %s", json_get_text(result, "id"));
	else if (result != NULL && seen_follow(&against->home, against->net, &against->log,
				       receipt_note(doc), strlen(receipt_note(doc)), p))
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

static bool
run(struct task *t, struct problem *p)
{
	struct against against = {0};
	bool done = find_log(t->args, &against, &p->fault);

	t->result = json_pack("{s:[]}", "verified");
	for (size_t i = 0; done && t->result != NULL && i < t->args->operands_n; i++) {
		const char *word = t->args->operands[i];
		struct problem own = {0};
		json_t *one = is_id(word) ? verify_id(word, &against, &own)
					  : verify_file(word, &against, &own.fault);

		if (one == NULL)
			task_explain(t, &own);
		else
			json_array_append_new(json_object_get(t->result, "verified"), one);
	}
	net_close(against.net);
	home_close(&against.home);
	return done && (t->result != NULL || task_no_memory(p));
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
		fputs(json_object_get(one, "continues_seen")
			  ? ", which continues what was seen before\n"
			  : "\n",
		    out);
	}
}

const struct verb verb_verify = {
    .name = "verify",
    .operands = "FILE|ID…",
    .operands_min = 1,
    .operands_max = 1000,
    .summary = "check that statements are in the log",
    .about =
	"Reads what a server said of a statement (GET /v1/statements/ID), and believes none of it: "
	"checks the signature, makes the log's leaf from it, follows the proof to the root, and "
	"checks that the pinned log signed that root. With a FILE nothing goes over the network.\n"
	"An ID is asked of the pinned server. Then the checkpoint must also continue the newest "
	"one "
	"that was verified here, which the log's tiles prove; it takes that one's place. If it "
	"does "
	"not, both are kept in HOME/split-view-….txt: two signatures that cannot both be true.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
