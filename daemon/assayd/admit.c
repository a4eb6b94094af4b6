/* admit.c — who may send how much: the rates of the options, counted for all workers at once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "admit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "forwarded.h"
#include "limit.h"
#include "server.h"

#define SECOND_MS 1000
#define HOUR_MS 3600000

int64_t
admit_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
admit(struct server *s, enum limit_kind kind, const struct limit_key *key,
    const struct limit_rate *rate, const char *what, struct fault *f)
{
	char expected[160];
	int64_t wait_ms;

	if (limit_take(s->limits, kind, key, rate, admit_now_ms(), &wait_ms))
		return true;
	snprintf(expected, sizeof(expected), "at most %lld %s", (long long)rate->n, what);
	fault_set(f, FAULT_TOO_MANY_REQUESTS, NULL, expected, "one more, %lld ms too early",
	    (long long)wait_ms);
	if (f != NULL)
		f->retry_after_s = (int)((wait_ms + SECOND_MS - 1) / SECOND_MS);
	return false;
}

void
admit_see_client(const struct server *s, const struct http_head *head, char peer[64])
{
	struct address from, client;

	if (!address_read(peer, strlen(peer), &from))
		return;
	forwarded_client(head, &s->trusted_proxies, &from, &client);
	memcpy(peer, client.text, sizeof(client.text));
}

bool
admit_address(struct server *s, const char *address, struct fault *f)
{
	const struct options *o = s->options;
	struct limit_rate rate = {o->address_rate_n, SECOND_MS, o->address_burst_n};
	struct limit_key key;

	if (rate.n == 0)
		return true;
	key = limit_key_address(address);
	return admit(s, LIMIT_ADDRESS, &key, &rate, "requests a second from one address", f);
}

static struct limit_rate
statement_rate(struct server *s)
{
	const struct options *o = s->options;

	return (struct limit_rate){o->submitter_rate_n, HOUR_MS, o->submitter_rate_n};
}

bool
admit_statement(struct server *s, const uint8_t key[KEY_SIZE], struct fault *f)
{
	struct limit_rate rate = statement_rate(s);
	struct limit_key whose = {.n = KEY_SIZE};

	memcpy(whose.data, key, KEY_SIZE);
	return admit(
	    s, LIMIT_SUBMITTER, &whose, &rate, "new statements an hour signed by one key", f);
}

void
admit_statement_not(struct server *s, const uint8_t key[KEY_SIZE])
{
	struct limit_rate rate = statement_rate(s);
	struct limit_key whose = {.n = KEY_SIZE};

	memcpy(whose.data, key, KEY_SIZE);
	limit_give_back(s->limits, LIMIT_SUBMITTER, &whose, &rate);
}

bool
admit_unknown_key(struct server *s, const char *address, struct fault *f)
{
	const struct options *o = s->options;
	struct limit_rate rate = {o->unknown_key_rate_n, SECOND_MS, o->unknown_key_rate_n};
	struct limit_key key = limit_key_address(address);

	return admit(s, LIMIT_UNKNOWN_KEY, &key, &rate,
	    "statements a second from one address by keys not known here", f);
}
