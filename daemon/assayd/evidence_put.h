/* evidence_put.h — PUT /v1/evidence/SHA256: a raw log or transcript that a submission names.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_EVIDENCE_PUT_H
#define ASSAYD_EVIDENCE_PUT_H

#include <stdbool.h>

#include "fault.h"

struct request;

#define EVIDENCE_MAX_BYTES (4 * 1024 * 1024)

/* Fails with FAULT_EVIDENCE_NOT_NAMED for what cannot be a digest, FAULT_BUSY without memory. */
bool evidence_put_check(struct request *r, struct fault *f);

/* Ask whether a statement names this digest and length; then hash and compress in slices, store,
 * and answer 201, or 200 for what was there. Refused: FAULT_EVIDENCE_NOT_NAMED, _WITHHELD,
 * _DIFFERS, _DAY_FULL, _FULL. */
void evidence_put_proceed(struct request *r);

#endif
