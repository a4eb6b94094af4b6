/* encode.c — base64, hex and time in the exact forms of the protocol.
 * SPDX-License-Identifier: Apache-2.0 */
#include "encode.h"

#include <stdlib.h>
#include <string.h>

#define DAY_S 86400
#define WHOLE_DIGITS_MAX 16               /* of 2^53 - 1 */
#define LAST_SECOND INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

void
hex_print(const uint8_t *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = 0;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
hex_parse(const char *s, uint8_t *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(s[2 * i]);
		int low = high < 0 ? -1 : hex_digit(s[2 * i + 1]);

		if (low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return s[2 * n] == 0;
}

void
base64_print(const uint8_t *bytes, size_t n, struct text *out)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;
		char quad[4];

		if (i + 1 < n)
			group |= (uint32_t)bytes[i + 1] << 8;
		if (i + 2 < n)
			group |= bytes[i + 2];
		quad[0] = digits[group >> 18];
		quad[1] = digits[group >> 12 & 63];
		quad[2] = i + 1 < n ? digits[group >> 6 & 63] : '=';
		quad[3] = i + 2 < n ? digits[group & 63] : '=';
		text_add(out, quad, sizeof(quad));
	}
}

#define DIGIT_PLAIN 0x80 /* a digit of the plain alphabet alone */
#define DIGIT_URL 0x40   /* of the other alone; a character that is no digit has both */

/* The value of a digit in either alphabet, and what it can only be of. */
static unsigned int
base64_digit(char c)
{
	static const uint8_t digits[128] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbe, 0xff, 0x7e, 0xff, 0xbf, 0x34, 0x35, 0x36,
	    0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d,
	    0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0xff, 0xff,
	    0xff, 0xff, 0x7f, 0xff, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x21, 0x22, 0x23,
	    0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f, 0x30, 0x31,
	    0x32, 0x33, 0xff, 0xff, 0xff, 0xff, 0xff};

	return (unsigned char)c < 128 ? digits[(unsigned char)c] : DIGIT_PLAIN | DIGIT_URL;
}

/* Decode n digits without padding to n * 3 / 4 bytes. The bits left over must be zero, else many
 * strings would stand for the same bytes (RFC 4648 §3.5). */
static bool
decode_digits(const char *s, size_t n, uint8_t *out, bool *url)
{
	unsigned int seen = 0, digit, bits = 0;
	size_t i = 0;

	for (; i + 4 <= n; i += 4, out += 3) {
		unsigned int a = base64_digit(s[i]), b = base64_digit(s[i + 1]),
			     c = base64_digit(s[i + 2]), d = base64_digit(s[i + 3]);

		seen |= a | b | c | d;
		out[0] = (uint8_t)(a << 2 | (b & 63) >> 4);
		out[1] = (uint8_t)(b << 4 | (c & 63) >> 2);
		out[2] = (uint8_t)(c << 6 | (d & 63));
	}
	for (size_t k = 0; i + k < n; k++) {
		digit = base64_digit(s[i + k]);
		seen |= digit;
		bits |= (digit & 63) << (18 - 6 * k);
	}
	for (; i + 1 < n; i++, bits = bits << 8 & 0xffffff)
		*out++ = (uint8_t)(bits >> 16);
	*url = seen & DIGIT_URL;
	return n % 4 != 1 && bits == 0 &&
	       (seen & (DIGIT_PLAIN | DIGIT_URL)) != (DIGIT_PLAIN | DIGIT_URL);
}

/* Count the '=' at the end; at most two can be padding. */
static size_t
count_padding(const char *s, size_t n)
{
	if (n > 0 && s[n - 1] == '=')
		return n > 1 && s[n - 2] == '=' ? 2 : 1;
	return 0;
}

bool
base64_parse(const char *s, size_t n, uint8_t *out, size_t room, size_t *out_n)
{
	size_t padding = count_padding(s, n);
	bool url;

	*out_n = n / 4 * 3;
	if (n % 4 != 0)
		return false;
	*out_n -= padding;
	return *out_n <= room && decode_digits(s, n - padding, out, &url) && !url;
}

bool
base64_parse_exact(const char *s, uint8_t *out, size_t n)
{
	size_t got;

	return base64_parse(s, strlen(s), out, n, &got) && got == n;
}

bool
whole_parse(const char *s, size_t n, uint64_t *out)
{
	*out = 0;
	if (n == 0 || n > WHOLE_DIGITS_MAX || (n > 1 && s[0] == '0'))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(s[i] - '0');
	}
	return *out < UINT64_C(1) << 53;
}

bool
base64_parse_any(const char *s, size_t n, uint8_t **out, size_t *out_n)
{
	size_t padding = count_padding(s, n), digits = n - padding;
	uint8_t *bytes;
	bool url;

	*out = NULL;
	*out_n = 0;
	if (padding > 0 && n % 4 != 0)
		return false;
	bytes = malloc(digits / 4 * 3 + 4);
	if (bytes == NULL) {
		*out_n = digits / 4 * 3 + 4;
		return false;
	}
	if (!decode_digits(s, digits, bytes, &url)) {
		free(bytes);
		return false;
	}
	*out_n = digits / 4 * 3 + digits % 4 * 3 / 4;
	bytes[*out_n] = 0;
	*out = bytes;
	return true;
}

/* Days since 1970-01-01 of a date of the Gregorian calendar. Years are counted from March, so that
 * the leap day is the last of its year and 153 days make five months. Own arithmetic, because
 * timegm() is not POSIX and accepts dates that do not exist. */
static int64_t
days_of_date(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static int64_t
month_length(int64_t year, int64_t month)
{
	static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static void
digits_print(int64_t value, size_t n, char *out)
{
	for (; n > 0; n--, value /= 10)
		out[n - 1] = (char)('0' + value % 10);
}

void
time_print(int64_t at, char out[TIME_SIZE])
{
	int64_t days, left, year, month = 1;

	at = at < 0 ? 0 : at > LAST_SECOND ? LAST_SECOND : at;
	days = at / DAY_S;
	left = at % DAY_S;
	year = 1970 + days / 366; /* never too late; at most 17 years early in this range */
	while (days_of_date(year + 1, 1, 1) <= days)
		year++;
	days -= days_of_date(year, 1, 1);
	for (; days >= month_length(year, month); month++)
		days -= month_length(year, month);
	memcpy(out, "0000-00-00T00:00:00Z", TIME_SIZE);
	digits_print(year, 4, out);
	digits_print(month, 2, out + 5);
	digits_print(days + 1, 2, out + 8);
	digits_print(left / 3600, 2, out + 11);
	digits_print(left / 60 % 60, 2, out + 14);
	digits_print(left % 60, 2, out + 17);
}

/* Read n digits and the character behind them. */
static bool
read_digits(const char **s, size_t n, char behind, int64_t low, int64_t high, int64_t *out)
{
	*out = 0;
	for (; n > 0; n--, (*s)++) {
		if (**s < '0' || **s > '9')
			return false;
		*out = *out * 10 + (**s - '0');
	}
	return *(*s)++ == behind && *out >= low && *out <= high;
}

bool
time_parse(const char *s, int64_t *at)
{
	int64_t year, month, day, hour, minute, second;

	if (!read_digits(&s, 4, '-', 1970, 9999, &year) ||
	    !read_digits(&s, 2, '-', 1, 12, &month) ||
	    !read_digits(&s, 2, 'T', 1, month_length(year, month), &day) ||
	    !read_digits(&s, 2, ':', 0, 23, &hour) || !read_digits(&s, 2, ':', 0, 59, &minute) ||
	    !read_digits(&s, 2, 'Z', 0, 59, &second) || *s != 0)
		return false;
	*at = days_of_date(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second;
	return true;
}
