/* accept.h — which of our content codings a client takes (RFC 9110 §12.5.3).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_ACCEPT_H
#define ASSAYD_ACCEPT_H

#include <stddef.h>

#include "coding.h"
#include "http.h"

/* Read all Accept-Encoding fields of a head and fill `order` with the codings to try, the client's
 * first choice first, ours among equal ones. Returns how many, 1 to CODING__MAX; the last is always
 * CODING_IDENTITY: who takes nothing at all gets the file itself rather than a refusal, which RFC
 * 9110 §12.5 leaves to us, and without the field nothing is coded. Members that are not of the
 * field's grammar are passed over. */
size_t accept_codings(const struct http_head *head, enum coding order[CODING__MAX]);

#endif
