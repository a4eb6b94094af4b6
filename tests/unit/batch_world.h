/* batch_world.h — a worker without a thread, a database that answers when told to, allocations that
 * fail. SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BATCH_WORLD_H
#define TEST_BATCH_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger_world.h"
#include "text.h"
#include "worker.h"

#define WAITING_MAX_N 128

extern struct worker worker;

/* So many allocations from now one fails, of ours and of the libraries that are told of the wrapped
 * functions; 0: none. */
extern int until_failure;
void *__wrap_malloc(size_t n);
void *__wrap_realloc(void *data, size_t n);

/* The store: how often it was asked, and how many places it still has. */
extern size_t puts_n, room_n;
extern size_t stored_n;
bool is_stored(const uint8_t id[SHA256_SIZE]);

/* Answer what was asked up to now; what is asked meanwhile waits for the next time. */
void answer_all(void);

/* The last answer, and how many there were since forget(). */
extern int answers_n, answer_status;
extern struct text answer_body;

int batch_world_setup(void **state);
int batch_world_teardown(void **state);

/* Begin anew: nothing stored, no key remembered. */
void forget(void);

/* Append a fresh submission, signed, as a line. */
void add_line(struct text *body, const struct keypair *signer);

/* Dispatch a batch whose client has gone; false if there was no memory for the request itself. */
bool post(const struct text *body);

/* One turn of the loop; turns and answers until no request is left. */
void turn(void);
void finish(void);

#endif
