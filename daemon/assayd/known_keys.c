/* known_keys.c — a small memory of keys: one place for each, the newest wins.
 * SPDX-License-Identifier: Apache-2.0 */
#include "known_keys.h"

#include <stdlib.h>
#include <string.h>

#define PLACES_N 4096

struct place {
	uint8_t key[KEY_SIZE];
	int64_t until_ms;
};

struct known_keys {
	struct place places[PLACES_N];
};

/* Keys are points: their first bytes are as good as any hash of them. */
static size_t
place_of(const uint8_t key[KEY_SIZE])
{
	return ((size_t)key[0] | (size_t)key[1] << 8) % PLACES_N;
}

struct known_keys *
known_keys_new(void)
{
	return calloc(1, sizeof(struct known_keys));
}

void
known_keys_free(struct known_keys *k)
{
	free(k);
}

void
known_keys_add(struct known_keys *k, const uint8_t key[KEY_SIZE], int64_t now_ms)
{
	struct place *place = &k->places[place_of(key)];

	memcpy(place->key, key, KEY_SIZE);
	place->until_ms = now_ms + KNOWN_KEY_MS;
}

bool
known_keys_has(const struct known_keys *k, const uint8_t key[KEY_SIZE], int64_t now_ms)
{
	const struct place *place = &k->places[place_of(key)];

	return now_ms < place->until_ms && memcmp(place->key, key, KEY_SIZE) == 0;
}
