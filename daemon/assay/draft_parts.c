/* draft_parts.c — making drafts whose suite says which of a file's numbers count.
 * SPDX-License-Identifier: Apache-2.0 */
#include "draft_parts.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "mend.h"

struct draft *
draft_begin(const struct source *in, struct drafts *out, const char *suite, const char *where,
    struct fault *f)
{
	const struct suite *newest = task_suite(in, suite, where, f);
	struct draft *d;

	if (newest == NULL)
		return NULL;
	d = draft_add(out);
	if (d != NULL) {
		d->suite = newest;
		d->wants_weights = true;
		d->body =
		    json_pack("{s:{}, s:{}, s:{}, s:[]}", "model", "engine", "hardware", "results");
		d->model_file = strdup("");
	}
	if (d != NULL && d->body != NULL && d->model_file != NULL)
		return d;
	fault_set(f, FAULT_NO_MEMORY, "", "memory for a draft", "none");
	return NULL;
}

bool
draft_metric_fault(const struct draft *d, const char *metric, struct fault *f)
{
	char expected[200], clean[80];

	utf8_clean(clean, sizeof(clean), metric, strlen(metric));
	snprintf(expected, sizeof(expected),
	    "a metric of %.60s/%lld; others need a new version of its folder, as "
	    "eval-suites/README.md says",
	    d->suite->name, (long long)d->suite->version);
	return fault_set(f, FAULT_UNKNOWN_METRIC, "", expected, "\"%s\"", clean);
}

static json_t *
listed_conditions(const struct draft *d, const json_t *conditions)
{
	json_t *out = json_object(), *value;
	const char *name;

	json_object_foreach ((json_t *)conditions, name, value)
		if (suite_condition(d->suite, name) != NULL)
			json_object_set(out, name, value);
	return out;
}

json_t *
draft_result(struct draft *d, const char *metric, const json_t *conditions, double value, int64_t n)
{
	const struct suite_metric *m = suite_metric(d->suite, metric);
	json_t *result;

	if (m == NULL || (m->log_scale && value == 0))
		return NULL;
	result = json_pack("{s:s, s:o, s:f, s:I}", "metric", metric, "conditions",
	    listed_conditions(d, conditions), "value", value, "n", (json_int_t)n);
	json_array_append_new(json_object_get(d->body, "results"), result);
	return result;
}

void
set_text(json_t *object, const char *name, const char *value)
{
	if (value != NULL && value[0] != 0)
		json_object_set_new(object, name, json_string(value));
}

void
draft_extra(struct draft *d, const char *name, const char *value)
{
	json_t *extra = json_object_get(d->body, "extra");
	char clean[200];

	if (value[0] == 0)
		return;
	if (extra == NULL) {
		extra = json_object();
		json_object_set_new(d->body, "extra", extra);
	}
	utf8_clean(clean, sizeof(clean), value, strlen(value));
	set_text(extra, name, clean);
}

void
draft_asks(struct draft *d, const char *condition)
{
	if (d->asks == NULL)
		d->asks = json_array();
	json_array_append_new(d->asks, json_string(condition));
}

void
draft_file_name(struct draft *d, const char *file)
{
	char *copy = strdup(base_name(file));

	if (copy == NULL)
		return;
	free(d->model_file);
	d->model_file = copy;
}

void
draft_model_name(struct draft *d, const char *name)
{
	const char *slash = strchr(name, '/');
	bool is_path = name[0] == '.' || name[0] == '/' || name[0] == '~' ||
		       strchr(name, '\\') != NULL || strchr(name, ':') != NULL;

	draft_file_name(d, name);
	if (slash == NULL || is_path || strchr(slash + 1, '/') != NULL || slash[1] == 0 ||
	    strlen(name) > 200)
		return;
	set_text(json_object_get(d->body, "model"), "name", name);
}

const char *
without_path(const char *told)
{
	bool is_path = told[0] == '/' || told[0] == '~' || strncmp(told, "./", 2) == 0 ||
		       strncmp(told, "../", 3) == 0 || strchr(told, '\\') != NULL;

	return is_path ? base_name(told) : told;
}

void
suite_name_add(const char *name, struct text *out)
{
	for (; *name != 0; name++) {
		char c = (char)tolower((unsigned char)*name);
		bool fits =
		    (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';

		text_add(out, fits ? &c : "_", 1);
	}
}

void
moment_of_seconds(double seconds, char out[21])
{
	out[0] = 0;
	if (seconds >= 1 && seconds < 253402300800.0)
		time_print((int64_t)floor(seconds), out);
}

/* "2025-10-21T01:12:03[.123]+02:00", or with Z. */
void
moment_of_offset(const char *s, char out[21])
{
	char plain[TIME_SIZE];
	int64_t at;
	int hours = 0, minutes = 0;
	const char *rest;

	out[0] = 0;
	if (strlen(s) < 20 || strlen(s) > 40)
		return;
	snprintf(plain, sizeof(plain), "%.19sZ", s);
	if (!time_parse(plain, &at))
		return;
	rest = s + 19;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if (strcmp(rest, "Z") != 0) {
		char sign = *rest;

		if ((sign != '+' && sign != '-') ||
		    sscanf(rest + 1, "%2d:%2d", &hours, &minutes) != 2 || hours < 0 || hours > 23 ||
		    minutes < 0 || minutes > 59)
			return;
		at -= (sign == '+' ? 1 : -1) * (int64_t)(hours * 3600 + minutes * 60);
	}
	moment_of_seconds((double)at, out);
}

bool
part_fault(const struct source_part *part, const struct fault *from, struct fault *f)
{
	char path[512];

	snprintf(path, sizeof(path), "%.200s:%.200s", part->name, from->path);
	return fault_set(f, from->code, path, from->expected, "%s", from->got);
}

static json_t *
nulls(int64_t n)
{
	json_t *list = json_array();

	for (int64_t k = 0; k < n; k++)
		json_array_append_new(list, json_null());
	return list;
}

/* Whole scores stay whole: most are 0 or 1, and an envelope is small. */
static json_t *
score_of(double value)
{
	return value == (double)(int64_t)value ? json_integer((json_int_t)value) : json_real(value);
}

void
scores_put(json_t *metrics, const char *metric, int64_t items_n, int64_t place, const json_t *value)
{
	json_t *scores = json_object_get(metrics, metric);
	double score;

	if (real_of(value, &score) != REAL_FINITE || score < -1e15 || score > 1e15)
		return;
	if (scores == NULL) {
		scores = nulls(items_n);
		json_object_set_new(metrics, metric, scores);
	}
	json_array_set_new(scores, (size_t)place, score_of(score));
}
