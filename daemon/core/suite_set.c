/* suite_set.c — all suites of a folder NAME/VERSION/.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "suite.h"

/* A fault in a file is told by file name and pointer together. */
static bool
in_file(struct fault *f, const struct fault *from, const char *path)
{
	char where[512];

	snprintf(where, sizeof(where), "%s%s%s", path, from->path[0] ? " at " : "", from->path);
	return fault_set(f, from->code, where, from->expected, "%s", from->got);
}

static bool
load_parts(
    const char *folder, char **json, size_t *n, char **items, size_t *items_n, struct fault *f)
{
	char *path = path_join(folder, "suite.json");
	bool done = path && file_read(path, SUITE_FILE_MAX_BYTES, json, n, f);

	free(path);
	path = path_join(folder, "items.jsonl");
	if (done && path && access(path, F_OK) == 0)
		done = file_read(path, SUITE_FILE_MAX_BYTES, items, items_n, f);
	free(path);
	return done;
}

static struct suite *
load_suite(const char *folder, const char *name, const char *version, struct fault *f)
{
	char *json = NULL, *items = NULL, place[64];
	size_t n = 0, items_n = 0;
	struct suite *s = NULL;
	struct fault local = {0};

	if (load_parts(folder, &json, &n, &items, &items_n, f)) {
		s = suite_read(json, n, items, items_n, &local);
		if (s == NULL)
			in_file(f, &local, folder);
	}
	free(json);
	free(items);
	if (s == NULL)
		return NULL;
	snprintf(place, sizeof(place), "%lld", (long long)s->version);
	if (strcmp(s->name, name) == 0 && strcmp(place, version) == 0)
		return s;
	fault_set(f, FAULT_SUITE_FILE, folder, "a folder named as suite.json's name and version",
	    "%s/%lld", s->name, (long long)s->version);
	suite_free(s);
	return NULL;
}

static int
by_name_and_version(const void *a, const void *b)
{
	const struct suite *x = *(struct suite *const *)a, *y = *(struct suite *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->version > y->version) - (x->version < y->version);
}

static bool
set_add(struct suite_set *set, struct suite *s)
{
	struct suite **more = realloc(set->suites, (set->n + 1) * sizeof(*more));

	if (more == NULL) {
		suite_free(s);
		return false;
	}
	set->suites = more;
	set->suites[set->n++] = s;
	return true;
}

/* Call load for every entry of dir that is not hidden; false ends it. */
static bool
each_entry(const char *dir,
    bool (*load)(const char *dir, const char *name, void *arg, struct fault *f), void *arg,
    struct fault *f)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool done = true;

	if (d == NULL && errno == ENOTDIR)
		return true;
	if (d == NULL)
		return fault_set(
		    f, FAULT_FILE, dir, "a folder that can be read", "%s", strerror(errno));
	while (done && (entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			done = load(dir, entry->d_name, arg, f);
	closedir(d);
	return done;
}

struct loading {
	struct suite_set *set;
	const char *name;
};

static bool
load_version(const char *dir, const char *version, void *arg, struct fault *f)
{
	struct loading *l = arg;
	char *folder = path_join(dir, version),
	     *probe = folder ? path_join(folder, "suite.json") : NULL;
	struct suite *s = NULL;
	bool done = true;

	if (probe != NULL && access(probe, F_OK) == 0) {
		s = load_suite(folder, l->name, version, f);
		done = s != NULL && set_add(l->set, s);
	}
	free(folder);
	free(probe);
	return done;
}

static bool
load_name(const char *dir, const char *name, void *arg, struct fault *f)
{
	struct loading l = {.set = arg, .name = name};
	char *folder = path_join(dir, name);
	bool done = folder != NULL && each_entry(folder, load_version, &l, f);

	free(folder);
	return done;
}

struct suite_set *
suite_set_load(const char *dir, struct fault *f)
{
	struct suite_set *set = calloc(1, sizeof(*set));

	if (set == NULL)
		return NULL;
	if (!each_entry(dir, load_name, set, f)) {
		fault_set(f, FAULT_NO_MEMORY, dir, "memory for suites", "none");
		suite_set_free(set);
		return NULL;
	}
	if (set->n > 0)
		qsort(set->suites, set->n, sizeof(*set->suites), by_name_and_version);
	return set;
}

void
suite_set_free(struct suite_set *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n; i++)
		suite_free(set->suites[i]);
	free(set->suites);
	free(set);
}

const struct suite *
suite_find(const struct suite_set *set, const char *name, int64_t version)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->suites[i]->version == version && strcmp(set->suites[i]->name, name) == 0)
			return set->suites[i];
	return NULL;
}
