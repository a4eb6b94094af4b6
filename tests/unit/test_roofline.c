/* test_roofline.c — what is faster than its memory is held; what is fast for a reason is not.
 * SPDX-License-Identifier: Apache-2.0 */
#include "roofline.h"

#include <string.h>

#include "json.h"
#include "plausible.h"
#include "unit.h"

static struct catalogue *catalogue;
static struct suite_set *suites;
static const struct suite *throughput;

static int
load(void **state)
{
	struct fault f = {0};

	(void)state;
	catalogue = catalogue_load(ASSAY_SUITES "/catalogue", &f);
	suites = suite_set_load(ASSAY_SUITES, &f);
	throughput = suites != NULL ? suite_find(suites, "throughput", 1) : NULL;
	return catalogue == NULL || throughput == NULL;
}

static int
unload(void **state)
{
	(void)state;
	catalogue_free(catalogue);
	suite_set_free(suites);
	return 0;
}

/* A run as text, in which single quotes stand for double ones. */
static enum doubt
doubt_of(const char *model, const char *engine, const char *hardware, const char *conditions,
    double value)
{
	struct text t = {0};
	struct plausibility p;
	json_t *body;

	text_addf(&t,
	    "{'model':{%s},'engine':{'name':'llama.cpp'%s},'hardware':{%s},"
	    "'results':[{'metric':'decode','conditions':{'n_gen':128%s},'value':1,'n':5}]}",
	    model, engine, hardware, conditions);
	for (size_t i = 0; i < t.n; i++)
		if (t.data[i] == '\'')
			t.data[i] = '"';
	body = json_loads(t.data, 0, NULL);
	assert_non_null(body);
	json_object_set_new(
	    json_array_get(json_object_get(body, "results"), 0), "value", json_real(value));
	plausible_alone(body, throughput, catalogue, &p);
	assert_int_equal(p.doubt == DOUBT_NONE, p.reason[0] == 0);
	if (p.doubt != DOUBT_NONE)
		assert_true(p.number == value && p.bound < value);
	json_decref(body);
	text_clear(&t);
	return p.doubt;
}

#define CPU "'cpu':{'name':'AMD Ryzen 9 7950X 16-Core Processor'}"
#define ONE_4090 CPU ",'accelerators':[{'name':'NVIDIA GeForce RTX 4090','memory_mib':24564}]"
#define DENSE "'name':'org/dense-8b','quantization':'Q4_K_M','size_bytes':4900000000"

/* 1008 GB/s over 4.9 GB, of which a cache may hold a quarter: 217 a second, 325 with half as much.
 */
static void
faster_than_memory(void **state)
{
	(void)state;
	assert_int_equal(doubt_of(DENSE, "", ONE_4090, "", 160), DOUBT_NONE);
	assert_int_equal(doubt_of(DENSE, "", ONE_4090, "", 325), DOUBT_NONE);
	assert_int_equal(doubt_of(DENSE, "", ONE_4090, "", 326), DOUBT_ROOFLINE);
	assert_int_equal(doubt_of(DENSE, "", ONE_4090, "", 1e16), DOUBT_BOUNDS);
	/* two read twice as much */
	assert_int_equal(
	    doubt_of(DENSE, "", CPU ",'accelerators':[{'name':'RTX 4090'},{'name':'RTX 4090'}]", "",
		500),
	    DOUBT_NONE);
	/* a size nobody believes of a model that the catalogue knows */
	assert_int_equal(doubt_of("'name':'meta-llama/Llama-3.1-70B-Instruct','size_bytes':1", "",
			     ONE_4090, "", 900),
	    DOUBT_ROOFLINE);
}

/* Each of these is far above what its whole weights would allow. */
static void
fast_for_a_reason(void **state)
{
	(void)state;
	/* a mixture of experts: as it says, as the catalogue knows, as its name tells */
	assert_int_equal(doubt_of("'name':'org/big','size_bytes':18600000000,"
				  "'parameters':30500000000,'active_parameters':3300000000",
			     "", ONE_4090, "", 250),
	    DOUBT_NONE);
	assert_int_equal(
	    doubt_of("'name':'Qwen/Qwen3-30B-A3B','size_bytes':18600000000", "", ONE_4090, "", 250),
	    DOUBT_NONE);
	assert_int_equal(
	    doubt_of("'name':'org/new-9x4B','size_bytes':18600000000", "", ONE_4090, "", 250),
	    DOUBT_NONE);
	/* speculation, as the engine was told */
	assert_int_equal(
	    doubt_of(DENSE, ",'flags':{'--model-draft':'small.gguf'}", ONE_4090, "", 600),
	    DOUBT_NONE);
	/* experts, or some layers, read by the processor */
	assert_int_equal(doubt_of("'name':'org/moe-100b-a5b','size_bytes':60000000000", "",
			     ONE_4090, ",'n_gpu_layers':99,'n_cpu_moe':30", 60),
	    DOUBT_NONE);
	assert_int_equal(doubt_of(DENSE, "", ONE_4090, ",'n_gpu_layers':20", 40), DOUBT_NONE);
	/* memory that processor and graphics share */
	assert_int_equal(doubt_of(DENSE, "",
			     "'cpu':{'name':'Apple M2 Ultra'},'memory_mib':196608,'accelerators':"
			     "[{'name':'Apple M2 Ultra','memory_mib':147456}]",
			     "", 94),
	    DOUBT_NONE);
	/* small enough for a cache; hardware that nobody knows; an endpoint */
	assert_int_equal(
	    doubt_of("'name':'org/tiny','size_bytes':60000000", "", ONE_4090, "", 3000),
	    DOUBT_NONE);
	assert_int_equal(
	    doubt_of(DENSE, "", CPU ",'accelerators':[{'name':'Wafer 3'}]", "", 2000), DOUBT_NONE);
	assert_int_equal(
	    doubt_of(DENSE, "", "'cpu':{'name':'unknown'},'accelerators':[]", "", 2000),
	    DOUBT_NONE);
}

/* None of these reasons makes anything possible. */
static void
no_excuse(void **state)
{
	(void)state;
	assert_int_equal(doubt_of("'name':'org/big','size_bytes':18600000000,"
				  "'parameters':30500000000,'active_parameters':1",
			     "", ONE_4090, "", 90000),
	    DOUBT_ROOFLINE);
	assert_int_equal(
	    doubt_of(DENSE, ",'flags':{'draft':'x'}", ONE_4090, "", 90000), DOUBT_ROOFLINE);
	assert_int_equal(
	    doubt_of(DENSE, "", ONE_4090, ",'n_gpu_layers':20", 90000), DOUBT_ROOFLINE);
	assert_int_equal(doubt_of(DENSE, "", CPU ",'accelerators':[]", "", 90000), DOUBT_ROOFLINE);
	assert_int_equal(
	    doubt_of(DENSE, "", "'cpu':{'name':'Apple M2'},'accelerators':[{'name':'Apple M2'}]",
		"", 90),
	    DOUBT_ROOFLINE);
}

/* Hundreds of rates that others published: none of them may be held. */
static void
published_rates(void **state)
{
	const json_t *row;
	size_t i, k, bounded = 0;

	(void)state;
	json_array_foreach (catalogue->rows[CATALOGUE_THROUGHPUT], i, row) {
		json_t *list = json_array(), *body;
		struct catalogue_device device;
		struct plausibility p;
		struct roofline roof;
		double rate = json_get_real(row, "tg_tps");

		if (rate <= 0 ||
		    !catalogue_device_by_slug(catalogue, json_get_text(row, "hardware"), &device)) {
			json_decref(list);
			continue;
		}
		for (k = 0; k == 0 || k < (size_t)json_get_whole(row, "gpu_count"); k++)
			json_array_append_new(
			    list, json_pack("{s:O}", "name", json_object_get(device.part, "name")));
		body =
		    json_pack("{s:{s:s, s:s}, s:{s:{s:s}, s:o}, s:[{s:s, s:f}]}", "model", "name",
			json_get_text(row, "hf_repo")[0] ? json_get_text(row, "hf_repo")
							 : json_get_text(row, "model"),
			"quantization", json_get_text(row, "quant"), "hardware", "cpu", "name", "x",
			"accelerators", list, "results", "metric", "decode", "value", rate);
		plausible_alone(body, throughput, catalogue, &p);
		if (p.doubt != DOUBT_NONE)
			print_error("%s: %s\n", json_get_text(row, "id"), p.reason);
		assert_int_equal(p.doubt, DOUBT_NONE);
		bounded += roofline_find(body, json_array_get(json_object_get(body, "results"), 0),
		    throughput, catalogue, &roof);
		json_decref(body);
	}
	assert_true(bounded > 100); /* the check says something of many */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(faster_than_memory),
	    cmocka_unit_test(fast_for_a_reason),
	    cmocka_unit_test(no_excuse),
	    cmocka_unit_test(published_rates),
	};

	return cmocka_run_group_tests_name("roofline", tests, load, unload);
}
