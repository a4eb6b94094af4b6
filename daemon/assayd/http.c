/* http.c — the strict HTTP/1.1 subset: a pure parser that knows no sockets.
 * SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include <string.h>
#include <strings.h>

#define DIGITS_MAX 16
#define SHOWN_MAX 64

/* What a byte may be part of. */
enum {
	IN_TOKEN = 1, /* RFC 9110 §5.6.2 */
	IN_PATH = 2,  /* pchar and '/', RFC 3986 §3.3 */
	IN_QUERY = 4, /* what browsers send unencoded: all visible characters but '#' */
	IN_LINE = 8,  /* RFC 9110 §5.5 */
	IN_HEAD = 16, /* likewise, and CR, LF */
};

/* clang-format off */
#define V IN_LINE | IN_HEAD
#define Q IN_QUERY | V
#define P IN_PATH | Q
#define T IN_TOKEN | Q
#define B IN_TOKEN | P
static const unsigned char byte_classes[0x80] = {
    ['\r'] = IN_HEAD, ['\n'] = IN_HEAD, ['\t'] = V, [' '] = V, ['#'] = IN_TOKEN | V,
    ['"'] = Q, ['<'] = Q, ['>'] = Q, ['['] = Q, [']'] = Q, ['\\'] = Q, ['{'] = Q, ['}'] = Q,
    ['('] = P, [')'] = P, [','] = P, ['/'] = P, [':'] = P, [';'] = P, ['='] = P, ['@'] = P,
    ['?'] = Q, ['^'] = T, ['`'] = T, ['|'] = T,
    ['!'] = B, ['$'] = B, ['%'] = B, ['&'] = B, ['\''] = B, ['*'] = B, ['+'] = B, ['-'] = B,
    ['.'] = B, ['_'] = B, ['~'] = B,
    ['0'] = B, B, B, B, B, B, B, B, B, B,
    ['A'] = B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B,
    ['a'] = B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B, B,
};
#undef V
#undef Q
#undef P
#undef T
#undef B
/* clang-format on */

static const char *const method_names[HTTP_METHOD__MAX] = {
    [HTTP_GET] = "GET",
    [HTTP_HEAD] = "HEAD",
    [HTTP_POST] = "POST",
    [HTTP_PUT] = "PUT",
    [HTTP_DELETE] = "DELETE",
    [HTTP_OPTIONS] = "OPTIONS",
    [HTTP_PATCH] = "PATCH",
};

static bool
byte_is(char c, int classes)
{
	unsigned char byte = (unsigned char)c;

	return ((byte < 0x80 ? byte_classes[byte] : IN_LINE | IN_HEAD) & classes) != 0;
}

static bool
span_is_of(struct http_span s, int classes)
{
	for (size_t i = 0; i < s.n; i++)
		if (!byte_is(s.data[i], classes))
			return false;
	return true;
}

/* The offender for a fault's text: printable, short. */
static const char *
show(struct http_span s, char out[SHOWN_MAX + 8])
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.data[i];

		if (n + 4 > SHOWN_MAX) {
			memcpy(out + n, "…", sizeof("…") - 1);
			n += sizeof("…") - 1;
			break;
		}
		if (c >= ' ' && c < 0x7f && c != '\\') {
			out[n++] = (char)c;
			continue;
		}
		memcpy(out + n, "\\x", 2);
		out[n + 2] = digits[c >> 4];
		out[n + 3] = digits[c & 15];
		n += 4;
	}
	out[n] = 0;
	return out;
}

static bool
refuse(struct fault *f, enum fault_code code, const char *expected, struct http_span got)
{
	char shown[SHOWN_MAX + 8];

	return fault_set(f, code, NULL, expected, "\"%s\"", show(got, shown));
}

/* ---- where a head ends ---- */

/* Look at the byte at i, knowing all before it. */
static enum http_result
scan_byte(const char *data, size_t i, struct fault *f)
{
	struct http_span got = {.data = data + i, .n = 1};

	if (!byte_is(data[i], IN_HEAD)) {
		refuse(f, FAULT_BAD_REQUEST, "no control character in a head (RFC 9110 §5.5)", got);
		return HTTP_BAD;
	}
	if (i == 0 && !byte_is(data[i], IN_TOKEN)) {
		refuse(f, FAULT_BAD_REQUEST, "a method first (RFC 9112 §3)", got);
		return HTTP_BAD;
	}
	if (i > 0 && (data[i] == '\n') != (data[i - 1] == '\r')) {
		refuse(f, FAULT_BAD_REQUEST,
		    "CR and LF only as a pair at a line's end (RFC 9112 §2.2)",
		    (struct http_span){.data = data + i - 1, .n = 2});
		return HTTP_BAD;
	}
	return data[i] == '\n' && data[i - 2] == '\n' ? HTTP_DONE : HTTP_MORE;
}

enum http_result
http_head_scan(
    const char *data, size_t n, size_t *scanned, const struct http_limits *limits, struct fault *f)
{
	enum http_result result = HTTP_MORE;
	size_t end = n < limits->head_max_bytes ? n : limits->head_max_bytes;
	size_t i = *scanned;

	for (; i < end && result == HTTP_MORE; i++)
		if (i == 0 || !byte_is(data[i], IN_LINE) || data[i - 1] == '\r')
			result = scan_byte(data, i, f);
	*scanned = i;
	if (result != HTTP_MORE || i < limits->head_max_bytes)
		return result;
	fault_set(f, FAULT_HEAD_TOO_LARGE, NULL, "a head that fits the limit",
	    "more than %zu bytes", limits->head_max_bytes);
	return HTTP_BAD;
}

/* ---- the request line ---- */

/* Cut the bytes up to the next c off *rest. False if there is none. */
static bool
cut(struct http_span *rest, char c, struct http_span *out)
{
	const char *at = rest->n > 0 ? memchr(rest->data, c, rest->n) : NULL;

	if (at == NULL)
		return false;
	*out = (struct http_span){.data = rest->data, .n = (size_t)(at - rest->data)};
	rest->data = at + 1;
	rest->n -= out->n + 1;
	return true;
}

static bool
read_version(struct http_span version, struct http_span line, struct fault *f)
{
	const char *v = version.data;

	if (version.n != 8 || memcmp(v, "HTTP/", 5) != 0 || v[5] < '0' || v[5] > '9' ||
	    v[6] != '.' || v[7] < '0' || v[7] > '9')
		return refuse(f, FAULT_BAD_REQUEST,
		    "METHOD TARGET HTTP/1.1 with one blank between (RFC 9112 §3)", line);
	if (memcmp(v + 5, "1.1", 3) != 0)
		return refuse(f, FAULT_HTTP_VERSION, "HTTP/1.1 (RFC 9112 §2.3)", version);
	return true;
}

static bool
read_method(struct http_span word, struct http_head *out, struct fault *f)
{
	for (int m = 0; m < HTTP_METHOD__MAX; m++)
		if (strlen(method_names[m]) == word.n &&
		    memcmp(method_names[m], word.data, word.n) == 0) {
			out->method = (enum http_method)m;
			return true;
		}
	if (word.n == 0 || !span_is_of(word, IN_TOKEN))
		return refuse(
		    f, FAULT_BAD_REQUEST, "a method of token characters (RFC 9110 §9.1)", word);
	return refuse(f, FAULT_NOT_IMPLEMENTED, "the method GET, HEAD, POST or PUT", word);
}

static bool
read_target(struct http_span target, struct http_head *out, struct fault *f)
{
	if (target.n == 0 || target.data[0] != '/')
		return refuse(f, FAULT_BAD_REQUEST,
		    "a target in origin-form, beginning with / (RFC 9112 §3.2.1)", target);
	out->query = target;
	if (!cut(&out->query, '?', &out->path)) {
		out->path = target;
		out->query = (struct http_span){.data = target.data + target.n, .n = 0};
	}
	if (!span_is_of(out->path, IN_PATH) || !span_is_of(out->query, IN_QUERY))
		return refuse(f, FAULT_BAD_REQUEST,
		    "a target of URI characters, others as %XX (RFC 3986 §3.3)", target);
	return true;
}

static bool
read_request_line(struct http_span line, struct http_head *out, struct fault *f)
{
	struct http_span rest = line, method, target;

	if (!cut(&rest, ' ', &method) || !cut(&rest, ' ', &target))
		return refuse(f, FAULT_BAD_REQUEST,
		    "METHOD TARGET HTTP/1.1 with one blank between (RFC 9112 §3)", line);
	return read_version(rest, line, f) && read_method(method, out, f) &&
	       read_target(target, out, f);
}

/* ---- fields ---- */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct http_span
http_span_trim(struct http_span s)
{
	while (s.n > 0 && is_blank(s.data[0])) {
		s.data++;
		s.n--;
	}
	while (s.n > 0 && is_blank(s.data[s.n - 1]))
		s.n--;
	return s;
}

static bool
is_digits(struct http_span s, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
	return s.n > 0 && s.n <= max;
}

/* A name or IPv4 address, or an IPv6 address in brackets. */
static bool
is_host(struct http_span s)
{
	static const char in_name[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
	static const char in_brackets[] = "0123456789abcdefABCDEF:.";
	bool bracketed = s.n > 2 && s.data[0] == '[' && s.data[s.n - 1] == ']';
	const char *allowed = bracketed ? in_brackets : in_name;

	for (size_t i = bracketed; i < s.n - bracketed; i++)
		if (memchr(allowed, s.data[i], strlen(allowed)) == NULL)
			return false;
	return s.n > 0;
}

static bool
read_host(struct http_span value, struct http_head *out, struct fault *f)
{
	struct http_span host = value, port = {0};

	(void)out;
	for (size_t i = value.n; i > 0 && value.data[i - 1] != ']'; i--)
		if (value.data[i - 1] == ':') {
			port = (struct http_span){.data = value.data + i, .n = value.n - i};
			host.n = i - 1;
			break;
		}
	if (is_host(host) && (port.data == NULL || is_digits(port, 5)))
		return true;
	return refuse(
	    f, FAULT_BAD_REQUEST, "a Host that is NAME or NAME:PORT (RFC 9110 §7.2)", value);
}

static bool
read_content_length(struct http_span value, struct http_head *out, struct fault *f)
{
	int64_t n = 0;

	if (!is_digits(value, DIGITS_MAX))
		return refuse(f, FAULT_BAD_REQUEST,
		    "a Content-Length of 1 to 16 digits (RFC 9110 §8.6)", value);
	for (size_t i = 0; i < value.n; i++)
		n = n * 10 + (value.data[i] - '0');
	if (n >= (int64_t)1 << 53)
		return refuse(
		    f, FAULT_BAD_REQUEST, "a Content-Length below 2^53 (RFC 9110 §8.6)", value);
	out->content_length = n;
	return true;
}

static bool
read_transfer_encoding(struct http_span value, struct http_head *out, struct fault *f)
{
	(void)out;
	return refuse(f, FAULT_NOT_IMPLEMENTED,
	    "a body of known length: Content-Length, no Transfer-Encoding (RFC 9112 §6.1)", value);
}

static bool
read_expect(struct http_span value, struct http_head *out, struct fault *f)
{
	if (!http_span_is(value, "100-continue"))
		return refuse(
		    f, FAULT_EXPECTATION, "no Expect but 100-continue (RFC 9110 §10.1.1)", value);
	out->expects_continue = true;
	return true;
}

static bool
read_connection(struct http_span value, struct http_head *out, struct fault *f)
{
	struct http_span word;

	(void)f;
	while (cut(&value, ',', &word))
		if (http_span_is(http_span_trim(word), "close"))
			out->keep_alive = false;
	if (http_span_is(http_span_trim(value), "close"))
		out->keep_alive = false;
	return true;
}

/* Fields that say where a request ends and to whom it goes. */
static const struct known_field {
	const char *name;
	bool single; /* a second one is refused, even an equal one */
	bool (*read)(struct http_span value, struct http_head *out, struct fault *f);
} known_fields[] = {
    {"Host", true, read_host},
    {"Content-Length", true, read_content_length},
    {"Transfer-Encoding", false, read_transfer_encoding},
    {"Expect", false, read_expect},
    {"Connection", false, read_connection},
};

#define KNOWN_FIELDS_N (sizeof(known_fields) / sizeof(*known_fields))

static bool
split_field(struct http_span line, struct http_field *out, struct fault *f)
{
	struct http_span rest = line;

	if (is_blank(line.data[0]))
		return refuse(f, FAULT_BAD_REQUEST, "no folded field (RFC 9112 §5.2)", line);
	if (!cut(&rest, ':', &out->name))
		return refuse(f, FAULT_BAD_REQUEST, "a field NAME: VALUE (RFC 9112 §5)", line);
	if (out->name.n > 0 && is_blank(out->name.data[out->name.n - 1]))
		return refuse(
		    f, FAULT_BAD_REQUEST, "no blank before the colon (RFC 9112 §5.1)", line);
	if (out->name.n == 0 || !span_is_of(out->name, IN_TOKEN))
		return refuse(
		    f, FAULT_BAD_REQUEST, "a name of token characters (RFC 9110 §5.1)", line);
	out->value = http_span_trim(rest);
	return true;
}

/* `met` has a bit for each known field that came before. */
static bool
read_known(const struct http_field *field, unsigned *met, struct http_head *out, struct fault *f)
{
	for (unsigned i = 0; i < KNOWN_FIELDS_N; i++) {
		const struct known_field *known = &known_fields[i];

		if (!http_span_is(field->name, known->name))
			continue;
		if (known->single && (*met & 1U << i))
			return fault_set(f, FAULT_BAD_REQUEST, NULL,
			    "one such field only (RFC 9110 §7.2, §8.6)", "a second %s",
			    known->name);
		*met |= 1U << i;
		return known->read(field->value, out, f);
	}
	return true;
}

static bool
read_fields(struct http_span lines, const struct http_limits *limits, struct http_head *out,
    struct fault *f)
{
	struct http_span line;
	unsigned met = 0;

	while (cut(&lines, '\n', &line)) {
		struct http_field *field = &out->fields[out->fields_n];

		line.n--; /* its CR */
		if (out->fields_n == limits->fields_max_n || out->fields_n == HTTP_FIELDS_MAX)
			return fault_set(f, FAULT_HEAD_TOO_LARGE, NULL,
			    "a head that fits the limit", "more than %zu fields", out->fields_n);
		if (!split_field(line, field, f) || !read_known(field, &met, out, f))
			return false;
		out->fields_n++;
	}
	if (met & 1U)
		return true;
	return fault_set(f, FAULT_BAD_REQUEST, NULL, "a Host field (RFC 9112 §3.2)", "none");
}

enum http_result
http_head_read(const char *data, size_t n, const struct http_limits *limits, struct http_head *out,
    struct fault *f)
{
	struct http_span rest = {.data = data}, line = {0};
	size_t head_n = 0;
	enum http_result found = http_head_scan(data, n, &head_n, limits, f);

	if (found != HTTP_DONE)
		return found;
	out->content_length = -1;
	out->keep_alive = true;
	out->expects_continue = false;
	out->head_n = head_n;
	out->fields_n = 0;
	rest.n = head_n - 2;
	cut(&rest, '\n', &line);
	line.n--;
	return read_request_line(line, out, f) && read_fields(rest, limits, out, f) ? HTTP_DONE
										    : HTTP_BAD;
}

/* ---- small services ---- */

bool
http_span_is(struct http_span span, const char *word)
{
	return strlen(word) == span.n && strncasecmp(span.data, word, span.n) == 0;
}

struct http_span
http_field(const struct http_head *head, const char *name)
{
	for (size_t i = 0; i < head->fields_n; i++)
		if (http_span_is(head->fields[i].name, name))
			return head->fields[i].value;
	return (struct http_span){0};
}

const char *
http_method_name(enum http_method method)
{
	return method_names[method];
}
