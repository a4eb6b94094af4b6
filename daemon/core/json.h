/* json.h — strict reading of JSON from outside, and the one way the project prints JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_JSON_H
#define ASSAY_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "text.h"

#define JSON_DEPTH_MAX 16

/* Read one JSON object, RFC 8259, UTF-8. Refuses duplicate names, depth over JSON_DEPTH_MAX,
 * numbers outside double or int64, U+0000, bytes behind the object. Returns new. Fails with
 * FAULT_NOT_JSON (got: line, column, reason), FAULT_DUPLICATE_MEMBER, FAULT_TOO_DEEP. */
json_t *json_read_object(const char *data, size_t n, struct fault *f);

/* Read any value that json_print() has printed; NULL if it is none. A real is printed without a
 * point where it needs none, also one that no integer holds. Returns new. */
json_t *json_read_printed(const char *text);

/* Append value: compact, members in insertion order, reals by real_print(), all text as UTF-8 with
 * only the escapes RFC 8259 demands and '<' as \u003c (so that a document may stand in HTML). */
void json_print(const json_t *value, struct text *out);

/* Append value indented by two blanks per level, for documents people read. */
void json_print_pretty(const json_t *value, struct text *out);

/* Append the quoted string form of n bytes of UTF-8. */
void json_print_string(const char *s, size_t n, struct text *out);

/* Return member's string, integer or real; "" / 0 / 0.0 if absent or of another type. Borrowed. */
const char *json_get_text(const json_t *object, const char *name);
int64_t json_get_whole(const json_t *object, const char *name);
double json_get_real(const json_t *object, const char *name);

/* Return the first object of an array whose member is this text; NULL: none. Borrowed. */
json_t *json_find_with(const json_t *array, const char *member, const char *text);

/* Append "/name" or "/index" to a JSON pointer in a buffer of `room` bytes, escaping ~ and /.
 * Returns the old length, to cut the pointer back with path[old] = 0. */
size_t pointer_push(char *path, size_t room, const char *name);
size_t pointer_push_index(char *path, size_t room, size_t index);

/* Find the value a JSON pointer names; NULL if there is none. Borrowed from value. */
json_t *pointer_find(const json_t *value, const char *pointer);

#endif
