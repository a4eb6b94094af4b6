/* health.h — GET /healthz and /readyz.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_HEALTH_H
#define ASSAYD_HEALTH_H

struct request;

/* Alive: this thread answers. */
void healthz_proceed(struct request *r);

/* Ready: the database answers now and the log has its first config. */
void readyz_proceed(struct request *r);

#endif
