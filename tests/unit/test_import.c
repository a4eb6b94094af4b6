/* test_import.c — from result files to signed statements: what is asked for, what is signed once.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "home_fixture.h"
#include "import.h"
#include "json.h"
#include "statement.h"
#include "unit.h"
#include "weights.h"

#define VALID ASSAY_CASES "/llama-bench/valid/"
#define MADE ASSAY_CASES "/llama-bench/made/"
#define HEX "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

static struct home_fixture h;
static struct suite_set *set;
static struct args args;
static struct import_file file;
static struct import i;

static int
setup(void **state)
{
	struct fault f = {0};

	(void)state;
	if (!crypto_start())
		return 1;
	home_fixture_open(&h);
	set = suite_set_load(ASSAY_SUITES, &f);
	return set == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	import_file_clear(&file);
	args_clear(&args);
	suite_set_free(set);
	home_fixture_close(&h);
	return 0;
}

/* Import one file with these words of the command line, up to and without signing. */
static bool
complete(const char *path, struct fault *f, const char *const *words)
{
	import_file_clear(&file);
	args_clear(&args);
	args_of(&args, &verb_import, words);
	memset(f, 0, sizeof(*f));
	file.path = path;
	i = (struct import){.args = &args,
	    .importer = &importer_llama_bench,
	    .files = &file,
	    .n = 1,
	    .suites = set,
	    .audience = "log.example"};
	return import_load(&i, &file, f) && import_read(&i, &file, f) && import_complete(&i, f);
}

#define COMPLETE(path, f, ...)                                                                     \
	complete(path, f, (const char *const[]){"llama-bench", path, __VA_ARGS__, NULL})

static const char *
text_at(size_t index, const char *pointer)
{
	const json_t *value = pointer_find(json_array_get(file.bodies, index), pointer);

	return json_is_string(value) ? json_string_value(value) : "";
}

static void
test_whole_body(void **state)
{
	struct fault f;

	(void)state;
	assert_true(COMPLETE(VALID "b10470-json/input.json", &f, "--model", "org/name",
	    "--revision", "main", "--weights-sha256", HEX, "--os", "Debian 12", "--notes", "warm",
	    "--cpu", "EPYC 9654", "--accelerator", "A", "--accelerator", "B"));
	assert_int_equal(json_array_size(file.bodies), 1);
	assert_string_equal(text_at(0, "/audience"), "log.example");
	assert_string_equal(text_at(0, "/suite/name"), "throughput");
	assert_string_equal(text_at(0, "/model/name"), "org/name");
	assert_string_equal(text_at(0, "/model/revision"), "main");
	assert_string_equal(text_at(0, "/model/sha256"),
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");
	assert_string_equal(text_at(0, "/model/quantization"), "Q8_0");
	assert_string_equal(text_at(0, "/hardware/cpu/name"), "EPYC 9654");
	assert_string_equal(text_at(0, "/hardware/accelerators/1/name"), "B");
	assert_string_equal(text_at(0, "/hardware/os"), "Debian 12");
	assert_string_equal(text_at(0, "/evidence/0/name"), "input.json");
	assert_string_equal(text_at(0, "/evidence/0/sha256"), file.sha256);
	assert_string_equal(text_at(0, "/runner/name"), "assay");
	assert_string_equal(text_at(0, "/notes"), "warm");
	assert_string_equal(text_at(0, "/started_at"), "2026-11-23T10:32:07Z");
}

/* Everything that is missing is asked for at once, by the names of the options. */
static void
test_asks(void **state)
{
	struct fault f;

	(void)state;
	assert_false(complete(
	    MADE "no-cpu-name/input.json", &f, (const char *[]){"llama-bench", "x", NULL}));
	assert_int_equal(f.code, FAULT_OPTION);
	assert_int_equal(fault_info(f.code)->exit_code, EXIT_CODE_USAGE);
	assert_string_equal(f.expected, "--model ORG/NAME; --cpu NAME");
	assert_false(COMPLETE(MADE "no-git/input.json", &f, "--model", "a/b"));
	assert_string_equal(f.expected, "--engine-version VERSION");
	assert_true(
	    COMPLETE(MADE "no-git/input.json", &f, "--model", "a/b", "--engine-version", "b7000"));
	assert_string_equal(text_at(0, "/engine/version"), "b7000");
	assert_false(COMPLETE(MADE "one-of-two-gpus/input.json", &f, "--model", "a/b"));
	assert_non_null(strstr(f.expected, "--accelerator NAME"));
	assert_true(COMPLETE(
	    MADE "one-of-two-gpus/input.json", &f, "--model", "a/b", "--accelerator", "A"));
	assert_int_equal(
	    json_array_size(pointer_find(json_array_get(file.bodies, 0), "/hardware/accelerators")),
	    1);
}

static void
test_several_models(void **state)
{
	const char *const path = VALID "b10470-sweep/input.json";
	struct fault f;

	(void)state;
	assert_false(COMPLETE(path, &f, "--model", "org/name"));
	assert_int_equal(f.code, FAULT_OPTION);
	assert_non_null(strstr(f.expected, "'*=ORG/NAME'"));
	assert_non_null(
	    strstr(f.got, "tiny-llama-F16.gguf, tiny-llama-Q8_0.gguf, tiny-llama-Q4_0.gguf"));
	assert_false(COMPLETE(path, &f, "--model", "tiny-llama-F16.gguf=org/f16"));
	assert_non_null(strstr(f.expected, "tiny-llama-Q8_0.gguf=ORG/NAME"));
	assert_false(COMPLETE(path, &f, "--model", "*=org/name", "--revision", "other.gguf=main"));
	assert_string_equal(f.path, "--revision");
	assert_true(COMPLETE(path, &f, "--model", "tiny-llama-F16.gguf=org/f16", "--model",
	    "*=org/name", "--weights-sha256", "tiny-llama-Q4_0.gguf=" HEX));
	assert_int_equal(json_array_size(file.bodies), 6);
	assert_string_equal(text_at(0, "/model/name"), "org/f16");
	assert_string_equal(text_at(2, "/model/name"), "org/name");
	assert_string_equal(text_at(2, "/model/sha256"), "");
	assert_true(text_at(4, "/model/sha256")[0] != 0);
}

static void
test_model_names(void **state)
{
	static const char *const bad[] = {
	    "name", "/name", "org/", "org/na me", "a/b/c", "=org/name"};
	struct fault f;

	(void)state;
	for (size_t k = 0; k < COUNT(bad); k++) {
		assert_false(COMPLETE(VALID "b10470-r1/input.json", &f, "--model", bad[k]));
		assert_string_equal(f.path, "--model");
	}
}

static void
write_weights(char *path, size_t room, const char *name, const char *data, size_t n)
{
	struct fault f = {0};

	snprintf(path, room, "%s/%s", h.dir, name);
	assert_true(file_write(path, data, n, 0600, &f));
}

static void
test_weights(void **state)
{
	const char *const input = VALID "b10470-r1/input.json";
	size_t n = 4252928 + 100; /* a little more than model_size */
	char *data = calloc(1, n), path[256], digest[HEX32_SIZE];
	uint8_t sha256[SHA256_SIZE];
	struct fault f;

	(void)state;
	memcpy(data, "GGUF", 4);
	sha256_of(data, n, sha256);
	hex_print(sha256, SHA256_SIZE, digest);
	write_weights(path, sizeof(path), "tiny-llama-F16.gguf", data, n);
	assert_true(COMPLETE(input, &f, "--model", "org/name", "--weights", path));
	assert_string_equal(text_at(0, "/model/sha256"), digest);
	write_weights(path, sizeof(path), "tiny-llama-F16.gguf", data, 1000);
	assert_false(COMPLETE(input, &f, "--model", "org/name", "--weights", path));
	assert_int_equal(f.code, FAULT_FILE_FORMAT);
	write_weights(path, sizeof(path), "tiny-llama-F16.gguf", "PK", 2);
	assert_false(COMPLETE(input, &f, "--model", "org/name", "--weights", path));
	assert_int_equal(f.code, FAULT_FILE_FORMAT);
	write_weights(path, sizeof(path), "other.gguf", data, n);
	assert_false(COMPLETE(input, &f, "--model", "org/name", "--weights", path));
	assert_string_equal(f.path, "--weights");
	free(data);
}

/* The digest of split weights is that of the lines of their parts. */
static void
test_split_weights(void **state)
{
	char one[256], two[256], lines[256], hex[2][HEX32_SIZE], digest[HEX32_SIZE];
	uint8_t sha256[SHA256_SIZE];
	uint64_t bytes = 0;
	struct fault f = {0};

	(void)state;
	write_weights(one, sizeof(one), "m-00001-of-00002.gguf", "GGUF1", 5);
	assert_false(weights_digest(one, digest, &bytes, &f));
	assert_non_null(strstr(f.path, "m-00002-of-00002.gguf"));
	f.code = FAULT_NONE;
	write_weights(two, sizeof(two), "m-00002-of-00002.gguf", "GGUF22", 6);
	sha256_of("GGUF1", 5, sha256);
	hex_print(sha256, SHA256_SIZE, hex[0]);
	sha256_of("GGUF22", 6, sha256);
	hex_print(sha256, SHA256_SIZE, hex[1]);
	snprintf(lines, sizeof(lines), "%s  m-00001-of-00002.gguf\n%s  m-00002-of-00002.gguf\n",
	    hex[0], hex[1]);
	sha256_of(lines, strlen(lines), sha256);
	hex_print(sha256, SHA256_SIZE, hex[0]);
	assert_true(weights_digest(two, digest, &bytes, &f));
	assert_string_equal(digest, hex[0]);
	assert_int_equal(bytes, 11);
}

static void
test_lost_name_is_mended(void **state)
{
	const char *const input = VALID "b10470-nonascii-name/input.json";
	char path[256], *data = calloc(1, 2259968);
	struct fault f;

	(void)state;
	memcpy(data, "GGUF", 4);
	write_weights(path, sizeof(path), "mod\xc3\xa8le \"tiny\".gguf", data, 2259968);
	assert_true(COMPLETE(input, &f, "--model", "org/name"));
	assert_string_equal(text_at(0, "/model/file"), "");
	assert_int_equal(json_array_size(file.drafts.notes), 1);
	assert_true(COMPLETE(input, &f, "--model", "mod\xc3\xa8*=org/name", "--weights", path));
	assert_string_equal(text_at(0, "/model/file"), "mod\xc3\xa8le \"tiny\".gguf");
	assert_int_equal(json_array_size(file.drafts.notes), 0);
	free(data);
}

/* A sweep of 600 test points: more than a submission may hold, and more than an envelope. */
static void
test_large_file_is_split(void **state)
{
	struct text lines = {0};
	char path[256], *data = NULL, *at;
	size_t n = 0, results = 0, k;
	struct fault f;
	const json_t *body;

	(void)state;
	assert_true(file_read(VALID "b10470-jsonl/input.jsonl", 1 << 20, &data, &n, &f));
	*strchr(data, '\n') = 0;
	at = strstr(data, "\"n_depth\": 0");
	assert_non_null(at);
	for (int depth = 0; depth < 600; depth++)
		text_addf(&lines, "%.*s\"n_depth\": %d%s\n", (int)(at - data), data, depth,
		    at + strlen("\"n_depth\": 0"));
	write_weights(path, sizeof(path), "large.jsonl", lines.data, lines.n);
	assert_true(COMPLETE(path, &f, "--model", "org/name"));
	assert_true(json_array_size(file.bodies) > 2);
	json_array_foreach (file.bodies, k, body) {
		const json_t *list = json_object_get(body, "results");

		assert_int_equal(
		    json_get_whole(
			json_object_get(json_array_get(list, 0), "conditions"), "n_depth"),
		    results);
		results += json_array_size(list);
	}
	assert_int_equal(results, 600);
	text_clear(&lines);
	free(data);
}

static size_t
sign(bool again, bool *already, struct fault *f)
{
	json_t *ids = NULL;
	size_t n;

	memset(f, 0, sizeof(*f));
	if (!import_sign(&file, &h.home, &h.key, again, &ids, already, f)) {
		json_decref(ids);
		return 0;
	}
	n = json_array_size(ids);
	json_decref(ids);
	return n;
}

static void
test_signed_once(void **state)
{
	struct fault f;
	bool already;

	(void)state;
	assert_true(COMPLETE(VALID "b10470-sweep/input.json", &f, "--model", "*=org/name"));
	assert_int_equal(sign(false, &already, &f), 6);
	assert_false(already);
	assert_int_equal(files_in(h.home.spool, ".json"), 6);
	assert_int_equal(files_in(h.home.imports, ".ndjson"), 1);
	assert_int_equal(sign(false, &already, &f), 6);
	assert_true(already);
	assert_int_equal(files_in(h.home.spool, ".json"), 6);
	assert_int_equal(sign(true, &already, &f), 6);
	assert_false(already);
	assert_int_equal(files_in(h.home.spool, ".json"), 12);
	assert_int_equal(files_in(h.home.imports, ".ndjson"), 2);
	assert_int_equal(sign(false, &already, &f), 6);
	assert_true(already);
	assert_int_equal(files_in(h.home.spool, ".json"), 12);
}

/* The same numbers under another name would count twice. */
static void
test_other_options(void **state)
{
	struct fault f;
	bool already;

	(void)state;
	assert_true(COMPLETE(VALID "b10470-json/input.json", &f, "--model", "org/name"));
	assert_int_equal(sign(false, &already, &f), 1);
	assert_true(COMPLETE(VALID "b10470-json/input.json", &f, "--model", "org/other"));
	assert_int_equal(sign(false, &already, &f), 0);
	assert_int_equal(f.code, FAULT_OPTION);
	assert_non_null(strstr(f.expected, "--again"));
	assert_int_equal(files_in(h.home.spool, ".json"), 1);
	assert_int_equal(sign(true, &already, &f), 1);
	assert_int_equal(files_in(h.home.spool, ".json"), 2);
}

/* Remove every second file of the spool; returns how many. */
static size_t
lose_half_the_spool(void)
{
	struct dirent **names = NULL;
	int n = scandir(h.home.spool, &names, NULL, alphasort);
	size_t lost = 0;

	for (int k = 0; k < n; k++) {
		char *path = path_join(h.home.spool, names[k]->d_name);

		if (k % 2 == 0 && names[k]->d_name[0] != '.')
			lost += unlink(path) == 0;
		free(path);
		free(names[k]);
	}
	free(names);
	return lost;
}

/* Killed after the record was written and before all of it was spooled. */
static void
test_crash_is_made_good(void **state)
{
	struct fault f;
	bool already;

	(void)state;
	assert_true(COMPLETE(VALID "b10470-sweep/input.json", &f, "--model", "*=org/name"));
	assert_int_equal(sign(false, &already, &f), 6);
	assert_int_equal(lose_half_the_spool(), 3);
	assert_int_equal(files_in(h.home.spool, ".json"), 3);
	assert_int_equal(sign(false, &already, &f), 6);
	assert_true(already);
	assert_int_equal(files_in(h.home.spool, ".json"), 6);
	assert_int_equal(files_in(h.home.imports, ".ndjson"), 1);
}

static void
test_what_was_signed_opens(void **state)
{
	char path[512], *data = NULL, *line;
	struct statement st;
	struct fault f;
	bool already;
	size_t n;

	(void)state;
	assert_true(COMPLETE(VALID "b4748-json/input.json", &f, "--model", "org/name"));
	assert_int_equal(sign(false, &already, &f), 1);
	snprintf(path, sizeof(path), "%s/%s-throughput-1.ndjson", h.home.imports, file.sha256);
	assert_true(file_read(path, 1 << 20, &data, &n, &f));
	line = strchr(data, '\n');
	assert_ptr_equal(line, data + n - 1);
	assert_true(statement_open(data, n - 1, &st, &f));
	assert_int_equal(st.kind, KIND_SUBMISSION);
	assert_memory_equal(st.key, h.key.public, KEY_SIZE);
	assert_null(strstr((char *)st.payload, "/tmp"));
	statement_clear(&st);
	free(data);
}

static void
test_place_of_a_fault(void **state)
{
	struct fault f;

	(void)state;
	assert_false(
	    COMPLETE(ASSAY_CASES "/llama-bench/invalid/nan/input.json", &f, "--model", "a/b"));
	assert_int_equal(f.code, FAULT_FILE_FORMAT);
	assert_non_null(strstr(f.path, "/nan/input.json:"));
	assert_non_null(strstr(f.path, ": record 2, key stddev_ts"));
	assert_false(COMPLETE("/nonexistent.json", &f, "--model", "a/b"));
	assert_int_equal(f.code, FAULT_FILE);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_whole_body),
	    CASE(test_asks),
	    CASE(test_several_models),
	    CASE(test_model_names),
	    CASE(test_weights),
	    CASE(test_split_weights),
	    CASE(test_lost_name_is_mended),
	    CASE(test_large_file_is_split),
	    CASE(test_signed_once),
	    CASE(test_other_options),
	    CASE(test_crash_is_made_good),
	    CASE(test_what_was_signed_opens),
	    CASE(test_place_of_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
