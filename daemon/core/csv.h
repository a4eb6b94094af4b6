/* csv.h — text as a field of CSV (RFC 4180).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CSV_H
#define ASSAY_CSV_H

#include "text.h"

/* Append a quoted field. Text that a spreadsheet would take for a formula (what begins with one of
 * = + - @ | % tab CR, or + - = @ in full width, blanks before them or not) gets an apostrophe in
 * front of it, also behind what other countries' spreadsheets take for the end of a field. */
void csv_add_text(struct text *out, const char *s);

#endif
