/* export_eee_samples.c — scores of single items as instance records of Every Eval Ever.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "export_eee.h"
#include "json.h"

struct samples {
	const struct export_row *row;
	const json_t *document;
	json_t *items; /* of the suite, in its order */
	struct text out;
	size_t n;
};

/* The suite's items, if each is one question that is told. NULL if not. */
static json_t *
items_of(const struct export *e, const struct suite *suite)
{
	size_t n = 0, at = 0;
	char *data = export_suite_file(e, suite, "items.jsonl", &n);
	json_t *items = json_array();
	bool fit = data != NULL;

	while (fit && at < n) {
		size_t end = strcspn(data + at, "\n");
		json_t *item = json_read_object(data + at, end, NULL);
		const json_t *turns = json_object_get(item, "turns");

		fit = json_array_size(turns) == 1 && json_is_string(json_array_get(turns, 0)) &&
		      json_get_text(item, "id")[0] != 0;
		if (item != NULL)
			json_array_append_new(items, item);
		at += end + 1;
	}
	free(data);
	if (fit && json_array_size(items) > 0)
		return items;
	json_decref(items);
	return NULL;
}

/* Right or wrong and nothing between. */
static bool
is_binary(const json_t *scores)
{
	const json_t *score;
	size_t k;

	json_array_foreach (scores, k, score) {
		double value = json_number_value(score);

		if (!json_is_null(score) && value != 0 && value != 1)
			return false;
	}
	return true;
}

/* The only result of a metric: items do not say which of several they belong to. */
static const json_t *
result_of(const json_t *document, const char *name)
{
	const json_t *results = json_object_get(document, "evaluation_results"), *result;
	const json_t *found = NULL;
	size_t k;

	json_array_foreach (results, k, result)
		if (strcmp(json_get_text(result, "evaluation_name"), name) == 0) {
			if (found != NULL)
				return NULL;
			found = result;
		}
	return found;
}

static json_t *
record_of(const struct samples *s, const json_t *result, const json_t *item, double score,
    bool higher_is_better)
{
	const char *raw = json_string_value(json_array_get(json_object_get(item, "turns"), 0));
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE];

	sha256_of(raw, strlen(raw), digest);
	hex_print(digest, SHA256_SIZE, hex);
	return json_pack("{s:s, s:O, s:O, s:O, s:O, s:O, s:s, s:s, s:{s:s, s:[]}, s:{s:[]}, s:[], "
			 "s:{s:f, s:b}}",
	    "schema_version", EEE_SCHEMA_VERSION, "evaluation_id",
	    json_object_get(s->document, "evaluation_id"), "model_id",
	    json_object_get(json_object_get(s->document, "model_info"), "id"), "evaluation_name",
	    json_object_get(result, "evaluation_name"), "evaluation_result_id",
	    json_object_get(result, "evaluation_result_id"), "sample_id",
	    json_object_get(item, "id"), "sample_hash", hex, "interaction_type", "single_turn",
	    "input", "raw", raw, "reference", "output", "raw", "answer_attribution", "evaluation",
	    "score", score, "is_correct", (score == 1) == higher_is_better);
}

static void
add_metric(struct samples *s, const json_t *told)
{
	const char *name = json_get_text(told, "metric");
	const struct suite_metric *m = suite_metric(s->row->suite, name);
	const json_t *scores = json_object_get(told, "scores"), *score, *result;
	struct text full = {0};
	size_t k;

	eee_result_name(s->row, told, &full);
	result = full.failed ? NULL : result_of(s->document, full.data);
	text_clear(&full);
	if (m == NULL || result == NULL || !is_binary(scores) ||
	    json_array_size(scores) != json_array_size(s->items))
		return;
	json_array_foreach (scores, k, score) {
		json_t *record;

		if (json_is_null(score))
			continue;
		record = record_of(s, result, json_array_get(s->items, k), json_number_value(score),
		    m->higher_is_better);
		json_print(record, &s->out);
		text_add_str(&s->out, "\n");
		json_decref(record);
		s->n++;
	}
}

/* Put the file beside the document, and into the document where it is. */
static bool
add_file(struct samples *s, const char *path, json_t *document, json_t *files)
{
	struct text name = {0};
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE];
	bool done;

	text_addf(&name, "%s_samples.jsonl", path);
	sha256_of(s->out.data, s->out.n, digest);
	hex_print(digest, SHA256_SIZE, hex);
	done = !name.failed &&
	       json_object_set_new(files, name.data, json_stringn(s->out.data, s->out.n)) == 0 &&
	       json_object_set_new(document, "detailed_evaluation_results",
		   json_pack("{s:s, s:s, s:s, s:s, s:I}", "format", "jsonl", "file_path", name.data,
		       "hash_algorithm", "sha256", "checksum", hex, "total_rows",
		       (json_int_t)s->n)) == 0;
	text_clear(&name);
	return done;
}

bool
eee_add_samples(const struct export *e, const struct export_row *row, const char *path,
    json_t *document, json_t *files)
{
	struct samples s = {.row = row, .document = document};
	const json_t *all = json_object_get(row->body, "items"), *told;
	bool done = true;
	size_t k;

	if (row->suite == NULL || json_array_size(all) == 0)
		return true;
	s.items = items_of(e, row->suite);
	if (s.items == NULL)
		return true;
	json_array_foreach (all, k, told)
		add_metric(&s, told);
	if (s.n > 0)
		done = !s.out.failed && add_file(&s, path, document, files);
	json_decref(s.items);
	text_clear(&s.out);
	return done;
}
