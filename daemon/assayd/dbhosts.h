/* dbhosts.h — the hosts of a connection string that are left behind one that failed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_DBHOSTS_H
#define ASSAYD_DBHOSTS_H

#include <stdbool.h>

/* libpq's parameters of these names: lists with commas, NULL where there is none. One port is the
 * port of all hosts. */
struct dbhosts {
	char *host, *hostaddr, *port;
};

/* Make *rest, which is empty, new lists of what stands in `all` behind the first that has this host
 * (or, without one, address) and port, or behind the very first if none has: each step leaves
 * fewer. False, *rest empty: there is nothing behind it (or no memory; or an empty element alone,
 * which libpq cannot be told). Source of the form: PostgreSQL 15, 34.1.1.3 "Specifying Multiple
 * Hosts". */
bool dbhosts_behind(const struct dbhosts *all, const char *host, const char *port,
    struct dbhosts *rest) __attribute__((warn_unused_result));

/* Free the lists; *hosts is empty then. */
void dbhosts_free(struct dbhosts *hosts);

#endif
