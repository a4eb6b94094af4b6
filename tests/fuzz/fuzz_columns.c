/* fuzz_columns.c — any bytes as a board: it is refused with a reason, or all its rows are read, and
 * written again they make the same rows. SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char suite_text[] =
    "{\"name\":\"s\",\"version\":1,\"title\":\"S\",\"requires\":[],\"cell\":[\"subject\"],"
    "\"rank_within\":[],\"conditions\":{},\"metrics\":[{\"name\":\"speed\",\"unit\":\"tokens/s\","
    "\"direction\":\"higher\",\"scale\":\"log\",\"bounds\":[0.001,1000],\"tolerance\":{"
    "\"relative\":0.1},\"items\":false}]}";

/* Read all rows of a board, each once, and print them as one. */
static void
rewrite(const json_t *board, struct columns_reader *r, const struct suite *suite, struct text *out)
{
	struct columns *c = columns_new(suite);
	struct text cut = {0};
	size_t rows = 0;
	json_t *row;

	if (c == NULL)
		abort();
	while ((row = columns_next(r)) != NULL) {
		text_reset(&cut);
		columns_cut(suite, row, &cut);
		columns_add(c, cut.data, cut.n, NULL);
		json_decref(row);
		rows++;
	}
	if (rows != (size_t)json_get_whole(board, "rows_n") || r->estimate != r->estimates_n)
		abort();
	text_add_str(out, "{\"format\":\"" BOARD_FORMAT "\"");
	columns_print(c, out);
	text_add_str(out, "}");
	columns_free(c);
	text_clear(&cut);
}

/* Values may be of any kind, but numbers stay numbers, so that a second time changes nothing. */
static void
read_board(const json_t *board, const struct suite *suite)
{
	struct columns_reader r;
	struct fault f = {0};
	struct text once = {0}, twice = {0};
	json_t *own;

	if (!columns_open(board, &r, &f)) {
		if (f.code == FAULT_NONE || f.expected[0] == 0)
			abort();
		return;
	}
	rewrite(board, &r, suite, &once);
	own = once.failed ? NULL : json_read_printed(once.data);
	if (own == NULL || !columns_open(own, &r, &f))
		abort();
	rewrite(own, &r, suite, &twice);
	if (strcmp(once.data, twice.data) != 0)
		abort();
	json_decref(own);
	text_clear(&once);
	text_clear(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct suite *suite;
	struct fault f = {0};
	json_t *board = json_loadb((const char *)data, n, 0, NULL);

	if (suite == NULL)
		suite = suite_read(suite_text, sizeof(suite_text) - 1, NULL, 0, &f);
	if (suite == NULL)
		abort();
	read_board(board, suite);
	json_decref(board);
	return 0;
}
