/* prices.c — what the log says that things cost, and which of it holds.
 * SPDX-License-Identifier: Apache-2.0 */
#include "prices.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "list.h"

bool
prices_add(struct prices *prices, const struct said_price *p, json_t *body)
{
	struct said_price *list =
	    list_room(prices->list, prices->n, &prices->room, sizeof(*prices->list));
	struct said_price *fresh;

	if (list == NULL)
		return false;
	prices->list = list;
	fresh = &list[prices->n++];
	*fresh = *p;
	fresh->body = json_incref(body);
	fresh->of = json_get_text(body, "of");
	fresh->name = json_get_text(body, "name");
	fresh->amount = json_get_text(body, "amount");
	fresh->currency = json_get_text(body, "currency");
	fresh->unit = json_get_text(body, "unit");
	fresh->valid_from = json_get_text(body, "valid_from");
	fresh->source = json_get_text(body, "source");
	return true;
}

void
prices_clear(struct prices *prices)
{
	for (size_t i = 0; i < prices->n; i++)
		json_decref(prices->list[i].body);
	free(prices->list);
	memset(prices, 0, sizeof(*prices));
}

bool
hardware_is_mixed(const char *hardware)
{
	return strstr(hardware, " + ") != NULL;
}

/* The part's slug; "" if it is not one part that the catalogue knows. */
static void
slug_of(const struct catalogue *c, const char *raw, char out[CATALOGUE_SLUG_SIZE])
{
	const struct device_query q = {.raw = raw};
	struct catalogue_device device;

	out[0] = 0;
	if (c != NULL && catalogue_device(c, &q, &device) == MATCH_ONE)
		memcpy(out, device.slug, CATALOGUE_SLUG_SIZE);
}

void
price_query_begin(struct price_query *q)
{
	q->slug[0] = 0;
	if (strcmp(q->of, "hardware") == 0 && !hardware_is_mixed(q->name))
		slug_of(q->catalogue, q->name, q->slug);
}

static bool
same_part(const struct price_query *q, const char *name)
{
	char other[CATALOGUE_SLUG_SIZE];

	if (strcmp(name, q->name) == 0)
		return true;
	if (q->slug[0] == 0)
		return false;
	slug_of(q->catalogue, name, other);
	return strcmp(other, q->slug) == 0;
}

/* A price is of a model's name; revision and quantization come behind it. */
static bool
same_model(const char *wanted, const char *name)
{
	size_t n = strlen(name);

	return strncmp(wanted, name, n) == 0 &&
	       (wanted[n] == 0 || wanted[n] == '@' || wanted[n] == '+');
}

bool
price_fits(const struct said_price *p, const struct price_query *q)
{
	if (strcmp(p->of, q->of) != 0 || strcmp(p->unit, q->unit) != 0 ||
	    strcmp(p->currency, q->currency) != 0 ||
	    (q->until != NULL && strcmp(p->valid_from, q->until) > 0))
		return false;
	return strcmp(q->of, "hardware") == 0
		   ? q->name[0] != 0 && !hardware_is_mixed(q->name) && same_part(q, p->name)
		   : same_model(q->name, p->name);
}

bool
price_holds_over(const struct said_price *a, const struct said_price *b)
{
	int order = b != NULL ? strcmp(a->valid_from, b->valid_from) : 1;

	return order != 0 ? order > 0 : a->index > b->index;
}
