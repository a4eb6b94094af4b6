/* device_name.h — what a raw device name says: the words that name the part, and beside them
 * vendor, memory, how many, which slice.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DEVICE_NAME_H
#define ASSAY_DEVICE_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEVICE_NAME_MAX 200 /* bytes of a raw name; longer ones name nothing */
#define DEVICE_KEY_SIZE (DEVICE_NAME_MAX + 1)
#define DEVICE_COUNT_MAX 64

/* Keys are the letters (lower case), digits and '+' of a name, so that case, spacing and
 * punctuation do not matter. Each leaves out more than the one before. */
enum device_key {
	DEVICE_KEY_ALL,
	DEVICE_KEY_ONE,    /* without how many */
	DEVICE_KEY_PART,   /* without vendor, "graphics", "gpu" and the like */
	DEVICE_KEY_PLAIN,  /* without what a driver adds in brackets: "(RADV NAVI31)" */
	DEVICE_KEY_FAMILY, /* without a memory size */
	DEVICE_KEY__MAX
};

struct device_name {
	char key[DEVICE_KEY__MAX][DEVICE_KEY_SIZE]; /* "" where nothing is left */
	int64_t count;                              /* "2x …", "… x2"; else 1 */
	double memory_gib;                          /* said in the name; else 0 */
	const char *vendor;                         /* "nvidia"; NULL: the name says none */
	bool vendors_differ;                        /* it says two */
	int64_t slice_compute;                      /* NVIDIA MIG, "3g.40gb"; 0: no slice */
	int64_t slice_gib;
};

/* Read a raw name. "(R)", "(TM)" and their signs mean nothing; of lspci's lines the last bracket is
 * the name; of NVIDIA's slices the form is that of the MIG user guide, "MIG 3g.40gb".
 * False if it can name no part: too long, or with characters that look like others. */
bool device_name_read(const char *raw, struct device_name *out) __attribute__((warn_unused_result));

#endif
