/* policy.h — GET /v1/policy: what a runner must know before it signs.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_POLICY_H
#define ASSAYD_POLICY_H

struct request;

void policy_proceed(struct request *r);

#endif
