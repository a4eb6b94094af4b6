/* ledger_world.h — a small log for tests: its people, and one line for each thing they can say.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_LEDGER_WORLD_H
#define TEST_LEDGER_WORLD_H

#include "book.h"
#include "encode.h"
#include "ledger.h"
#include "suite.h"

/* One log, from its first leaf on. */
struct world {
	struct suite_set *set;
	struct rules rules;
	struct book book;
	int64_t size, now_ms;
};
extern struct world world;

/* People, by their first keys. sam and tom are staff; ben is not enrolled. */
extern struct keypair root, server, ada, ben, eve, sam, tom;

/* The statement a log entry is made of, and how it was settled. */
struct told {
	char id[HEX32_SIZE];
	struct outcome o;
};

/* Bodies, new. */
json_t *config_body(const struct keypair *statement_key);
json_t *submission_body(double value);
json_t *act_body(const char *act, const char *target);

/* Sign now and settle as the next leaf. Takes body. */
struct told say(enum kind kind, json_t *body, const struct keypair *signer);
struct told enrol(const struct keypair *who, const char *name);
struct told submit(const struct keypair *who);
struct told submit_instead(const struct keypair *who, const char *replaced);
struct told retract(const struct keypair *who, const char *target);
struct told act(const struct keypair *who, const char *name, const char *target);
struct told act_on_two(
    const struct keypair *who, const char *name, const char *target, const char *other);
struct told grant(
    const struct keypair *signer, const char *name, const struct keypair *who, const char *role);
struct told add_key(const struct keypair *signer, const struct keypair *of,
    const struct keypair *added, const struct keypair *prover);
struct told revoke_key(const struct keypair *signer, const struct keypair *key);

/* Assert how it was settled; where: the pointer to the member that is the reason. */
void counted(struct told t);
void void_at(struct told t, const char *where);

enum state state_of(const char *hex);

/* Return a submitter's id; good for the next seven calls. */
const char *id_of(const struct keypair *who);

int world_setup(void **state);
int world_teardown(void **state);

#endif
