/* glance.h — what a file looks like from outside, enough to tell the formats apart by content.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GLANCE_H
#define ASSAY_GLANCE_H

#include <stdbool.h>
#include <stddef.h>

#define GLANCE_KEYS_MAX 256

enum glance_kind {
	GLANCE_TEXT,   /* anything else: logs, CSV */
	GLANCE_OBJECT, /* one JSON object */
	GLANCE_LINES,  /* several, one behind the other */
	GLANCE_ARRAY,  /* a JSON array that begins with an object */
	GLANCE_ZIP,
	GLANCE_FOLDER
};

/* A member of the first object; of a folder, a file in it. */
struct glance_key {
	const char *name; /* n bytes, as written */
	size_t n;
	const char *value; /* where its value begins, up to the file's end; NULL: it has none */
};

/* Borrows the bytes. The first object need not end, nor be sound JSON: who recognises a file can
 * then say what is wrong with it. */
struct glance {
	enum glance_kind kind;
	const char *data; /* without a byte order mark */
	size_t n;
	struct glance_key keys[GLANCE_KEYS_MAX];
	size_t keys_n; /* more are not looked at */
};

void glance_at(const char *data, size_t n, struct glance *out);

/* A folder with files of these names; the list ends with NULL. Borrows it. */
void glance_at_folder(const char *const *names, struct glance *out);

/* Tell whether the first object has a member; with begin, whether its value begins with that
 * character. */
bool glance_has(const struct glance *g, const char *name);
bool glance_begins(const struct glance *g, const char *name, char begin);

/* Tell whether the object `name` has a member `key` whose value is just this text. */
bool glance_inner_is(const struct glance *g, const char *name, const char *key, const char *text);

/* Tell whether it is JSON, one object or several, in lines or in an array. */
bool glance_is_records(const struct glance *g);

/* Tell whether the bytes contain text, or begin with it. */
bool glance_contains(const struct glance *g, const char *text);
bool glance_starts(const struct glance *g, const char *text);

#endif
