/* dbhosts.c — the hosts of a connection string that are left behind one that failed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "dbhosts.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_PORT "5432" /* PostgreSQL's */

static size_t
list_n(const char *list)
{
	size_t n = 1;

	for (; list != NULL && *list != 0; list++)
		n += *list == ',';
	return n;
}

/* What stands in a list behind its first n; NULL if there are no more. */
static const char *
list_behind(const char *list, size_t n)
{
	for (; list != NULL && n > 0; n--) {
		list = strchr(list, ',');
		list = list ? list + 1 : NULL;
	}
	return list;
}

/* Tell whether the element that a list goes on with is this word; an empty one is any. */
static bool
is_word(const char *list, const char *word)
{
	size_t n = list ? strcspn(list, ",") : 0;

	return n == 0 || (strlen(word) == n && strncmp(list, word, n) == 0);
}

static bool
is_at(const struct dbhosts *all, size_t place, const char *host, const char *port)
{
	const char *name = list_behind(all->host, place);
	const char *ports = list_n(all->port) > 1 ? list_behind(all->port, place) : all->port;

	if (name == NULL || *name == 0 || *name == ',')
		name = list_behind(all->hostaddr, place);
	return is_word(name, host) && is_word(ports, port);
}

static bool
copy_behind(const char *list, size_t n, char **copy)
{
	const char *behind = list_behind(list, n);

	if (list == NULL)
		return true;
	*copy = behind ? strdup(behind) : NULL;
	return *copy != NULL;
}

/* libpq takes an empty parameter for none, and goes by what the operator wrote: the whole list. */
static bool
can_be_said(struct dbhosts *rest)
{
	if (rest->port != NULL && rest->port[0] == 0) {
		free(rest->port);
		rest->port = strdup(DEFAULT_PORT);
	}
	if (rest->host != NULL && rest->host[0] == 0 && rest->hostaddr != NULL) {
		free(rest->host);
		rest->host = strdup(rest->hostaddr); /* a name that nobody looks up */
	}
	return (rest->host == NULL || rest->host[0] != 0) &&
	       (rest->hostaddr == NULL || rest->hostaddr[0] != 0);
}

bool
dbhosts_behind(const struct dbhosts *all, const char *host, const char *port, struct dbhosts *rest)
{
	size_t n = list_n(all->hostaddr ? all->hostaddr : all->host), place = 0;

	while (place < n && !is_at(all, place, host, port))
		place++;
	place = place < n ? place + 1 : 1;
	if (place < n && copy_behind(all->host, place, &rest->host) &&
	    copy_behind(all->hostaddr, place, &rest->hostaddr) &&
	    (list_n(all->port) == 1 || copy_behind(all->port, place, &rest->port)) &&
	    can_be_said(rest))
		return true;
	dbhosts_free(rest);
	return false;
}

void
dbhosts_free(struct dbhosts *hosts)
{
	free(hosts->host);
	free(hosts->hostaddr);
	free(hosts->port);
	*hosts = (struct dbhosts){0};
}
