/* document.c — printing a published document.
 * SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

#include <string.h>

#include "json.h"

static void
add_value(struct text *out, json_t *value)
{
	if (value == NULL)
		out->failed = true;
	else
		json_print(value, out);
	json_decref(value);
}

static void
add_name(struct text *out, const char *name)
{
	json_print_string(name, strlen(name), out);
	text_add_str(out, ":");
}

/* The first element of a list follows its bracket, the others a comma. */
static void
next_element(struct text *out)
{
	text_add_str(out, out->n > 0 && out->data[out->n - 1] == '[' ? "\n" : ",\n");
}

void
document_begin(struct text *out, const char *format, int64_t log_size)
{
	text_addf(out, "{\n\"format\":\"%s\",\n\"log_size\":%lld", format, (long long)log_size);
}

void
document_add(struct text *out, const char *name, json_t *value)
{
	text_add_str(out, ",\n");
	add_name(out, name);
	add_value(out, value);
}

void
document_add_list(struct text *out, const char *name, json_t *list)
{
	json_t *element;
	size_t i;

	out->failed = out->failed || list == NULL;
	document_begin_list(out, name);
	json_array_foreach (list, i, element) {
		next_element(out);
		json_print(element, out);
	}
	document_end_list(out);
	json_decref(list);
}

void
document_begin_list(struct text *out, const char *name)
{
	text_add_str(out, ",\n");
	add_name(out, name);
	text_add_str(out, "[");
}

void
document_list_add(struct text *out, const char *element, size_t n)
{
	next_element(out);
	text_add(out, element, n);
}

void
document_end_list(struct text *out)
{
	text_add_str(out, "\n]");
}

void
document_begin_element(struct text *out, const char *name, json_t *value)
{
	next_element(out);
	text_add_str(out, "{");
	add_name(out, name);
	add_value(out, value);
}

void
document_end_element(struct text *out)
{
	text_add_str(out, "}");
}

void
document_end(struct text *out)
{
	text_add_str(out, "\n}\n");
}
