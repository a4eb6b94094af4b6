/* test_board.c — paths of documents, rows and their order.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "board.h"
#include "json.h"
#include "unit.h"

static void
path_is(const char *name, const char *wanted)
{
	struct text path = {0};

	model_path(name, &path);
	assert_string_equal(path.data, wanted);
	text_clear(&path);
}

static void
model_paths(void **state)
{
	(void)state;
	path_is("org/model", "models/org/model.json");
	path_is("model", "models/_/model.json");
	path_is("/model", "models/~/model.json");
	path_is("_/model", "models/~5F/model.json");
	path_is("__/model", "models/__/model.json");
	path_is("a/", "models/a/~.json");
	path_is("/", "models/~/~.json");
	path_is("~/~", "models/~7E/~7E.json");
	path_is("../../etc/passwd", "models/~2E./~2E.~2Fetc~2Fpasswd.json");
	path_is("a/..", "models/a/~2E..json");
	path_is("a/.hidden", "models/a/~2Ehidden.json");
	path_is("a/b c\xc3\xa9", "models/a/b~20c~C3~A9.json");
	path_is("a~b/c", "models/a~7Eb/c.json");
	path_is("Org/Model", "models/Org/Model.json");
}

/* Long names stay short enough for any file system, and apart. */
static void
long_names(void **state)
{
	struct text a = {0}, b = {0};
	char name[256];

	(void)state;
	memset(name, '/', 2);
	memset(name, 'x', sizeof(name));
	name[1] = '/';
	name[200] = 0;
	model_path(name, &a);
	name[199] = 'y';
	model_path(name, &b);
	assert_true(a.n < 120);
	assert_string_not_equal(a.data, b.data);
	/* nobody can spell the cut form: a raw '~' is never followed by another */
	assert_non_null(strstr(a.data, "~~"));
	text_clear(&a);
	text_clear(&b);
}

static json_t *
row(const char *model, const char *quantization, const char *depth, const char *cell)
{
	return json_pack("{s:s, s:{s:s}, s:{s:s, s:s}}", "cell", cell, "fields", "depth", depth,
	    "model", "name", model, "quantization", quantization);
}

static void
rows_in_order(void **state)
{
	json_t *rows = json_pack("[o, o, o, o, o, o]", row("b", "Q8", "0", "1"),
	    row("a", "Q8", "1024", "2"), row("a", "Q8", "128", "3"), row("a", "Q4", "nan", "4"),
	    row("a", "Q4", "128", "5"), row("a", "Q4", "128", "0"));
	static const char *const wanted[] = {"0", "5", "4", "3", "2", "1"};

	(void)state;
	rows_sort(rows);
	for (size_t i = 0; i < 6; i++)
		assert_string_equal(json_get_text(json_array_get(rows, i), "cell"), wanted[i]);
	json_decref(rows);
}

/* Held and counted runs side by side: only the counted ones make the estimate. */
static void
row_of_a_cell(void **state)
{
	struct fault f = {0};
	struct suite_set *set = suite_set_load(ASSAY_CASES "/suites/set", &f);
	struct cell_run runs[] = {
	    {.submitter = {1}, .index = 4, .state = STATE_COUNTED, .metric = "speed", .value = 10},
	    {.submitter = {2},
		.index = 5,
		.state = STATE_COUNTED,
		.metric = "speed",
		.value = 1000},
	    {.submitter = {3}, .index = 6, .state = STATE_HELD, .metric = "speed", .value = 1e16},
	    {.submitter = {3}, .index = 6, .state = STATE_HELD, .metric = "score", .value = 1e16},
	    {.submitter = {4},
		.index = 7,
		.state = STATE_RETRACTED,
		.metric = "speed",
		.value = 5}};
	json_t *fields = json_pack("{s:s}", "subject", "x"), *versions = json_pack("[s]", "b1");
	json_t *model =
	    json_pack("{s:s, s:i, s:s}", "name", "o/m", "parameters", 5, "base", "secret");
	uint8_t cell[SHA256_SIZE] = {0xab};
	struct cell_source source = {.cell = cell,
	    .log_size = 8,
	    .fields = fields,
	    .model = model,
	    .engine = "llama.cpp",
	    .versions = versions,
	    .runs = runs,
	    .runs_n = 5};
	struct text printed = {0};
	json_t *made;

	(void)state;
	assert_non_null(set);
	source.suite = set->suites[0];
	made = board_row(&source);
	json_print(made, &printed);
	assert_string_equal(printed.data,
	    "{\"cell\":\"ab00000000000000000000000000000000000000000000000000000000000000\",\"log_"
	    "size\":8,"
	    "\"fields\":{\"subject\":\"x\"},\"model\":{\"name\":\"o/m\",\"document\":\"models/o/"
	    "m.json\","
	    "\"parameters\":5},\"engine\":{\"name\":\"llama.cpp\",\"versions\":[\"b1\"]},\"held\":"
	    "1,"
	    "\"estimates\":[{\"metric\":\"speed\",\"point\":100,\"voters\":2,\"runs\":2,"
	    "\"lowest_vote\":10,\"highest_vote\":1000}]}");
	text_clear(&printed);
	json_decref(made);
	json_decref(fields);
	json_decref(model);
	json_decref(versions);
	suite_set_free(set);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(model_paths),
	    cmocka_unit_test(long_names),
	    cmocka_unit_test(rows_in_order),
	    cmocka_unit_test(row_of_a_cell),
	};

	return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
