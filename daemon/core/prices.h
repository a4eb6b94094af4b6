/* prices.h — what the log says that things cost, and which of it holds. Pure.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_PRICES_H
#define ASSAY_PRICES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalogue.h"
#include "crypto.h"

/* A price statement. Text is borrowed: from the body, or from whoever filled it in. */
struct said_price {
	uint8_t id[SHA256_SIZE];
	int64_t index, accepted_at_ms;
	const char *of, *name, *amount, *currency, *unit, *valid_from, *source;
	json_t *body; /* owned; NULL: text is somebody else's */
};

/* Zero-initialise; prices_clear() frees. */
struct prices {
	struct said_price *list;
	size_t n, room;
};

/* Add a statement with these members; p's text is set from them, and a reference is taken. False
 * without memory. */
bool prices_add(struct prices *prices, const struct said_price *p, json_t *body)
    __attribute__((warn_unused_result));
void prices_clear(struct prices *prices);

/* What is to be paid for. */
struct price_query {
	const char *of;   /* "hardware" or "model" */
	const char *name; /* raw; of a model NAME[@REVISION][+QUANTIZATION] too */
	const char *unit, *currency;
	const char *until;                 /* the latest valid_from that may hold; NULL: any */
	const struct catalogue *catalogue; /* NULL: none */
	char slug[CATALOGUE_SLUG_SIZE];    /* set by price_query_begin(): the part's, else "" */
};

/* Find out which part is asked about. Nothing else of the query may change afterwards. */
void price_query_begin(struct price_query *q);

/* Tell whether a price is one of what is asked about: hardware of the same raw name, or of another
 * name of the same part; a model of that name. */
bool price_fits(const struct said_price *p, const struct price_query *q);

/* Tell whether of two prices of the same thing a is the one that holds: that with the later
 * valid_from; of equal ones the newer statement's. b: NULL loses. */
bool price_holds_over(const struct said_price *a, const struct said_price *b);

/* Several kinds of device in one machine, as a cell names them: no price is of them together. */
bool hardware_is_mixed(const char *hardware);

#endif
