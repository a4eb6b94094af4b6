/* fuzz_http.c — any bytes as a request: no matter how they come in, one reading, and a sound one.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "accept.h"
#include "http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct http_limits limits = {.head_max_bytes = 4096, .fields_max_n = 20};

static void
demand(bool holds)
{
	if (!holds)
		abort();
}

static void
check_span(struct http_span s, const char *data, size_t n)
{
	demand(s.data >= data && s.data + s.n <= data + n);
	demand(memchr(s.data, '\r', s.n) == NULL && memchr(s.data, '\n', s.n) == NULL);
	demand(memchr(s.data, 0, s.n) == NULL);
}

static void
check_path(struct http_span path)
{
	char out[1024];

	if (!http_path_decode(path, out, sizeof(out)))
		return;
	demand(out[0] == '/' && strlen(out) <= path.n);
	demand(
	    strstr(out, "//") == NULL && strstr(out, "/../") == NULL && strstr(out, "/./") == NULL);
	demand(strchr(out, '\\') == NULL);
}

static size_t
count(const struct http_head *head, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < head->fields_n; i++)
		n += http_span_is(head->fields[i].name, name);
	return n;
}

/* Each coding once at most, and the file itself last. */
static void
check_codings(const struct http_head *head)
{
	enum coding order[CODING__MAX];
	size_t n = accept_codings(head, order);
	unsigned met = 0;

	demand(n >= 1 && n <= CODING__MAX && order[n - 1] == CODING_IDENTITY);
	for (size_t i = 0; i < n; i++) {
		demand((met & 1U << order[i]) == 0);
		met |= 1U << order[i];
	}
}

/* What a server behind or a proxy before us could read in another way must not get this far. */
static void
check_head(const struct http_head *head, const char *data)
{
	demand(head->head_n >= 4 && memcmp(data + head->head_n - 4, "\r\n\r\n", 4) == 0);
	demand(head->head_n <= limits.head_max_bytes && head->fields_n <= limits.fields_max_n);
	check_span(head->path, data, head->head_n);
	check_span(head->query, data, head->head_n);
	demand(head->path.n > 0 && head->path.data[0] == '/');
	for (size_t i = 0; i < head->fields_n; i++) {
		check_span(head->fields[i].name, data, head->head_n);
		check_span(head->fields[i].value, data, head->head_n);
		demand(
		    strchr(" \t", head->fields[i].name.data[head->fields[i].name.n - 1]) == NULL);
	}
	demand(count(head, "host") == 1 && count(head, "transfer-encoding") == 0);
	demand(count(head, "content-length") == (head->content_length >= 0));
	check_path(head->path);
	check_codings(head);
}

/* The same bytes, one more at a time. */
static enum http_result
feed(const char *data, size_t n, size_t *head_n, struct fault *f)
{
	enum http_result result = HTTP_MORE;

	*head_n = 0;
	for (size_t have = 0; have <= n && result == HTTP_MORE; have++)
		result = http_head_scan(data, have, head_n, &limits, f);
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *data =
	    malloc(n > 0 ? n : 1); /* no NUL behind it, so that reading over the end shows */
	struct fault whole = {0}, slow = {0};
	struct http_head head;
	enum http_result result;
	size_t head_n;

	if (data == NULL)
		return 0;
	memcpy(data, bytes, n);
	result = http_head_read(data, n, &limits, &head, &whole);
	demand((result == HTTP_BAD) == (whole.code != FAULT_NONE));
	if (result == HTTP_DONE)
		check_head(&head, data);
	switch (feed(data, n, &head_n, &slow)) {
	case HTTP_MORE:
		demand(result == HTTP_MORE);
		break;
	case HTTP_BAD:
		demand(result == HTTP_BAD && memcmp(&slow, &whole, sizeof(slow)) == 0);
		break;
	case HTTP_DONE:
		demand(result != HTTP_MORE && (result == HTTP_BAD || head_n == head.head_n));
		break;
	}
	free(data);
	return 0;
}
