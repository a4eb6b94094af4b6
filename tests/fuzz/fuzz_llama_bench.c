/* fuzz_llama_bench.c — any bytes as an output of llama-bench.
 * SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "importer.h"
#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Some conditions are listed, others are not and have to become flags. */
static const char suite_json[] =
    "{\"name\":\"throughput\",\"version\":1,\"title\":\"t\",\"requires\":[],\"cell\":[\"subject\"],"
    "\"rank_within\":[],\"conditions\":{\"n_prompt\":\"integer\",\"n_gen\":\"integer\","
    "\"flash_attn\":\"string\",\"no_host\":\"boolean\"},\"metrics\":[{\"name\":\"prefill\","
    "\"unit\":\"u\","
    "\"direction\":\"higher\",\"scale\":\"log\",\"bounds\":[0.001,10],\"tolerance\":{\"relative\":"
    "0.1},"
    "\"items\":false}]}";

/* What was accepted holds together: no statement without results, no result that is no speed. */
static void
check_draft(const struct draft *d)
{
	const json_t *results = json_object_get(d->body, "results"), *result;
	size_t i;

	if (json_array_size(results) == 0 || d->model_file == NULL)
		abort();
	json_array_foreach (results, i, result) {
		double value = json_get_real(result, "value");

		if (!isfinite(value) || value <= 0 || json_get_whole(result, "n") < 1)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct suite *suite;
	struct source in = {.data = (const char *)data, .n = n};
	struct drafts drafts;
	struct fault f = {0};

	if (suite == NULL)
		suite = suite_read(suite_json, strlen(suite_json), NULL, 0, &f);
	if (suite == NULL)
		abort();
	in.suite = suite;
	if (importer_llama_bench.read(&in, &drafts, &f)) {
		if (drafts.n == 0)
			abort();
		for (size_t i = 0; i < drafts.n; i++)
			check_draft(&drafts.list[i]);
	} else if (f.code == FAULT_NONE) {
		abort();
	}
	drafts_clear(&drafts);
	return 0;
}
