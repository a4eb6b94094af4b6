/* accept.c — which of our content codings a client takes (RFC 9110 §12.5.3).
 * SPDX-License-Identifier: Apache-2.0 */
#include "accept.h"

#include <string.h>

#define QUALITY_MAX 1000 /* q=1, in thousandths */
#define UNNAMED (-1)

/* What the fields say of each coding, in thousandths of q, or UNNAMED. */
struct wishes {
	int of[CODING__MAX];
	int others; /* "*" */
};

/* Cut what stands before the next c off *rest, all of it if there is no c, without blanks around.
 * False once nothing is left. */
static bool
next_part(struct http_span *rest, char c, struct http_span *out)
{
	const char *at;

	if (rest->n == 0)
		return false;
	at = memchr(rest->data, c, rest->n);
	*out = (struct http_span){rest->data, at ? (size_t)(at - rest->data) : rest->n};
	rest->data += out->n + (at != NULL);
	rest->n -= out->n + (at != NULL);
	*out = http_span_trim(*out);
	return true;
}

/* weight's qvalue: 0 or 1, and up to three decimals; over 1 is none. */
static bool
read_quality(struct http_span s, int *quality)
{
	int unit = 100;

	if (s.n == 0 || s.n > 5 || (s.data[0] != '0' && s.data[0] != '1') ||
	    (s.n > 1 && s.data[1] != '.'))
		return false;
	*quality = (s.data[0] - '0') * QUALITY_MAX;
	for (size_t i = 2; i < s.n; i++, unit /= 10) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
		*quality += (s.data[i] - '0') * unit;
	}
	return *quality <= QUALITY_MAX;
}

/* `member` is CODING or CODING;q=QVALUE. */
static void
read_member(struct http_span member, struct wishes *w)
{
	struct http_span name = {0}, weight = {0};
	int quality = QUALITY_MAX;

	next_part(&member, ';', &name);
	if (next_part(&member, ';', &weight) &&
	    (weight.n < 2 || (weight.data[0] | 0x20) != 'q' || weight.data[1] != '=' ||
		!read_quality((struct http_span){weight.data + 2, weight.n - 2}, &quality)))
		return;
	if (member.n > 0)
		return;
	if (http_span_is(name, "*"))
		w->others = quality;
	if (http_span_is(name, "x-gzip"))
		w->of[CODING_GZIP] = quality;
	for (int c = 0; c < CODING__MAX; c++)
		if (http_span_is(name, coding_info((enum coding)c)->name))
			w->of[c] = quality;
}

static void
read_fields(const struct http_head *head, struct wishes *w)
{
	for (size_t i = 0; i < head->fields_n; i++) {
		struct http_span rest = head->fields[i].value, member;

		if (!http_span_is(head->fields[i].name, "Accept-Encoding"))
			continue;
		while (next_part(&rest, ',', &member))
			read_member(member, w);
	}
}

/* Nobody has to name the file itself to get it, but what is named comes before. */
static int
quality_of(const struct wishes *w, enum coding c)
{
	int named = w->of[c] != UNNAMED ? w->of[c] : w->others;

	return named != UNNAMED ? named : 0;
}

size_t
accept_codings(const struct http_head *head, enum coding order[CODING__MAX])
{
	struct wishes w = {.of = {UNNAMED, UNNAMED, UNNAMED}, .others = UNNAMED};
	size_t n = 0;
	int identity;

	read_fields(head, &w);
	identity = quality_of(&w, CODING_IDENTITY);
	for (int c = 0; c < CODING_IDENTITY; c++) {
		int quality = quality_of(&w, (enum coding)c);
		size_t at = n;

		if (quality == 0 || quality < identity)
			continue;
		for (; at > 0 && quality_of(&w, order[at - 1]) < quality; at--)
			order[at] = order[at - 1];
		order[at] = (enum coding)c;
		n++;
	}
	order[n++] = CODING_IDENTITY;
	return n;
}
