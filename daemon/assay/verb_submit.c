/* verb_submit.c — send what waits in the spool.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "deliver.h"
#include "explain.h"
#include "file.h"
#include "home.h"
#include "pin.h"
#include "spool.h"

#define FILE_MAX_BYTES (256 * 1024 * 1024)

static const struct flag flags[] = {
    {.name = "server",
	.value = "URL",
	.help = "Another address of the pinned server; it must still be the same log."},
    {.name = "retry-refused", .help = "Send also what the server refused before."},
    {.name = "wait",
	.value = "SECONDS",
	.help =
	    "How long in all to wait for a server that says when it has room again (default 5)."},
    {.name = "receipts",
	.value = "SECONDS",
	.help = "How long to wait for the proofs that the log holds what was sent (default 10); 0: "
		"not at all, `assay status` fetches them later."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay submit", "Send everything that is signed and not yet acknowledged."},
    {"assay submit --retry-refused", "Try also what was refused before."},
    {"assay submit signed.json", "Take a statement signed elsewhere into the spool and send all."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "everything that was to be sent is acknowledged; results may be held"},
    {EXIT_CODE_REFUSED, "the server refused a statement, which stays in the spool, marked; or the "
			"log contradicts what it signed before"},
    {EXIT_CODE_USAGE, "the command line is not understood, or no server is pinned"},
    {EXIT_CODE_LOCAL, "the spool cannot be read or written"},
    {EXIT_CODE_LATER, "the server cannot be reached or is busy; nothing is lost"},
    {EXIT_CODE_IDENTITY, "the server is not the one that was pinned; nothing was sent"},
    {0, NULL},
};

static bool
take_line(const struct home *h, const char *where, const char *line, size_t n, struct fault *f)
{
	struct fault local = {0};
	char id[HEX32_SIZE];
	bool fresh;

	if (spool_take(h, line, n, id, &fresh, &local))
		return true;
	if (fault_info(local.code)->exit_code != EXIT_CODE_REFUSED)
		return fault_set(f, local.code, local.path, local.expected, "%s", local.got);
	return fault_set(f, FAULT_FILE_FORMAT, where, "one signed statement on each line", "%s",
	    fault_info(local.code)->title);
}

static bool
take_file(const struct home *h, const char *path, struct fault *f)
{
	char *data = NULL, where[300];
	size_t n = 0, start = 0;
	bool done = file_read(path, FILE_MAX_BYTES, &data, &n, f);

	for (size_t line = 1; done && start < n; line++) {
		const char *end = memchr(data + start, '\n', n - start);
		size_t length = end ? (size_t)(end - data) - start : n - start;

		snprintf(where, sizeof(where), "%s:%zu", path, line);
		if (length > 0)
			done = take_line(h, where, data + start, length, f);
		start += length + 1;
	}
	free(data);
	return done;
}

static bool
take_files(const struct task *t, const struct home *h, struct fault *f)
{
	for (size_t i = 0; i < t->args->operands_n; i++)
		if (!take_file(h, t->args->operands[i], f))
			return false;
	return true;
}

static bool
run(struct task *t, struct problem *p)
{
	struct round round = {.task = t, .wait_s = DELIVER_WAIT_S, .receipt_s = DELIVER_RECEIPT_S};
	struct home home = {0};
	struct pin pin;
	bool done;

	round.home = &home;
	round.retry_refused = args_has(t->args, "retry-refused");
	done = args_whole(t->args, "wait", 0, 86400, &round.wait_s, &p->fault) &&
	       args_whole(t->args, "receipts", 0, 86400, &round.receipt_s, &p->fault) &&
	       home_find(t->args, &home, &p->fault) && pin_need(&home, &pin, &p->fault) &&
	       home_make(&home, &p->fault) && take_files(t, &home, &p->fault) &&
	       deliver_all(&round, &pin, args_text(t->args, "server"), &t->result, p);
	home_close(&home);
	return done;
}

const struct verb verb_submit = {
    .name = "submit",
    .operands = "[FILE...]",
    .operands_max = 10000,
    .summary = "send what is signed and waits in the spool",
    .about =
	"Sends every statement of the spool to the pinned server, enrolments first, then oldest "
	"first, many in one request where the server takes that. What the server acknowledges "
	"moves to sent/ together with its answer; what it "
	"refuses stays, marked with the reason, and is sent again only if the reason may have "
	"passed (a key not enrolled, a suite not known) or --retry-refused is given; if the "
	"server cannot be reached everything stays. Ending it at any time loses nothing and sends "
	"nothing twice: a statement's id is made from its bytes.\n"
	"Before anything is sent, origin, key and first config of the server are compared with "
	"what was pinned at enrolment.\n"
	"Then it waits until each is in the log and keeps the receipt in sent/ID.receipt.json, for "
	"`assay verify`: checked against the pinned key, and its checkpoint against the newest one "
	"seen before. Two checkpoints that cannot both be true are kept side by side.\n"
	"Files that were imported with --evidence are sent behind the statements that name them, "
	"and wait in evidence/ until then; one that the server refuses for good stays there as "
	"SHA256.refused.\n"
	"A FILE holds statements signed elsewhere, one envelope a line; they join the spool "
	"first.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = deliver_show,
};
