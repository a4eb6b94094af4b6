/* evidence_get.h — GET /v1/evidence/SHA256.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_EVIDENCE_GET_H
#define ASSAYD_EVIDENCE_GET_H

#include <stdbool.h>

#include "fault.h"

struct request;

/* Fails with FAULT_EVIDENCE_NOT_FOUND for what cannot be a digest, FAULT_BUSY without room: what
 * is on its way out counts as a large body until the client has it. */
bool evidence_get_check(struct request *r, struct fault *f);

/* Answer with the bytes, in gzip to those who take it. Refused: FAULT_EVIDENCE_NOT_FOUND,
 * FAULT_EVIDENCE_WITHHELD. */
void evidence_get_proceed(struct request *r);

#endif
