/* verb_invite.c — spare somebody's enrolment the proof of work.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <time.h>

#include "args.h"
#include "home.h"
#include "invitation.h"
#include "json.h"
#include "pin.h"
#include "term.h"
#include "text.h"

#define DAYS 14
#define DAY_S (24 * 60 * 60)

static const struct flag flags[] = {
    {.name = "days", .value = "N", .help = "How long it is good; 14 if not given."},
    FLAG_KEY,
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay invite > for-lab-7.json", "Make an invitation, good for two weeks and one enrolment."},
    {"assay enrol --server https://assay.example.org --name lab-7 --invitation for-lab-7.json",
	"What the invited one does with it."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the invitation was printed"},
    {EXIT_CODE_USAGE, "an option is not what it should be, or no server is pinned"},
    {EXIT_CODE_LOCAL, "the key cannot be used"},
    {0, NULL},
};

static bool
run(struct task *t, struct problem *p)
{
	struct home home = {0};
	struct pin pin;
	struct keypair key = {0};
	long days = DAYS;
	bool done = args_whole(t->args, "days", 1, 366, &days, &p->fault) &&
		    home_find(t->args, &home, &p->fault) && pin_need(&home, &pin, &p->fault) &&
		    home_key(&home, &key, &p->fault);

	if (done)
		t->result = invitation_make(pin.origin, (int64_t)time(NULL) + days * DAY_S, &key);
	keypair_wipe(&key);
	home_close(&home);
	return done && (t->result != NULL || task_no_memory(p));
}

static void
show(const json_t *result, FILE *out)
{
	struct text line = {0};

	json_print(result, &line);
	if (line.data != NULL)
		term_say(out, line.data);
	text_clear(&line);
}

const struct verb verb_invite = {
    .name = "invite",
    .operands = "",
    .summary = "spare somebody's enrolment the proof of work",
    .about = "Prints an invitation, signed with your key, for one enrolment: give it to the one "
	     "you mean, who passes it to `assay enrol --invitation`. It is good only while you are "
	     "staff and your key is current, once, and until it expires. Nothing is sent.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
