/* names.h — which raw name stands for which, as staff said it: the aliases in force. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_NAMES_H
#define ASSAY_NAMES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "map.h"
#include "text.h"

#define ALIAS_NAME_MAX_BYTES 400 /* a subject, the longest thing that is named */

enum name_of { NAME_HARDWARE, NAME_MODEL, NAME_ENGINE, NAME_QUANTIZATION, NAME__MAX };

/* One raw name. Names are compared byte by byte. */
struct alias {
	uint8_t id[SHA256_SIZE]; /* of `of` and `raw` together */
	enum name_of of;
	char *raw, *canonical; /* owned; canonical NULL: it stands for itself again */
	int64_t index;         /* leaf that said so */
	bool changed;          /* since the names were begun */
};

/* An alias that is not said, for who wants to know what would follow. */
struct supposed {
	enum name_of of;
	const char *raw, *canonical;
};

/* Zero-initialise; names_clear() frees. */
struct names {
	struct map aliases;
	size_t in_force;
	int64_t last_index;              /* leaf of the newest that was said */
	size_t said_n;                   /* how often anything was said since they were begun */
	const struct supposed *supposed; /* borrowed; NULL: none. names_canonical() goes by it first
					  */
};
void names_clear(struct names *n);

const char *name_of_text(enum name_of of);
bool name_of_named(const char *text, enum name_of *out);

/* Return what is known of a raw name; NULL: nobody ever said anything. */
const struct alias *names_find(const struct names *n, enum name_of of, const char *raw);

/* Return the name that a raw name stands for: itself, unless an alias is in force. One step: there
 * are no chains. Borrowed from either. */
const char *names_canonical(const struct names *n, enum name_of of, const char *raw);

/* Tell whether an alias in force leads to this name. */
bool names_lead_to(const struct names *n, enum name_of of, const char *name);

/* Say what a raw name stands for from the leaf at index on; canonical NULL: for itself. Sets
 * `changed`; false without memory. */
bool names_put(struct names *n, enum name_of of, const char *raw, const char *canonical,
    int64_t index) __attribute__((warn_unused_result));

/* All that was put so far was known before: `changed` tells what comes behind it. */
void names_begin(struct names *n);

/* Append a subject (submission_subject(), a model's `base`, or what a policy calls its candidate)
 * by canonical names: as a whole where an alias of `model` has it whole, else the model's name
 * before the last '@' and the quantization behind the last '+', each by its own. */
void names_subject(const struct names *n, const char *subject, struct text *out);

/* Append what a cell's field says by canonical names: hardware, engine, subject, base; also a
 * model's quantization. Others say what they say. */
void names_value(const struct names *n, const char *field, const char *value, struct text *out);

/* Return a cell's fields by canonical names as a new object; different parts of hardware that
 * are one now are named once. NULL without memory. */
json_t *names_fields(const struct names *n, const json_t *fields);

/* Return a submission's `model` with its name and quantization by canonical names: a new reference.
 * NULL without memory. */
json_t *names_model(const struct names *n, json_t *model);

#endif
