/* confine.h — take from a process what the signer does not need: seccomp and Landlock.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_CONFINE_H
#define ASSAYD_CONFINE_H

#include <stdbool.h>

#include "fault.h"

/* What the kernel gave. */
struct confined {
	bool system_calls; /* the filter is on */
	int landlock_abi;  /* 0: this kernel has no Landlock */
};

/* For a process of one thread that has opened its key, its state's lock and its socket. From now on
 * it can open, make, rename and remove plain files below folder and nothing else; a program, a new
 * process, a new socket or another process's memory kill it; every other call that the signer does
 * not make fails with EPERM, memory that can be executed too. Nothing undoes it. What the kernel
 * has not is left out, and told in *c.
 * Sources: seccomp(2), Linux Documentation/userspace-api/landlock.rst.
 * Fails with FAULT_FILE (folder), FAULT_INTERNAL (the kernel has it and refuses). */
bool confine(const char *folder, struct confined *c, struct fault *f)
    __attribute__((warn_unused_result));

#endif
