/* net.h — the door to a server of ours: bounded questions and answers over libcurl.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_NET_H
#define ASSAY_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "text.h"

#define NET_URL_MAX 512
#define NET_HOST_MAX 260
#define NET_ANSWER_MAX_BYTES (64 * 1024 * 1024)

struct net; /* a server and the connection to it */

/* Whatever came back, also refusals. Zero-initialise; net_answer_clear() frees. */
struct net_answer {
	int status;
	int64_t retry_after_s; /* 0: not said */
	char content_type[80]; /* lower case, without parameters; "" if absent */
	char *body;            /* NUL-terminated behind n bytes */
	size_t n;
};

/* Bring a server's address into one form: http or https, host, port and path prefix, no '/' at the
 * end. Fails with FAULT_OPTION: another scheme, a user name, a query, a fragment, no host. */
bool net_url(const char *address, char out[NET_URL_MAX], struct fault *f)
    __attribute__((warn_unused_result));

/* Take the host's name from a result of net_url(); an IPv6 address keeps its brackets. */
void net_host(const char *url, char out[NET_HOST_MAX]);

/* Tell whether it is this machine: localhost, 127.0.0.1 or [::1]. */
bool net_is_own_machine(const char *url);

/* Prepare for questions to the server at url, a result of net_url(). Returns new; NULL with f
 * filled. Certificates are verified. The proxy variables of the environment count, but never for
 * this machine's own addresses. No redirect is followed, no cookie or netrc file is read. */
struct net *net_open(const char *url, struct fault *f);
void net_close(struct net *net);

/* The url it was opened with. */
const char *net_address(const struct net *net);

/* Ask for url + path. Any HTTP status is an answer, and done; but what came too soon (429) is asked
 * again after the few seconds that the server names.
 * Fails with FAULT_SERVER_UNREACHABLE (no connection, no answer in time, a connection that broke
 * off) and FAULT_SERVER_ANSWER (more than NET_ANSWER_MAX_BYTES, a redirect). */
bool net_get(struct net *net, const char *path, struct net_answer *out, struct fault *f)
    __attribute__((warn_unused_result));

/* Send n bytes. Borrows data. Fails as net_get() does; the server may have got them all the same.
 */
bool net_post(struct net *net, const char *path, const char *media_type, const char *data, size_t n,
    struct net_answer *out, struct fault *f) __attribute__((warn_unused_result));

/* The same with PUT, for bytes of no particular type. */
bool net_put(struct net *net, const char *path, const char *data, size_t n, struct net_answer *out,
    struct fault *f) __attribute__((warn_unused_result));

void net_answer_clear(struct net_answer *a);

/* An answer with all that stands around it, for a look at how a server is set up. */
struct net_look {
	struct net_answer answer;
	struct text head;            /* its fields, a line each, as they came */
	int64_t certificate_ends_at; /* Unix seconds; 0: no TLS, or not told */
	char local[64];              /* the address of this end */
};

/* As net_get(), saying that gzip is understood (the body stays coded) and that the request is
 * forwarded for forwarded_for; of a redirect too. net_look_clear() in any case. */
bool net_look(struct net *net, const char *path, const char *forwarded_for, struct net_look *out,
    struct fault *f) __attribute__((warn_unused_result));
void net_look_clear(struct net_look *look);

/* Copy a field's value, the last one of this name; "" if absent. Returns out. */
const char *net_look_field(const struct net_look *look, const char *name, char *out, size_t room);

#endif
