/* inspect_log.c — open a log of Inspect AI, and what its samples say.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "inspect_ai.h"
#include "json.h"
#include "number.h"
#include "records.h"
#include "zip.h"

/* Read the objects of a file as a list. */
static json_t *
read_objects(const char *data, size_t n, const char *name, struct fault *f)
{
	struct records records = {0};
	struct fault local = {0};
	json_t *list = NULL;
	char where[256];

	if (records_read_python(data, n, &records, &local)) {
		list = json_array();
		for (size_t k = 0; k < records.n; k++)
			json_array_append(list, records.list[k].json);
	} else {
		snprintf(where, sizeof(where), "%s%s%.200s", name, name[0] ? " " : "", local.path);
		fault_set(f, local.code, where, local.expected, "%s", local.got);
	}
	records_clear(&records);
	return list;
}

/* Read a member if it is there; absent is NULL. */
static bool
read_member(struct zip *z, const char *name, json_t **out, struct fault *f)
{
	const struct zip_member *m = zip_find(z, name);
	char *data;
	size_t n;

	*out = NULL;
	if (m == NULL)
		return true;
	if (!zip_read(z, m, &data, &n, f))
		return false;
	*out = read_objects(data, n, name, f);
	free(data);
	return *out != NULL;
}

static bool
open_archive(const char *data, size_t n, struct inspect_log *out, struct fault *f)
{
	struct zip z;
	json_t *header = NULL;
	bool done = zip_open(data, n, &z, f) && read_member(&z, "header.json", &header, f) &&
		    read_member(&z, "reductions.json", &out->reductions, f);

	out->header = json_incref(json_array_get(header, 0));
	json_decref(header);
	if (done && out->header == NULL)
		done = fault_set(f, FAULT_FILE_FORMAT, "",
		    "a .eval archive with header.json: the log of a run that has ended", "%s",
		    zip_find(&z, "_journal/start.json") != NULL ? "the journal of one that has not"
								: "an archive of something else");
	zip_clear(&z);
	return done;
}

bool
inspect_open(const char *data, size_t n, struct inspect_log *out, struct fault *f)
{
	json_t *list;
	bool done;

	memset(out, 0, sizeof(*out));
	if (zip_begins(data, n))
		return open_archive(data, n, out, f);
	list = read_objects(data, n, "", f);
	if (list == NULL)
		return false;
	out->header = json_incref(json_array_get(list, 0));
	done = json_array_size(list) == 1;
	json_decref(list);
	if (!done)
		return fault_set(f, FAULT_FILE_FORMAT, "", "one log", "several objects");
	out->reductions = json_incref(json_object_get(out->header, "reductions"));
	if (out->reductions == NULL)
		out->reductions =
		    json_incref(pointer_find(out->header, "/results/sample_reductions"));
	return true;
}

void
inspect_close(struct inspect_log *log)
{
	json_decref(log->header);
	json_decref(log->reductions);
	memset(log, 0, sizeof(*log));
}

bool
inspect_value(const json_t *value, double *out)
{
	static const struct {
		const char *word;
		double value;
	} words[] = {{"C", 1}, {"P", 0.5}, {"I", 0}, {"N", 0}};
	const char *s = json_string_value(value);

	if (json_is_boolean(value))
		*out = json_is_true(value);
	else if (json_is_number(value))
		*out = json_number_value(value);
	else if (s == NULL)
		return false;
	else if (!real_parse(s, out))
		*out = strcasecmp(s, "yes") == 0 || strcasecmp(s, "true") == 0;
	for (size_t k = 0; s != NULL && k < sizeof(words) / sizeof(words[0]); k++)
		if (strcmp(s, words[k].word) == 0)
			*out = words[k].value;
	return isfinite(*out);
}

static const json_t *
reduction_of(const struct inspect_log *log, const char *scorer)
{
	const json_t *one, *found = NULL;
	size_t k;

	json_array_foreach (log->reductions, k, one)
		if (strcmp(json_get_text(one, "scorer"), scorer) == 0) {
			if (found != NULL) /* several reducers: not told apart here */
				return NULL;
			found = json_object_get(one, "samples");
		}
	return found;
}

static bool
mean_of(const json_t *samples, const char *scorer, int64_t n, double *mean)
{
	const json_t *sample;
	double sum = 0, value;
	size_t k;

	if (n < 1 || (int64_t)json_array_size(samples) != n)
		return false;
	json_array_foreach (samples, k, sample) {
		const json_t *told = json_object_get(sample, "value");

		if (scorer != NULL)
			told = json_object_get(
			    json_object_get(json_object_get(sample, "scores"), scorer), "value");
		if (!inspect_value(told, &value))
			return false;
		sum += value;
	}
	*mean = sum / (double)n;
	return true;
}

bool
inspect_mean(const struct inspect_log *log, const char *scorer, int64_t n, double *mean)
{
	const json_t *reduced = reduction_of(log, scorer);
	const json_t *epochs = pointer_find(log->header, "/eval/config/epochs");

	if (log->reductions != NULL)
		return mean_of(reduced, NULL, n, mean);
	return json_integer_value(epochs) < 2 &&
	       mean_of(json_object_get(log->header, "samples"), scorer, n, mean);
}
