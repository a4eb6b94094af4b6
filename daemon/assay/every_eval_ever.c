/* every_eval_ever.c — aggregate files of Every Eval Ever, schema 0.3 strictly, 0.2 leniently.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draft_parts.h"
#include "eee_samples.h"
#include "encode.h"
#include "glance.h"
#include "importer.h"
#include "json.h"
#include "number.h"
#include "records.h"

struct reading {
	const struct record *r;
	struct drafts *out;
	struct draft *d;
	json_t *seen;  /* metric → true */
	json_t *names; /* evaluation_result_id or evaluation_name → metric; "": of several */
	bool strict;   /* 0.3 */
	struct fault *f;
};

static bool
result_fault(
    const struct reading *g, size_t i, const char *member, const char *expected, const char *got)
{
	return record_fault(g->f, g->r, "evaluation_results", expected, "%s, in %s of result %zu",
	    got, member, i + 1);
}

/* ---- what the schema demands ---- */

static bool
all_text(const json_t *details)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)details, name, value)
		if (!json_is_string(value))
			return false;
	return details == NULL || json_is_object(details);
}

static bool
check_version(struct reading *g)
{
	const char *version = json_get_text(g->r->json, "schema_version");

	g->strict = strncmp(version, "0.3.", 4) == 0;
	return g->strict || strncmp(version, "0.2.", 4) == 0 ||
	       record_fault(g->f, g->r, "schema_version", "0.3 or 0.2", "\"%.20s\"", version);
}

/* Schema 0.3 allows no others. */
static bool
check_members(const struct reading *g)
{
	static const char *const known[] = {"schema_version", "evaluation_id",
	    "evaluation_timestamp", "retrieved_timestamp", "source_metadata", "eval_library",
	    "model_info", "evaluation_results", "detailed_evaluation_results"};
	const char *name;
	json_t *value;

	json_object_foreach (g->r->json, name, value) {
		bool found = !g->strict;

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			found = found || strcmp(name, known[k]) == 0;
		if (!found)
			return record_fault(
			    g->f, g->r, name, "only members of schema 0.3", "\"%.60s\"", name);
	}
	return true;
}

/* Whose data, in one of three forms. */
static bool
check_source(const struct reading *g, size_t i, const json_t *result)
{
	const json_t *source = json_object_get(result, "source_data");
	const char *type = json_get_text(source, "source_type");
	bool known =
	    strcmp(type, "hf_dataset") == 0 || strcmp(type, "other") == 0 ||
	    (strcmp(type, "url") == 0 && json_array_size(json_object_get(source, "url")) > 0);

	return !g->strict || (known && json_get_text(source, "dataset_name")[0] != 0) ||
	       result_fault(g, i, "source_data",
		   "dataset_name, and source_type url (with one), hf_dataset or other", "another");
}

/* 0.2 in circulation lacks eval_library and says numbers where 0.3 has text. */
static bool
check_strict(const struct reading *g)
{
	static const struct {
		const char *pointer, *key;
	} needed[] = {{"/retrieved_timestamp", "retrieved_timestamp"},
	    {"/source_metadata/source_type", "source_metadata"},
	    {"/source_metadata/source_organization_name", "source_metadata"},
	    {"/source_metadata/evaluator_relationship", "source_metadata"},
	    {"/eval_library/name", "eval_library"}, {"/eval_library/version", "eval_library"},
	    {"/model_info/name", "model_info"},
	    {"/model_info/additional_details/deployment_type", "model_info"},
	    {"/model_info/additional_details/model_availability", "model_info"}};

	for (size_t k = 0; g->strict && k < sizeof(needed) / sizeof(needed[0]); k++)
		if (!json_is_string(pointer_find(g->r->json, needed[k].pointer)))
			return record_fault(
			    g->f, g->r, needed[k].key, needed[k].pointer, "none, in schema 0.3");
	if (g->strict &&
	    (!all_text(pointer_find(g->r->json, "/model_info/additional_details")) ||
		!all_text(pointer_find(g->r->json, "/source_metadata/additional_details"))))
		return record_fault(g->f, g->r, "additional_details", "a map of text to text",
		    "another value, in schema 0.3");
	return true;
}

/* Somebody signed these numbers: to sign them again would make one measurement two. */
static bool
check_unsigned(const struct reading *g)
{
	const json_t *id =
	    pointer_find(g->r->json, "/source_metadata/additional_details/statement_id");

	return id == NULL ||
	       record_fault(g->f, g->r, "source_metadata",
		   "results that are in no log; `assay verify ID` finds these",
		   "signed statement %.16s...", json_is_string(id) ? json_string_value(id) : "?");
}

/* ---- the head ---- */

static void
read_engine(struct reading *g)
{
	const json_t *named = pointer_find(g->r->json, "/model_info/inference_engine");
	const char *name = json_get_text(named, "name"), *version = json_get_text(named, "version");
	json_t *engine = json_object_get(g->d->body, "engine");

	if (strcmp(name, "unknown") == 0)
		return;
	set_text(engine, "name", name);
	if (strcmp(version, "unknown") != 0)
		set_text(engine, "version", version);
}

static void
read_time(struct reading *g)
{
	char at[TIME_SIZE];
	const char *told = json_get_text(g->r->json, "evaluation_timestamp");

	moment_of_seconds(told[0] != 0 ? strtod(told, NULL) : 0, at);
	set_text(g->d->body, "started_at", at);
}

static void
tell_source(struct reading *g)
{
	const json_t *source = json_object_get(g->r->json, "source_metadata");

	draft_extra(g->d, "evaluation_id", json_get_text(g->r->json, "evaluation_id"));
	draft_extra(g->d, "source_type", json_get_text(source, "source_type"));
	draft_extra(
	    g->d, "source_organization_name", json_get_text(source, "source_organization_name"));
	if (strcmp(json_get_text(source, "source_type"), "evaluation_run") == 0)
		return;
	drafts_note(g->out,
	    "these numbers are copied from %.100s (source_type \"%.20s\"), not measured by who "
	    "wrote the file; sign them only if they are yours",
	    json_get_text(source, "source_organization_name"),
	    json_get_text(source, "source_type"));
}

/* data/BENCHMARK/… and evaluation_id begin with the same word. */
static bool
begin(struct reading *g, const struct source *in)
{
	const char *id = json_get_text(g->r->json, "evaluation_id");
	struct text task = {0}, suite = {0};

	if (id[0] == 0 || strchr(id, '/') == NULL)
		return record_fault(
		    g->f, g->r, "evaluation_id", "BENCHMARK/MODEL/TIME", "\"%.60s\"", id);
	text_add(&task, id, strcspn(id, "/"));
	text_add_str(&suite, "eee-");
	suite_name_add(task.data ? task.data : "", &suite);
	if (!suite.failed && !task.failed)
		g->d = draft_begin(in, g->out, suite.data, task.data, g->f);
	text_clear(&task);
	text_clear(&suite);
	return g->d != NULL;
}

/* ---- one result ---- */

/* As text, so that "not set" is a value of its own. */
static void
set_number(json_t *object, const char *name, const json_t *value)
{
	char number[REAL_SIZE];

	real_print(json_number_value(value), number);
	set_text(object, name, number);
}

static json_t *
conditions_of(const struct reading *g, const json_t *result)
{
	const json_t *library = json_object_get(g->r->json, "eval_library");
	const json_t *args = pointer_find(result, "/generation_config/generation_args");
	static const char *const real[] = {"temperature", "top_p", "top_k", "max_tokens"};
	json_t *out = json_object();

	set_text(out, "library", json_get_text(library, "name"));
	set_text(out, "library_version", json_get_text(library, "version"));
	for (size_t k = 0; k < sizeof(real) / sizeof(real[0]); k++)
		if (json_is_number(json_object_get(args, real[k])))
			set_number(out, real[k], json_object_get(args, real[k]));
	return out;
}

/* The name that the suite has a metric by: a benchmark's own names come before general ones. */
static const struct suite_metric *
metric_of(const struct reading *g, const json_t *result)
{
	const json_t *config = json_object_get(result, "metric_config");
	const char *const names[] = {json_get_text(result, "evaluation_name"),
	    json_get_text(result, "evaluation_result_id"), json_get_text(config, "metric_id"),
	    json_get_text(config, "metric_name")};

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		const struct suite_metric *m = suite_metric(g->d->suite, names[k]);

		if (m != NULL)
			return m;
	}
	return NULL;
}

static double
bound_of(const json_t *config, const char *name, double open)
{
	const json_t *value = json_object_get(config, name);

	return json_is_number(value) ? json_number_value(value) : open;
}

static bool
check_metric(const struct reading *g, size_t i, const struct suite_metric *m, const json_t *result)
{
	const json_t *config = json_object_get(result, "metric_config");
	const json_t *lower = json_object_get(config, "lower_is_better");
	double score = json_number_value(pointer_find(result, "/score_details/score"));
	double low = bound_of(config, "min_score", -INFINITY);
	double high = bound_of(config, "max_score", INFINITY);

	if (!json_is_boolean(lower) || json_is_true(lower) == m->higher_is_better)
		return result_fault(g, i, "metric_config",
		    m->higher_is_better ? "lower_is_better false, as the suite has it"
					: "lower_is_better true, as the suite has it",
		    "the other, or none");
	if (g->strict && json_get_text(config, "score_type")[0] != 0 &&
	    strcmp(json_get_text(config, "score_type"), "continuous") == 0 &&
	    (json_object_get(config, "min_score") == NULL ||
		json_object_get(config, "max_score") == NULL))
		return result_fault(
		    g, i, "metric_config", "min_score and max_score of a continuous score", "none");
	if (!(score >= low && score <= high))
		return result_fault(
		    g, i, "score_details", "a score inside the metric's own bounds", "one outside");
	if (isfinite(high) && high > m->high * 1.5 && isfinite(m->high))
		return result_fault(g, i, "metric_config",
		    "bounds like the suite's: a share of 1 is not a percentage", "far larger ones");
	return true;
}

static void
add_doubt(const json_t *result, json_t *out)
{
	const json_t *doubt = pointer_find(result, "/score_details/uncertainty");
	const json_t *se = pointer_find(doubt, "/standard_error/value");
	const json_t *sd = json_object_get(doubt, "standard_deviation");

	if (json_is_number(se) && json_number_value(se) > 0)
		json_object_set_new(out, "se", json_real(json_number_value(se)));
	else if (json_is_number(sd) && json_number_value(sd) > 0 && json_get_whole(out, "n") > 1)
		json_object_set_new(out, "sd", json_real(json_number_value(sd)));
}

/* What samples may call this result by. */
static void
remember_names(const struct reading *g, const json_t *result, const char *metric)
{
	const char *const names[] = {json_get_text(result, "evaluation_result_id"),
	    json_get_text(result, "evaluation_name")};

	for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		const json_t *known = json_object_get(g->names, names[k]);
		bool other = known != NULL && strcmp(json_string_value(known), metric) != 0;

		if (names[k][0] == 0)
			continue;
		json_object_set_new(
		    g->names, names[k], other ? json_string("") : json_string(metric));
	}
}

static bool
read_result(struct reading *g, size_t i, const json_t *result)
{
	const json_t *score = pointer_find(result, "/score_details/score");
	int64_t n =
	    json_get_whole(pointer_find(result, "/score_details/uncertainty"), "num_samples");
	const struct suite_metric *m = metric_of(g, result);
	json_t *conditions, *out;

	if (!json_is_number(score))
		return result_fault(g, i, "score_details", "a score that is a number", "none");
	if (m == NULL)
		return draft_metric_fault(g->d, json_get_text(result, "evaluation_name"), g->f);
	if (json_object_get(g->seen, m->name) != NULL)
		return result_fault(g, i, "evaluation_name", "each metric once", "a second result");
	json_object_set_new(g->seen, m->name, json_true());
	remember_names(g, result, m->name);
	if (!check_source(g, i, result) || !check_metric(g, i, m, result))
		return false;
	if (n < 1)
		drafts_note(g->out, "%.100s: how many samples it has is not told; n is 1", m->name);
	conditions = conditions_of(g, result);
	out = draft_result(g->d, m->name, conditions, json_number_value(score), n > 0 ? n : 1);
	json_decref(conditions);
	if (out != NULL)
		add_doubt(result, out);
	return true;
}

static bool
read_whole(struct reading *g, const struct source *in)
{
	const json_t *results = json_object_get(g->r->json, "evaluation_results"), *result;
	const char *id = json_get_text(json_object_get(g->r->json, "model_info"), "id");
	size_t i;

	if (!check_version(g) || !check_members(g) || !check_strict(g) || !check_unsigned(g))
		return false;
	if (json_array_size(results) == 0)
		return record_fault(g->f, g->r, "evaluation_results", "results", "none");
	if (id[0] == 0)
		return record_fault(g->f, g->r, "model_info", "an id", "none");
	if (!begin(g, in))
		return false;
	draft_model_name(g->d, id);
	read_engine(g);
	read_time(g);
	tell_source(g);
	json_array_foreach (results, i, result)
		if (!read_result(g, i, result))
			return false;
	return eee_samples(in, g->r, g->names, g->d, g->out, g->f);
}

static bool
read_record(const struct source *in, const struct record *r, struct drafts *out, struct fault *f)
{
	struct reading g = {
	    .r = r, .out = out, .seen = json_object(), .names = json_object(), .f = f};
	bool done = read_whole(&g, in);

	json_decref(g.seen);
	json_decref(g.names);
	return done;
}

static bool
recognise(const struct glance *g)
{
	return glance_is_records(g) && glance_has(g, "schema_version") &&
	       glance_has(g, "evaluation_id") && glance_has(g, "evaluation_results");
}

static bool
companion(const struct glance *g)
{
	return (g->kind == GLANCE_OBJECT || g->kind == GLANCE_LINES) &&
	       glance_has(g, "evaluation_id") && glance_has(g, "sample_id") &&
	       glance_has(g, "evaluation") && !glance_has(g, "evaluation_results");
}

static const char *
media_type(const char *data, size_t n)
{
	struct glance g;

	glance_at(data, n, &g);
	return companion(&g) ? "application/jsonl" : "application/json";
}

const struct importer importer_every_eval_ever = {
    .name = "every-eval-ever",
    .summary = "aggregate files of Every Eval Ever, schema 0.3 or 0.2, with their samples",
    .recognise = recognise,
    .companion = companion,
    .read_record = read_record,
    .media_type = media_type,
};
