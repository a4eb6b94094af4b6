/* eee_samples.c — scores of single items from the instance files of Every Eval Ever.
 * SPDX-License-Identifier: Apache-2.0 */
#include "eee_samples.h"

#include <string.h>

#include "crypto.h"
#include "draft_parts.h"
#include "encode.h"
#include "json.h"
#include "mend.h"
#include "records.h"

struct sampling {
	const struct suite *suite;
	const json_t *names;
	json_t *metrics;       /* metric → [scores], in the order of the suite's items */
	size_t strange, twice; /* scores of no item of the suite, and second ones of an item */
};

/* ---- is it the file that the document speaks of ---- */

static bool
check_sums(
    const json_t *told, const struct source_part *part, const struct records *r, struct fault *f)
{
	const char *sum = json_get_text(told, "checksum");
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE];
	const json_t *rows = json_object_get(told, "total_rows");

	sha256_of(part->data, part->n, digest);
	hex_print(digest, SHA256_SIZE, hex);
	if (strcmp(json_get_text(told, "hash_algorithm"), "sha256") == 0 && strcmp(sum, hex) != 0)
		return fault_set(f, FAULT_FILE_FORMAT, "",
		    "the file whose checksum the aggregate document has", "SHA-256 %s", hex);
	if (json_is_integer(rows) && json_integer_value(rows) != (json_int_t)r->n)
		return fault_set(f, FAULT_FILE_FORMAT, "",
		    "as many records as total_rows of the aggregate document", "%zu", r->n);
	return true;
}

static bool
check_same(const struct record *document, const struct record *sample, struct fault *f)
{
	const char *id = json_get_text(document->json, "evaluation_id");
	const char *model = json_get_text(json_object_get(document->json, "model_info"), "id");

	if (strcmp(json_get_text(sample->json, "evaluation_id"), id) != 0)
		return record_fault(f, sample, "evaluation_id", "the same in all records", "%.60s",
		    json_get_text(sample->json, "evaluation_id"));
	return strcmp(json_get_text(sample->json, "model_id"), model) == 0 ||
	       record_fault(f, sample, "model_id", "the aggregate document's model_info.id",
		   "\"%.60s\"", json_get_text(sample->json, "model_id"));
}

static bool
is_of(const struct record *document, const struct records *r)
{
	return r->n > 0 && strcmp(json_get_text(r->list[0].json, "evaluation_id"),
			       json_get_text(document->json, "evaluation_id")) == 0;
}

/* Of many files with as many companions each companion is read once: its first line tells whose it
 * is. One that tells nothing is read whole. */
static bool
is_of_other(const struct record *document, const struct source_part *part)
{
	const char *end = memchr(part->data, '\n', part->n);
	struct records first = {0};
	struct fault f = {0};
	bool other = end != NULL &&
		     records_read_python(part->data, (size_t)(end - part->data), &first, &f) &&
		     first.n > 0 && !is_of(document, &first);

	records_clear(&first);
	return other;
}

/* ---- one score ---- */

static const struct suite_metric *
metric_of(const struct sampling *s, const json_t *sample)
{
	const char *id = json_get_text(sample, "evaluation_result_id");
	const json_t *name = json_object_get(s->names, id);

	if (id[0] == 0)
		name = json_object_get(s->names, json_get_text(sample, "evaluation_name"));
	return json_is_string(name) ? suite_metric(s->suite, json_string_value(name)) : NULL;
}

static void
take_sample(struct sampling *s, const json_t *sample)
{
	const struct suite_metric *m = metric_of(s, sample);
	const json_t *value = json_object_get(json_object_get(sample, "evaluation"), "score");
	int64_t place = suite_place(s->suite, "id", json_get_text(sample, "sample_id"));
	const json_t *before;
	double score;

	if (m != NULL && !m->has_items)
		return;
	if (place < 0)
		place = suite_place(s->suite, "hash", json_get_text(sample, "sample_hash"));
	if (m == NULL || place < 0 || place >= s->suite->items_n ||
	    real_of(value, &score) != REAL_FINITE || score < m->low || score > m->high) {
		s->strange++;
		return;
	}
	before = json_array_get(json_object_get(s->metrics, m->name), (size_t)place);
	if (json_is_number(before))
		s->twice++;
	scores_put(s->metrics, m->name, s->suite->items_n, place, value);
}

/* ---- all of them ---- */

static json_t *
items_of(const struct sampling *s)
{
	json_t *items = json_array(), *scores;
	char hex[HEX32_SIZE];
	const char *metric;

	hex_print(s->suite->items_digest, SHA256_SIZE, hex);
	json_object_foreach (s->metrics, metric, scores)
		json_array_append_new(items, json_pack("{s:s, s:s, s:O}", "metric", metric,
						 "digest", hex, "scores", scores));
	return items;
}

static void
take_all(const struct records *r, const json_t *names, struct draft *d, struct drafts *out)
{
	struct sampling s = {.suite = d->suite, .names = names};

	if (d->suite == NULL || d->suite->items_n == 0) {
		drafts_note(out, "scores of single items are left out: the suite %s lists no items",
		    d->suite != NULL ? d->suite->name : d->task);
		return;
	}
	s.metrics = json_object();
	for (size_t k = 0; k < r->n; k++)
		take_sample(&s, r->list[k].json);
	if (s.strange > 0 || s.twice > 0)
		drafts_note(out,
		    "scores of single items are left out: of %zu, %zu are of no item, metric or "
		    "range of the suite %s, and %zu of an item that has one already",
		    r->n, s.strange, d->suite->name, s.twice);
	else if (json_object_size(s.metrics) > 0)
		json_object_set_new(d->body, "items", items_of(&s));
	json_decref(s.metrics);
}

static bool
take_part(struct source_part *part, const struct record *document, const json_t *names,
    struct draft *d, struct drafts *out, struct fault *f)
{
	const json_t *told = json_object_get(document->json, "detailed_evaluation_results");
	struct fault local = {0};
	struct records r = {0};
	bool done = records_read_python(part->data, part->n, &r, &local);

	if (done && is_of(document, &r)) {
		part->used = true;
		done = json_object_get(d->body, "items") == NULL ||
		       fault_set(&local, FAULT_FILE_FORMAT, "", "one file of samples a document",
			   "a second one");
		for (size_t k = 0; done && k < r.n; k++)
			done = check_same(document, &r.list[k], &local);
		done = done && check_sums(told, part, &r, &local);
		if (done)
			take_all(&r, names, d, out);
	}
	records_clear(&r);
	return done || part_fault(part, &local, f);
}

bool
eee_samples(const struct source *in, const struct record *document, const json_t *names,
    struct draft *d, struct drafts *out, struct fault *f)
{
	for (size_t k = 0; k < in->parts_n; k++)
		if (!is_of_other(document, &in->parts[k]) &&
		    !take_part(&in->parts[k], document, names, d, out, f))
			return false;
	return true;
}
