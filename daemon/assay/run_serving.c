/* run_serving.c — serving/1: how fast a model is served to some at a time.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "json.h"
#include "run_asked.h"
#include "run_parts.h"
#include "serving_load.h"
#include "serving_results.h"

#define LEVELS_MAX 16

struct levels {
	long at_once[LEVELS_MAX];
	size_t n;
};

/* One level's prompts: numbered, so that no server has any begin of one in its cache. */
struct prompts {
	const struct asked *asked;
	long at_once;
};

/* "1,2,4": rising numbers. Returns false for anything else. */
static bool
parse_levels(const char *list, struct levels *out)
{
	out->n = 0;
	for (;;) {
		char *end;
		long value = strtol(list, &end, 10);

		if (end == list || value < 1 || value > ENDPOINT_AT_ONCE_MAX ||
		    out->n == LEVELS_MAX || (out->n > 0 && value <= out->at_once[out->n - 1]))
			return false;
		out->at_once[out->n++] = value;
		if (*end == 0)
			return true;
		if (*end != ',')
			return false;
		list = end + 1;
	}
}

/* The command line's, else the protocol's. */
static bool
levels_of(const struct asked *a, struct levels *out, struct fault *f)
{
	const char *given = args_text(a->task->args, "levels");

	if (given == NULL)
		given = json_get_text(a->protocol.json, "levels");
	return parse_levels(given, out) ||
	       fault_set(f, FAULT_OPTION, "--levels",
		   "rising whole numbers from 1 to 64 with commas between them", "\"%s\"", given);
}

static size_t
streams_n(const struct asked *a, long at_once)
{
	const json_t *streams = json_object_get(a->protocol.json, "streams");
	int64_t n = json_get_whole(streams, "each") * at_once;

	return (
	    size_t)(n > json_get_whole(streams, "least") ? n : json_get_whole(streams, "least"));
}

static void
level_key(long at_once, char out[SESSION_KEY_SIZE])
{
	snprintf(out, SESSION_KEY_SIZE, "level %ld", at_once);
}

static const json_t *
level_line(const struct asked *a, long at_once)
{
	char key[SESSION_KEY_SIZE];

	level_key(at_once, key);
	return session_line(&a->session, key);
}

static char *
prompt_of(const void *arg, size_t k)
{
	const struct prompts *p = arg;
	char number[40];

	snprintf(number, sizeof(number), "%ld-%zu", p->at_once, k + 1);
	return prompt_fill(json_get_text(p->asked->protocol.json, "prompt"),
	    (const struct hole[]){{"number", number},
		{"text", item_turn(p->asked, k % json_array_size(p->asked->protocol.items), 0)},
		{NULL, NULL}});
}

/* n streams; their times are a line of the session, or with warm_up forgotten. */
static bool
run_level(struct asked *a, long at_once, size_t n, bool warm_up, struct fault *f)
{
	const struct prompts prompts = {.asked = a, .at_once = at_once};
	const struct load load = {
	    .party = &a->subject, .n = n, .at_once = at_once, .prompt = prompt_of, .arg = &prompts};
	char key[SESSION_KEY_SIZE];
	json_t *line = NULL;
	bool done = load_run(&load, &line, &a->interrupted, f);

	level_key(at_once, key);
	if (done && !warm_up)
		return session_add(&a->session, key, line, f);
	json_decref(line);
	return done;
}

/* A level is measured whole or not at all: half of it would be another load. */
static bool
ask(struct asked *a, struct fault *f)
{
	struct levels levels;
	bool warm = false, done = levels_of(a, &levels, f);

	for (size_t k = 0; done && k < levels.n; k++) {
		long at_once = levels.at_once[k];

		if (level_line(a, at_once) != NULL)
			continue;
		done = (warm || run_level(a, 1, 1, true, f)) &&
		       run_level(a, at_once, streams_n(a, at_once), false, f);
		warm = true;
	}
	return done;
}

static size_t
left(const struct asked *a)
{
	struct levels levels;
	size_t n = 0;

	for (size_t k = 0; levels_of(a, &levels, NULL) && k < levels.n; k++)
		if (level_line(a, levels.at_once[k]) == NULL)
			n += streams_n(a, levels.at_once[k]);
	return n;
}

static json_t *
grade(const struct asked *a, struct fault *f)
{
	json_t *results = json_array();
	struct levels levels;
	bool done = levels_of(a, &levels, f);

	for (size_t k = 0; done && k < levels.n; k++)
		done = serving_results(level_line(a, levels.at_once[k]), levels.at_once[k],
			   a->subject.max_tokens, results) ||
		       fault_set(f, FAULT_NO_MEMORY, "", "memory for results", "none");
	if (done)
		return json_pack("{s:o}", "results", results);
	json_decref(results);
	return NULL;
}

bool
run_serving(struct task *t, struct problem *p)
{
	static const struct asked_suite suite = {
	    .name = "serving", .needs_machine = true, .ask = ask, .left = left, .grade = grade};

	return run_asked(t, &suite, p);
}
