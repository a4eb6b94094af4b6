/* test_session.c — sessions: every kept line is there again, whatever a crash left behind it.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "session.h"
#include "unit.h"

#define HEAD "{\"session\":\"" SESSION_FORM "\"}\n"

static json_t *
head_of(const char *model)
{
	return json_pack("{s:s, s:{s:s}, s:s, s:s}", "session", SESSION_FORM, "suite", "name",
	    "toy", "model", model, "started_at", "2026-01-01T00:00:00Z");
}

static void
open_it(const char *folder, const char *model, bool anew, struct session *out)
{
	json_t *head = head_of(model);
	struct fault f = {0};

	memset(out, 0, sizeof(*out));
	if (!session_open(folder, head, anew, out, &f))
		fail_msg("%s: expected %s, got %s", f.path, f.expected, f.got);
	json_decref(head);
}

/* Cut the file at every length: what was whole before the cut is there, and one can go on. */
static void
cut_anywhere(void **state)
{
	char folder[] = "/tmp/assay-session-XXXXXX", *data, *path;
	struct fault f = {0};
	struct session s;
	size_t n;

	(void)state;
	assert_non_null(mkdtemp(folder));
	open_it(folder, "a", false, &s);
	assert_true(session_add(&s, "one", json_pack("{s:s}", "text", "1\n\xc3\xa9"), &f));
	assert_true(session_add(&s, "two", json_pack("{s:s}", "text", ""), &f));
	path = strdup(s.path);
	session_close(&s);
	assert_true(file_read(path, 65536, &data, &n, &f));
	for (size_t cut = 0; cut <= n; cut++) {
		size_t lines = 0, kept;

		for (size_t k = 0; k < cut; k++)
			lines += data[k] == '\n';
		kept = lines > 1 ? lines - 1 : 0;
		assert_true(file_write(path, data, cut, 0600, &f));
		open_it(folder, "a", false, &s);
		assert_int_equal(json_object_size(s.lines), kept);
		assert_true(session_add(&s, "three", json_object(), &f));
		session_close(&s);
		open_it(folder, "a", false, &s);
		assert_int_equal(json_object_size(s.lines), kept + 1);
		session_close(&s);
	}
	free(data);
	unlink(path);
	free(path);
	rmdir(folder);
}

static void
which_one(void **state)
{
	char folder[] = "/tmp/assay-session-XXXXXX";
	struct fault f = {0};
	struct session a, b, second = {0};
	json_t *head = head_of("a");

	(void)state;
	assert_non_null(mkdtemp(folder));
	open_it(folder, "a", false, &a);
	assert_false(session_open(folder, head, false, &second, &f));
	assert_int_equal(f.code, FAULT_FILE);
	session_close(&second);
	open_it(folder, "b", false, &b);
	assert_string_not_equal(a.path, b.path);
	unlink(b.path);
	session_close(&b);
	session_close(&a);
	open_it(folder, "a", true, &a); /* not ended: goes on */
	assert_true(session_add(&a, SESSION_END, json_object(), &f));
	session_close(&a);
	open_it(folder, "a", false, &a);
	assert_non_null(session_line(&a, SESSION_END));
	unlink(a.path);
	open_it(folder, "a", false, &b);
	assert_null(session_line(&b, SESSION_END));
	assert_true(session_add(&b, SESSION_END, json_object(), &f));
	session_close(&a);
	session_close(&b);
	open_it(folder, "a", true, &a);
	assert_null(session_line(&a, SESSION_END));
	assert_non_null(strstr(a.path, "-2.jsonl"));
	unlink(a.path);
	a.path[strlen(a.path) - strlen("2.jsonl")] = '1';
	unlink(a.path);
	session_close(&a);
	assert_int_equal(rmdir(folder), 0);
	json_decref(head);
}

static void
damaged(void **state)
{
	static const struct {
		const char *data, *line;
	} rows[] = {
	    {"", "1"},
	    {"{}\n", "1"},
	    {"no JSON\n", "1"},
	    {HEAD "{\"text\":\"no key\"}\n", "2"},
	    {HEAD "{\"key\":\"a\"}\n{\"key\":\"a\"}\n", "3"},
	    {HEAD "\n", "2"},
	    {HEAD "{\"key\":\"a\"}\n{\"key\":7}\n", "3"},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(rows); k++) {
		struct fault f = {0};
		json_t *head, *lines;
		size_t whole;

		assert_false(
		    session_read(rows[k].data, strlen(rows[k].data), &head, &lines, &whole, &f));
		assert_int_equal(f.code, FAULT_FILE_FORMAT);
		assert_string_equal(f.path, rows[k].line);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(cut_anywhere),
	    cmocka_unit_test(which_one),
	    cmocka_unit_test(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
