/* test_catalogue.c — the catalogue we ship, and raw names of all sorts.
 * SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalogue.h"
#include "file.h"
#include "json.h"
#include "text.h"
#include "unit.h"

static struct catalogue *shipped;

static int
load(void **state)
{
	struct fault f = {0};

	(void)state;
	shipped = catalogue_load(ASSAY_SUITES "/catalogue", &f);
	if (shipped == NULL)
		print_message("%s: expected %s, got %s\n", f.path, f.expected, f.got);
	return shipped == NULL;
}

static int
unload(void **state)
{
	(void)state;
	catalogue_free(shipped);
	return 0;
}

static const char *
found(const struct device_query *q, struct catalogue_device *d)
{
	memset(d, 0, sizeof(*d));
	switch (catalogue_device(shipped, q, d)) {
	case MATCH_NONE:
		return "-";
	case MATCH_SEVERAL:
		return "?";
	case MATCH_ONE:
		break;
	}
	return d->slug;
}

/* ---- the table ---- */

static void
check_line(char *line)
{
	char *raw = strsep(&line, "|"), *device = strsep(&line, "|"), *system = strsep(&line, "|"),
	     *part = strsep(&line, "|"), *count = line;
	const struct device_query q = {
	    .raw = raw, .memory_mib = atoll(device), .system_mib = atoll(system)};
	struct catalogue_device d;
	const char *got = found(&q, &d);

	if (strcmp(got, part) != 0)
		fail_msg("\"%s\", %s MiB: %s, expected %s", raw, device, got, part);
	if (d.part != NULL && d.count != atoll(count))
		fail_msg("\"%s\": %lld devices, expected %s", raw, (long long)d.count, count);
}

static void
raw_names(void **state)
{
	struct fault f = {0};
	char *data, *at, *line;
	size_t n, lines = 0;

	(void)state;
	assert_true(file_read(ASSAY_TABLES "/device_names.txt", 1 << 20, &data, &n, &f));
	for (at = data; (line = strsep(&at, "\n")) != NULL;)
		if (line[0] != '#' && line[0] != 0) {
			check_line(line);
			lines++;
		}
	free(data);
	assert_true(lines > 130);
}

/* ---- properties over every name we know ---- */

/* Write a name another way. Returns false where the way says nothing of this name. */
static bool
rewrite(int way, const char *name, char *out, size_t room)
{
	bool has_count = isdigit((unsigned char)name[0]) != 0;
	size_t n = 0;

	switch (way) {
	case 0: /* capitals */
		for (; name[n] != 0 && n + 1 < room; n++)
			out[n] = (char)toupper((unsigned char)name[n]);
		out[n] = 0;
		return true;
	case 1: /* underlines for blanks */
		for (; name[n] != 0 && n + 1 < room; n++)
			out[n] = name[n] == ' ' ? '_' : name[n];
		out[n] = 0;
		return true;
	case 2:
		snprintf(out, room, "  %s ", name);
		return true;
	case 3:
		snprintf(out, room, "4x %s", name);
		return !has_count;
	case 4:
		snprintf(out, room, "%s x4", name);
		return !has_count;
	case 5:
		snprintf(out, room, "%s (RADV GFX9999)", name);
		return strchr(name, '(') == NULL;
	case 6:
		snprintf(out, room, "%s (TM)", name);
		return true;
	default:
		return false;
	}
}

/* However a name is written, it is the part that it is when written as we have it. */
static void
check_name(const char *name)
{
	struct catalogue_device as_is, other;
	char wanted[CATALOGUE_SLUG_SIZE], changed[256];

	snprintf(wanted, sizeof(wanted), "%s", found(&(struct device_query){.raw = name}, &as_is));
	if (strcmp(wanted, "-") == 0)
		fail_msg("\"%s\" of the catalogue is not found in it", name);
	for (int way = 0; way < 7; way++) {
		const char *got;

		if (!rewrite(way, name, changed, sizeof(changed)))
			continue;
		got = found(&(struct device_query){.raw = changed}, &other);
		if (strcmp(got, wanted) != 0 && !(way >= 3 && strcmp(got, "?") == 0))
			fail_msg("\"%s\": %s, but \"%s\": %s", changed, got, name, wanted);
		if (other.part != NULL && other.count != (way == 3 || way == 4 ? 4 : 1))
			fail_msg("\"%s\": %lld devices", changed, (long long)other.count);
	}
}

static void
known_names(void **state)
{
	const json_t *part, *alias;
	size_t i, k;

	(void)state;
	json_array_foreach (shipped->rows[CATALOGUE_HARDWARE], i, part) {
		check_name(json_get_text(part, "name"));
		json_array_foreach (json_object_get(part, "aliases"), k, alias)
			check_name(json_string_value(alias));
	}
}

/* A letter or digit more is another part, or none, but never the same. */
static void
one_letter_more(void **state)
{
	const json_t *part;
	size_t i;

	(void)state;
	json_array_foreach (shipped->rows[CATALOGUE_HARDWARE], i, part) {
		const char *name = json_get_text(part, "name"), *slug = json_get_text(part, "slug");
		char changed[256];

		for (size_t at = 0; at <= strlen(name); at++)
			for (const char *c = "7q"; *c != 0; c++) {
				struct catalogue_device d;

				snprintf(changed, sizeof(changed), "%.*s%c%s", (int)at, name, *c,
				    name + at);
				if (strcmp(found(&(struct device_query){.raw = changed}, &d),
					slug) == 0 &&
				    d.count == 1)
					fail_msg("\"%s\" is taken for %s", changed, slug);
			}
	}
}

/* What the memory does not fit is another part. */
static void
memory_decides(void **state)
{
	const json_t *part;
	size_t i;

	(void)state;
	json_array_foreach (shipped->rows[CATALOGUE_HARDWARE], i, part) {
		double gib = json_number_value(json_object_get(part, "memory_gib"));
		const char *name = json_get_text(part, "name"), *slug = json_get_text(part, "slug");
		struct device_query q = {.raw = name};
		struct catalogue_device d;

		if (strcmp(json_get_text(part, "kind"), "gpu") != 0 || gib == 0 ||
		    json_object_get(part, "memory_options_gib") != NULL)
			continue;
		q.memory_mib = (int64_t)(gib * 1024 * 0.95);
		if (strcmp(found(&(struct device_query){.raw = name}, &d), slug) == 0)
			assert_string_equal(found(&q, &d), slug);
		q.memory_mib = (int64_t)(gib * 1024 * 1.5);
		assert_string_not_equal(found(&q, &d), slug);
		q.memory_mib = (int64_t)(gib * 1024 * 0.7);
		assert_string_not_equal(found(&q, &d), slug);
	}
}

/* ---- figures ---- */

static void
figures(void **state)
{
	struct catalogue_device d;

	(void)state;
	found(&(struct device_query){.raw = "NVIDIA GeForce RTX 4090"}, &d);
	assert_true(d.memory_gib == 24 && d.bandwidth_gbs == 1008 && d.tdp_w == 450);
	found(&(struct device_query){.raw = "NVIDIA A100-SXM4-80GB MIG 3g.40gb"}, &d);
	assert_true(d.slice && d.memory_gib == 40 && d.bandwidth_gbs == 2039.0 / 2 && d.tdp_w == 0);
	assert_true(catalogue_device_by_slug(shipped, "nvidia-a100-sxm4-80gb-mig-3g.40gb", &d));
	assert_true(d.slice && d.bandwidth_gbs == 2039.0 / 2);
	found(&(struct device_query){.raw = "NVIDIA A16"}, &d); /* a board of four */
	assert_true(d.memory_gib == 16 && d.bandwidth_gbs == 200);
	assert_true(catalogue_device_by_slug(shipped, "apple-m2-ultra", &d));
	assert_true(d.bandwidth_gbs == 800);
	assert_false(catalogue_device_by_slug(shipped, "apple-m2-ultr", &d));
	assert_false(catalogue_device_by_slug(shipped, "nvidia-l4-mig-9g.10gb", &d));
	assert_false(catalogue_device_by_slug(shipped, "", &d));
}

/* ---- the other tables ---- */

struct spelling {
	const char *raw, *name; /* NULL: none, "?": several */
};

static void
check_spellings(const struct spelling *list, size_t n, const char *member,
    enum match (*find)(const struct catalogue *c, const char *raw, const json_t **row))
{
	for (size_t i = 0; i < n; i++) {
		const json_t *row = NULL;
		enum match m = find(shipped, list[i].raw, &row);
		const char *got = m == MATCH_ONE       ? json_get_text(row, member)
				  : m == MATCH_SEVERAL ? "?"
						       : "-";

		if (strcmp(got, list[i].name ? list[i].name : "-") != 0)
			fail_msg("\"%s\": %s", list[i].raw, got);
	}
}

static void
models(void **state)
{
	static const struct spelling list[] = {
	    {"Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-7B-Instruct"},
	    {"qwen/qwen2.5-7b-instruct", "Qwen/Qwen2.5-7B-Instruct"},
	    {"Qwen/Qwen2.5-7B-Instruct-GGUF", "Qwen/Qwen2.5-7B-Instruct"},
	    {"bartowski/Qwen2.5-7B-Instruct-GGUF", "Qwen/Qwen2.5-7B-Instruct"},
	    {"bartowski/Qwen_Qwen2.5-7B-Instruct-GGUF", "Qwen/Qwen2.5-7B-Instruct"},
	    {"Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-7B-Instruct"},
	    {"somebody/Qwen2.5-7B-Instruct", NULL},
	    {"somebody/Qwen2.5-7B-Instruct-GGUF", NULL},
	    {"Qwen/Qwen2.5-7B-Instruct-abliterated", NULL},
	    {"meta-llama/Meta-Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-8B-Instruct"},
	    {"bartowski/Meta-Llama-3.1-8B-Instruct-GGUF", "meta-llama/Llama-3.1-8B-Instruct"},
	    {"llama3.1:8b", "meta-llama/Llama-3.1-8B-Instruct"},
	    {"openai/gpt-oss-20b", "openai/gpt-oss-20b"},
	    {"ggml-org/gpt-oss-20b-GGUF", "openai/gpt-oss-20b"},
	    {"", NULL},
	    {"/", NULL},
	    {"-gguf", NULL},
	    {"bartowski/-GGUF", NULL},
	    {"Qwen/Qwen2.5-7B-Instruct\xff", NULL},
	    {"Qwen/Qwen2.5-7В-Instruct", NULL},
	};

	(void)state;
	check_spellings(list, COUNT(list), "hf_repo", catalogue_model);
}

static void
engines(void **state)
{
	static const struct spelling list[] = {{"llama.cpp", "llama.cpp"},
	    {"LLAMA_CPP", "llama.cpp"}, {"llama cpp", "llama.cpp"}, {"llama-bench", "llama.cpp"},
	    {"ggml-org/llama.cpp", "llama.cpp"}, {"ik_llama.cpp", "ik_llama.cpp"}, {"vLLM", "vllm"},
	    {"SGLang", "sglang"}, {"TensorRT-LLM", "tensorrt-llm"}, {"llama.cppp", NULL},
	    {"", NULL}, {"...", NULL}};

	(void)state;
	check_spellings(list, COUNT(list), "slug", catalogue_engine);
}

static void
quantizations(void **state)
{
	static const struct spelling list[] = {{"Q4_K_M", "Q4_K_M"}, {"q4_k_m", "Q4_K_M"},
	    {"Q4-K-M", "Q4_K_M"}, {"Q4_K - Medium", "Q4_K_M"}, {"Q3_K - Large", "Q3_K_L"},
	    {"Q4_K", "Q4_K"}, {"F16", "F16"}, {"AWQ", "AWQ-INT4"}, {"4.0bpw", "EXL2-4.0bpw"},
	    {"40bpw", NULL}, {"UD-Q4_K_XL", "UD-Q4_K_XL"}, {" - medium", NULL}, {"", NULL}};
	const json_t *row;

	(void)state;
	check_spellings(list, COUNT(list), "name", catalogue_quantization);
	assert_int_equal(catalogue_quantization(shipped, "Q8_0", &row), MATCH_ONE);
	assert_true(json_number_value(json_object_get(row, "bits_per_weight")) == 8.5);
}

static void
rows_about(void **state)
{
	struct catalogue_rows rows =
	    catalogue_about_hardware(shipped, CATALOGUE_RENTALS, "nvidia-h100-sxm5");

	(void)state;
	assert_true(rows.n > 0);
	for (size_t i = 0; i < rows.n; i++)
		assert_string_equal(
		    json_get_text(catalogue_row(&rows, i), "hardware"), "nvidia-h100-sxm5");
	rows = catalogue_about_model(shipped, CATALOGUE_PERPLEXITY, "meta-llama/Llama-2-7b-hf");
	assert_true(rows.n > 0);
	rows = catalogue_about_model(shipped, CATALOGUE_MT_BENCH, "no/such");
	assert_int_equal(rows.n, 0);
}

/* Every name that a row gives of another table is there. */
static void
references(void **state)
{
	struct catalogue_device d;
	const json_t *row;
	size_t i;

	(void)state;
	for (int t = CATALOGUE_API_PRICES; t < CATALOGUE__MAX; t++)
		json_array_foreach (shipped->rows[t], i, row) {
			const char *hardware = json_get_text(row, "hardware");

			if (hardware[0] && !catalogue_device_by_slug(shipped, hardware, &d))
				fail_msg("%s: %s", json_get_text(row, "id"), hardware);
		}
}

/* ---- bytes ---- */

static void
refused(const char *find, const char *put, const char *place)
{
	char *at = strstr(shipped->bytes, find);
	struct fault f = {0};
	struct text t = {0};
	struct catalogue *c;

	assert_non_null(at);
	text_add(&t, shipped->bytes, (size_t)(at - shipped->bytes));
	text_add_str(&t, put);
	text_add_str(&t, at + strlen(find));
	c = catalogue_read(t.data, t.n, &f);
	if (c != NULL)
		fail_msg("\"%s\" for \"%s\" is taken", put, find);
	assert_int_equal(f.code, FAULT_CATALOGUE);
	if (strncmp(f.path, place, strlen(place)) != 0)
		fail_msg("\"%s\" for \"%s\": %s: %s, %s", put, find, f.path, f.expected, f.got);
	text_clear(&t);
}

static void
wrong_bytes(void **state)
{
	struct fault f = {0};
	struct catalogue *nothing = catalogue_read("", 0, &f);
	struct catalogue_device d;

	(void)state;
	assert_non_null(nothing);
	assert_int_equal(
	    catalogue_device(nothing, &(struct device_query){.raw = "A100"}, &d), MATCH_NONE);
	refused("{\"table\": \"hardware\"}\n", "", "hardware:1");
	refused("{\"table\": \"models\"}\n", "", "hardware:");
	refused("\"slug\": \"amd-ai-pro-r9700\"", "\"slug\": \"../x\"", "hardware:2/slug");
	refused("\"slug\": \"amd-ai-pro-r9700\"", "\"slug\": 7", "hardware:2/slug");
	refused("\"slug\": \"amd-ai-pro-r9700\", ", "", "hardware:2/slug");
	refused("\"slug\": \"amd-ai-pro-r9700\"", "\"slug\": \"amd-mi100\"", "hardware:");
	refused("\"memory_gib\": 32", "\"memory_gib\": -1", "hardware:2/memory_gib");
	refused("\"memory_gib\": 32", "\"memory\": 32", "hardware:2/memory");
	refused("\"date\": \"2026-08-21\"", "\"date\": \"August 2026\"", "hardware:2/date");
	refused("\"source\": ", "\"sauce\": ", "hardware:2/sauce");
	refused("\"aliases\": [\"DMR\"]", "\"aliases\": [\"vllm\"]", "engines:");
	refused("\n{\"table\": \"perplexity\"}", "\n", "throughput:");
	assert_null(catalogue_read(shipped->bytes, shipped->bytes_n - 1, &f));
	catalogue_free(nothing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(raw_names),
	    cmocka_unit_test(known_names),
	    cmocka_unit_test(one_letter_more),
	    cmocka_unit_test(memory_decides),
	    cmocka_unit_test(figures),
	    cmocka_unit_test(models),
	    cmocka_unit_test(engines),
	    cmocka_unit_test(quantizations),
	    cmocka_unit_test(rows_about),
	    cmocka_unit_test(references),
	    cmocka_unit_test(wrong_bytes),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
