/* costs.h — what machines and models cost: by the log's price statements, else by the catalogue.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_COSTS_H
#define ASSAYD_COSTS_H

#include <jansson.h>

#include "catalogue.h"
#include "dbsync.h"

/* The columns of QUERY_PRICES. */
enum {
	PRICE_INDEX,
	PRICE_ID,
	PRICE_BY,
	PRICE_BY_NAME,
	PRICE_OF,
	PRICE_NAME,
	PRICE_AMOUNT,
	PRICE_CURRENCY,
	PRICE_UNIT,
	PRICE_VALID_FROM,
	PRICE_SOURCE,
	PRICE_RETRACTED,
	PRICE_CHANGED,
	PRICE_CALLED /* the name by canonical names */
};

/* What prices are looked up in; both borrowed, the catalogue may be NULL. */
struct costs {
	const struct db_rows *prices; /* of QUERY_PRICES, newest first */
	const struct catalogue *catalogue;
};

/* The price in US dollars of one device of what a cell names as hardware, for an hour: {amount,
 * currency, from "log"|"catalogue", source, date, …}, new. From the log that with the latest
 * valid_from, of the same name or the same part; else the median over providers of each one's
 * newest on-demand price. NULL if nobody said, and for several parts together. */
json_t *hourly_price(const struct costs *c, const char *hardware);

/* What a million tokens of a model cost where it is sold, one entry a seller and source: an array
 * of {model, provider?, kind, from, input?, output?, source, date, …} in US dollars, the log's
 * first. name: only of that model; NULL: of all. */
json_t *token_prices(const struct costs *c, const char *name);

#endif
