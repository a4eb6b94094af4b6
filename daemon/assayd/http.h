/* http.h — the strict HTTP/1.1 subset: a pure parser that knows no sockets.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_HTTP_H
#define ASSAYD_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define HTTP_FIELDS_MAX 100

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_DELETE,  /* known, never allowed here: 405 */
	HTTP_OPTIONS, /* likewise */
	HTTP_PATCH,   /* likewise */
	HTTP_METHOD__MAX
};

/* Bytes inside the head that was parsed; valid as long as it is. */
struct http_span {
	const char *data;
	size_t n;
};

struct http_field {
	struct http_span name, value; /* value without surrounding blanks */
};

struct http_head {
	enum http_method method;
	struct http_span path;  /* as sent, begins with '/' */
	struct http_span query; /* behind '?', empty if none */
	int64_t content_length; /* -1: absent */
	bool keep_alive;
	bool expects_continue;
	size_t head_n; /* bytes up to and with the empty line */
	size_t fields_n;
	struct http_field fields[HTTP_FIELDS_MAX];
};

struct http_limits {
	size_t head_max_bytes;
	size_t fields_max_n; /* at most HTTP_FIELDS_MAX */
};

enum http_result { HTTP_MORE, HTTP_DONE, HTTP_BAD };

/* Look for the empty line that ends a head in the first n bytes of a connection, going on where the
 * last call left *scanned (0 for a new request), so that every byte is looked at once however
 * slowly it comes. HTTP_DONE: *scanned is the length of the head with its empty line. HTTP_BAD: a
 * byte that can stand in no head, an empty first line, or more than head_max_bytes. */
enum http_result http_head_scan(
    const char *data, size_t n, size_t *scanned, const struct http_limits *limits, struct fault *f);

/* Parse the head of one request from the first n bytes of a connection.
 * HTTP_MORE: the empty line has not come and no limit is passed; call again with more bytes.
 * Refused (HTTP_BAD, *f filled): any Transfer-Encoding (501), unknown methods (501), more than one
 * Content-Length or one that is not 1 to 16 digits below 2^53, zero or several Host fields or one
 * that is not a name or address with an optional port, folding, bare CR or LF, NUL and other
 * control characters, tabs and bytes over 0x7e in the request line, names that are not tokens, a
 * blank before the colon, an empty line before the request line, targets not in origin-form,
 * versions other than HTTP/1.1 (505), Expect other than 100-continue (417), too long or too many
 * (431). Source: RFC 9112 §2–§6, RFC 9110 §5, §7.2. */
enum http_result http_head_read(const char *data, size_t n, const struct http_limits *limits,
    struct http_head *out, struct fault *f);

/* Return the value of the first field with this name, compared without case; NULL data if absent.
 */
struct http_span http_field(const struct http_head *head, const char *name);

/* Tell whether span is this word, compared without case. */
bool http_span_is(struct http_span span, const char *word);

/* Return it without the blanks around it. */
struct http_span http_span_trim(struct http_span s);

/* Decode a path's %XX into out and check it is a clean absolute path: no empty, "." or ".." segment
 * (but the last may be empty: a folder), no encoded slash, no NUL, backslash or control character,
 * valid UTF-8 not required. False if not, or too long. */
bool http_path_decode(struct http_span path, char *out, size_t room);

/* The method's word; "GET, HEAD" and the like are made of these. */
const char *http_method_name(enum http_method method);

/* Reason phrase of a status code this server sends. */
const char *http_reason(int status);

/* Number the statuses we send, for counters: the place of one, and the one at a place. A status
 * that is not in the table shares the last place, which is 0. */
#define HTTP_STATUSES_MAX_N 32
size_t http_status_place(int status);
int http_status_at(size_t place);

#endif
