/* number.h — reals in shortest round-trip decimal form.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_NUMBER_H
#define ASSAY_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#define REAL_SIZE 32
/* Integers stay below this (RFC 8259 §6, interoperability). */
#define INTEGER_MAX ((int64_t)1 << 53)

/* Print a finite real as ECMAScript's Number::toString does (ECMA-262 §6.1.6.1.20, also RFC 8785
 * §3.2.2.3): the fewest digits that read back to the same double, the closest of those; -0 is 0.
 * Every output is a JSON number. A non-finite value prints "null" (JSON has no other word). */
void real_print(double value, char out[REAL_SIZE]);

/* Return a finite real in so many significant digits (1 to 17): the double nearest to that decimal,
 * or the value itself where that is none. Rounded again it stays. */
double real_rounded(double value, int digits);

/* Print a real for people: rounded to so many significant digits (1 to 15), thousands grouped, no
 * zeros at its end and, from 1e-6 to 1e15, no exponent: "108,400", "0.3935", "0". */
#define SAID_SIZE 48
void real_say(double value, int digits, char out[SAID_SIZE]);

/* Read a whole string as a finite decimal number. Locale-independent in the C locale. */
bool real_parse(const char *s, double *out);

#endif
