/* encode.h — base64, hex and time in the exact forms of the protocol.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_ENCODE_H
#define ASSAY_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

#define HEX32_SIZE 65 /* hex of 32 bytes and NUL */
#define TIME_SIZE 21  /* YYYY-MM-DDTHH:MM:SSZ and NUL */

/* Write 2n lower-case digits and a NUL to out (2n + 1 bytes). */
void hex_print(const uint8_t *bytes, size_t n, char *out);

/* Read exactly 2n lower-case hex digits. */
bool hex_parse(const char *s, uint8_t *out, size_t n);

/* Append RFC 4648 §4 base64 with padding. */
void base64_print(const uint8_t *bytes, size_t n, struct text *out);

/* Decode strictly: RFC 4648 §4, padded, canonical, nothing else; exactly n bytes. */
bool base64_parse_exact(const char *s, uint8_t *out, size_t n);

/* The same for n digits of any number of bytes up to room. */
bool base64_parse(const char *s, size_t n, uint8_t *out, size_t room, size_t *out_n);

/* Read n decimal digits as an integer below 2^53: at least one, no leading zero, nothing else. */
bool whole_parse(const char *s, size_t n, uint64_t *out);

/* Decode as DSSE allows: §4 or §5 alphabet (not both in one string), padding optional; no blanks.
 * Returns new *out (caller frees, NUL-terminated behind *out_n bytes). False: *out_n is 0, or else
 * the bytes there was no memory for. */
bool base64_parse_any(const char *s, size_t n, uint8_t **out, size_t *out_n);

/* Print Unix seconds (UTC), years 1970 to 9999, as YYYY-MM-DDTHH:MM:SSZ (RFC 3339). */
void time_print(int64_t at, char out[TIME_SIZE]);

/* Read exactly that form, a date that exists, no leap second. */
bool time_parse(const char *s, int64_t *at);

#endif
