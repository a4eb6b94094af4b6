/* test_dbhosts.c — which hosts of a connection string are left behind one that failed.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "dbhosts.h"
#include "unit.h"

static const struct row {
	const char *host, *hostaddr, *port;
	const char *failed, *failed_port;
	const char *rest, *rest_addr, *rest_port; /* rest and rest_addr NULL: none */
} rows[] = {
    {"a,b,c", NULL, "5432", "a", "5432", "b,c", NULL, NULL},
    {"a,b,c", NULL, "5432", "b", "5432", "c", NULL, NULL},
    {"a,b,c", NULL, "5432", "c", "5432", NULL, NULL, NULL},
    {"a,b,c", NULL, NULL, "a", "5432", "b,c", NULL, NULL},
    {"a", NULL, "5432", "a", "5432", NULL, NULL, NULL},
    {NULL, NULL, NULL, "/run/postgresql", "5432", NULL, NULL, NULL},
    {NULL, NULL, NULL, "", "", NULL, NULL, NULL},
    /* No host is another one's beginning, or longer. */
    {"ab,a,abc,d", NULL, "1", "a", "1", "abc,d", NULL, NULL},
    /* One host under two ports. */
    {"a,a,a", NULL, "1,2,3", "a", "2", "a", NULL, "3"},
    {"a,a", NULL, "1,2", "a", "2", NULL, NULL, NULL},
    /* What is empty alone cannot be told to libpq: a port is PostgreSQL's, a host none. */
    {"a,b", NULL, "1,", "a", "1", "b", NULL, "5432"},
    {"a,", NULL, "1", "a", "1", NULL, NULL, NULL},
    {"a,", "192.0.2.1,192.0.2.2", "1", "a", "1", "192.0.2.2", "192.0.2.2", NULL},
    {"a,b", "192.0.2.1,", "1", "a", "1", NULL, NULL, NULL},
    /* The same twice: the first of them, so that there is an end. */
    {"a,a,b", NULL, "1", "a", "1", "a,b", NULL, NULL},
    /* Addresses lead, names are what is asked for. */
    {NULL, "192.0.2.1,192.0.2.2", "1", "192.0.2.1", "1", NULL, "192.0.2.2", NULL},
    {"a,b", "192.0.2.1,192.0.2.2", "1,2", "a", "1", "b", "192.0.2.2", "2"},
    {"a,,c", "192.0.2.1,192.0.2.2,192.0.2.3", "1", "192.0.2.2", "1", "c", "192.0.2.3", NULL},
    /* An empty one is libpq's default, whatever that is. */
    {",b", NULL, "1", "/run/postgresql", "1", "b", NULL, NULL},
    /* One that is not there: the first, so that there is an end. */
    {"a,b,c", NULL, "1", "x", "1", "b,c", NULL, NULL},
    {"a,b,c", NULL, "1", "", "", "b,c", NULL, NULL},
    /* Lists that do not fit each other: libpq refuses them. */
    {"a,b", NULL, "1,2,3", "a", "1", "b", NULL, "2,3"},
    {"a,b,c", NULL, "1,2", "b", "2", NULL, NULL, NULL},
    {"a", "192.0.2.1,192.0.2.2", "1", "a", "1", NULL, NULL, NULL},
};

static void
assert_list(const char *got, const char *expected)
{
	if (expected == NULL)
		assert_null(got);
	else
		assert_string_equal(got ? got : "(none)", expected);
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct dbhosts all = {(char *)r->host, (char *)r->hostaddr, (char *)r->port};
		struct dbhosts rest = {0};
		bool more = dbhosts_behind(&all, r->failed, r->failed_port, &rest);

		print_message("row %zu\n", i);
		assert_int_equal(more, r->rest != NULL || r->rest_addr != NULL);
		assert_list(rest.host, r->rest);
		assert_list(rest.hostaddr, r->rest_addr);
		assert_list(rest.port, r->rest_port);
		dbhosts_free(&rest);
		assert_null(rest.host);
	}
}

/* Whatever is said to have failed, n steps end it. */
static void
test_ends(void **state)
{
	const char *const failed[] = {"a", "", "x"};

	(void)state;
	for (size_t i = 0; i < COUNT(failed); i++) {
		struct dbhosts all = {strdup("a,a,,a,b"), NULL, strdup("1,,1,1,1")}, rest = {0};
		size_t n = 0;

		for (; dbhosts_behind(&all, failed[i], "1", &rest); n++) {
			dbhosts_free(&all);
			all = rest;
			rest = (struct dbhosts){0};
		}
		assert_true(n <= 4);
		dbhosts_free(&all);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
