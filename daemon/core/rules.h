/* rules.h — the rules in force, as the newest logged config says them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RULES_H
#define ASSAY_RULES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"
#include "fault.h"

struct statement;
struct suite_set;

/* Every version that a log may have used is kept. rules: 1 knows a suite's bounds alone, 2 also
 * hardware's limits (roofline.h), neighbours and anchors (neighbours.h), 3 how many policies a
 * release manager may have under watch. estimator: see estimate.h. */
#define RULES_NEWEST 3
#define WATCHES_MAX 20 /* what holds where the config has no threshold watches_max */

/* The rules in force: what the newest logged config says. Zero: no config yet. */
struct rules {
	bool present;
	uint8_t id[SHA256_SIZE];       /* of the config in force */
	uint8_t first_id[SHA256_SIZE]; /* of leaf 0 */
	char origin[256];
	int64_t version;   /* of the rules, 1 to RULES_NEWEST */
	int64_t estimator; /* its number, 1 to ESTIMATOR_NEWEST */
	int64_t pow_bits;
	uint8_t terms[SHA256_SIZE];
	uint8_t catalogue[SHA256_SIZE]; /* digest of the catalogue */
	json_t *body;                   /* owned; statement_keys, root_keys, suites, thresholds */
};

/* Take a config statement as the rules in force. rules_clear() frees. */
bool rules_read(const struct statement *config, struct rules *out, struct fault *f)
    __attribute__((warn_unused_result));
bool rules_copy(const struct rules *from, struct rules *to) __attribute__((warn_unused_result));
void rules_clear(struct rules *r);

/* Return {rules, estimator, thresholds} as a new config says them: the newest of each. New. */
json_t *rules_newest(void);

/* Return a threshold of the config, or what holds where it names none. */
double rules_threshold(const struct rules *r, const char *name, double otherwise);

/* Tell whether this build can serve the rules: version, estimator, and every suite by digest.
 * Fails with FAULT_SUITE_DIGEST, FAULT_UNKNOWN_SUITE, FAULT_OUT_OF_RANGE. */
bool rules_servable(const struct rules *r, const struct suite_set *set, struct fault *f)
    __attribute__((warn_unused_result));

/* List those suites of a set that the rules name: out->suites is new; false without memory. Check
 * that these have what the text of a policy names: fails with FAULT_POLICY. */
bool rules_suites(const struct rules *r, const struct suite_set *set, struct suite_set *out);
bool rules_take_policy(
    const struct rules *r, const struct suite_set *set, const json_t *text, struct fault *f);

/* Tell whether key is one of the root keys in force. */
bool rules_root_key(const struct rules *r, const uint8_t key[KEY_SIZE]);

#endif
