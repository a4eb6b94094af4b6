/* usage.h — what `assayd` says of itself, and of what went wrong, on a terminal.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_USAGE_H
#define ASSAYD_USAGE_H

#include <stdbool.h>

#include "fault.h"

/* Answer --help, --version and --man; true if one of them was asked for. */
bool usage_asked(int argc, char **argv);

/* Tell a fault on stderr: what, where, expected, got, what to do. */
void usage_fault(const struct fault *f);

#endif
