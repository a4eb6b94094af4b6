/* hardware_posix.c — what any POSIX system tells of itself; its tools tell of the accelerators.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "hardware_parts.h"

#define MIB (1024 * 1024)

void
platform_machine(const char *root, json_t *hardware)
{
	long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
	struct utsname name;
	char os[200];
	int n;

	(void)root;
	if (pages > 0 && page_bytes > 0)
		hardware_set_whole(hardware, "memory_mib", (long long)pages * page_bytes / MIB);
	if (uname(&name) < 0)
		return;
	n = snprintf(os, sizeof(os), "%s %s", name.sysname, name.release);
	if (n > 0 && (size_t)n < sizeof(os))
		hardware_set_text(hardware, "os", os, (size_t)n);
}

void
platform_devices(const char *root, bool nvidia, bool amd, json_t *devices)
{
	(void)root;
	(void)nvidia;
	(void)amd;
	(void)devices;
}
