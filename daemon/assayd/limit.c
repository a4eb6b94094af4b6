/* limit.c — token buckets of bounded memory, shared by all workers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "limit.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "crypto.h"

#define SETS_N 8192
#define WAYS_N 8 /* buckets that a key may lie in */
#define LOCKS_N 64
#define NS_PER_MS 1000000

/* A bucket is the moment at which it will be full again (GCRA, ITU-T I.371): one that is full is as
 * good as none. The tag stands for the key; it is keyed with a secret, so nobody can aim. */
struct bucket {
	uint64_t tag;
	int64_t full_at_ns;
};

struct limits {
	struct bucket sets[SETS_N][WAYS_N];
	pthread_mutex_t locks[LOCKS_N]; /* set i belongs to lock i % LOCKS_N */
	uint8_t seed[16];
};

struct limit_key
limit_key_address(const char *address)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct limit_key key = {.n = 4};
	uint8_t v6[16];

	if (inet_pton(AF_INET, address, key.data) == 1)
		return key;
	if (inet_pton(AF_INET6, address, v6) != 1)
		return (struct limit_key){.n = 0};
	if (memcmp(v6, mapped, sizeof(mapped)) == 0) {
		memcpy(key.data, v6 + sizeof(mapped), 4);
		return key;
	}
	key.n = 8;
	memcpy(key.data, v6, key.n);
	return key;
}

struct limits *
limits_new(void)
{
	struct limits *l = calloc(1, sizeof(*l));

	if (l == NULL)
		return NULL;
	crypto_random(l->seed, sizeof(l->seed));
	for (size_t i = 0; i < LOCKS_N; i++)
		pthread_mutex_init(&l->locks[i], NULL);
	return l;
}

void
limits_free(struct limits *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < LOCKS_N; i++)
		pthread_mutex_destroy(&l->locks[i]);
	free(l);
}

static uint64_t
tag_of(const struct limits *l, enum limit_kind kind, const struct limit_key *key)
{
	uint8_t data[1 + LIMIT_KEY_MAX_BYTES] = {(uint8_t)kind};

	memcpy(data + 1, key->data, key->n);
	return crypto_siphash(l->seed, data, 1 + key->n);
}

/* The key's own bucket, or else the one that is full soonest, emptied of its old owner. */
static struct bucket *
find(struct bucket set[WAYS_N], uint64_t tag)
{
	struct bucket *least = &set[0];

	for (size_t i = 0; i < WAYS_N; i++) {
		if (set[i].tag == tag)
			return &set[i];
		if (set[i].full_at_ns < least->full_at_ns)
			least = &set[i];
	}
	*least = (struct bucket){.tag = tag};
	return least;
}

static bool
take(struct bucket *b, const struct limit_rate *rate, int64_t now_ns, int64_t *wait_ms)
{
	int64_t token_ns = rate->per_ms * NS_PER_MS / rate->n;
	int64_t latest_ns = now_ns + token_ns * rate->burst_n; /* an empty bucket is full then */
	int64_t full_at_ns = b->full_at_ns > now_ns ? b->full_at_ns : now_ns;

	if (full_at_ns > latest_ns) /* a reload made the bucket smaller */
		full_at_ns = latest_ns;
	b->full_at_ns = full_at_ns;
	if (full_at_ns + token_ns <= latest_ns) {
		b->full_at_ns += token_ns;
		return true;
	}
	*wait_ms = (full_at_ns + token_ns - latest_ns + NS_PER_MS - 1) / NS_PER_MS;
	return false;
}

bool
limit_take(struct limits *l, enum limit_kind kind, const struct limit_key *key,
    const struct limit_rate *rate, int64_t now_ms, int64_t *wait_ms)
{
	uint64_t tag;
	size_t set;
	bool done;

	if (rate->n == 0)
		return true;
	tag = tag_of(l, kind, key);
	set = tag % SETS_N;
	pthread_mutex_lock(&l->locks[set % LOCKS_N]);
	done = take(find(l->sets[set], tag), rate, now_ms * NS_PER_MS, wait_ms);
	pthread_mutex_unlock(&l->locks[set % LOCKS_N]);
	return done;
}

void
limit_give_back(struct limits *l, enum limit_kind kind, const struct limit_key *key,
    const struct limit_rate *rate)
{
	uint64_t tag;
	size_t set;

	if (rate->n == 0)
		return;
	tag = tag_of(l, kind, key);
	set = tag % SETS_N;
	pthread_mutex_lock(&l->locks[set % LOCKS_N]);
	for (size_t i = 0; i < WAYS_N; i++)
		if (l->sets[set][i].tag == tag)
			l->sets[set][i].full_at_ns -= rate->per_ms * NS_PER_MS / rate->n;
	pthread_mutex_unlock(&l->locks[set % LOCKS_N]);
}
