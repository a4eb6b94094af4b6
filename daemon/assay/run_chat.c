/* run_chat.c — chat/1: conversations of two turns, each answer graded by a model.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grade.h"
#include "json.h"
#include "judging.h"
#include "run_parts.h"

#define TURNS 2

/* What is judged is numbered: first each turn of each item, then the anchors. */

static size_t
turns_n(const struct asked *a)
{
	return json_array_size(a->protocol.items) * TURNS;
}

static const json_t *
anchor_of(const struct asked *a, size_t thing)
{
	const json_t *anchors = json_object_get(a->protocol.json, "anchors");

	return thing < turns_n(a) ? NULL : json_array_get(anchors, thing - turns_n(a));
}

static void
thing_name(const struct asked *a, size_t thing, char out[SESSION_KEY_SIZE])
{
	if (anchor_of(a, thing) != NULL)
		snprintf(out, SESSION_KEY_SIZE, "anchor %zu", thing - turns_n(a) + 1);
	else
		snprintf(out, SESSION_KEY_SIZE, "%s %zu", item_text(a, thing / TURNS, "id"),
		    thing % TURNS + 1);
}

static bool
is_open(const struct asked *a, size_t thing)
{
	(void)a;
	(void)thing;
	return true;
}

/* The item an anchor answers; the suite's tests see to it that there is one. */
static size_t
item_named(const struct asked *a, const char *id)
{
	size_t n = json_array_size(a->protocol.items), k = 0;

	while (k + 1 < n && strcmp(item_text(a, k, "id"), id) != 0)
		k++;
	return k;
}

static const char *
answer_of(const struct asked *a, size_t item, size_t turn)
{
	char key[SESSION_KEY_SIZE];
	const char *text;

	answer_key(a, item, turn, key);
	text = answer_text(&a->session, key);
	return text ? text : "";
}

static char *
prompt_of(const struct asked *a, size_t item, size_t turn, const char *answer)
{
	const json_t *judge = json_object_get(a->protocol.json, "judge");
	const char *reference = json_string_value(json_array_get(
	    json_object_get(json_array_get(a->protocol.items, item), "reference"), turn));
	struct text told = {0};
	char *prompt = NULL;

	for (size_t k = 0; k < turn; k++)
		text_addf(&told, "User: %s\n\nAssistant: %s\n\n", item_turn(a, item, k),
		    answer_of(a, item, k));
	text_addf(&told, "User: %s", item_turn(a, item, turn));
	if (!told.failed)
		prompt =
		    prompt_fill(json_get_text(judge, reference ? "prompt_reference" : "prompt"),
			(const struct hole[]){{"conversation", told.data}, {"answer", answer},
			    {"reference", reference ? reference : ""}, {NULL, NULL}});
	text_clear(&told);
	return prompt;
}

static char *
thing_prompt(const struct asked *a, size_t thing)
{
	const json_t *anchor = anchor_of(a, thing);

	if (anchor == NULL)
		return prompt_of(
		    a, thing / TURNS, thing % TURNS, answer_of(a, thing / TURNS, thing % TURNS));
	return prompt_of(a, item_named(a, json_get_text(anchor, "item")),
	    (size_t)json_get_whole(anchor, "turn") - 1, json_get_text(anchor, "answer"));
}

static bool
is_grade(const char *said)
{
	int grade;

	return grade_read(said, &grade);
}

static struct judging
judging_of(const struct asked *a)
{
	return (struct judging){.asked = a,
	    .n = turns_n(a) + json_array_size(json_object_get(a->protocol.json, "anchors")),
	    .name = thing_name,
	    .open = is_open,
	    .prompt = thing_prompt,
	    .understood = is_grade};
}

static bool
judge(struct asked *a, struct fault *f)
{
	struct judging j = judging_of(a);

	return judge_all(a, &j, f);
}

/* ---- what came of it ---- */

/* Return the grade as JSON, new; null where the judge's word has none. */
static json_t *
grade_of(const struct asked *a, size_t thing)
{
	struct judging j = judging_of(a);
	const char *said = judge_word(&j, thing);
	int grade;

	return said != NULL && grade_read(said, &grade) ? json_integer(grade) : json_null();
}

/* The mean of an item's turns that have a grade. */
static json_t *
item_mean(const struct asked *a, size_t item)
{
	int64_t sum = 0, n = 0;

	for (size_t turn = 0; turn < TURNS; turn++) {
		json_t *grade = grade_of(a, item * TURNS + turn);

		n += json_is_integer(grade);
		sum += json_integer_value(grade);
		json_decref(grade);
	}
	return n > 0 ? json_real((double)sum / (double)n) : json_null();
}

static bool
add_means(const struct asked *a, const char *metric, const char *category, json_t *end)
{
	json_t *scores = json_array();

	for (size_t k = 0; k < json_array_size(a->protocol.items); k++) {
		bool counts =
		    category == NULL || strcmp(item_text(a, k, "category"), category) == 0;

		json_array_append_new(scores, counts ? item_mean(a, k) : json_null());
	}
	return asked_add_mean(a, metric, scores, category == NULL, end);
}

static bool
add_turn(const struct asked *a, const char *metric, size_t turn, json_t *end)
{
	json_t *scores = json_array();

	for (size_t k = 0; k < json_array_size(a->protocol.items); k++)
		json_array_append_new(scores, grade_of(a, k * TURNS + turn));
	return asked_add_mean(a, metric, scores, true, end);
}

/* The categories are those the suite has metrics for. */
static bool
add_categories(const struct asked *a, json_t *end)
{
	static const char prefix[] = "score_";
	const struct suite *suite = a->protocol.suite;
	bool done = true;

	for (size_t k = 0; done && k < suite->metrics_n; k++) {
		const char *metric = suite->metrics[k].name;

		if (strncmp(metric, prefix, strlen(prefix)) == 0)
			done = add_means(a, metric, metric + strlen(prefix), end);
	}
	return done;
}

static bool
add_unparsable(const struct asked *a, json_t *end)
{
	json_t *missing = json_array();

	for (size_t k = 0; k < turns_n(a); k++) {
		json_t *grade = grade_of(a, k);

		json_array_append_new(missing, json_integer(json_is_null(grade)));
		json_decref(grade);
	}
	return asked_add_mean(a, "unparsable", missing, false, end);
}

static json_t *
judge_json(const struct asked *a, struct fault *f)
{
	json_t *told = asked_judge(a), *anchors = json_object_get(told, "anchors");

	for (size_t k = turns_n(a); k < judging_of(a).n; k++) {
		json_t *grade = grade_of(a, k);

		if (json_is_null(grade))
			fault_set(f, FAULT_ENDPOINT, a->judge.name,
			    "a judge whose grades can be read; take another one",
			    "none of anchor %zu", k - turns_n(a) + 1);
		json_array_append_new(anchors, grade);
	}
	return told;
}

static json_t *
grade(const struct asked *a, struct fault *f)
{
	json_t *end = json_pack("{s:[], s:[], s:o}", "results", "items", "judge", judge_json(a, f));

	if (f->code == FAULT_NONE && add_means(a, "score", NULL, end) &&
	    add_turn(a, "first_turn", 0, end) && add_turn(a, "second_turn", 1, end) &&
	    add_categories(a, end) && add_unparsable(a, end))
		return end;
	fault_set(f, FAULT_NO_MEMORY, "", "memory for results", "none");
	json_decref(end);
	return NULL;
}

bool
run_chat(struct task *t, struct problem *p)
{
	static const struct asked_suite suite = {
	    .name = "chat", .needs_judge = true, .judge = judge, .grade = grade};

	return run_asked(t, &suite, p);
}
