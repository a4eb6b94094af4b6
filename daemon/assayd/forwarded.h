/* forwarded.h — who sent a request, seen through proxies that are trusted.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAYD_FORWARDED_H
#define ASSAYD_FORWARDED_H

#include "address.h"
#include "http.h"

/* Find the client behind peer. As long as an address is one of the trusted, the one that it says it
 * speaks for is taken in its place: the fields X-Forwarded-For, all as one list, are walked from
 * the right. The walk ends at the first address that is not trusted, at the list's end, or before
 * what is no address; so what a client itself put into the list counts for nothing. */
void forwarded_client(const struct http_head *head, const struct address_ranges *trusted,
    const struct address *peer, struct address *out);

#endif
