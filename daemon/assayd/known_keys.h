/* known_keys.h — a small memory of keys that belong to a submitter, one a worker.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_KNOWN_KEYS_H
#define ASSAYD_KNOWN_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"

struct known_keys;

/* Returns new, of fixed size; NULL without memory. */
struct known_keys *known_keys_new(void);
void known_keys_free(struct known_keys *k);

/* How long a key is remembered: revoking and suspending reach every door within it. Log order
 * settles them at once. */
#define KNOWN_KEY_MS 10000

/* Only keys that the database named get in, so nobody can push others out with keys of their making
 * without enrolling them. now_ms: any clock that never goes back. */
void known_keys_add(struct known_keys *k, const uint8_t key[KEY_SIZE], int64_t now_ms);
bool known_keys_has(const struct known_keys *k, const uint8_t key[KEY_SIZE], int64_t now_ms);

#endif
