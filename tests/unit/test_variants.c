/* test_variants.c — a coded file stands only beside the bytes it was made of, also after a crash.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "coding.h"
#include "file.h"
#include "site.h"
#include "unit.h"
#include "variants.h"

#define TEXT_N 5000

static char folder[64];
static char path[128];

static int
set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/assay-variants-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/doc.json", folder);
	return 0;
}

static int
remove_one(const char *at, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(at);
}

static int
tear_down(void **state)
{
	(void)state;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A document's version, all of one letter and so as good to tell as any. */
static const char *
text_of(char letter)
{
	static char text[TEXT_N];

	memset(text, letter, sizeof(text));
	return text;
}

static bool
publish(char letter, size_t n)
{
	return variants_publish(path, text_of(letter), n, NULL);
}

static const char *
coded_path(enum coding coding)
{
	static char coded[140];

	snprintf(coded, sizeof(coded), "%s%s", path, coding_info(coding)->suffix);
	return coded;
}

/* Returns how many coded files there are; each must be of this text, and the server must know it
 * for its own if `stamped`. */
static int
check_coded(const char *text, size_t n, bool stamped)
{
	int found = 0;

	for (int c = 0; c < CODING_IDENTITY; c++) {
		const char *coded = coded_path((enum coding)c);
		void *expected;
		size_t expected_n;

		if (access(coded, F_OK) != 0)
			continue;
		found++;
		assert_true(coding_make((enum coding)c, text, n, &expected, &expected_n));
		assert_true(file_holds(coded, expected, expected_n));
		assert_true(!stamped || !variants_stray(coded));
		free(expected);
	}
	return found;
}

static void
test_publishes(void **state)
{
	(void)state;
	for (char letter = 'a'; letter < 'e'; letter++) {
		assert_true(publish(letter, TEXT_N));
		assert_true(file_holds(path, text_of(letter), TEXT_N));
		assert_int_equal(check_coded(text_of(letter), TEXT_N, true), 2);
	}
}

static ino_t
inode_of(const char *at)
{
	struct stat st;

	assert_int_equal(stat(at, &st), 0);
	return st.st_ino;
}

static void
test_leaves_alone_what_is_right(void **state)
{
	ino_t before[CODING__MAX];

	(void)state;
	assert_true(publish('a', TEXT_N));
	for (int c = 0; c < CODING__MAX; c++)
		before[c] = inode_of(coded_path((enum coding)c));
	assert_true(publish('a', TEXT_N));
	for (int c = 0; c < CODING__MAX; c++)
		assert_int_equal(inode_of(coded_path((enum coding)c)), before[c]);
	/* What is missing or does not belong comes back; the file itself stays. */
	assert_int_equal(unlink(coded_path(CODING_BR)), 0);
	assert_int_equal(utimensat(AT_FDCWD, coded_path(CODING_GZIP), NULL, 0), 0);
	assert_true(variants_stray(coded_path(CODING_GZIP)));
	assert_true(publish('a', TEXT_N));
	assert_int_equal(check_coded(text_of('a'), TEXT_N, true), 2);
	assert_int_equal(inode_of(path), before[CODING_IDENTITY]);
}

static void
test_small_and_other_files_have_none(void **state)
{
	(void)state;
	assert_true(publish('a', TEXT_N));
	assert_true(publish('a', 1023));
	assert_int_equal(check_coded("", 0, true), 0);
	assert_true(publish('a', 1024));
	assert_int_equal(check_coded(text_of('a'), 1024, true), 2);
	snprintf(path, sizeof(path), "%s/picture.png", folder);
	assert_true(publish('a', TEXT_N));
	assert_int_equal(check_coded("", 0, true), 0);
}

/* The longest name has no room for a suffix. */
static void
test_longest_name(void **state)
{
	char name[512];

	(void)state;
	snprintf(name, sizeof(name), "%s/%0250d.json", folder, 0);
	assert_true(variants_publish(name, text_of('a'), TEXT_N, NULL));
	assert_true(variants_publish(name, text_of('b'), TEXT_N, NULL));
	assert_true(file_holds(name, text_of('b'), TEXT_N));
}

static void
test_sweep(void **state)
{
	char left[140];

	(void)state;
	assert_true(publish('a', TEXT_N));
	snprintf(left, sizeof(left), "%s/gone.json.gz", folder);
	assert_true(file_write(left, "x", 1, 0644, NULL));
	site_sweep(folder);
	assert_int_not_equal(access(left, F_OK), 0);
	assert_int_equal(check_coded(text_of('a'), TEXT_N, true), 2);
	assert_true(file_write(path, text_of('b'), TEXT_N, 0644, NULL));
	site_sweep(folder);
	assert_int_equal(check_coded("", 0, true), 0);
	assert_true(file_holds(path, text_of('b'), TEXT_N));
}

/* ---- a crash at each step ---- */

static int steps_left = -1; /* -1: no end in sight */

static void
step(void)
{
	if (steps_left >= 0 && steps_left-- == 0)
		_exit(1);
}

int __real_rename(const char *from, const char *to);
int __wrap_rename(const char *from, const char *to);
int __real_unlink(const char *at);
int __wrap_unlink(const char *at);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_utimensat(int dir, const char *at, const struct timespec times[2], int flags);
int __wrap_utimensat(int dir, const char *at, const struct timespec times[2], int flags);

int
__wrap_rename(const char *from, const char *to)
{
	step();
	return __real_rename(from, to);
}

int
__wrap_unlink(const char *at)
{
	step();
	return __real_unlink(at);
}

int
__wrap_fsync(int fd)
{
	step();
	return __real_fsync(fd);
}

int
__wrap_utimensat(int dir, const char *at, const struct timespec times[2], int flags)
{
	step();
	return __real_utimensat(dir, at, times, flags);
}

/* Returns whether it came to its end before its n-th step. */
static bool
publish_for(char letter, int n)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		steps_left = n;
		_exit(publish(letter, TEXT_N) ? 0 : 2);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
	return WEXITSTATUS(status) == 0;
}

static void
test_crash_at_each_step(void **state)
{
	bool ended = false;
	int n;

	(void)state;
	for (n = 0; !ended; n++) {
		char now;

		assert_true(publish('a', TEXT_N));
		ended = publish_for('b', n);
		now = file_holds(path, text_of('a'), TEXT_N) ? 'a' : 'b';
		assert_true(file_holds(path, text_of(now), TEXT_N));
		check_coded(text_of(now), TEXT_N, false);
		site_sweep(folder);
		check_coded(text_of(now), TEXT_N, true);
		assert_true(publish('c', TEXT_N));
		assert_int_equal(check_coded(text_of('c'), TEXT_N, true), 2);
	}
	/* Two removed, their folder synced; written, renamed, synced; twice written, renamed,
	 * stamped. */
	assert_int_equal(n - 1, 3 + 3 + 2 * 3);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER_TEST(test_publishes),
	    FOLDER_TEST(test_leaves_alone_what_is_right),
	    FOLDER_TEST(test_small_and_other_files_have_none),
	    FOLDER_TEST(test_longest_name),
	    FOLDER_TEST(test_sweep),
	    FOLDER_TEST(test_crash_at_each_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
