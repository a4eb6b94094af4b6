/* columns_form.h — which columns a board has, for those who write and read them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_COLUMNS_FORM_H
#define ASSAY_COLUMNS_FORM_H

#include <stdbool.h>

enum form {
	NUMBERS, /* a value each, null where there is none */
	WORDS    /* each value once, and which of them: {"values":[…],"of":[…]} */
};

/* A column, and where its value stands in a row or an estimate: a member, or one of a member. */
struct column_info {
	const char *name, *outer, *member;
	enum form form;
	bool optional; /* no column where nothing says it */
};

#define ROW_COLUMNS_N 5
#define ESTIMATE_COLUMNS_N 22
#define VOTE_COLUMNS_N 2
#define RANK_COLUMNS_FROM (ESTIMATE_COLUMNS_N - 3) /* best, worst, of */

extern const struct column_info row_columns[ROW_COLUMNS_N]; /* behind them `fields` of the suite */
extern const struct column_info estimate_columns[ESTIMATE_COLUMNS_N]; /* before them `row` */
/* A vote that is the point, as a single voter's is, stands as null. */
extern const char *const vote_columns[VOTE_COLUMNS_N];

#endif
