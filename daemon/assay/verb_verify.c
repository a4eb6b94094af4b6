/* verb_verify.c — check that a statement is in the log: with nothing but a file, or by its id.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "json.h"
#include "term.h"
#include "verifier.h"

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

static bool
run(struct task *t, struct problem *p)
{
	struct verifier v = {0};
	bool done = verifier_open(t->args, &v, &p->fault);

	t->result = json_pack("{s:[]}", "verified");
	for (size_t i = 0; done && t->result != NULL && i < t->args->operands_n; i++) {
		const char *word = t->args->operands[i];
		struct problem own = {0};
		json_t *one = verifier_check(&v, word, &own);

		if (one == NULL)
			task_explain(t, &own);
		else
			json_array_append_new(json_object_get(t->result, "verified"), one);
	}
	verifier_close(&v);
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
