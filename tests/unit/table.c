/* table.c — a text table of numbers and words.
 * SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

void
table_open(struct table *t, const char *name)
{
	char path[512];

	memset(t, 0, sizeof(*t));
	snprintf(path, sizeof(path), "%s/%s", ASSAY_TABLES, name);
	t->file = fopen(path, "r");
	if (t->file == NULL)
		fail_msg("cannot read %s", path);
}

bool
table_next(struct table *t)
{
	while (getline(&t->line, &t->size, t->file) >= 0) {
		if (t->line[0] == '#')
			continue;
		t->at = t->line;
		t->rows++;
		return true;
	}
	fclose(t->file);
	free(t->line);
	t->line = t->at = NULL;
	return false;
}

const char *
table_word(struct table *t)
{
	char *word = t->at + strspn(t->at, " \n");

	if (*word == 0)
		fail_msg("row %zu is too short", t->rows);
	t->at = word + strcspn(word, " \n");
	if (*t->at != 0)
		*t->at++ = 0;
	return word;
}

double
table_number(struct table *t)
{
	const char *word = table_word(t);
	char *end;
	double value = strtod(word, &end);

	if (*end != 0)
		fail_msg("row %zu: \"%s\" is no number", t->rows, word);
	return value;
}

size_t
table_count(struct table *t)
{
	return (size_t)table_number(t);
}

void
expect_near(double got, double expected, double relative)
{
	if (!(fabs(got - expected) <= relative * fabs(expected)))
		fail_msg("got %.17g, expected %.17g", got, expected);
}
