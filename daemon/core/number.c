/* number.c — reals in shortest round-trip decimal form.
 * SPDX-License-Identifier: Apache-2.0 */
#include "number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 17 /* enough for any double, IEEE 754-2019 §5.12.2 */

/* value = 0.DIGITS × 10^point, as ECMA-262 names them: n digits, no zero at either end. */
struct decimal {
	char digits[DIGITS_MAX + 1];
	int n;
	int point;
};

/* Take apart the d.ddde±x that printf makes with `precision` digits. */
static void
round_to(double value, int precision, struct decimal *out)
{
	char text[REAL_SIZE];

	snprintf(text, sizeof(text), "%.*e", precision - 1, value);
	out->digits[0] = text[0];
	memcpy(out->digits + 1, text + 2, (size_t)precision - 1);
	out->n = precision;
	out->point = atoi(strchr(text, 'e') + 1) + 1;
}

static bool
reads_back(const struct decimal *d, double value)
{
	char text[REAL_SIZE];

	snprintf(text, sizeof(text), "0.%.*se%d", d->n, d->digits, d->point);
	return strtod(text, NULL) == value;
}

/* Count the last digit up by one. */
static void
step_up(struct decimal *d)
{
	int i = d->n - 1;

	while (i >= 0 && d->digits[i] == '9')
		d->digits[i--] = '0';
	if (i >= 0) {
		d->digits[i]++;
		return;
	}
	d->digits[0] = '1';
	d->point++;
}

/* Find the fewest digits that read back, and of those the closest.
 *
 * Any decimal of up to DBL_DIG = 15 digits survives the way through a normal double, so one
 * rounding to 15 digits finds every shorter answer, with zeros behind it. Subnormals have fewer
 * bits and no such promise: there the shorter ones are tried one by one, which would be wasted time
 * elsewhere.
 *
 * Below a power of two doubles lie twice as close as above it. There the nearest decimal can lie
 * below the value and read back as its neighbour, while the next one up, further away, reads back
 * right: 2^-44 is 5.684341886080802e-14, not the nearer 5.684341886080801e-14. */
static void
shortest(double value, struct decimal *out)
{
	int precision = value < DBL_MIN ? 1 : DBL_DIG;

	for (; precision <= DIGITS_MAX; precision++) {
		round_to(value, precision, out);
		if (reads_back(out, value))
			break;
		step_up(out);
		if (reads_back(out, value))
			break;
	}
	while (out->n > 1 && out->digits[out->n - 1] == '0')
		out->n--;
}

static char *
put(char *at, const char *s, int n)
{
	for (int i = 0; i < n; i++)
		*at++ = s[i];
	return at;
}

/* Lay the digits out, ECMA-262 §6.1.6.1.20 steps 6 to 12. */
static void
lay_out(const struct decimal *d, char *at)
{
	static const char zeros[] = "000000000000000000000";

	if (d->n <= d->point && d->point <= 21) {
		at = put(at, d->digits, d->n);
		at = put(at, zeros, d->point - d->n);
	} else if (0 < d->point && d->point <= 21) {
		at = put(at, d->digits, d->point);
		*at++ = '.';
		at = put(at, d->digits + d->point, d->n - d->point);
	} else if (-6 < d->point && d->point <= 0) {
		at = put(at, "0.", 2);
		at = put(at, zeros, -d->point);
		at = put(at, d->digits, d->n);
	} else {
		*at++ = d->digits[0];
		if (d->n > 1)
			*at++ = '.';
		at = put(at, d->digits + 1, d->n - 1);
		at += sprintf(at, "e%+d", d->point - 1);
	}
	*at = 0;
}

void
real_print(double value, char out[REAL_SIZE])
{
	struct decimal d;

	if (!isfinite(value)) {
		strcpy(out, "null");
		return;
	}
	/* A whole number below 2^53 is its own shortest form, and most numbers are that. */
	if (fabs(value) < (double)INTEGER_MAX && value == trunc(value)) {
		snprintf(out, REAL_SIZE, "%lld", (long long)value);
		return;
	}
	if (value < 0)
		*out++ = '-';
	shortest(fabs(value), &d);
	lay_out(&d, out);
}

double
real_rounded(double value, int digits)
{
	char text[REAL_SIZE];
	double rounded;

	snprintf(text, sizeof(text), "%.*e", digits - 1, value);
	rounded = strtod(text, NULL);
	return isfinite(rounded) ? rounded : value;
}

/* Put a comma before every third digit of the whole part. */
static void
group(const char *plain, char *out)
{
	size_t sign = plain[0] == '-', whole = strspn(plain + sign, "0123456789");

	for (size_t i = 0; i < sign + whole; i++) {
		if (i > sign && (sign + whole - i) % 3 == 0)
			*out++ = ',';
		*out++ = plain[i];
	}
	strcpy(out, plain + sign + whole);
}

void
real_say(double value, int digits, char out[SAID_SIZE])
{
	char text[REAL_SIZE], plain[REAL_SIZE];
	double rounded;
	int behind;

	snprintf(text, sizeof(text), "%.*e", digits - 1, value);
	rounded = strtod(text, NULL);
	if (!isfinite(value) || (rounded != 0 && (fabs(rounded) < 1e-6 || fabs(rounded) >= 1e15))) {
		snprintf(out, SAID_SIZE, "%.*g", digits, value);
		return;
	}
	behind = digits - 1 - atoi(strchr(text, 'e') + 1);
	snprintf(plain, sizeof(plain), "%.*f", behind > 0 ? behind : 0, rounded);
	if (strchr(plain, '.') != NULL) {
		char *end = plain + strlen(plain);

		while (end[-1] == '0')
			end--;
		end[end[-1] == '.' ? -1 : 0] = 0;
	}
	group(strcmp(plain, "-0") == 0 ? "0" : plain, out);
}

bool
real_parse(const char *s, double *out)
{
	char *end;
	double value;

	/* strtod() also takes blanks, hexadecimal, "inf" and "nan". */
	if (s[0] == 0 || s[strspn(s, "0123456789+-.eE")] != 0)
		return false;
	value = strtod(s, &end);
	if (*end != 0 || !isfinite(value))
		return false;
	*out = value;
	return true;
}
