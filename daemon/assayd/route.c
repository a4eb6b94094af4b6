/* route.c — find the row of the route table that a request is for.
 * SPDX-License-Identifier: Apache-2.0 */
#include "route.h"

#include <stdio.h>
#include <string.h>

static bool
ends_with(const char *s, size_t n, const char *end)
{
	return n >= strlen(end) && memcmp(s + n - strlen(end), end, strlen(end)) == 0;
}

/* "**" takes whatever no other row's pattern matches. */
static bool
row_takes_rest(const struct route *row)
{
	return ends_with(row->pattern, strlen(row->pattern), "**");
}

static bool
row_matches(const struct route *row, const char *path, const char **argument)
{
	size_t n = strcspn(row->pattern, "*");

	*argument = path + n;
	if (row->pattern[n] == 0)
		return strcmp(row->pattern, path) == 0;
	if (strncmp(row->pattern, path, n) != 0)
		return false;
	return row_takes_rest(row) || (path[n] != 0 && strchr(path + n, '/') == NULL);
}

static bool
row_serves(const struct route *row, enum http_method method)
{
	return row->method == method || (row->method == HTTP_GET && method == HTTP_HEAD);
}

static bool
refuse_method(const bool allowed[HTTP_METHOD__MAX], enum http_method method, struct fault *f)
{
	char list[64] = "";
	size_t n = 0;

	for (int m = 0; m < HTTP_METHOD__MAX; m++)
		if (allowed[m])
			n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s", n > 0 ? ", " : "",
			    http_method_name((enum http_method)m));
	return fault_set(f, FAULT_METHOD_NOT_ALLOWED, NULL, list, "%s", http_method_name(method));
}

/* The type without parameters: a charset does not change what JSON is (RFC 8259 §8.1). */
static bool
media_type_is(struct http_span value, const char *type)
{
	const char *semicolon = value.n > 0 ? memchr(value.data, ';', value.n) : NULL;

	if (semicolon != NULL)
		value.n = (size_t)(semicolon - value.data);
	while (value.n > 0 && (value.data[value.n - 1] == ' ' || value.data[value.n - 1] == '\t'))
		value.n--;
	return http_span_is(value, type);
}

static bool
row_takes_type(const struct route *row, struct http_span sent)
{
	if (row->media_types == NULL)
		return true;
	for (const char *const *type = row->media_types; *type != NULL; type++)
		if (media_type_is(sent, *type))
			return true;
	return false;
}

/* The row that takes the body's media type; if none does, the first that matches otherwise. */
static const struct route *
find_row(const struct http_head *head, const char *path, const char **argument, struct fault *f)
{
	struct http_span type = http_field(head, "Content-Type");
	bool allowed[HTTP_METHOD__MAX] = {false}, known = false;
	const struct route *other = NULL;

	for (const struct route *row = routes; row->name != NULL; row++) {
		if ((known && row_takes_rest(row)) || !row_matches(row, path, argument))
			continue;
		known = true;
		if (row_serves(row, head->method) && row_takes_type(row, type))
			return row;
		if (row_serves(row, head->method) && other == NULL)
			other = row;
		for (int m = 0; m < HTTP_METHOD__MAX; m++)
			allowed[m] |= row_serves(row, (enum http_method)m);
	}
	if (other != NULL)
		row_matches(other, path, argument);
	else if (known)
		refuse_method(allowed, head->method, f);
	else
		fault_set(f, FAULT_NOT_FOUND, NULL, "a path of this server", "\"%.120s\"", path);
	return other;
}

/* Name the types of all rows that differ from this one in nothing else. */
static bool
refuse_media_type(const struct route *row, struct http_span sent, struct fault *f)
{
	char list[200] = "";
	size_t n = 0;

	for (const struct route *other = routes; other->name != NULL; other++) {
		if (other->method != row->method || strcmp(other->pattern, row->pattern) != 0)
			continue;
		for (const char *const *type = other->media_types; *type != NULL; type++)
			if (n < sizeof(list))
				n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s",
				    n > 0 ? " or " : "Content-Type ", *type);
	}
	if (sent.n == 0)
		return fault_set(f, FAULT_MEDIA_TYPE, NULL, list, "none");
	return fault_set(f, FAULT_MEDIA_TYPE, NULL, list, "\"%.*s\"",
	    (int)(sent.n < 80 ? sent.n : 80), sent.data);
}

static bool
check_body(const struct route *row, const struct http_head *head, struct fault *f)
{
	struct http_span type = http_field(head, "Content-Type");
	char expected[64];

	if (row->body_max_bytes == 0 && head->content_length > 0)
		return fault_set(f, FAULT_BAD_REQUEST, NULL, "no body for this method and path",
		    "Content-Length %lld", (long long)head->content_length);
	if (row->body_max_bytes == 0)
		return true;
	if (head->content_length < 0)
		return fault_set(
		    f, FAULT_LENGTH_REQUIRED, NULL, "a Content-Length (RFC 9110 §8.6)", "none");
	if (!row_takes_type(row, type))
		return refuse_media_type(row, type, f);
	if (head->content_length <= (int64_t)row->body_max_bytes)
		return true;
	snprintf(expected, sizeof(expected), "a body of at most %zu bytes", row->body_max_bytes);
	return fault_set(f, FAULT_BODY_TOO_LARGE, NULL, expected, "Content-Length %lld",
	    (long long)head->content_length);
}

const struct route *
route_find(const struct http_head *head, const char *path, const char **argument, struct fault *f)
{
	const struct route *row = find_row(head, path, argument, f);

	return row != NULL && check_body(row, head, f) ? row : NULL;
}
