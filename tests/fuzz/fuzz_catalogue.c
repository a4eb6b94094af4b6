/* fuzz_catalogue.c — any bytes as a catalogue, and as every sort of raw name looked up in a small
 * one. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"

#define SOURCE "\"source\": \"s\", \"date\": \"2026\"}\n"

static const char small[] =
    "{\"table\": \"hardware\"}\n"
    "{\"slug\": \"nvidia-a100\", \"vendor\": \"NVIDIA\", \"name\": \"NVIDIA A100\", \"kind\": "
    "\"gpu\", \"memory_gib\": 40, \"aliases\": [\"A100\"], " SOURCE
    "{\"slug\": \"nvidia-a100-80\", \"vendor\": \"NVIDIA\", \"name\": \"NVIDIA A100 80GB\", "
    "\"kind\": \"gpu\", \"memory_gib\": 80, \"ambiguous_aliases\": [\"A100\"], " SOURCE
    "{\"table\": \"models\"}\n"
    "{\"hf_repo\": \"org/name-7b\", \"name\": \"N\", \"family\": \"N\", \"organisation\": \"o\", "
    "\"kind\": \"base\", \"moe\": false, " SOURCE "{\"table\": \"engines\"}\n"
    "{\"slug\": \"llama.cpp\", \"name\": \"llama.cpp\", \"kind\": \"engine\", " SOURCE
    "{\"table\": \"quantizations\"}\n"
    "{\"name\": \"Q4_K_M\", \"format\": \"gguf\", \"kind\": \"mix\", " SOURCE
    "{\"table\": \"api_prices\"}\n{\"table\": \"rentals\"}\n{\"table\": \"mt_bench\"}\n"
    "{\"table\": \"alpaca_eval\"}\n{\"table\": \"throughput\"}\n{\"table\": \"perplexity\"}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
look_up(const struct catalogue *c, const char *raw)
{
	struct device_query q = {.raw = raw, .memory_mib = 40960};
	struct catalogue_device d = {0}, again;
	const json_t *row;

	if (catalogue_device(c, &q, &d) == MATCH_ONE &&
	    (!catalogue_device_by_slug(c, d.slug, &again) || d.part != again.part ||
		d.slice != again.slice || d.count < 1 || d.count > DEVICE_COUNT_MAX))
		abort();
	(void)catalogue_device_by_slug(c, raw, &d);
	(void)catalogue_model(c, raw, &row);
	(void)catalogue_engine(c, raw, &row);
	(void)catalogue_quantization(c, raw, &row);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct catalogue *known;
	char *raw = malloc(n + 1);
	struct fault f = {0};
	struct catalogue *c;

	if (known == NULL)
		known = catalogue_read(small, sizeof(small) - 1, &f);
	if (known == NULL || raw == NULL)
		abort();
	if (n > 0)
		memcpy(raw, data, n);
	raw[n] = 0;
	look_up(known, raw);
	free(raw);
	c = catalogue_read((const char *)data, n, &f);
	if (c == NULL && f.code == FAULT_NONE)
		abort();
	if (c != NULL)
		look_up(c, "NVIDIA A100 MIG 3g.20gb");
	catalogue_free(c);
	return 0;
}
