/* table.h — a text table of numbers and words, read line by line, word by word.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_TEST_TABLE_H
#define ASSAY_TEST_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* One open table of tests/tables. */
struct table {
	FILE *file;
	char *line, *at;
	size_t size;
	size_t rows; /* read so far */
};

/* Open tests/tables/NAME; fails the running test if it cannot be read. */
void table_open(struct table *t, const char *name);

/* Go to the next row; comments are passed over. Closes the table behind the last and returns false.
 */
bool table_next(struct table *t);

/* Return the row's next word; borrowed until the next row. Fails the test without one. */
const char *table_word(struct table *t);
double table_number(struct table *t);
size_t table_count(struct table *t);

/* Fail the test unless got lies within relative · |expected| of expected (or exactly at 0). */
void expect_near(double got, double expected, double relative);

#endif
