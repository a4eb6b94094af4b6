/* media_type.h — what a published file is, by the end of its name.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_MEDIA_TYPE_H
#define ASSAYD_MEDIA_TYPE_H

#include <stdbool.h>

struct media_type {
	const char *extension, *name;
	bool is_text; /* shrinks when it is coded: see variants.h */
};

/* Return the row for a path; that of application/octet-stream if its extension is none of ours. */
const struct media_type *media_type_of(const char *path);

#endif
