/* fuzz_llama_perplexity.c — any bytes as a log of llama-perplexity.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "importer.h"
#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* What was accepted holds together: each metric once, finite, no error below 0. */
static void
check_draft(const struct draft *d)
{
	const json_t *results = json_object_get(d->body, "results"), *result;
	json_t *seen = json_object();
	size_t i;

	if (json_array_size(results) == 0 || d->model_file == NULL)
		abort();
	json_array_foreach (results, i, result) {
		json_t *se = json_object_get(result, "se");

		if (!isfinite(json_get_real(result, "value")) ||
		    (se != NULL && !(json_real_value(se) > 0)) ||
		    json_object_get(seen, json_get_text(result, "metric")) != NULL)
			abort();
		json_object_set_new(seen, json_get_text(result, "metric"), json_true());
	}
	json_decref(seen);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct source in = {.data = (const char *)data, .n = n};
	struct drafts drafts;
	struct fault f = {0};

	if (importer_llama_perplexity.read(&in, &drafts, &f)) {
		if (drafts.n != 1)
			abort();
		check_draft(&drafts.list[0]);
	} else if (f.code == FAULT_NONE) {
		abort();
	}
	drafts_clear(&drafts);
	return 0;
}
