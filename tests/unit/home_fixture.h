/* home_fixture.h — a runner's folder for one test, and a command line that names it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TEST_HOME_FIXTURE_H
#define ASSAY_TEST_HOME_FIXTURE_H

#include "args.h"
#include "crypto.h"
#include "home.h"

struct home_fixture {
	char dir[64];
	struct home home;
	struct keypair key;
};

/* Make an empty folder below /tmp with a key, opened and locked. */
void home_fixture_open(struct home_fixture *h);

/* Close it and remove it with all that is in it. */
void home_fixture_close(struct home_fixture *h);

/* Return how many files of a folder end in `ending`. */
size_t files_in(const char *dir, const char *ending);

/* Read a command line of a verb, words ending with NULL; it must be good. */
void args_of(struct args *out, const struct verb *verb, const char *const *words);

#endif
