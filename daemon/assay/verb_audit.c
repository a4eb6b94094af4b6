/* verb_audit.c — check a whole log, and what is published of it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "audit.h"
#include "audit_watches.h"
#include "encode.h"
#include "json.h"
#include "term.h"

#define FIT_WAIT_MS 5000
#define LOOK_EVERY_MS 250

static const struct flag flags[] = {
    {.name = "vkey",
	.value = "VKEY",
	.help = "The log's verifier key, instead of that of the pinned server."},
    {.name = "keep",
	.value = "DIR",
	.path = true,
	.help =
	    "Where whole tiles and bundles are kept, so that the next audit fetches what is new; "
	    "HOME/audit if not given."},
    {.name = "mirror",
	.value = "DIR",
	.path = true,
	.help =
	    "Also write the log and its suites there as they are published, for whoever wants a "
	    "copy, or for `assayd recover --from DIR`; the checkpoint last, once all before it "
	    "holds together."},
    {.name = "threads", .value = "N", .help = "To check leaves with; one a core if not given."},
    {.name = "log-only", .help = "Leave the documents out: check the log alone."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay audit", "Audit the pinned server."},
    {"assay audit /srv/mirror --vkey \"$(cat log.vkey)\"", "Audit a mirror, without any server."},
    {"assay audit https://assay.example --vkey \"$(cat log.vkey)\" --mirror copy",
	"Audit a server and keep a copy of its log."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "everything holds together"},
    {EXIT_CODE_REFUSED, "it does not; the first breach is told"},
    {EXIT_CODE_USAGE, "the command line is not understood, or no server is pinned"},
    {EXIT_CODE_LOCAL, "a file cannot be read or written"},
    {EXIT_CODE_LATER, "the server cannot be reached; what was fetched is kept"},
    {EXIT_CODE_IDENTITY, "the checkpoint is not signed by the log's key"},
    {0, NULL},
};

/* A live server's documents follow its log by a moment. */
static bool
check_documents(const struct task *t, struct audit *a, const struct audit_watches *watches,
    bool *compared, struct problem *p)
{
	const struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};

	*compared = false;
	if (args_has(t->args, "log-only"))
		return true;
	for (int left = FIT_WAIT_MS / LOOK_EVERY_MS; !*compared && left > 0; left--) {
		if (!audit_documents_fit(a, compared, p))
			return false;
		if (!*compared)
			nanosleep(&pause, NULL);
	}
	return !*compared || (audit_documents(a, p) && audit_watches_compare(a, watches, p));
}

static bool
run(struct task *t, struct problem *p)
{
	const char *where = t->args->operands_n > 0 ? t->args->operands[0] : NULL;
	struct audit a = {0};
	struct audit_watches watches = {0};
	char root[HEX32_SIZE];
	bool compared = false;
	bool done;

	if (!args_has(t->args, "log-only"))
		audit_watches_begin(&a, &watches);
	done = audit_open(t->args, where, &a, p) && audit_begin(&a, p) && audit_walk(&a, p) &&
	       log_source_seal(&a.source, a.note, a.note_n, &p->fault) &&
	       check_documents(t, &a, &watches, &compared, p);

	hex_print(a.checkpoint.root, SHA256_SIZE, root);
	if (done)
		t->result = json_pack("{s:s, s:I, s:s, s:I, s:I, s:b, s:I, s:I, s:I}", "origin",
		    a.checkpoint.origin, "size", (json_int_t)a.checkpoint.size, "root", root,
		    "withheld", (json_int_t)a.withheld_n, "void", (json_int_t)a.void_n,
		    "documents_compared", compared, "cells", (json_int_t)a.cells_n, "submitters",
		    (json_int_t)a.submitters_n, "watches",
		    (json_int_t)(compared && a.withheld_n == 0 ? watches.n : 0));
	audit_watches_clear(&watches);
	audit_clear(&a);
	return done && (t->result != NULL || task_no_memory(p));
}

static void
show(const json_t *result, FILE *out)
{
	fputs("The log holds together: ", out);
	term_put(out, json_get_text(result, "origin"));
	fprintf(out, ", %lld statements, root %s\n", (long long)json_get_whole(result, "size"),
	    json_get_text(result, "root"));
	fprintf(out, "void      %lld, not entitled at their place\n",
	    (long long)json_get_whole(result, "void"));
	fprintf(out, "withheld  %lld, known by their leaves only\n",
	    (long long)json_get_whole(result, "withheld"));
	if (json_is_true(json_object_get(result, "documents_compared")))
		fprintf(out,
		    "documents follow from it: cells %lld, submitters %lld, watches %lld\n",
		    (long long)json_get_whole(result, "cells"),
		    (long long)json_get_whole(result, "submitters"),
		    (long long)json_get_whole(result, "watches"));
	else
		fputs("documents were not compared: they are not of this moment of the log\n", out);
}

const struct verb verb_audit = {
    .name = "audit",
    .operands = "[URL|FOLDER]",
    .operands_max = 1,
    .summary = "check a whole log, and what is published of it",
    .about =
	"Reads the log from the pinned server, another address, or a mirror folder, and believes "
	"none of it: every entry against its statement, every signature, every tile, the root "
	"against the signed checkpoint; then settles every leaf in order by the same rules as the "
	"server, and compares what follows with the published boards, pages of runs and records: "
	"estimates, "
	"ranks, standings, states, verdicts, what policies under watch told. Names the first thing "
	"that does not "
	"hold, with both values.\n"
	"What is withheld is known by its leaf only: where standing may depend on it, it is not "
	"compared.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
