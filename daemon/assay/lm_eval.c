/* lm_eval.c — importer of EleutherAI's lm-evaluation-harness: one draft for each task and filter.
 * SPDX-License-Identifier: Apache-2.0 */
#include "lm_eval.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "glance.h"
#include "json.h"
#include "mend.h"
#include "number.h"
#include "suite_folder.h"

#define STDERR "_stderr"
#define NAME_MAX_BYTES 100
#define TEXT_MAX_BYTES 200

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for an import", "none");
}

static void
suite_name(const char *task, char *out, size_t room)
{
	snprintf(out, room, "lm-eval-%s", task);
	for (char *c = out; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c | 32);
		else if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '-'))
			*c = '_';
	}
}

const struct suite *
lm_eval_suite(const struct lm_eval *l, const char *task)
{
	char name[NAME_MAX_BYTES];

	suite_name(task, name, sizeof(name));
	return suite_newest(l->in->suites, name);
}

static bool
fault_at(const struct lm_eval *l, const char *task, const char *key, const char *expected,
    const char *got)
{
	struct text way = {0};

	text_addf(&way, "results\n%s\n%s", task, key);
	record_fault(l->f, l->record, way.data ? way.data : "results", expected, "%s", got);
	text_clear(&way);
	return false;
}

/* ---- what a result was measured under ---- */

/* A version is a number, or a number as text: 1.0, "1" and 1 are the same. */
static void
set_version(const struct lm_eval *l, const char *task, json_t *conditions)
{
	const json_t *version = json_object_get(json_object_get(l->root, "versions"), task);
	char number[REAL_SIZE];
	double value;

	if (json_is_number(version))
		value = json_number_value(version);
	else if (!json_is_string(version) || !real_parse(json_string_value(version), &value)) {
		if (json_string_length(version) > 0 && json_string_length(version) < 40)
			json_object_set(conditions, "task_version", (json_t *)version);
		return;
	}
	real_print(value, number);
	json_object_set_new(conditions, "task_version", json_string(number));
}

static void
set_shots(const struct lm_eval *l, const char *task, json_t *conditions)
{
	json_t *shots = json_object_get(json_object_get(l->root, "n-shot"), task);

	if (!json_is_integer(shots))
		shots = json_object_get(
		    json_object_get(json_object_get(l->root, "configs"), task), "num_fewshot");
	if (!json_is_integer(shots))
		shots = json_object_get(l->config, "num_fewshot");
	if (json_is_integer(shots))
		json_object_set(conditions, "num_fewshot", shots);
}

/* A text by its digest: it may be long, and may be private. */
static void
set_digest(json_t *conditions, const char *name, const json_t *sha)
{
	if (json_string_length(sha) > 0 && json_string_length(sha) <= TEXT_MAX_BYTES)
		json_object_set(conditions, name, (json_t *)sha);
}

/* How the model was spoken to. A template that the endpoint has is there, but not told. */
static void
set_prompting(const struct lm_eval *l, json_t *conditions)
{
	const json_t *template = json_object_get(l->root, "chat_template");

	set_digest(
	    conditions, "system_instruction", json_object_get(l->root, "system_instruction_sha"));
	set_digest(conditions, "chat_template", json_object_get(l->root, "chat_template_sha"));
	if (json_is_string(template) && json_string_length(template) == 0)
		json_object_set_new(conditions, "chat_template", json_string("endpoint"));
	if (json_is_true(json_object_get(l->root, "fewshot_as_multiturn")))
		json_object_set_new(conditions, "fewshot_as_multiturn", json_true());
}

/* What was asked for over what the task says itself: by digest where it is long. */
static void
set_generation(const struct lm_eval *l, json_t *conditions)
{
	const json_t *told = json_object_get(l->config, "gen_kwargs");
	char hex[HEX32_SIZE];
	uint8_t digest[SHA256_SIZE];
	struct text printed = {0};

	if (json_is_string(told))
		text_add_str(&printed, json_string_value(told));
	else if (json_object_size(told) > 0)
		json_print(told, &printed);
	if (printed.n > TEXT_MAX_BYTES) {
		sha256_of(printed.data, printed.n, digest);
		hex_print(digest, SHA256_SIZE, hex);
		json_object_set_new(conditions, "gen_kwargs", json_string(hex));
	} else if (printed.n > 0) {
		json_object_set_new(conditions, "gen_kwargs", json_string(printed.data));
	}
	text_clear(&printed);
}

/* ---- how many documents ---- */

/* For scores of 0 and 1 the standard error of their mean tells how many there were: it is
 * sqrt(p (1 - p) / (n - 1)). 0 if it does not. */
static int64_t
documents_by_error(const json_t *entry)
{
	static const char *const means[][2] = {
	    {"acc", "acc_stderr"}, {"acc_norm", "acc_norm_stderr"}};

	for (size_t k = 0; k < 2; k++) {
		double p, se, n;

		if (real_of(json_object_get(entry, means[k][0]), &p) != REAL_FINITE ||
		    real_of(json_object_get(entry, means[k][1]), &se) != REAL_FINITE || se <= 0 ||
		    p <= 0 || p >= 1)
			continue;
		n = p * (1 - p) / (se * se) + 1;
		if (n < 1e9 && fabs(n - (double)(int64_t)(n + 0.5)) < 1e-4)
			return (int64_t)(n + 0.5);
	}
	return 0;
}

static int64_t
documents(const struct lm_eval *l, const char *task, const json_t *entry, const char *key)
{
	const json_t *samples = json_object_get(json_object_get(l->root, "n-samples"), task);
	int64_t n = json_get_whole(json_object_get(entry, "sample_count"), key);

	if (n < 1)
		n = json_get_whole(samples, "effective");
	if (n < 1)
		n = json_get_whole(entry, "sample_len");
	return n > 0 ? n : documents_by_error(entry);
}

/* Part of the documents is another test: it meets its like alone. */
static void
set_limit(const struct lm_eval *l, const char *task, int64_t n, json_t *conditions)
{
	const json_t *samples = json_object_get(json_object_get(l->root, "n-samples"), task);
	const json_t *limit = json_object_get(l->config, "limit");

	if (json_get_whole(samples, "effective") < json_get_whole(samples, "original") ||
	    json_is_number(limit))
		json_object_set_new(conditions, "limit", json_integer(n));
}

/* ---- one task ---- */

static json_t *
conditions_of(const struct lm_eval *l, const char *task, const char *filter, int64_t n)
{
	json_t *conditions = json_object();

	set_version(l, task, conditions);
	set_shots(l, task, conditions);
	json_object_set_new(conditions, "filter", json_string(filter));
	set_limit(l, task, n, conditions);
	set_prompting(l, conditions);
	set_generation(l, conditions);
	return conditions;
}

static void
set_start(const struct lm_eval *l, json_t *body)
{
	double at;
	char time[TIME_SIZE];

	if (real_of(json_object_get(l->root, "date"), &at) != REAL_FINITE || at < 1 || at > 4e9)
		return;
	time_print((int64_t)at, time);
	json_object_set_new(body, "started_at", json_string(time));
}

static json_t *
items_of(const struct lm_eval *l, const char *task, const char *filter, const struct suite *suite)
{
	json_t *metrics = json_object_get(json_object_get(l->scores, task), filter), *scores;
	json_t *items = json_array();
	const char *metric;
	char hex[HEX32_SIZE];

	json_object_foreach (metrics, metric, scores) {
		const struct suite_metric *row = suite_metric(suite, metric);

		if (row == NULL || !row->has_items)
			continue;
		hex_print(suite->items_digest, SHA256_SIZE, hex);
		json_array_append_new(items, json_pack("{s:s, s:s, s:O}", "metric", metric,
						 "digest", hex, "scores", scores));
	}
	return items;
}

static json_t *
extra_of(const struct lm_eval *l, const char *task, json_t *body)
{
	json_t *extra = json_object_get(body, "extra");
	const json_t *hash = json_object_get(json_object_get(l->root, "task_hashes"), task);

	if (json_string_length(hash) == 64)
		json_object_set(extra, "task_hash", (json_t *)hash);
	return extra;
}

/* Return the draft of a task and filter, which is started if it is not there; NULL without memory.
 */
static struct draft *
draft_of(struct lm_eval *l, const char *task, const char *filter, json_t *places)
{
	const json_t *place = json_object_get(places, filter);
	struct draft *d;
	json_t *items;

	if (place != NULL)
		return &l->out->list[json_integer_value(place)];
	d = draft_add(l->out);
	if (d == NULL)
		return NULL;
	json_object_set_new(places, filter, json_integer((json_int_t)l->out->n - 1));
	d->body = json_pack("{s:[]}", "results");
	d->model_file = lm_eval_subject(l, d->body);
	d->task = strdup(task);
	d->suite = lm_eval_suite(l, task);
	d->wants_weights = true;
	d->devices_unclear = true;
	if (d->body == NULL || d->model_file == NULL || d->task == NULL)
		return NULL;
	extra_of(l, task, d->body);
	set_start(l, d->body);
	items = d->suite != NULL ? items_of(l, task, filter, d->suite) : NULL;
	if (json_array_size(items) > 0)
		json_object_set(d->body, "items", items);
	json_decref(items);
	return d;
}

/* Find the standard error of METRIC or METRIC,FILTER: a number, "N/A", or nothing. */
static const json_t *
error_of(const json_t *entry, const char *metric, const char *filter)
{
	struct text key = {0};
	const json_t *found;

	text_addf(&key, "%s" STDERR "%s%s", metric, filter ? "," : "", filter ? filter : "");
	found = key.data ? json_object_get(entry, key.data) : NULL;
	text_clear(&key);
	return found;
}

static json_t *
result_of(
    const struct lm_eval *l, const char *task, const json_t *entry, const char *key, double value)
{
	const char *comma = strchr(key, ',');
	char metric[NAME_MAX_BYTES];
	int64_t n = documents(l, task, entry, key);
	const json_t *error;
	json_t *result;
	double se;

	snprintf(metric, sizeof(metric), "%.*s", comma ? (int)(comma - key) : 64, key);
	error = error_of(entry, metric, comma ? comma + 1 : NULL);
	if (n < 1)
		drafts_note(l->out, "%s: how many documents it has is not told; n is 1", task);
	result = json_pack("{s:s, s:o, s:f, s:I}", "metric", metric, "conditions",
	    conditions_of(l, task, comma ? comma + 1 : "none", n), "value", value, "n",
	    (json_int_t)(n < 1 ? 1 : n));
	if (real_of(error, &se) == REAL_FINITE && se >= 0)
		json_object_set_new(result, "se", json_real(se));
	return result;
}

/* Names and counts stand among the values; METRIC,FILTER is a value, up to 0.3 METRIC alone. */
static bool
is_value(const char *key, const json_t *value, bool has_filters)
{
	static const char *const others[] = {"alias", "name", "sample_len", "sample_count", " "};
	const char *comma = strchr(key, ',');
	size_t n = comma != NULL ? (size_t)(comma - key) : strlen(key);
	double real;

	for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
		if (strcmp(key, others[k]) == 0)
			return false;
	if (n >= strlen(STDERR) && memcmp(key + n - strlen(STDERR), STDERR, strlen(STDERR)) == 0)
		return false;
	return comma != NULL || (!has_filters && real_of(value, &real) != REAL_OTHER);
}

/* Tell whether the task's suite, if it has one, has this metric; what it lacks is noted. */
static bool
is_known(struct lm_eval *l, const char *task, const char *key)
{
	const struct suite *suite = lm_eval_suite(l, task);
	char metric[NAME_MAX_BYTES];

	snprintf(metric, sizeof(metric), "%.*s", (int)strcspn(key, ","), key);
	if (suite == NULL || suite_metric(suite, metric) != NULL)
		return true;
	drafts_note(
	    l->out, "%s is not a metric of the suite %s and is left out", metric, suite->name);
	return false;
}

static bool
read_value(struct lm_eval *l, const char *task, const json_t *entry, const char *key,
    const json_t *value, json_t *places)
{
	const char *comma = strchr(key, ',');
	struct draft *d;
	double real;

	if (!is_value(key, value, json_object_get(l->root, "configs") != NULL))
		return true;
	switch (real_of(value, &real)) {
	case REAL_ABSENT:
	case REAL_NOT_FINITE:
		drafts_note(l->out, "%s: %.60s is no number and is left out", task, key);
		return true;
	case REAL_OTHER:
		return fault_at(l, task, key, "a number",
		    json_is_string(value) ? json_string_value(value) : "something else");
	case REAL_FINITE:
		break;
	}
	if ((comma ? (size_t)(comma - key) : strlen(key)) > 64)
		return fault_at(
		    l, task, key, "the name of a metric, at most 64 bytes", "a longer one");
	if (!is_known(l, task, key))
		return true;
	d = draft_of(l, task, comma ? comma + 1 : "none", places);
	if (d == NULL)
		return no_memory(l->f);
	return json_array_append_new(json_object_get(d->body, "results"),
		   result_of(l, task, entry, key, real)) == 0 ||
	       no_memory(l->f);
}

/* A group's values are made of its tasks': without a suite of its own it says nothing new. */
static bool
is_bare_group(const struct lm_eval *l, const char *task)
{
	const json_t *children = json_object_get(json_object_get(l->root, "group_subtasks"), task);

	return (json_array_size(children) > 0 ||
		   json_object_get(json_object_get(l->root, "groups"), task) != NULL) &&
	       lm_eval_suite(l, task) == NULL;
}

static bool
read_task(struct lm_eval *l, const char *task, json_t *entry)
{
	json_t *places = json_object(), *value;
	const char *key;
	bool done = true;

	if (!json_is_object(entry)) {
		json_decref(places);
		return fault_at(l, task, "", "an object of metrics", "something else");
	}
	if (is_bare_group(l, task))
		drafts_note(l->out, "group %s is left out: its tasks are there themselves", task);
	else
		json_object_foreach (entry, key, value)
			if (!read_value(l, task, entry, key, value, places)) {
				done = false;
				break;
			}
	json_decref(places);
	return done;
}

static bool
read_root(struct lm_eval *l)
{
	json_t *results = json_object_get(l->root, "results"), *entry;
	const char *task;

	if (!json_is_object(results))
		return record_fault(l->f, l->record, "results", "an object of tasks", "%s",
		    results ? "something else" : "nothing");
	if (!lm_eval_samples(l, l->f))
		return false;
	json_object_foreach (results, task, entry)
		if (!read_task(l, task, entry))
			return false;
	return l->out->n > 0 || record_fault(l->f, l->record, "results",
				    "tasks with values of metrics that their suites have", "none");
}

static bool
read(const struct source *in, struct drafts *out, struct fault *f)
{
	struct lm_eval l = {.in = in, .out = out, .scores = json_object(), .f = f};
	struct records r = {0};
	bool done;

	memset(out, 0, sizeof(*out));
	done = records_read_python(in->data, in->n, &r, f);
	if (done && r.n != 1)
		done =
		    record_fault(f, &r.list[1], "results", "one object in a file", "a second one");
	if (done) {
		l.record = &r.list[0];
		l.root = r.list[0].json;
		l.config = json_object_get(l.root, "config");
		done = read_root(&l);
	}
	json_decref(l.scores);
	records_clear(&r);
	return done;
}

static bool
recognise(const struct glance *g)
{
	return (g->kind == GLANCE_OBJECT || g->kind == GLANCE_LINES) &&
	       glance_begins(g, "results", '{') &&
	       (glance_has(g, "configs") || glance_has(g, "versions"));
}

static bool
companion(const struct glance *g)
{
	return (g->kind == GLANCE_OBJECT || g->kind == GLANCE_LINES) && glance_has(g, "doc_id") &&
	       glance_has(g, "resps") && glance_has(g, "filtered_resps");
}

static const char *
media_type(const char *data, size_t n)
{
	struct glance g;

	glance_at(data, n, &g);
	return companion(&g) ? "application/jsonl" : "application/json";
}

const struct importer importer_lm_eval = {
    .name = "lm-eval",
    .summary = "EleutherAI's lm-evaluation-harness 0.3 and 0.4: results, with their samples",
    .recognise = recognise,
    .companion = companion,
    .read = read,
    .media_type = media_type,
};
