/* shape.h — tables that say what members a JSON object has, and the one checker that reads them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SHAPE_H
#define ASSAY_SHAPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

enum shape_type {
	SHAPE_TEXT,  /* string of low … high bytes, no control characters but LF and TAB */
	SHAPE_NAME,  /* string of low … high bytes, no control characters at all */
	SHAPE_WHOLE, /* integer, low … high */
	SHAPE_REAL,  /* finite number, low … high */
	SHAPE_BOOL,
	SHAPE_KEY,       /* base64 of 32 bytes (DESIGN §12 "Encodings") */
	SHAPE_SIGNATURE, /* base64 of 64 bytes */
	SHAPE_NONCE,     /* base64 of 16 bytes */
	SHAPE_DIGEST,    /* 64 lower-case hex digits */
	SHAPE_COUNTER,   /* 16 lower-case hex digits */
	SHAPE_TIME,      /* YYYY-MM-DDTHH:MM:SSZ */
	SHAPE_OBJECT,    /* members as listed in `of` */
	SHAPE_ARRAY,     /* low … high elements, each as the single row `of` */
	SHAPE_TEXT_MAP,  /* open object of strings, at most high members */
	SHAPE_REAL_MAP,  /* open object of numbers, at most high members */
	SHAPE_SCALAR_MAP /* open object of strings, numbers, booleans, at most high members */
};

/* One member. A table ends with a row whose name is NULL; the row behind SHAPE_ARRAY's `of` needs
 * no name. */
struct shape {
	const char *name;
	enum shape_type type;
	bool optional;
	bool nullable; /* null stands for a missing value */
	double low, high;
	const struct shape *of;
};

/* Check every member of object against table. path is the object's JSON pointer, used for faults.
 * Fails with FAULT_MISSING_MEMBER, _UNKNOWN_MEMBER, _WRONG_TYPE, _WRONG_FORM, _OUT_OF_RANGE,
 * _TOO_LONG. */
bool shape_check(const struct shape *table, const json_t *object, const char *path, struct fault *f)
    __attribute__((warn_unused_result));

#endif
