/* say.h — one small statement from the command line: sign, spool, send, and wait for what the log
 * makes of it. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_SAY_H
#define ASSAY_SAY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "crypto.h"
#include "home.h"
#include "pin.h"
#include "statement.h"
#include "verb.h"

#define SAY_WAIT_S 10

/* Whoever speaks. Zero-initialise; speaker_close() in any case. */
struct speaker {
	struct home home;
	struct pin pin;
	struct keypair key;
};

/* Find home, pinned server and key. Fails as home_find(), pin_need(), home_make(), home_key(). */
bool speaker_open(struct task *t, struct speaker *s, struct problem *p)
    __attribute__((warn_unused_result));
void speaker_close(struct speaker *s);

/* Tell the speaker's submitter id, asking the server where the key may have been added later. Fails
 * as pin_meet(), remote_statement(). */
bool speaker_submitter(struct speaker *s, uint8_t out[SHA256_SIZE], struct problem *p)
    __attribute__((warn_unused_result));

/* Complete body with the audience, sign it with the speaker's key, keep it in the spool, send the
 * spool, and wait up to SAY_WAIT_S for the log to settle it. Takes body.
 * t->result: {id, kind, state, reason?, pointer?, url}; state is "pending" if the wait was too
 * short. A void statement is explained and makes the exit code EXIT_CODE_REFUSED. */
bool say(struct task *t, struct speaker *s, enum kind kind, json_t *body, struct problem *p)
    __attribute__((warn_unused_result));

/* say(), by whoever calls the verb. Fails as speaker_open() too. */
bool speak(struct task *t, enum kind kind, json_t *body, struct problem *p)
    __attribute__((warn_unused_result));

/* Sign body as say() does and send it alone, whatever else waits in the spool; it is not kept where
 * it cannot be sent now. Borrows body. Returns its id, "" where the server takes none of this kind.
 * Fails as pin_meet(), statement_sign(), deliver_one(); p is empty where the server refused it,
 * which is explained. */
bool say_alone(struct task *t, struct speaker *s, enum kind kind, json_t *body, char id[HEX32_SIZE],
    struct problem *p) __attribute__((warn_unused_result));

/* Print such a result for people. */
void say_show(const json_t *result, FILE *out);

/* Check that a word is an id: 64 hex digits. Fails with FAULT_USAGE, naming `what`. */
bool say_id(const char *word, const char *what, struct fault *f)
    __attribute__((warn_unused_result));

#endif
