/* hardware_parts.h — what the files of hardware share with each other and nobody else.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_HARDWARE_PARTS_H
#define ASSAY_HARDWARE_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Add what the platform tells to hardware: cpu, memory_mib, os. One file for each platform. */
void platform_machine(const char *root, json_t *hardware);

/* Append the display adapters on the bus whose tool did not tell of them: those of nvidia and amd
 * only where that is false. */
void platform_devices(const char *root, bool nvidia, bool amd, json_t *devices);

/* Return what a program prints, "" if it cannot be run or fails. Returns new; NULL without memory.
 */
char *hardware_command(const char *root, const char *const argv[]);

/* Set a text of n bytes without the blanks around it; nothing where it is empty, longer than a
 * submission takes, or no plain UTF-8. */
void hardware_set_text(json_t *object, const char *name, const char *text, size_t n);

/* Set a whole number; nothing where it is 0 or less. */
void hardware_set_whole(json_t *object, const char *name, long long value);

/* Append {name, memory_mib}; nothing without a name. */
void hardware_add_device(json_t *devices, const char *name, size_t name_n, long long memory_mib);

/* Return the line behind *at and move there; NULL behind the last. Its n bytes are without LF. */
const char *hardware_line(const char **at, size_t *n);

#endif
