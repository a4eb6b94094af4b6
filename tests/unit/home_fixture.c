/* home_fixture.c — a runner's folder for one test, and a command line that names it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "home_fixture.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#define WORDS_MAX 32

void
args_of(struct args *out, const struct verb *verb, const char *const *words)
{
	char *copies[WORDS_MAX];
	struct fault f = {0};
	int n = 0;

	while (words[n] != NULL) {
		copies[n] = (char *)words[n];
		n++;
	}
	if (!args_read(verb, n, copies, out, &f))
		fail_msg("%s: %s", f.path, f.got);
}

void
home_fixture_open(struct home_fixture *h)
{
	struct args args;
	struct fault f = {0};
	bool made;

	memset(h, 0, sizeof(*h));
	strcpy(h->dir, "/tmp/assay-home-XXXXXX");
	assert_non_null(mkdtemp(h->dir));
	args_of(&args, &verb_keygen, (const char *[]){"--home", h->dir, NULL});
	assert_true(home_find(&args, &h->home, &f));
	assert_true(home_make(&h->home, &f));
	assert_true(home_key_make(&h->home, &h->key, &made, &f));
	assert_true(made);
	args_clear(&args);
}

static int
on_file(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

void
home_fixture_close(struct home_fixture *h)
{
	home_close(&h->home);
	assert_int_equal(nftw(h->dir, on_file, 16, FTW_DEPTH | FTW_PHYS), 0);
}

size_t
files_in(const char *dir, const char *ending)
{
	DIR *folder = opendir(dir);
	struct dirent *file;
	size_t n = 0;

	assert_non_null(folder);
	while ((file = readdir(folder)) != NULL) {
		size_t length = strlen(file->d_name), tail = strlen(ending);

		if (file->d_name[0] != '.' && length >= tail &&
		    strcmp(file->d_name + length - tail, ending) == 0)
			n++;
	}
	closedir(folder);
	return n;
}
