/* suite_folder.c — where this machine keeps its suites.
 * SPDX-License-Identifier: Apache-2.0 */
#include "suite_folder.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "text.h"

/* Return the folder the program is in as new text; NULL where the system does not tell. */
static char *
program_folder(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	path[n] = 0;
	slash = strrchr(path, '/');
	if (slash == NULL)
		return NULL;
	*slash = 0;
	return strdup(path);
}

/* An installed program finds PREFIX/share, one in a build folder the source tree around it. */
static char *
beside_program(void)
{
	static const char *const places[] = {
	    "/../share/assay/eval-suites", "/../eval-suites", "/../../eval-suites"};
	char *program = program_folder();
	struct text path = {0};
	bool found = false;

	for (size_t i = 0; program != NULL && !found && i < sizeof(places) / sizeof(places[0]);
	     i++) {
		text_reset(&path);
		text_addf(&path, "%s%s", program, places[i]);
		found = !path.failed && access(path.data, R_OK | X_OK) == 0;
	}
	free(program);
	if (found)
		return text_take(&path);
	text_clear(&path);
	return NULL;
}

static char *
find_folder(const struct args *a)
{
	const char *dir = args_text(a, "suites");

	if (dir == NULL)
		dir = getenv("ASSAY_SUITES");
	if (dir != NULL && dir[0] != 0)
		return strdup(dir);
	return beside_program();
}

bool
suite_folder_load(const struct args *a, struct suite_set **set, char **folder, struct fault *f)
{
	*set = NULL;
	*folder = find_folder(a);
	if (*folder == NULL)
		return fault_set(f, FAULT_OPTION, "--suites",
		    "the folder eval-suites, named by --suites or $ASSAY_SUITES",
		    "neither, and none beside the program");
	*set = suite_set_load(*folder, f);
	return *set != NULL;
}

const struct suite *
suite_newest(const struct suite_set *set, const char *name)
{
	const struct suite *newest = NULL;

	for (size_t i = 0; i < set->n; i++)
		if (strcmp(set->suites[i]->name, name) == 0 &&
		    (newest == NULL || set->suites[i]->version > newest->version))
			newest = set->suites[i];
	return newest;
}
