/* test_suite.c — suites from files, cell keys, subjects.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "crypto.h"
#include "encode.h"
#include "file.h"
#include "json.h"
#include "submission.h"
#include "suite.h"
#include "unit.h"

static void
suite_invalid(const char *name, const char *data, size_t n, const char *expected)
{
	struct fault f = {0};
	struct suite *s = suite_read(data, n, NULL, 0, &f);

	if (s != NULL)
		fail_msg("%s: accepted", name);
	case_expect(name, expected, &f);
}

static void
invalid_suites(void **state)
{
	(void)state;
	assert_true(cases_walk("suites/invalid", "suite.json", suite_invalid) >= 20);
}

/* The digest file was made by another implementation of the definition. */
static void
digest(void **state)
{
	struct fault f = {0};
	struct suite_set *set = suite_set_load(ASSAY_CASES "/suites/set", &f);
	char hex[HEX32_SIZE], *wanted;
	size_t n;

	(void)state;
	assert_non_null(set);
	assert_int_equal(set->n, 1);
	assert_true(file_read(ASSAY_CASES "/suites/set/toy/1/digest", 100, &wanted, &n, &f));
	wanted[strcspn(wanted, "\n")] = 0;
	hex_print(set->suites[0]->digest, SHA256_SIZE, hex);
	assert_string_equal(hex, wanted);
	free(wanted);
	suite_set_free(set);
}

/* Every suite we ship loads, names its folder and has a README. */
static void
shipped_suites(void **state)
{
	struct fault f = {0};
	struct suite_set *set = suite_set_load(ASSAY_SUITES, &f);
	char path[512], *readme;
	size_t n;

	(void)state;
	if (set == NULL)
		fail_msg("%s: expected %s, got %s", f.path, f.expected, f.got);
	assert_non_null(suite_find(set, "throughput", 1));
	for (size_t i = 0; i < set->n; i++) {
		snprintf(path, sizeof(path), "%s/%s/%lld/README.md", ASSAY_SUITES,
		    set->suites[i]->name, (long long)set->suites[i]->version);
		assert_true(file_read(path, 1 << 20, &readme, &n, &f));
		assert_true(n > 0);
		free(readme);
	}
	suite_set_free(set);
}

static void
wrong_folder(void **state)
{
	char folder[] = "/tmp/assay-suite-XXXXXX", path[128], *data;
	struct fault f = {0};
	size_t n;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_true(
	    file_read(ASSAY_CASES "/suites/invalid/../set/toy/1/suite.json", 65536, &data, &n, &f));
	snprintf(path, sizeof(path), "%s/toy/2", folder);
	assert_true(folder_make(path, 0755, &f));
	snprintf(path, sizeof(path), "%s/toy/2/suite.json", folder);
	assert_true(file_write(path, data, n, 0644, &f));
	free(data);
	assert_true(file_read(ASSAY_CASES "/suites/set/toy/1/items.jsonl", 65536, &data, &n, &f));
	snprintf(path, sizeof(path), "%s/toy/2/items.jsonl", folder);
	assert_true(file_write(path, data, n, 0644, &f));
	free(data);
	assert_null(suite_set_load(folder, &f));
	assert_int_equal(f.code, FAULT_SUITE_FILE);
	assert_string_equal(f.got, "toy/1");
	snprintf(path, sizeof(path), "rm -r %s", folder);
	assert_int_equal(system(path), 0);
}

static json_t *
body_with(const char *hardware, const char *conditions)
{
	json_t *body = json_pack("{s:{s:s, s:s, s:s}, s:{s:s, s:s}, s:[{s:s, s:f, s:i}]}", "model",
	    "name", "org/m", "revision", "r1", "quantization", "Q8_0", "engine", "name",
	    "llama.cpp", "backend", "CUDA", "results", "metric", "speed", "value", 1.0, "n", 1);

	json_object_set_new(body, "hardware", json_loads(hardware, 0, NULL));
	json_object_set_new(json_array_get(json_object_get(body, "results"), 0), "conditions",
	    json_loads(conditions, 0, NULL));
	return body;
}

static void
field_is(const struct suite *s, const char *hardware, const char *conditions, const char *field,
    const char *wanted)
{
	json_t *body = body_with(hardware, conditions);
	struct text value = {0};

	text_add_str(&value, "");
	assert_true(cell_field(
	    s, field, body, json_array_get(json_object_get(body, "results"), 0), &value));
	if (strcmp(value.data, wanted) != 0)
		fail_msg("%s of %s %s: \"%s\", wanted \"%s\"", field, hardware, conditions,
		    value.data, wanted);
	text_clear(&value);
	json_decref(body);
}

#define RAW_CELL_ELSEWHERE "bd643b7ec42f952de83823b6f688f0392dbb34a789942049b75be58da1848a33"
#define CPU "{\"cpu\":{\"name\":\"EPYC\"},\"accelerators\":[]}"
#define GPUS                                                                                       \
	"{\"cpu\":{\"name\":\"EPYC\"},\"accelerators\":[{\"name\":\"B\"},{\"name\":\"A\"},{"       \
	"\"name\":\"B\"}]}"

static void
fields(void **state)
{
	struct fault f = {0};
	struct suite_set *set = suite_set_load(ASSAY_CASES "/suites/set", &f);
	const struct suite *s = set->suites[0];

	(void)state;
	field_is(s, CPU, "{}", "subject", "org/m@r1+Q8_0");
	field_is(s, CPU, "{}", "hardware", "EPYC");
	field_is(s, CPU, "{}", "accelerator_count", "0");
	field_is(s, CPU, "{\"n_gpu_layers\":99}", "offload", "none");
	field_is(s, GPUS, "{}", "hardware", "A + B");
	field_is(s, GPUS, "{}", "accelerator_count", "3");
	field_is(s, GPUS, "{}", "offload", "full");
	field_is(s, GPUS, "{\"n_gpu_layers\":-1}", "offload", "full");
	field_is(s, GPUS, "{\"n_gpu_layers\":99}", "offload", "full");
	field_is(s, GPUS, "{\"n_gpu_layers\":20}", "offload", "partial");
	field_is(s, GPUS, "{\"n_gpu_layers\":99,\"n_cpu_moe\":2}", "offload", "partial");
	field_is(s, GPUS, "{\"n_gpu_layers\":20,\"offload\":\"full\"}", "offload", "full");
	field_is(s, GPUS, "{\"n_gpu_layers\":0}", "offload", "none");
	field_is(s, GPUS, "{\"n_gpu_layers\":0}", "hardware", "EPYC");
	field_is(s, GPUS, "{\"n_gpu_layers\":0}", "accelerator_count", "0");
	field_is(s, CPU, "{}", "conditions.n_prompt", "0");
	field_is(s, CPU, "{\"n_prompt\":512}", "conditions.n_prompt", "512");
	field_is(s, CPU, "{}", "conditions.kind", "plain");
	field_is(s, CPU, "{}", "conditions.ratio", "");
	field_is(s, CPU, "{\"ratio\":1}", "conditions.ratio", "1");
	field_is(s, CPU, "{\"ratio\":1.0}", "conditions.ratio", "1");
	field_is(s, CPU, "{\"ratio\":0.1}", "conditions.ratio", "0.1");
	field_is(s, CPU, "{\"fast\":true}", "conditions.fast", "true");
	field_is(s, CPU, "{\"fast\":false}", "conditions.fast", "false");
	suite_set_free(set);
}

/* RAW_CELL_ELSEWHERE was made by another implementation of the definition. */
static void
raw_cell(void **state)
{
	static const char *const parts[] = {"assay-cell-v1", "toy", "1", "subject=org/m@r1+Q8_0",
	    "hardware=EPYC", "accelerator_count=0", "offload=none", "backend=CUDA",
	    "engine=llama.cpp", "conditions.n_prompt=512", "conditions.ratio=0.1",
	    "conditions.kind=plain", "conditions.fast="};
	struct fault f = {0};
	struct suite_set *set = suite_set_load(ASSAY_CASES "/suites/set", &f);
	json_t *body = body_with(CPU, "{\"n_prompt\":512,\"ratio\":0.1}");
	json_t *result = json_array_get(json_object_get(body, "results"), 0);
	uint8_t raw[SHA256_SIZE], wanted[SHA256_SIZE], other[SHA256_SIZE];
	char hex[HEX32_SIZE];
	struct text text = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		text_addf(&text, "%zu:%s,", strlen(parts[i]), parts[i]);
	sha256_of(text.data, text.n, wanted);
	cell_raw(set->suites[0], body, result, raw);
	assert_memory_equal(raw, wanted, SHA256_SIZE);
	hex_print(raw, SHA256_SIZE, hex);
	assert_string_equal(hex, RAW_CELL_ELSEWHERE);
	/* the metric is not part of it, a field is */
	json_object_set_new(result, "metric", json_string("score"));
	cell_raw(set->suites[0], body, result, other);
	assert_memory_equal(raw, other, SHA256_SIZE);
	json_object_set_new(json_object_get(body, "engine"), "backend", json_string("CUDA "));
	cell_raw(set->suites[0], body, result, other);
	assert_memory_not_equal(raw, other, SHA256_SIZE);
	text_clear(&text);
	json_decref(body);
	suite_set_free(set);
}

static void
subjects(void **state)
{
	json_t *body = body_with(CPU, "{}"), *model = json_object_get(body, "model");
	struct text text = {0};

	(void)state;
	json_object_del(model, "revision");
	submission_subject(body, &text);
	assert_string_equal(text.data, "org/m@+Q8_0");
	text_reset(&text);
	json_object_set_new(model, "sha256", json_string("abc"));
	submission_subject(body, &text);
	assert_string_equal(text.data, "abc");
	text_clear(&text);
	json_decref(body);
}

static int
setup(void **state)
{
	(void)state;
	return crypto_start() ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(invalid_suites),
	    cmocka_unit_test(digest),
	    cmocka_unit_test(shipped_suites),
	    cmocka_unit_test(wrong_folder),
	    cmocka_unit_test(fields),
	    cmocka_unit_test(raw_cell),
	    cmocka_unit_test(subjects),
	};

	return cmocka_run_group_tests_name("suite", tests, setup, NULL);
}
