/* document.h — printing a published document: one JSON object, each element of its lists on a line
 * of its own. A writer checks out->failed once, at the end. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_DOCUMENT_H
#define ASSAY_DOCUMENT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* Begin a document of this format; log_size: 1 + index of the last leaf it depends on. */
void document_begin(struct text *out, const char *format, int64_t log_size);

/* Append a member. Takes value; NULL fails the text. */
void document_add(struct text *out, const char *name, json_t *value);

/* Append a member that is a list, an element a line. Takes list; NULL fails the text. */
void document_add_list(struct text *out, const char *name, json_t *list);

/* The same for elements that are printed already: begin, each element, end. */
void document_begin_list(struct text *out, const char *name);
void document_list_add(struct text *out, const char *element, size_t n);
void document_end_list(struct text *out);

/* Begin an object as the next element of the list that is open; its first member is name. Lists may
 * follow in it. Takes value. */
void document_begin_element(struct text *out, const char *name, json_t *value);
void document_end_element(struct text *out);

void document_end(struct text *out);

#endif
