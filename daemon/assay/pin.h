/* pin.h — the server this folder belongs to: pinned at enrolment, compared ever after.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_PIN_H
#define ASSAY_PIN_H

#include <stdbool.h>

#include "encode.h"
#include "explain.h"
#include "net.h"

struct home;
struct policy;

/* server.json. Zero-initialise: nothing is pinned. */
struct pin {
	bool present;
	char url[NET_URL_MAX];
	char origin[256];
	char vkey[320];
	char first_config[HEX32_SIZE];
	char name[96];              /* the submitter's */
	char enrolment[HEX32_SIZE]; /* id of our enrolment statement; "" if there is none */
	char key[48];               /* base64 of the key that the server has enrolled; "" before */
};

/* Read what is pinned; done with present = false where nothing is.
 * Fails with FAULT_FILE, FAULT_FILE_FORMAT. */
bool pin_load(const struct home *h, struct pin *out, struct fault *f)
    __attribute__((warn_unused_result));

/* As pin_load(), but fails with FAULT_NOT_ENROLLED_HERE where nothing is pinned. */
bool pin_need(const struct home *h, struct pin *out, struct fault *f)
    __attribute__((warn_unused_result));

bool pin_save(const struct home *h, const struct pin *pin, struct fault *f)
    __attribute__((warn_unused_result));

/* Compare the server with the pin. Fails with FAULT_SERVER_IDENTITY, telling both values. */
bool pin_check(const struct pin *pin, const struct policy *policy, struct fault *f)
    __attribute__((warn_unused_result));

/* Fill an empty pin from a server seen for the first time, after checking that its first config is
 * what it says: its id, its kind, its audience, signed by a key it lists itself (DESIGN §12 "Trust
 * root"). Fails with FAULT_SERVER_ANSWER. */
bool pin_first(struct net *net, const struct policy *policy, struct pin *out, struct problem *p)
    __attribute__((warn_unused_result));

/* Open a connection to the pinned server, at another address of it if one is given (NULL: none),
 * ask for its policy and compare. An empty pin is not compared.
 * Returns new *net and *policy, to be freed on failure too. */
bool pin_meet(const struct pin *pin, const char *address, struct net **net, struct policy *policy,
    struct problem *p) __attribute__((warn_unused_result));

#endif
