/* verb_doctor.c — say in plain words what is wrong with a server, or with this machine's own
 * set-up. SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "args.h"
#include "doctor.h"
#include "home.h"
#include "json.h"
#include "net.h"
#include "pin.h"
#include "term.h"
#include "verb.h"

static const struct flag flags[] = {
    {.name = "suites",
	.value = "DIR",
	.path = true,
	.help = "The folder eval-suites, instead of $ASSAY_SUITES or the one beside the program."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay doctor", "Look at this machine and the server it is enrolled with."},
    {"assay doctor https://assay.example.org", "Look at any server, as its operator would."},
    {"assay doctor --json | jq '.findings[] | select(.level == \"wrong\")'",
	"See only what is wrong, for a script."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "nothing is wrong; there may be warnings and notes"},
    {EXIT_CODE_REFUSED, "something is wrong with how the server or its proxy is set up"},
    {EXIT_CODE_USAGE, "the address is not understood"},
    {EXIT_CODE_LOCAL, "something is wrong on this machine: key, spool, suites, clock"},
    {EXIT_CODE_LATER, "the server cannot be reached, or is not ready"},
    {EXIT_CODE_IDENTITY, "wrong key, or a split view: this log cannot be trusted now"},
    {0, NULL},
};

static void
take_exit(struct task *t, const json_t *findings)
{
	const json_t *one;
	size_t i;

	json_array_foreach (findings, i, one)
		if (json_get_whole(one, "exit_code") > (int64_t)t->exit)
			t->exit = (enum exit_code)json_get_whole(one, "exit_code");
}

static bool
run(struct task *t, struct problem *p)
{
	const char *given = t->args->operands_n > 0 ? t->args->operands[0] : NULL;
	struct home home = {0};
	struct pin pin = {0};
	char url[NET_URL_MAX] = "";
	json_t *server = json_array(), *own = json_array();
	bool done = home_find(t->args, &home, &p->fault) && pin_load(&home, &pin, &p->fault);

	if (done && given != NULL)
		done = net_url(given, url, &p->fault);
	else if (done && pin.present)
		snprintf(url, sizeof(url), "%s", pin.url);
	if (done && url[0] != 0)
		doctor_look_at_server(server, url, &home, &pin);
	if (done)
		doctor_look_at_home(own, t->args, &home, &pin);
	take_exit(t, server);
	take_exit(t, own);
	t->result = json_pack("{s:s, s:o, s:o}", "server", url, "findings", server, "own", own);
	home_close(&home);
	return done;
}

static void
show_list(const json_t *list, FILE *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		const char *todo = json_get_text(one, "do");

		fprintf(
		    out, "  %-6s%-17s", json_get_text(one, "level"), json_get_text(one, "check"));
		term_say(out, json_get_text(one, "says"));
		if (todo[0] != 0) {
			fprintf(out, "  %-6s%-17sdo: ", "", "");
			term_say(out, todo);
		}
	}
}

static void
show(const json_t *result, FILE *out)
{
	if (json_array_size(json_object_get(result, "findings")) > 0) {
		fputs("The server at ", out);
		term_say(out, json_get_text(result, "server"));
		show_list(json_object_get(result, "findings"), out);
		fputs("\n", out);
	}
	fputs("This machine\n", out);
	show_list(json_object_get(result, "own"), out);
}

const struct verb verb_doctor = {
    .name = "doctor",
    .operands = "[URL]",
    .operands_max = 1,
    .summary = "say what is wrong with a server or with this machine, and what to do",
    .about = "Looks at a server from outside (reached, ready, clock, certificate, its log's key, "
	     "checkpoint and history, what the proxy in front passes on) and at this machine (key, "
	     "pinned server, spool, suites, the programs that measure, GPUs). Each finding is ok, "
	     "note, warn or wrong, with what to do. Nothing is signed or sent.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
