/* lm_eval_samples.c — scores of single documents, from the sample files of lm-evaluation-harness.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "draft_parts.h"
#include "encode.h"
#include "json.h"
#include "lm_eval.h"
#include "text.h"

#define FILTERS_MAX 32 /* of one task: each has a score for each of its documents */

static bool
no_memory(struct fault *f)
{
	return fault_set(f, FAULT_NO_MEMORY, "", "memory for samples", "none");
}

static bool
hash_of(const struct records *r, char hex[HEX32_SIZE], struct fault *f)
{
	static const char *const names[] = {"doc_hash", "prompt_hash", "target_hash"};
	uint8_t digest[SHA256_SIZE];
	struct sha256 h;

	sha256_start(&h);
	for (size_t k = 0; k < r->n; k++)
		for (size_t i = 0; i < 3; i++) {
			const char *one = json_get_text(r->list[k].json, names[i]);

			if (one[0] == 0)
				return record_fault(f, &r->list[k], names[i],
				    "a hash, as the harness writes since 0.4.3", "nothing");
			sha256_add(&h, one, strlen(one));
		}
	sha256_end(&h, digest);
	hex_print(digest, SHA256_SIZE, hex);
	return true;
}

static const char *
task_with(const struct lm_eval *l, const char *hex)
{
	json_t *hashes = json_object_get(l->root, "task_hashes"), *hash;
	const char *task;

	json_object_foreach (hashes, task, hash)
		if (json_is_string(hash) && strcmp(json_string_value(hash), hex) == 0)
			return task;
	return NULL;
}

/* Return object[name], which is made if it is not there. Borrowed. */
static json_t *
inner(json_t *object, const char *name)
{
	json_t *found = json_object_get(object, name);

	if (found == NULL) {
		found = json_object();
		json_object_set_new(object, name, found);
	}
	return found;
}

/* Only a metric that the suite has items of takes room for all of them. */
static bool
has_items(const struct suite *suite, const char *metric)
{
	const struct suite_metric *row = suite_metric(suite, metric);

	return row != NULL && row->has_items;
}

/* Scores that are no numbers (pairs that a perplexity is made of, lists) have no place here. */
static bool
take_sample(
    const struct lm_eval *l, const struct suite *suite, json_t *filters, const json_t *sample)
{
	const char *filter = json_get_text(sample, "filter");
	int64_t place = suite_place(suite, "hash", json_get_text(sample, "doc_hash"));
	const json_t *metric;
	size_t k;

	(void)l;
	if (place < 0 || place >= suite->items_n)
		return false;
	json_array_foreach (json_object_get(sample, "metrics"), k, metric)
		if (json_is_string(metric) && has_items(suite, json_string_value(metric)))
			scores_put(inner(filters, filter), json_string_value(metric),
			    suite->items_n, place,
			    json_object_get(sample, json_string_value(metric)));
	return true;
}

static void
take_all(struct lm_eval *l, const struct suite *suite, const char *task, const struct records *r)
{
	json_t *filters = inner(l->scores, task);
	size_t strange = 0;

	if (suite == NULL || suite->items_n == 0) {
		drafts_note(l->out,
		    "scores of single documents of %s are left out: its suite lists no items",
		    task);
		return;
	}
	for (size_t k = 0; k < r->n && json_object_size(filters) <= FILTERS_MAX; k++)
		strange += !take_sample(l, suite, filters, r->list[k].json);
	if (json_object_size(filters) > FILTERS_MAX) {
		json_object_del(l->scores, task);
		drafts_note(l->out,
		    "scores of single documents of %s are left out: more than %d filters", task,
		    FILTERS_MAX);
		return;
	}
	if (strange == 0)
		return;
	json_object_del(l->scores, task);
	drafts_note(l->out,
	    "scores of single documents of %s are left out: %zu are of documents that its suite "
	    "does not list, so it is another version of them",
	    task, strange);
}

bool
lm_eval_samples(struct lm_eval *l, struct fault *f)
{
	bool done = true;

	for (size_t k = 0; done && k < l->in->parts_n; k++) {
		struct source_part *part = &l->in->parts[k];
		struct fault local = {0};
		struct records r = {0};
		char hex[HEX32_SIZE];
		const char *task;

		if (!records_read_python(part->data, part->n, &r, &local) ||
		    !hash_of(&r, hex, &local)) {
			done =
			    local.code == FAULT_NONE ? no_memory(f) : part_fault(part, &local, f);
		} else {
			task = task_with(l, hex);
			part->used = task != NULL;
			if (task != NULL)
				take_all(l, lm_eval_suite(l, task), task, &r);
		}
		records_clear(&r);
	}
	return done;
}
