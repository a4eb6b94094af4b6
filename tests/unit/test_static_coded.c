/* test_static_coded.c — coded files over HTTP: who gets which, with which tag, never a stale one.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coding.h"
#include "front.h"
#include "unit.h"
#include "variants.h"

#define SMALL_N 5000
#define LARGE_N 400000 /* over what is kept in memory, and so are its coded forms */

static struct front front;
static int fd;
static char text[LARGE_N];

static const char *const small_files[] = {"--cache-file-max-bytes", "20000", NULL};

static int
start(void **state)
{
	uint32_t z = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++) {
		z = z * 1664525 + 1013904223;
		text[i] = "0123456789abcdef"[z >> 28];
	}
	front_start(&front, small_files);
	fd = client_open(&front);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	close(fd);
	front_stop(&front);
	return 0;
}

static const char *
path_of(const char *name)
{
	static char full[128];

	snprintf(full, sizeof(full), "%s/%s", front.folder, name);
	return full;
}

static void
publish(const char *name, size_t n)
{
	assert_true(variants_publish(path_of(name), text, n, NULL));
	sleep_ms(60); /* older than the cache's caution */
}

static struct reply
ask(const char *method, const char *name, const char *fields)
{
	char request[1024];

	snprintf(
	    request, sizeof(request), "%s /%s HTTP/1.1\r\nHost: a\r\n%s\r\n", method, name, fields);
	client_say(fd, request);
	return client_read(fd, strcmp(method, "HEAD") == 0);
}

/* Fails unless the answer is the first n bytes of text in this coding. */
static void
expect(const char *name, const char *fields, enum coding coding, size_t n)
{
	struct reply r = ask("GET", name, fields);
	const char *said = reply_field(&r, "Content-Encoding");
	void *coded = text;

	assert_int_equal(r.status, 200);
	assert_string_equal(said ? said : "identity", coding_info(coding)->name);
	if (coding != CODING_IDENTITY)
		assert_true(coding_make(coding, text, n, &coded, &n));
	assert_int_equal(r.body_n, n);
	assert_memory_equal(r.body, coded, n);
	if (coding != CODING_IDENTITY)
		free(coded);
	reply_clear(&r);
}

static void
expect_all(const char *name, size_t n)
{
	expect(name, "", CODING_IDENTITY, n);
	expect(name, "Accept-Encoding: gzip\r\n", CODING_GZIP, n);
	expect(name, "Accept-Encoding: gzip, br\r\n", CODING_BR, n);
	expect(name, "Accept-Encoding: gzip;q=1, br;q=0.5\r\n", CODING_GZIP, n);
	expect(name, "Accept-Encoding: identity;q=0, *;q=0.1\r\n", CODING_BR, n);
	expect(name, "Accept-Encoding: zstd\r\n", CODING_IDENTITY, n);
	expect(name, "Accept-Encoding: br\r\nAccept-Encoding: gzip;q=0.1\r\n", CODING_BR, n);
}

static void
test_who_gets_which(void **state)
{
	(void)state;
	publish("small.json", SMALL_N);
	publish("large.json", LARGE_N);
	for (int i = 0; i < 3; i++) {
		expect_all("small.json", SMALL_N);
		expect_all("large.json", LARGE_N);
	}
	/* The other form comes when the best one is not there. */
	assert_int_equal(unlink(path_of("small.json.br")), 0);
	expect("small.json", "Accept-Encoding: gzip, br\r\n", CODING_GZIP, SMALL_N);
	expect("small.json", "Accept-Encoding: br\r\n", CODING_IDENTITY, SMALL_N);
}

static void
test_vary(void **state)
{
	struct reply r;

	(void)state;
	publish("small.json", SMALL_N);
	publish("tiny.json", 10);
	publish("picture.png", SMALL_N);
	for (int c = 0; c < CODING__MAX; c++) {
		char field[64];

		snprintf(field, sizeof(field), "Accept-Encoding: %s\r\n",
		    coding_info((enum coding)c)->name);
		r = ask("GET", "small.json", field);
		assert_string_equal(reply_field(&r, "Vary"), "Accept-Encoding");
		assert_string_equal(reply_field(&r, "Content-Type"), "application/json");
		reply_clear(&r);
		r = ask("GET", "tiny.json", field);
		assert_string_equal(reply_field(&r, "Vary"), "Accept-Encoding");
		assert_null(reply_field(&r, "Content-Encoding"));
		reply_clear(&r);
		r = ask("GET", "picture.png", field);
		assert_null(reply_field(&r, "Vary"));
		assert_null(reply_field(&r, "Content-Encoding"));
		reply_clear(&r);
	}
}

/* HEAD says what GET says, and another form has another tag. */
static void
check_tags(const char *name)
{
	char tags[CODING__MAX][64], fields[256];
	struct reply r;

	for (int c = 0; c < CODING__MAX; c++) {
		snprintf(fields, sizeof(fields), "Accept-Encoding: %s\r\n",
		    coding_info((enum coding)c)->name);
		r = ask("GET", name, fields);
		snprintf(tags[c], sizeof(tags[c]), "%s", reply_field(&r, "ETag"));
		reply_clear(&r);
		r = ask("HEAD", name, fields);
		assert_int_equal(r.status, 200);
		assert_string_equal(reply_field(&r, "ETag"), tags[c]);
		assert_int_equal(reply_field(&r, "Content-Encoding") != NULL, c != CODING_IDENTITY);
		reply_clear(&r);
		for (int d = 0; d < c; d++)
			assert_string_not_equal(tags[c], tags[d]);
	}
	for (int has = 0; has < CODING__MAX; has++)
		for (int c = 0; c < CODING__MAX; c++) {
			snprintf(fields, sizeof(fields),
			    "Accept-Encoding: %s\r\nIf-None-Match: %s\r\n",
			    coding_info((enum coding)c)->name, tags[has]);
			r = ask("GET", name, fields);
			assert_int_equal(r.status, has == c ? 304 : 200);
			assert_string_equal(reply_field(&r, "Vary"), "Accept-Encoding");
			assert_string_equal(reply_field(&r, "ETag"), tags[c]);
			reply_clear(&r);
		}
	/* Whoever has all of them has the one that was chosen. */
	snprintf(fields, sizeof(fields),
	    "Accept-Encoding: br, gzip\r\nIf-None-Match: %s, %s, %s\r\n", tags[0], tags[1],
	    tags[2]);
	r = ask("GET", name, fields);
	assert_int_equal(r.status, 304);
	assert_string_equal(reply_field(&r, "ETag"), tags[CODING_BR]);
	reply_clear(&r);
}

static void
test_tags(void **state)
{
	(void)state;
	publish("small.json", SMALL_N);
	publish("large.json", LARGE_N);
	check_tags("small.json");
	check_tags("large.json");
}

/* A coded file that does not bear the time of the file beside it is not sent, whoever left it. */
static void
test_never_stale(void **state)
{
	static const size_t sizes[] = {SMALL_N, LARGE_N};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		publish("doc.json", sizes[i]);
		expect_all("doc.json", sizes[i]);
		/* Behind the publisher's back. */
		front_write(&front, "doc.json", text, sizes[i] - 1);
		expect("doc.json", "Accept-Encoding: br, gzip\r\n", CODING_IDENTITY, sizes[i] - 1);
		publish("doc.json", sizes[i] - 2);
		expect_all("doc.json", sizes[i] - 2);
		assert_int_equal(utimensat(AT_FDCWD, path_of("doc.json.br"), NULL, 0), 0);
		expect("doc.json", "Accept-Encoding: br, gzip\r\n", CODING_GZIP, sizes[i] - 2);
		assert_int_equal(unlink(path_of("doc.json")), 0);
		client_say(fd, "GET /doc.json HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n");
		client_expect(fd, 404);
	}
}

/* A link is no file of ours, whatever its time. */
static void
test_link(void **state)
{
	struct stat st;
	struct timespec times[2];

	(void)state;
	publish("doc.json", SMALL_N);
	assert_int_equal(stat(path_of("doc.json"), &st), 0);
	times[0] = times[1] = st.st_mtim;
	assert_int_equal(unlink(path_of("doc.json.br")), 0);
	assert_int_equal(symlink("/etc/passwd", path_of("doc.json.br")), 0);
	assert_int_equal(
	    utimensat(AT_FDCWD, path_of("doc.json.br"), times, AT_SYMLINK_NOFOLLOW), 0);
	expect("doc.json", "Accept-Encoding: br\r\n", CODING_IDENTITY, SMALL_N);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_who_gets_which, start, stop),
	    cmocka_unit_test_setup_teardown(test_vary, start, stop),
	    cmocka_unit_test_setup_teardown(test_tags, start, stop),
	    cmocka_unit_test_setup_teardown(test_never_stale, start, stop),
	    cmocka_unit_test_setup_teardown(test_link, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
