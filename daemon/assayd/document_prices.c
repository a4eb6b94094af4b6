/* document_prices.c — the document of prices: what staff say things cost, and by which source.
 * SPDX-License-Identifier: Apache-2.0 */
#include "column.h"
#include "costs.h"
#include "document.h"
#include "documents.h"

static json_t *
price_json(const struct db_rows *rows, size_t i)
{
	return json_pack("{s:I, s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "index",
	    (json_int_t)db_whole(rows, i, PRICE_INDEX), "id", column_hex(rows, i, PRICE_ID), "by",
	    person_json(column_hex(rows, i, PRICE_BY), db_text(rows, i, PRICE_BY_NAME)), "of",
	    db_text(rows, i, PRICE_OF), "name", db_text(rows, i, PRICE_NAME), "amount",
	    db_text(rows, i, PRICE_AMOUNT), "currency", db_text(rows, i, PRICE_CURRENCY), "unit",
	    db_text(rows, i, PRICE_UNIT), "valid_from", db_text(rows, i, PRICE_VALID_FROM),
	    "source", db_text(rows, i, PRICE_SOURCE), "retracted",
	    !db_null(rows, i, PRICE_RETRACTED));
}

bool
make_prices(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(v->db, QUERY_PRICES, NULL, f);

	text_add_str(&out->path, "prices.json");
	if (rows != NULL) {
		document_begin(&out->text, "assay-prices-v1", w->log_size);
		document_add_list(&out->text, "prices", column_list(rows, price_json));
		document_end(&out->text);
	}
	dbsync_free(rows);
	if (rows == NULL)
		return false;
	return document_made(out, f);
}
