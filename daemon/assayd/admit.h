/* admit.h — who may send how much: the rates of the options, counted for all workers at once.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_ADMIT_H
#define ASSAYD_ADMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"
#include "fault.h"

struct http_head;
struct server;

/* Return the clock in ms that rates go by; it never goes back. */
int64_t admit_now_ms(void);

/* Put the client's address in the place of the peer's, as text, where trusted proxies tell it. */
void admit_see_client(const struct server *s, const struct http_head *head, char peer[64]);

/* The others count one, or fail with FAULT_TOO_MANY_REQUESTS, whose retry_after_s is when there
 * will be room if nothing else is sent until then, and count nothing. From any thread. What one
 * node counts another does not know. */

/* A request from an address, as text: address_rate_n a second, address_burst_n saved up. */
bool admit_address(struct server *s, const char *address, struct fault *f)
    __attribute__((warn_unused_result));

/* A new statement, about to be stored, signed by this key: submitter_rate_n an hour. Keys count,
 * not submitters: which submitter a key belongs to is known only once its enrolment is logged. */
bool admit_statement(struct server *s, const uint8_t key[KEY_SIZE], struct fault *f)
    __attribute__((warn_unused_result));

/* Give back what admit_statement() counted: the statement was not new, or was not stored. */
void admit_statement_not(struct server *s, const uint8_t key[KEY_SIZE]);

/* The verification of a signature by a key that is not known, sent from this address:
 * unknown_key_rate_n a second. */
bool admit_unknown_key(struct server *s, const char *address, struct fault *f)
    __attribute__((warn_unused_result));

#endif
