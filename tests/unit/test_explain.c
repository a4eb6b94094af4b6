/* test_explain.c — faults in plain words, exit codes, and servers that say something new.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "json.h"
#include "net.h"
#include "term.h"
#include "unit.h"

/* Print one problem and return the words. Returns new. */
static char *
words_of(const struct problem *p, bool json)
{
	char *words = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&words, &n);

	assert_non_null(out);
	explain(p, json, out);
	fclose(out);
	return words;
}

static void
test_plain_words(void **state)
{
	struct problem p = {0};
	char *words;

	(void)state;
	fault_set(&p.fault, FAULT_TERMS, "/terms", "agreement", "none");
	words = words_of(&p, false);
	assert_string_equal(words,
	    "assay: The enrolment agrees to other terms than the ones in force.\n"
	    "  where:    /terms\n  expected: agreement\n  got:      none\n"
	    "  do:       Read the terms that /v1/policy names, and enrol again. (terms)\n");
	free(words);
}

static void
test_json_line(void **state)
{
	struct problem p = {.status = 503, .retry_after_s = 7};
	json_t *doc;
	char *line;

	(void)state;
	fault_set(&p.fault, FAULT_BUSY, "", "", "full \"queue\"");
	line = words_of(&p, true);
	doc = json_loads(line, 0, NULL);
	assert_non_null(doc);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	assert_string_equal(json_get_text(doc, "code"), "busy");
	assert_string_equal(json_get_text(doc, "got"), "full \"queue\"");
	assert_int_equal(json_get_whole(doc, "retry_after_s"), 7);
	assert_int_equal(json_get_whole(doc, "exit_code"), EXIT_CODE_LATER);
	json_decref(doc);
	free(line);
}

static bool
read_problem(const char *text, int status, struct problem *p)
{
	json_t *doc = json_loads(text, 0, NULL);
	bool done = problem_read(doc, status, p);

	json_decref(doc);
	return done;
}

static void
test_known_code(void **state)
{
	struct problem p;

	(void)state;
	assert_true(read_problem(
	    "{\"code\":\"suite_digest\",\"title\":\"other words\",\"pointer\":\"/suite\","
	    "\"expected\":\"a\",\"got\":\"b\",\"help\":\"h\",\"request_id\":\"r\"}",
	    422, &p));
	assert_int_equal(p.fault.code, FAULT_SUITE_DIGEST);
	assert_string_equal(p.fault.path, "/suite");
	assert_int_equal(problem_exit(&p), EXIT_CODE_REFUSED);
	assert_false(problem_is_passing(&p));
}

/* A code of a newer server is explained in that server's words, and judged by the status. */
static void
test_unknown_code(void **state)
{
	struct problem p;
	char *words;

	(void)state;
	assert_true(read_problem(
	    "{\"code\":\"new_rule\",\"title\":\"It rains.\",\"help\":\"Wait \\u001b[1m.\"}", 422,
	    &p));
	assert_int_equal(problem_exit(&p), EXIT_CODE_REFUSED);
	assert_string_equal(problem_code(&p), "new_rule");
	words = words_of(&p, false);
	assert_string_equal(words, "assay: It rains.\n  do:       Wait ?[1m. (new_rule)\n");
	free(words);
	assert_true(read_problem("{\"code\":\"new_rule\"}", 503, &p));
	assert_int_equal(problem_exit(&p), EXIT_CODE_LATER);
	assert_true(problem_is_passing(&p));
	assert_true(read_problem("{\"code\":\"new_rule\"}", 429, &p));
	assert_true(problem_is_passing(&p));
}

static void
test_no_problem_document(void **state)
{
	struct problem p;

	(void)state;
	assert_false(read_problem("{\"error\":\"x\"}", 400, &p));
	assert_false(read_problem("[]", 400, &p));
	assert_false(read_problem("{\"code\":1}", 400, &p));
}

/* A long text of others is cut between characters, so that it still is JSON. */
static void
test_long_title(void **state)
{
	struct problem p;
	char text[1200] = "{\"code\":\"x\",\"title\":\"a";
	json_t *doc;

	(void)state;
	for (int i = 0; i < 300; i++)
		strcat(text, "\xc3\xa9");
	strcat(text, "\"}");
	assert_true(read_problem(text, 400, &p));
	assert_int_equal(strlen(p.title), 199);
	doc = problem_json(&p);
	assert_string_equal(json_get_text(doc, "title"), p.title);
	json_decref(doc);
}

static void
test_every_fault_has_its_exit(void **state)
{
	(void)state;
	for (int code = FAULT_NONE + 1; code < FAULT__MAX; code++) {
		struct problem p = {.fault.code = (enum fault_code)code};
		char *words = words_of(&p, false);

		assert_true(problem_exit(&p) >= EXIT_CODE_REFUSED &&
			    problem_exit(&p) <= EXIT_CODE_IDENTITY);
		assert_non_null(strstr(words, "\n  do:       "));
		free(words);
	}
}

static void
test_clean_terminal(void **state)
{
	char *words = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&words, &n);

	(void)state;
	term_say(out, "a\033[2J\r\n\tb\xc2\x9b"
		      "c\x7f\xc3\xa9");
	fclose(out);
	assert_string_equal(words, "a?[2J?\n\tb?c?\xc3\xa9\n");
	free(words);
}

static void
test_addresses(void **state)
{
	static const struct {
		const char *given, *url;
	} rows[] = {
	    {"https://assay.example.org", "https://assay.example.org"},
	    {"https://assay.example.org/", "https://assay.example.org"},
	    {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
	    {"http://[::1]:8080/assay//", "http://[::1]:8080/assay"},
	    {"HTTPS://assay.example.org/a", "https://assay.example.org/a"},
	    {"assay.example.org", NULL},
	    {"ftp://assay.example.org", NULL},
	    {"file:///etc/passwd", NULL},
	    {"https://user:secret@assay.example.org", NULL},
	    {"https://assay.example.org/?a=b", NULL},
	    {"https://assay.example.org/#a", NULL},
	    {"https://", NULL},
	    {"", NULL},
	    {"http://a b", NULL},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++) {
		char url[NET_URL_MAX];
		struct fault f = {0};

		if (rows[k].url == NULL) {
			assert_false(net_url(rows[k].given, url, &f));
			assert_int_equal(f.code, FAULT_OPTION);
			continue;
		}
		if (!net_url(rows[k].given, url, &f))
			fail_msg("%s: %s", rows[k].given, f.got);
		assert_string_equal(url, rows[k].url);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain_words),
	    cmocka_unit_test(test_json_line),
	    cmocka_unit_test(test_known_code),
	    cmocka_unit_test(test_unknown_code),
	    cmocka_unit_test(test_no_problem_document),
	    cmocka_unit_test(test_long_title),
	    cmocka_unit_test(test_every_fault_has_its_exit),
	    cmocka_unit_test(test_clean_terminal),
	    cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
