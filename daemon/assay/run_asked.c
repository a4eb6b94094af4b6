/* run_asked.c — the suites of `assay run` whose questions go to an endpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run_asked.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "explain.h"
#include "json.h"
#include "run_intent.h"
#include "run_parts.h"
#include "run_party.h"
#include "suite_folder.h"

static void
tell_plan(const struct asked *a, const struct asked_suite *suite)
{
	size_t left = suite->left != NULL ? suite->left(a) : subject_left(a);

	task_note(a->task,
	    "%s/%lld: %zu questions left to %s at %s, %ld at a time, up to %lld tokens each",
	    a->protocol.suite->name, (long long)a->protocol.suite->version, left, a->subject.name,
	    a->subject.host, a->subject.endpoint.at_once, (long long)a->subject.max_tokens);
	if (a->judge.present)
		task_note(a->task, "%s at %s judges", a->judge.name, a->judge.host);
	task_note(a->task, "the session is kept in %s; the same command goes on with it",
	    a->session.path);
	if (a->subject.key != NULL && strncmp(a->subject.url, "https:", 6) != 0 &&
	    !net_is_own_machine(a->subject.url))
		task_note(a->task, "the key travels unencrypted to %s", a->subject.host);
}

static bool
measure(struct asked *a, const struct asked_suite *suite, struct fault *f)
{
	if (session_line(&a->session, SESSION_END) != NULL)
		return true;
	return (suite->ask != NULL ? suite->ask(a, f) : ask_subject(a, f)) &&
	       (!a->judge.present || suite->judge == NULL || suite->judge(a, f)) &&
	       end_session(a, suite, f);
}

/* ---- from the command line to the server ---- */

static bool
read_parties(struct asked *a, const struct asked_suite *suite, struct fault *f)
{
	const struct args *args = a->task->args;
	const json_t *judge = json_object_get(a->protocol.json, "judge");
	long max_tokens = a->protocol.max_tokens;

	if (!party_read(args, false, &a->subject, f) || !party_read(args, true, &a->judge, f) ||
	    !args_whole(args, "max-tokens", 1, 1000000, &max_tokens, f))
		return false;
	if (suite->needs_judge && !a->judge.present)
		return fault_set(f, FAULT_OPTION, "--judge-endpoint",
		    "--judge-endpoint and --judge-model, for this suite is judged by a model",
		    "neither");
	if (a->subject.revision[0] == 0 && args_has(args, "revision"))
		snprintf(a->subject.revision, sizeof(a->subject.revision), "%s",
		    args_text(args, "revision"));
	a->subject.temperature = a->protocol.temperature;
	a->subject.max_tokens = max_tokens;
	a->judge.temperature = json_number_value(json_object_get(judge, "temperature"));
	a->judge.max_tokens = json_get_whole(judge, "max_tokens");
	return true;
}

static bool
prepare(struct asked *a, const struct asked_suite *suite, struct suite_set **set, struct fault *f)
{
	char *folder = NULL;
	const struct suite *newest;
	bool done = suite_folder_load(a->task->args, set, &folder, f);

	newest = done ? suite_newest(*set, suite->name) : NULL;
	if (done && newest == NULL)
		done = fault_set(
		    f, FAULT_UNKNOWN_SUITE, "--suites", suite->name, "a folder without it");
	done = done && protocol_load(folder, newest, &a->protocol, f) &&
	       read_parties(a, suite, f) && (!suite->needs_machine || asked_machine(a, f)) &&
	       open_session(a, f);
	free(folder);
	return done;
}

static bool
sign(struct asked *a, const struct asked_suite *suite, struct problem *p)
{
	static const struct flag model = {.name = "model"}, revision = {.name = "revision"},
				 intent = {.name = "intent"};
	const char *revised = a->subject.revision[0] ? a->subject.revision : NULL;
	const struct arg more[] = {{&model, a->subject.name}, {&revision, revised},
	    {&intent, a->intent[0] ? a->intent : NULL}};

	return run_import(a->task, suite->name, a->session.path, more, 3, p);
}

/* Said once a session, however often it goes on; never of one that was begun without. */
static void
intend(struct asked *a, const struct asked_suite *suite)
{
	const char *engine = args_text(a->task->args, "engine");
	struct text note = {0};
	struct run_plan plan = {.suite = suite->name,
	    .model = a->subject.name,
	    .engine = engine ? engine : ASKED_ENGINE,
	    .count = 1};

	text_addf(&note, "%s.intent", a->session.path);
	plan.note = note.data;
	if (json_object_size(a->session.lines) == 0 || access(note.data, F_OK) == 0)
		run_intend(a->task, &plan, a->intent);
	text_clear(&note);
}

bool
run_asked(struct task *t, const struct asked_suite *suite, struct problem *p)
{
	struct asked a = {.task = t};
	struct suite_set *set = NULL;
	bool done = prepare(&a, suite, &set, &p->fault);

	if (done) {
		tell_plan(&a, suite);
		intend(&a, suite);
	}
	done = done && measure(&a, suite, &p->fault) && sign(&a, suite, p);
	if (a.interrupted) {
		task_note(t, "interrupted; nothing was signed. The same command goes on where it "
			     "was; no question is asked twice");
		t->exit = EXIT_CODE_LATER;
	}
	session_close(&a.session);
	protocol_clear(&a.protocol);
	party_clear(&a.subject);
	party_clear(&a.judge);
	suite_set_free(set);
	return done;
}
