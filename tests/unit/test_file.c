/* test_file.c — bounded reads, atomic writes, and what is left behind when they fail.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "unit.h"

static char folder[200];

static int
set_up(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%s/assay-test-XXXXXX", base ? base : "/tmp");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static void
remove_all(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *inner = path_join(path, entry->d_name);

		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    unlink(inner) != 0)
			remove_all(inner);
		free(inner);
	}
	if (dir != NULL)
		closedir(dir);
	rmdir(path);
}

static int
tear_down(void **state)
{
	(void)state;
	remove_all(folder);
	return 0;
}

static size_t
count_entries(const char *path)
{
	DIR *dir = opendir(path);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n - 2; /* . and .. */
}

/* A path in the test's folder; the last four stay valid. */
static const char *
in_folder(const char *name)
{
	static char paths[4][sizeof(folder) + 1 + NAME_MAX];
	static size_t next;
	char *path = paths[next++ % COUNT(paths)];

	snprintf(path, sizeof(paths[0]), "%s/%.*s", folder, NAME_MAX, name);
	return path;
}

static void
expect_content(const char *path, const void *data, size_t n)
{
	char *back;
	size_t back_n;

	assert_true(file_read(path, 1 << 20, &back, &back_n, NULL));
	assert_int_equal(back_n, n);
	assert_memory_equal(back, data, n);
	assert_int_equal(back[n], 0);
	free(back);
}

static void
test_writes_and_reads(void **state)
{
	const char *path = in_folder("a");
	struct stat st;

	(void)state;
	assert_true(file_write(path, "one\0two", 7, 0640, NULL));
	expect_content(path, "one\0two", 7);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_true(file_write(path, "", 0, 0600, NULL));
	expect_content(path, "", 0);
	assert_int_equal(count_entries(folder), 1);
}

static void
test_writes_into_the_present_folder(void **state)
{
	char before[PATH_MAX];

	(void)state;
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(folder), 0);
	assert_true(file_write("plain", "x", 1, 0600, NULL));
	assert_int_equal(chdir(before), 0);
	expect_content(in_folder("plain"), "x", 1);
}

static void
test_writes_the_longest_name(void **state)
{
	char name[NAME_MAX + 1];

	(void)state;
	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = 0;
	assert_true(file_write(in_folder(name), "x", 1, 0600, NULL));
	expect_content(in_folder(name), "x", 1);
}

static void
test_reads_no_more_than_max(void **state)
{
	struct fault f = {0};
	char *data;
	size_t n;

	(void)state;
	assert_true(file_write(in_folder("a"), "12345", 5, 0600, NULL));
	assert_true(file_read(in_folder("a"), 5, &data, &n, NULL));
	free(data);
	assert_false(file_read(in_folder("a"), 4, &data, &n, &f));
	assert_null(data);
	assert_int_equal(f.code, FAULT_FILE);
	assert_string_equal(f.path, in_folder("a"));
	assert_string_equal(f.expected, "a file of at most 4 bytes");
	assert_string_equal(f.got, "5 bytes");
}

static void
test_reads_regular_files_only(void **state)
{
	static const char *const rows[] = {"", "pipe", "missing", "missing/inner"};
	char *data;
	size_t n;

	(void)state;
	assert_int_equal(mkfifo(in_folder("pipe"), 0600), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = {0};

		assert_false(file_read(in_folder(rows[i]), 100, &data, &n, &f));
		assert_null(data);
		assert_int_equal(f.code, FAULT_FILE);
		assert_string_not_equal(f.got, "");
	}
}

static void
test_failed_rename_leaves_nothing(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_true(folder_make(in_folder("taken/inner"), 0700, NULL));
	assert_false(file_write(in_folder("taken"), "x", 1, 0600, &f));
	assert_int_equal(f.code, FAULT_FILE);
	assert_string_equal(f.path, in_folder("taken"));
	assert_int_equal(count_entries(folder), 1);
}

static void
test_failed_open_leaves_nothing(void **state)
{
	struct fault f = {0};

	(void)state;
	assert_false(file_write(in_folder("missing/a"), "x", 1, 0600, &f));
	assert_int_equal(f.code, FAULT_FILE);
	assert_string_equal(f.got, strerror(ENOENT));
	assert_int_equal(count_entries(folder), 0);
}

/* A disk that is full after the first bytes. */
static void
test_failed_write_keeps_the_old_content(void **state)
{
	struct rlimit before, small;
	struct fault f = {0};
	char data[8192] = {1};
	bool done;

	(void)state;
	assert_true(file_write(in_folder("a"), "old", 3, 0600, NULL));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 4096;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	done = file_write(in_folder("a"), data, sizeof(data), 0600, &f);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(done);
	assert_int_equal(f.code, FAULT_FILE);
	assert_string_equal(f.got, strerror(EFBIG));
	expect_content(in_folder("a"), "old", 3);
	assert_int_equal(count_entries(folder), 1);
}

static ino_t
inode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static void
test_writes_only_changes(void **state)
{
	const char *path = in_folder("a");
	bool changed;
	ino_t first;

	(void)state;
	assert_true(file_write_if_changed(path, "one", 3, 0644, &changed, NULL));
	assert_true(changed);
	first = inode_of(path);
	assert_true(file_write_if_changed(path, "one", 3, 0644, &changed, NULL));
	assert_false(changed);
	assert_int_equal(inode_of(path), first);
	assert_true(file_write_if_changed(path, "two", 3, 0644, &changed, NULL));
	assert_true(changed);
	assert_true(file_write_if_changed(path, "tw", 2, 0644, &changed, NULL));
	assert_true(changed);
	assert_true(file_write_if_changed(path, "", 0, 0644, &changed, NULL));
	assert_true(changed);
	assert_true(file_write_if_changed(path, "", 0, 0644, &changed, NULL));
	assert_false(changed);
	assert_false(file_write_if_changed(in_folder("no/a"), "x", 1, 0644, &changed, NULL));
	assert_false(changed);
}

static void
test_makes_folders(void **state)
{
	struct fault f = {0};
	struct stat st;

	(void)state;
	assert_true(folder_make(in_folder("a/b//c/"), 0750, &f));
	assert_int_equal(stat(in_folder("a/b/c"), &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_true(folder_make(in_folder("a/b/c"), 0750, &f));
	assert_true(folder_make("/", 0750, &f));
	assert_true(folder_make(".", 0750, &f));
	assert_int_equal(f.code, FAULT_NONE);
}

static void
test_makes_no_folder_over_a_file(void **state)
{
	static const char *const rows[] = {"file", "file/inner"};

	(void)state;
	assert_true(file_write(in_folder("file"), "x", 1, 0600, NULL));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = {0};

		assert_false(folder_make(in_folder(rows[i]), 0700, &f));
		assert_int_equal(f.code, FAULT_FILE);
		assert_string_equal(f.got, strerror(ENOTDIR));
	}
	assert_false(folder_make("", 0700, NULL));
	expect_content(in_folder("file"), "x", 1);
}

static void
test_joins_paths(void **state)
{
	char *path = path_join("a/b", "c");

	(void)state;
	assert_string_equal(path, "a/b/c");
	free(path);
}

#define FOLDER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    FOLDER_TEST(test_writes_and_reads),
	    FOLDER_TEST(test_writes_into_the_present_folder),
	    FOLDER_TEST(test_writes_the_longest_name),
	    FOLDER_TEST(test_reads_no_more_than_max),
	    FOLDER_TEST(test_reads_regular_files_only),
	    FOLDER_TEST(test_failed_rename_leaves_nothing),
	    FOLDER_TEST(test_failed_open_leaves_nothing),
	    FOLDER_TEST(test_failed_write_keeps_the_old_content),
	    FOLDER_TEST(test_writes_only_changes),
	    FOLDER_TEST(test_makes_folders),
	    FOLDER_TEST(test_makes_no_folder_over_a_file),
	    cmocka_unit_test(test_joins_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
