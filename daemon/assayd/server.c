/* server.c — the rules in force, shared between the thread that publishes and the workers.
 * SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include <stdlib.h>

struct rules_snapshot *
server_rules(struct server *s)
{
	struct rules_snapshot *snapshot;

	pthread_mutex_lock(&s->rules_lock);
	snapshot = s->rules;
	atomic_fetch_add(&snapshot->holders, 1);
	pthread_mutex_unlock(&s->rules_lock);
	return snapshot;
}

void
rules_release(struct rules_snapshot *snapshot)
{
	if (snapshot == NULL || atomic_fetch_sub(&snapshot->holders, 1) != 1)
		return;
	rules_clear(&snapshot->rules);
	free(snapshot);
}

bool
server_set_rules(struct server *s, struct rules *rules, int64_t log_size)
{
	struct rules_snapshot *fresh = calloc(1, sizeof(*fresh)), *old;

	if (fresh == NULL)
		return false;
	fresh->rules = *rules;
	fresh->log_size = log_size;
	atomic_init(&fresh->holders, 1);
	rules->body = NULL;
	pthread_mutex_lock(&s->rules_lock);
	old = s->rules;
	s->rules = fresh;
	pthread_mutex_unlock(&s->rules_lock);
	rules_release(old);
	return true;
}
