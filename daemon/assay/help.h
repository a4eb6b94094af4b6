/* help.h — words about the verbs, made from their tables: --help, the overview, the manual.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_HELP_H
#define ASSAY_HELP_H

#include <jansson.h>
#include <stdio.h>

struct verb;

/* Print what one verb does: usage, options, examples, exit codes. */
void help_verb(const struct verb *verb, FILE *out);

/* Print the list of verbs. */
void help_overview(FILE *out);

/* Print the manual page assay.1 in mdoc. */
void help_man(FILE *out);

/* Return the tables of a verb as JSON. Returns new. */
json_t *help_json(const struct verb *verb);

#endif
