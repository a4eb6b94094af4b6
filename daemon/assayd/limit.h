/* limit.h — token buckets of bounded memory, shared by all workers.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_LIMIT_H
#define ASSAYD_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limits;

/* What is counted; buckets of different kinds never meet. */
enum limit_kind { LIMIT_ADDRESS, LIMIT_SUBMITTER, LIMIT_UNKNOWN_KEY, LIMIT__MAX };

/* n tokens come back every per_ms, at most burst_n can be saved up. n 0: no limit. Each is at most
 * 1,000,000, per_ms at most an hour. */
struct limit_rate {
	int64_t n, per_ms, burst_n;
};

#define LIMIT_KEY_MAX_BYTES 32

/* Whose bucket it is. */
struct limit_key {
	uint8_t data[LIMIT_KEY_MAX_BYTES];
	size_t n;
};

/* Make a key of an address as address_print_peer() prints it: an IPv4 address is itself, mapped
 * into IPv6 or not; an IPv6 address is its /64. What is no address shares one key. */
struct limit_key limit_key_address(const char *address);

/* Returns new: a table of about 1 MiB whatever comes; NULL without memory. limits_free(NULL) is
 * legal. */
struct limits *limits_new(void);
void limits_free(struct limits *l);

/* Take one token. True if there was one; else *wait_ms (≥ 1) says when there will be, if nobody
 * takes it before, and nothing is taken. now_ms: one clock that never goes back, for all callers.
 *
 * A key never pays for another: where more keys than have room are in debt at once, the least
 * indebted is forgotten and may begin anew. So many addresses loosen the limits of those that
 * hardly used them, and never tighten anyone's. Which keys meet is secret and differs in every
 * process. From any thread. */
bool limit_take(struct limits *l, enum limit_kind kind, const struct limit_key *key,
    const struct limit_rate *rate, int64_t now_ms, int64_t *wait_ms)
    __attribute__((warn_unused_result));

/* Give back a token taken at this rate: what it was for did not happen. From any thread. */
void limit_give_back(struct limits *l, enum limit_kind kind, const struct limit_key *key,
    const struct limit_rate *rate);

#endif
