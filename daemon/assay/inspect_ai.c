/* inspect_ai.c — logs of Inspect AI, as JSON or as .eval archives.
 * SPDX-License-Identifier: Apache-2.0 */
#include "inspect_ai.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft_parts.h"
#include "encode.h"
#include "glance.h"
#include "importer.h"
#include "json.h"
#include "number.h"
#include "zip.h"

#define RESULTS_MAX 1000 /* each mean is checked against all samples */

struct reading {
	const struct inspect_log *log;
	struct drafts *out;
	struct draft *d;
	json_t *conditions;
	size_t known_n; /* results the suite has a metric for */
	struct fault *f;
};

static bool
refuse(const struct reading *g, const char *where, const char *expected, const char *got)
{
	return fault_set(g->f, FAULT_FILE_FORMAT, where, expected, "%s", got);
}

static const json_t *
at(const struct reading *g, const char *pointer)
{
	return pointer_find(g->log->header, pointer);
}

static const char *
text_at(const struct reading *g, const char *pointer)
{
	const json_t *value = at(g, pointer);

	return json_is_string(value) ? json_string_value(value) : "";
}

/* ---- is it a result ---- */

static bool
check_log(const struct reading *g)
{
	const char *status = text_at(g, "/status");

	if (!json_is_object(at(g, "/eval")) || text_at(g, "/eval/task")[0] == 0)
		return refuse(g, "/eval/task", "a log of Inspect AI", "none");
	if (json_is_true(at(g, "/invalidated")))
		return refuse(
		    g, "/invalidated", "a log that its author has not invalidated", "true");
	if (strcmp(status, "success") != 0)
		return refuse(g, "/status", "\"success\": a run that came to its end", status);
	if (json_array_size(at(g, "/results/scores")) == 0)
		return refuse(g, "/results/scores",
		    "scores; `inspect score FILE` adds them to a log without", "none");
	return true;
}

/* ---- the head ---- */

/* "provider/name". Behind some providers stands a maker's name, others are the maker. */
static void
read_model(struct reading *g)
{
	static const char *const makers[] = {"anthropic", "google", "mistral", "openai"};
	const char *model = text_at(g, "/eval/model"), *slash = strchr(model, '/');
	json_t *engine = json_object_get(g->d->body, "engine");
	size_t n = slash != NULL ? (size_t)(slash - model) : 0;
	bool is_maker = false;

	if (slash == NULL)
		return;
	json_object_set_new(engine, "name", json_stringn(model, n));
	for (size_t k = 0; k < sizeof(makers) / sizeof(makers[0]); k++)
		is_maker = is_maker || (strlen(makers[k]) == n && memcmp(makers[k], model, n) == 0);
	if (strchr(slash + 1, '/') != NULL)
		draft_model_name(g->d, slash + 1);
	else if (is_maker)
		draft_model_name(g->d, model);
}

static void
read_flags(struct reading *g)
{
	json_t *engine = json_object_get(g->d->body, "engine"), *flags = json_object();

	set_text(flags, "inspect_ai", text_at(g, "/eval/packages/inspect_ai"));
	set_text(flags, "task_commit", text_at(g, "/eval/revision/commit"));
	if (json_object_size(flags) > 0)
		json_object_set(engine, "flags", flags);
	json_decref(flags);
}

/* ---- conditions ---- */

/* A limit that was not reached is none. */
static int64_t
limit_of(const struct reading *g, int64_t epochs)
{
	const json_t *limit = at(g, "/eval/config/limit");
	int64_t asked = json_integer_value(at(g, "/results/total_samples")) / epochs;
	int64_t most = json_integer_value(limit);

	if (json_array_size(limit) == 2)
		return asked;
	if (json_array_size(at(g, "/eval/config/sample_id")) > 0)
		return asked;
	return json_is_integer(limit) && asked >= most ? most : 0;
}

static void
read_solvers(struct reading *g)
{
	struct text names = {0};
	const json_t *step;
	size_t k;

	json_array_foreach (at(g, "/plan/steps"), k, step)
		text_addf(&names, "%s%.60s", k > 0 ? " > " : "", json_get_text(step, "solver"));
	if (names.data != NULL && names.n <= 400)
		set_text(g->conditions, "solver", names.data);
	text_clear(&names);
}

/* What the task's plan sets goes before what the command line set for all. As text, so that "not
 * set" is a value of its own. */
static void
read_generation(struct reading *g)
{
	static const char *const places[] = {"/eval/model_generate_config", "/plan/config"};
	static const char *const names[] = {"temperature", "top_p", "max_tokens"};

	for (size_t p = 0; p < 2; p++)
		for (size_t k = 0; k < 3; k++) {
			const json_t *value = json_object_get(at(g, places[p]), names[k]);
			char number[REAL_SIZE];

			if (!json_is_number(value))
				continue;
			real_print(json_number_value(value), number);
			set_text(g->conditions, names[k], number);
		}
}

static void
read_conditions(struct reading *g)
{
	const json_t *version = at(g, "/eval/task_version");
	int64_t epochs = json_integer_value(at(g, "/eval/config/epochs"));
	char number[24];

	snprintf(number, sizeof(number), "%lld", (long long)json_integer_value(version));
	set_text(g->conditions, "task_version",
	    json_is_string(version) ? json_string_value(version) : number);
	if (epochs < 1)
		epochs = 1;
	json_object_set_new(g->conditions, "epochs", json_integer(epochs));
	json_object_set_new(g->conditions, "limit", json_integer(limit_of(g, epochs)));
	read_solvers(g);
	read_generation(g);
}

/* Who graded: the role, or what the scorer was given. */
static const char *
grader_of(const struct reading *g, const json_t *score)
{
	const json_t *const places[] = {at(g, "/eval/model_roles/grader/model"),
	    pointer_find(score, "/params/grader_model/model"),
	    pointer_find(score, "/params/grader_model"), pointer_find(score, "/params/model")};

	for (size_t k = 0; k < sizeof(places) / sizeof(places[0]); k++)
		if (json_is_string(places[k]) && json_string_length(places[k]) <= 200)
			return json_string_value(places[k]);
	return "";
}

/* "provider/name", or "provider//home/…", of which only the base name may travel. */
static void
set_judge(json_t *conditions, const char *grader)
{
	size_t n = strcspn(grader, "/");
	struct text name = {0};

	if (grader[n] != 0 && n > 0) {
		text_add(&name, grader, n + 1);
		text_add_str(&name, without_path(grader + n + 1));
	} else {
		text_add_str(&name, without_path(grader));
	}
	set_text(conditions, "judge_model", name.data);
	text_clear(&name);
}

static json_t *
conditions_of(const struct reading *g, const json_t *score)
{
	const char *reducer = json_get_text(score, "reducer"), *grader = grader_of(g, score);
	const json_t *configured = json_array_get(at(g, "/eval/config/epochs_reducer"), 0);
	json_t *out = json_copy(g->conditions);

	if (reducer[0] == 0 && json_is_string(configured))
		reducer = json_string_value(configured);
	set_text(out, "reducer", reducer[0] != 0 ? reducer : "mean");
	set_judge(out, grader);
	return out;
}

/* ---- scores ---- */

static int64_t
samples_n(const struct reading *g, const json_t *score)
{
	int64_t scored = json_get_whole(score, "scored_samples");
	int64_t completed = json_integer_value(at(g, "/results/completed_samples"));
	int64_t epochs = json_get_whole(g->conditions, "epochs");

	return scored > 0 ? scored : completed / epochs;
}

/* Behind the last '/': metrics may be named by their package. */
static const char *
short_name(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash != NULL ? slash + 1 : name;
}

static const json_t *
error_of(const json_t *metrics)
{
	const char *name;
	json_t *metric;

	json_object_foreach ((json_t *)metrics, name, metric)
		if (strcmp(short_name(name), "stderr") == 0)
			return json_object_get(metric, "value");
	return NULL;
}

static bool
is_mean(const char *metric)
{
	return strcmp(metric, "accuracy") == 0 || strcmp(metric, "mean") == 0;
}

/* Where all samples are told, their mean must be what the log says it is. */
static bool
check_mean(const struct reading *g, const char *scorer, const char *metric, int64_t n, double value)
{
	double mean;
	char where[120], got[80];

	if (!is_mean(metric) || !inspect_mean(g->log, scorer, n, &mean) ||
	    fabs(mean - value) <= 1e-9)
		return true;
	snprintf(where, sizeof(where), "/results/scores %.40s %.20s", scorer, metric);
	snprintf(got, sizeof(got), "%.10g, while they say %.10g", value, mean);
	return refuse(g, where, "the mean of the log's own samples", got);
}

static bool
read_metric(struct reading *g, const json_t *score, const char *key, const json_t *metric,
    const json_t *conditions)
{
	const char *scorer = json_get_text(score, "name"), *name = short_name(key);
	const json_t *value = json_object_get(metric, "value");
	const json_t *se = error_of(json_object_get(score, "metrics"));
	int64_t n = samples_n(g, score);
	char full[128];
	json_t *result;

	if (strcmp(name, "stderr") == 0)
		return true;
	snprintf(full, sizeof(full), "%.60s/%.60s", scorer, name);
	if (!json_is_number(value) || n < 1) {
		drafts_note(g->out, "%s has no value (NaN or null) and is left out", full);
		return true;
	}
	if (suite_metric(g->d->suite, full) == NULL) {
		drafts_note(
		    g->out, "%s is not a metric of %s and is left out", full, g->d->suite->name);
		return true;
	}
	if (++g->known_n > RESULTS_MAX)
		return refuse(g, "/results/scores", "at most 1000 results in a log", "more");
	if (!check_mean(g, scorer, name, n, json_number_value(value)))
		return false;
	result = draft_result(g->d, full, conditions, json_number_value(value), n);
	if (result != NULL && is_mean(name) && json_is_number(se) && json_number_value(se) > 0)
		json_object_set_new(result, "se", json_real(json_number_value(se)));
	return true;
}

static bool
read_scores(struct reading *g)
{
	const json_t *scores = at(g, "/results/scores"), *score;
	size_t k;

	json_array_foreach (scores, k, score) {
		json_t *conditions = conditions_of(g, score), *metric;
		const char *name;
		bool done = true;

		json_object_foreach (json_object_get(score, "metrics"), name, metric)
			done = done && read_metric(g, score, name, metric, conditions);
		json_decref(conditions);
		if (!done)
			return false;
	}
	if (g->known_n == 0)
		return draft_metric_fault(
		    g->d, json_get_text(json_array_get(scores, 0), "name"), g->f);
	return true;
}

static void
tell_parts(struct reading *g)
{
	long long total = json_integer_value(at(g, "/results/total_samples"));
	long long done = json_integer_value(at(g, "/results/completed_samples"));

	if (done < total)
		drafts_note(g->out, "%lld of %lld samples came to an end", done, total);
	if (json_get_whole(g->conditions, "limit") > 0)
		drafts_note(g->out, "a part of the task's samples only (limit): it does not meet "
				    "runs of all");
}

static bool
begin(struct reading *g, const struct source *in)
{
	const char *task = short_name(text_at(g, "/eval/task"));
	struct text suite = {0};

	text_add_str(&suite, "inspect-");
	suite_name_add(task, &suite);
	if (!suite.failed)
		g->d = draft_begin(in, g->out, suite.data, text_at(g, "/eval/task"), g->f);
	text_clear(&suite);
	return g->d != NULL;
}

static bool
read_log(struct reading *g, const struct source *in)
{
	char when[TIME_SIZE];

	if (!check_log(g) || !begin(g, in))
		return false;
	moment_of_offset(text_at(g, "/eval/created"), when);
	set_text(g->d->body, "started_at", when);
	read_model(g);
	read_flags(g);
	read_conditions(g);
	tell_parts(g);
	return read_scores(g);
}

static bool
read_file(const struct source *in, struct drafts *out, struct fault *f)
{
	struct inspect_log log = {0};
	struct reading g = {.log = &log, .out = out, .conditions = json_object(), .f = f};
	bool done;

	memset(out, 0, sizeof(*out));
	done = inspect_open(in->data, in->n, &log, f) && read_log(&g, in);
	json_decref(g.conditions);
	inspect_close(&log);
	return done;
}

static bool
recognise(const struct glance *g)
{
	return g->kind == GLANCE_ZIP || (g->kind == GLANCE_OBJECT && glance_has(g, "status") &&
					    glance_has(g, "eval") && glance_has(g, "plan"));
}

static const char *
media_type(const char *data, size_t n)
{
	return zip_begins(data, n) ? "application/zip" : "application/json";
}

const struct importer importer_inspect_ai = {
    .name = "inspect-ai",
    .summary = "a log of Inspect AI, .json or .eval",
    .recognise = recognise,
    .read = read_file,
    .media_type = media_type,
};
