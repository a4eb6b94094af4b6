/* invitation.h — a staff member's word that spares an enrolment its proof of work.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_INVITATION_H
#define ASSAY_INVITATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "crypto.h"
#include "fault.h"

/* As it stands in an enrolment; text is borrowed from there. */
struct invitation {
	uint8_t by[KEY_SIZE]; /* key of a staff member */
	uint8_t sig[SIGNATURE_SIZE];
	const char *nonce, *expires_at;
	int64_t expires_at_s;    /* Unix seconds */
	uint8_t id[SHA256_SIZE]; /* SHA-256 of key and nonce, raw: what can be used once */
};

/* Read the invitation of an enrolment whose form was checked. False if it has none. */
bool invitation_read(const json_t *body, struct invitation *out);

/* Tell whether `by` signed PAE(application/vnd.assay.invitation.v1, origin LF nonce LF expires_at
 * LF) (DESIGN §12 "Invitation"). */
bool invitation_check(const struct invitation *i, const char *origin);

/* Read a file as the one below is printed into, for this log. *out is new. Fails with FAULT_FILE,
 * FAULT_FILE_FORMAT. */
bool invitation_load(const char *path, const char *origin, json_t **out, struct fault *f)
    __attribute__((warn_unused_result));

/* Make one, {by, nonce, expires_at, sig}, as a new object; NULL without memory. */
json_t *invitation_make(const char *origin, int64_t expires_at_s, const struct keypair *by);

#endif
