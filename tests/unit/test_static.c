/* test_static.c — files over HTTP: types, tags, what is never served, what changes under us.
 * SPDX-License-Identifier: Apache-2.0 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "front.h"
#include "unit.h"

#define LARGE_N (3 * 1024 * 1024 + 17)
#define HUGE_N (100 * 1024 * 1024)
#define ASKED_N 1000

static struct front front;
static int fd;

static const char *const small_cache[] = {
    "--cache-max-bytes", "20000", "--cache-file-max-bytes", "9000", "--linger-ms", "300", NULL};

static int
start(void **state)
{
	(void)state;
	front_start(&front, small_cache);
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

static struct reply
get(const char *path, const char *fields)
{
	char request[1024];

	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", path, fields);
	client_say(fd, request);
	return client_read(fd, false);
}

static void
expect_status(const char *path, const char *fields, int status)
{
	struct reply r = get(path, fields);

	if (r.status != status)
		fail_msg("%s: expected %d, got %d", path, status, r.status);
	reply_clear(&r);
}

static void
expect_content(const char *path, const char *content)
{
	struct reply r = get(path, "");

	if (r.status != 200 || strcmp(r.body, content) != 0)
		fail_msg("%s: got %d \"%s\"", path, r.status, r.body);
	reply_clear(&r);
}

static void
write_text(const char *path, const char *text)
{
	front_write(&front, path, text, strlen(text));
}

static char *
path_of(const char *path)
{
	static char full[2][256]; /* two may be in use at a time */
	static int turn;

	turn = !turn;
	snprintf(full[turn], sizeof(full[turn]), "%s/%s", front.folder, path);
	return full[turn];
}

static void
test_types(void **state)
{
	static const char *const types[][2] = {{"a.html", "text/html; charset=utf-8"},
	    {"a.mjs", "text/javascript; charset=utf-8"}, {"a.js", "text/javascript; charset=utf-8"},
	    {"a.css", "text/css; charset=utf-8"}, {"a.json", "application/json"},
	    {"a.svg", "image/svg+xml"}, {"a.png", "image/png"},
	    {"a.txt", "text/plain; charset=utf-8"}, {"a.jsonl", "application/x-ndjson"},
	    {"a.jsonl.gz", "application/gzip"}, {"a.atom", "application/atom+xml"},
	    {"a", "application/octet-stream"}, {"a.weird", "application/octet-stream"},
	    {"x.html/a", "application/octet-stream"}};
	char path[32];

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		struct reply r;

		write_text(types[i][0], "content");
		snprintf(path, sizeof(path), "/%s", types[i][0]);
		r = get(path, "");
		assert_int_equal(r.status, 200);
		assert_string_equal(reply_field(&r, "Content-Type"), types[i][1]);
		assert_string_equal(reply_field(&r, "Cache-Control"), "no-cache");
		assert_string_equal(reply_field(&r, "X-Content-Type-Options"), "nosniff");
		assert_string_equal(reply_field(&r, "Access-Control-Allow-Origin"), "*");
		assert_non_null(
		    strstr(reply_field(&r, "Content-Security-Policy"), "default-src 'self'"));
		assert_string_equal(reply_field(&r, "Referrer-Policy"), "no-referrer");
		reply_clear(&r);
	}
}

static void
test_folders(void **state)
{
	struct reply r;

	(void)state;
	write_text("index.html", "root");
	write_text("sub/index.html", "sub");
	write_text("bare/file.txt", "x");
	expect_content("/", "root");
	expect_content("/index.html", "root");
	expect_content("/?q=1", "root");
	expect_content("/sub/", "sub");
	r = get("/sub?a=b", "");
	assert_int_equal(r.status, 308);
	assert_string_equal(reply_field(&r, "Location"), "/sub/?a=b");
	reply_clear(&r);
	expect_status("/bare", "", 404);
	expect_status("/bare/", "", 404);
	expect_status("/bare/file.txt/", "", 404);
	expect_status("/nothing", "", 404);
	expect_content("/sub/%69ndex.html", "sub");
}

static void
test_never_served(void **state)
{
	static const char *const paths[] = {"/.hidden", "/sub/.hidden", "/.git/config", "/link",
	    "/linked/secret", "/dir/../secret", "/%2e%2e/secret", "/fifo", "/dangling", "/a%00",
	    "/loop", "/inside"};

	(void)state;
	write_text(".hidden", "x");
	write_text("sub/.hidden", "x");
	write_text(".git/config", "x");
	write_text("file", "x");
	assert_int_equal(symlink("/etc/passwd", path_of("link")), 0);
	assert_int_equal(symlink("/etc", path_of("linked")), 0);
	assert_int_equal(symlink("nowhere", path_of("dangling")), 0);
	assert_int_equal(symlink("loop", path_of("loop")), 0);
	assert_int_equal(symlink("file", path_of("inside")), 0);
	assert_int_equal(mkfifo(path_of("fifo"), 0644), 0);
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct reply r = get(paths[i], "");

		if (r.status != 404 && r.status != 400)
			fail_msg("%s: %d", paths[i], r.status);
		reply_clear(&r);
	}
	/* A name that became a link later is no longer what was in memory. */
	expect_content("/file", "x");
	assert_int_equal(unlink(path_of("file")), 0);
	assert_int_equal(symlink("/etc/passwd", path_of("file")), 0);
	expect_status("/file", "", 404);
}

static void
test_conditional(void **state)
{
	static const char *const matching[] = {"%s", "W/%s", "\"other\", %s",
	    "\"a\",W/\"b\" , %s,\"c\"", "*", "%s\r\nX: y", "\"x\"\r\nIf-None-Match: %s"};
	static const char *const other[] = {"\"other\"", "x%s", "\"", "", "W/", "\"*\"", "* , *"};
	char etag[64], value[256], field[300];
	struct reply r;

	(void)state;
	write_text("doc.json", "{}");
	r = get("/doc.json", "");
	snprintf(etag, sizeof(etag), "%s", reply_field(&r, "ETag"));
	reply_clear(&r);
	assert_int_equal(strlen(etag), 34);
	for (size_t i = 0; i < COUNT(matching); i++) {
		const char *mark = strstr(matching[i], "%s");

		snprintf(value, sizeof(value), "%.*s%s%s", mark ? (int)(mark - matching[i]) : 99,
		    matching[i], mark ? etag : "", mark ? mark + 2 : "");
		snprintf(field, sizeof(field), "If-None-Match: %s\r\n", value);
		r = get("/doc.json", field);
		if (r.status != 304)
			fail_msg("%s: %d", value, r.status);
		assert_string_equal(reply_field(&r, "ETag"), etag);
		assert_string_equal(reply_field(&r, "Cache-Control"), "no-cache");
		assert_null(reply_field(&r, "Content-Length"));
		assert_null(reply_field(&r, "Content-Type"));
		reply_clear(&r);
	}
	for (size_t i = 0; i < COUNT(other); i++) {
		snprintf(field, sizeof(field), "If-None-Match: %s\r\n", other[i]);
		expect_status("/doc.json", field, 200);
	}
}

static void
etag_of(const char *path, char out[64])
{
	struct reply r = get(path, "");

	assert_int_equal(r.status, 200);
	snprintf(out, 64, "%s", reply_field(&r, "ETag"));
	reply_clear(&r);
}

/* Whatever way a file changes, the next answer has its new content and another tag. */
static void
test_changes(void **state)
{
	char first[64], second[64];

	(void)state;
	write_text("doc", "one");
	etag_of("/doc", first);
	write_text(".new", "two");
	assert_int_equal(rename(path_of(".new"), path_of("doc")), 0);
	expect_content("/doc", "two");
	etag_of("/doc", second);
	assert_string_not_equal(first, second);
	for (int i = 0; i < 50; i++) {
		char text[16];
		FILE *file = fopen(path_of("doc"), "w");

		/* At once, in place, of equal length: only the clock's tick could hide it. */
		snprintf(text, sizeof(text), "%03d", i);
		fputs(text, file);
		fclose(file);
		expect_content("/doc", text);
	}
	assert_int_equal(unlink(path_of("doc")), 0);
	expect_status("/doc", "", 404);
	write_text("doc", "one");
	etag_of("/doc", second);
	assert_string_equal(first, second);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

/* The folder may be deleted, and comes back. */
static void
test_folder_replaced(void **state)
{
	(void)state;
	write_text("sub/doc", "one");
	expect_content("/sub/doc", "one");
	assert_int_equal(nftw(front.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	expect_status("/sub/doc", "", 404);
	write_text("sub/doc", "two");
	expect_content("/sub/doc", "two");
}

/* More files than the cache holds, again and again. */
static void
test_eviction(void **state)
{
	char path[16], text[4001];

	(void)state;
	for (int i = 0; i < 20; i++) {
		memset(text, 'a' + i, sizeof(text) - 1);
		text[sizeof(text) - 1] = 0;
		snprintf(path, sizeof(path), "f%d", i);
		write_text(path, text);
	}
	for (int round = 0; round < 60; round++) {
		int i = round * 7 % 20;

		memset(text, 'a' + i, sizeof(text) - 1);
		snprintf(path, sizeof(path), "/f%d", i);
		expect_content(path, text);
	}
}

static char *
write_large(const char *path)
{
	char *data = malloc(LARGE_N);

	for (size_t i = 0; i < LARGE_N; i++)
		data[i] = (char)(i * 2654435761u >> 13);
	front_write(&front, path, data, LARGE_N);
	return data;
}

static void
test_large(void **state)
{
	char *data = write_large("large.bin"), etag[64], field[128];
	struct reply r;

	(void)state;
	for (int i = 0; i < 3; i++) {
		r = get("/large.bin", "");
		assert_int_equal(r.status, 200);
		assert_int_equal(r.body_n, LARGE_N);
		assert_memory_equal(r.body, data, LARGE_N);
		snprintf(etag, sizeof(etag), "%s", reply_field(&r, "ETag"));
		reply_clear(&r);
	}
	snprintf(field, sizeof(field), "If-None-Match: %s\r\n", etag);
	expect_status("/large.bin", field, 304);
	client_say(fd, "HEAD /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
	r = client_read(fd, true);
	assert_int_equal(atol(reply_field(&r, "Content-Length")), LARGE_N);
	reply_clear(&r);
	front_write(&front, "large.bin", data, LARGE_N - 1);
	expect_status("/large.bin", field, 200);
	free(data);
}

/* A file cut while it is being sent: what was promised cannot be kept, so the connection ends. It
 * is larger than what the kernel takes ahead. */
static void
test_truncated(void **state)
{
	static char piece[65536];
	int slow = client_open(&front);
	size_t n = 0;
	ssize_t got;

	(void)state;
	front_write(&front, "huge.bin", "x", 1);
	assert_int_equal(truncate(path_of("huge.bin"), HUGE_N), 0);
	client_say(slow, "GET /huge.bin HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_true(recv(slow, piece, 100, 0) > 0);
	sleep_ms(50);
	assert_int_equal(truncate(path_of("huge.bin"), 1000), 0);
	while ((got = recv(slow, piece, sizeof(piece), 0)) > 0)
		n += (size_t)got;
	assert_true(n < HUGE_N);
	close(slow);
	assert_true(front_wait_ends(&front, CONN_END_FILE, 1));
}

/* Bytes that are being sent outlive their place in the cache: more is asked for than the kernel
 * takes, and the file changes meanwhile. */
static void
test_sent_while_evicted(void **state)
{
	static char text[8501];
	struct reply r;
	int fds[3];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	write_text("kept", text);
	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = client_open(&front);
		for (int k = 0; k < ASKED_N; k++)
			client_say(fds[i], "GET /kept HTTP/1.1\r\nHost: a\r\n\r\n");
	}
	for (int i = 0; i < 3; i++) {
		text[0] = (char)('a' + i);
		write_text("kept", text);
		expect_content("/kept", text);
	}
	for (size_t i = 0; i < COUNT(fds); i++) {
		for (int k = 0; k < ASKED_N; k++) {
			r = client_read(fds[i], false);
			assert_int_equal(r.status, 200);
			assert_int_equal(r.body_n, sizeof(text) - 1);
			assert_string_equal(r.body + 1, text + 1);
			reply_clear(&r);
		}
		close(fds[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_types, start, stop),
	    cmocka_unit_test_setup_teardown(test_folders, start, stop),
	    cmocka_unit_test_setup_teardown(test_never_served, start, stop),
	    cmocka_unit_test_setup_teardown(test_conditional, start, stop),
	    cmocka_unit_test_setup_teardown(test_changes, start, stop),
	    cmocka_unit_test_setup_teardown(test_folder_replaced, start, stop),
	    cmocka_unit_test_setup_teardown(test_eviction, start, stop),
	    cmocka_unit_test_setup_teardown(test_large, start, stop),
	    cmocka_unit_test_setup_teardown(test_truncated, start, stop),
	    cmocka_unit_test_setup_teardown(test_sent_while_evicted, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
