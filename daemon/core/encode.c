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

/* The value of a digit in either alphabet; *url and *plain note which one it can only be of. */
static int
base64_digit(char c, bool *plain, bool *url)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	*plain |= c == '+' || c == '/';
	*url |= c == '-' || c == '_';
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

/* Decode n digits without padding to n * 3 / 4 bytes. The bits left over must be zero, else many
 * strings would stand for the same bytes (RFC 4648 §3.5). */
static bool
decode_digits(const char *s, size_t n, uint8_t *out, bool *url)
{
	uint32_t bits = 0;
	unsigned int held = 0;
	bool plain = false;

	*url = false;
	for (size_t i = 0; i < n; i++) {
		int digit = base64_digit(s[i], &plain, url);

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		held += 6;
		if (held >= 8) {
			held -= 8;
			*out++ = (uint8_t)(bits >> held);
			bits &= (1u << held) - 1;
		}
	}
	return held < 6 && bits == 0 && !(plain && *url);
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
