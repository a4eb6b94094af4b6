/* net_parts.h — what the two users of libcurl, net.c and endpoint.c, share.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_NET_PARTS_H
#define ASSAY_NET_PARTS_H

#include <curl/curl.h>

/* Set what every request of ours has: http and https alone, HTTP/1.1, certificates verified
 * (against $SSL_CERT_FILE where that is set, for authorities of one's own), no redirects, no netrc,
 * no signals, and no proxy on the way to this machine itself. */
void net_prepare(CURL *curl, const char *url);

#endif
