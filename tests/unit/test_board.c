/* test_board.c — paths of documents, rows and their order.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "document.h"
#include "json.h"
#include "place.h"
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

static int
by_order(const void *a, const void *b)
{
	return strcmp(((const struct text *)a)->data, ((const struct text *)b)->data);
}

/* Numbers by size, also below zero; they before all other text; shorter names first. */
static void
rows_in_order(void **state)
{
	json_t *rows = json_pack("[o, o, o, o, o, o, o, o, o]", row("b", "Q8", "0", "1"),
	    row("a", "Q8", "1024", "2"), row("a", "Q8", "128", "3"), row("a", "Q4", "nan", "4"),
	    row("a", "Q4", "128", "5"), row("a", "Q4", "128", "0"), row("a", "Q4", "-2", "6"),
	    row("a b", "", "", "7"), row("a", "Q4", "-1.5", "8"));
	static const char wanted[] = "680543271";
	struct text orders[9] = {{0}};

	(void)state;
	for (size_t i = 0; i < 9; i++)
		row_order(json_array_get(rows, i), &orders[i]);
	qsort(orders, 9, sizeof(*orders), by_order);
	for (size_t i = 0; i < 9; i++) {
		assert_int_equal(orders[i].data[orders[i].n - 1], wanted[i]);
		text_clear(&orders[i]);
	}
	json_decref(rows);
}

/* A vote is made of the runs at hand; how many there are in all is said beside it. */
static void
row_of_a_cell(void **state)
{
	struct fault f = {0};
	struct suite_set *set = suite_set_load(ASSAY_CASES "/suites/set", &f);
	const struct cell_run runs[] = {{{.voter = {1}, .submitter = {1}, .index = 4, .value = 10},
					    .metric = "speed", .runs_n = 9},
	    {{.voter = {2}, .submitter = {2}, .index = 5, .value = 1000}, .metric = "speed",
		.runs_n = 9},
	    {{.voter = {2}, .submitter = {2}, .index = 5, .value = 7}, .metric = "of another suite",
		.runs_n = 1}};
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
	    .held_n = 1,
	    .runs = runs,
	    .runs_n = 3};
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
	    "\"estimates\":[{\"metric\":\"speed\",\"point\":100,\"low\":1.9669588025399084e-11,"
	    "\"high\":508399056812330.25,\"interval\":\"student\",\"spread\":3.2563470670302936,"
	    "\"standing\":\"single\",\"voters\":2,\"agreeing\":0,\"established\":0,\"outliers\":0,"
	    "\"runs\":9,"
	    "\"lowest_vote\":10,\"highest_vote\":1000}]}");
	text_clear(&printed);
	json_decref(made);
	json_decref(fields);
	json_decref(model);
	json_decref(versions);
	suite_set_free(set);
}

/* The whole form at once: it is what the page and every mirror read. */
static void
document_form(void **state)
{
	struct text out = {0};
	json_t *read;

	(void)state;
	document_begin(&out, "assay-test-v1", 7);
	document_add(&out, "name", json_string("a<b"));
	document_add_list(&out, "none", json_array());
	document_begin_list(&out, "boards");
	document_begin_element(&out, "suite", json_pack("{s:i}", "version", 1));
	document_begin_list(&out, "rows");
	document_list_add(&out, "{\"a\":1}", 7);
	document_list_add(&out, "{\"a\":2}", 7);
	document_end_list(&out);
	document_end_element(&out);
	document_end_list(&out);
	document_add_list(&out, "runs", json_pack("[i, i]", 1, 2));
	document_end(&out);
	assert_false(out.failed);
	assert_string_equal(out.data,
	    "{\n\"format\":\"assay-test-v1\",\n\"log_size\":7,\n\"name\":\"a\\u003cb\",\n"
	    "\"none\":[\n],\n\"boards\":[\n{\"suite\":{\"version\":1},\n\"rows\":[\n{\"a\":1},\n"
	    "{\"a\":2}\n]}\n],\n\"runs\":[\n1,\n2\n]\n}\n");
	read = json_loads(out.data, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(read);
	json_decref(read);
	text_clear(&out);
	document_add(&out, "missing", NULL);
	assert_true(out.failed);
	text_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(model_paths),
	    cmocka_unit_test(long_names),
	    cmocka_unit_test(rows_in_order),
	    cmocka_unit_test(row_of_a_cell),
	    cmocka_unit_test(document_form),
	};

	return cmocka_run_group_tests_name("board", tests, NULL, NULL);
}
