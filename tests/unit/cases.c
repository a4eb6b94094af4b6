/* cases.c — walk a folder of cases.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "file.h"
#include "unit.h"

#define CASE_MAX_BYTES (4 * 1024 * 1024)

static void
run_case(const char *folder, const char *name, const char *file,
    void (*check)(const char *name, const char *data, size_t n, const char *expected))
{
	char path[1024], *data = NULL, *expected = NULL;
	struct fault f = {0};
	size_t n, expected_n;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, name, file);
	if (!file_read(path, CASE_MAX_BYTES, &data, &n, &f))
		fail_msg("%s: %s", path, f.got);
	snprintf(path, sizeof(path), "%s/%s/expected", folder, name);
	if (access(path, F_OK) == 0 && !file_read(path, CASE_MAX_BYTES, &expected, &expected_n, &f))
		fail_msg("%s: %s", path, f.got);
	check(name, data, n, expected);
	free(data);
	free(expected);
}

size_t
cases_walk(const char *dir, const char *file,
    void (*check)(const char *name, const char *data, size_t n, const char *expected))
{
	char folder[512];
	struct dirent **names = NULL;
	size_t n = 0;
	int found;

	snprintf(folder, sizeof(folder), "%s/%s", ASSAY_CASES, dir);
	found = scandir(folder, &names, NULL, alphasort);
	if (found < 0)
		fail_msg("no cases in %s", folder);
	for (int i = 0; i < found; i++) {
		if (names[i]->d_name[0] != '.') {
			run_case(folder, names[i]->d_name, file, check);
			n++;
		}
		free(names[i]);
	}
	free(names);
	return n;
}

void
case_expect(const char *name, const char *expected, const struct fault *got)
{
	char told[512], wanted[512];

	snprintf(wanted, sizeof(wanted), "%s", expected ? expected : "no fault");
	wanted[strcspn(wanted, "\n")] = 0;
	snprintf(told, sizeof(told), "%s %s", fault_info(got->code)->name, got->path);
	if (strcmp(told, wanted) != 0)
		fail_msg("%s: expected \"%s\", got \"%s\" (expected: %s, got: %s)", name, wanted,
		    told, got->expected, got->got);
}
