/* remote.h — what a runner asks a server: policy, statements, documents; and to take a statement.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_REMOTE_H
#define ASSAY_REMOTE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "encode.h"
#include "explain.h"

struct net;

/* What GET /v1/policy says, checked for form. Zero-initialise; policy_clear() frees. */
struct policy {
	json_t *doc;
	const char *origin, *vkey; /* borrowed from doc */
	const char *first_config;  /* 64 hex digits */
	const char *terms_sha256;  /* 64 hex digits */
	const char *terms_path;    /* begins with '/' */
	int pow_bits;
	size_t batch_n, batch_bytes; /* most of a batch; 0: the server takes none */
};

/* Ask for the policy. Fails as net_get(), with the server's own refusal, FAULT_SERVER_ANSWER for
 * something else than a policy, FAULT_DOOR_CLOSED for a log without a config. */
bool remote_policy(struct net *net, struct policy *out, struct problem *p)
    __attribute__((warn_unused_result));
void policy_clear(struct policy *policy);

/* Tell whether the server takes the suite {name, version, digest} that a submission names.
 * Fails with FAULT_UNKNOWN_SUITE, FAULT_SUITE_DIGEST. */
bool policy_takes_suite(const struct policy *policy, const json_t *suite, struct fault *f)
    __attribute__((warn_unused_result));

/* Ask for GET /v1/statements/ID. Returns new *out; its member `envelope` is not verified. */
bool remote_statement(struct net *net, const char *id, json_t **out, struct problem *p)
    __attribute__((warn_unused_result));

/* Ask for a document by its path. Returns new *data, NUL-terminated behind *n bytes. */
bool remote_document(struct net *net, const char *path, char **data, size_t *n, struct problem *p)
    __attribute__((warn_unused_result));

/* Send one envelope. Returns new *answer of a 200 or 201 whose id is this id.
 * On failure problem_is_passing() tells "later" from "never". */
bool remote_send(struct net *net, const char *id, const char *envelope, size_t n, json_t **answer,
    struct problem *p) __attribute__((warn_unused_result));

/* Send the raw file of this digest. Fails as net_put(), and with the server's own refusal. */
bool remote_send_evidence(struct net *net, const char *sha256, const char *data, size_t n,
    struct problem *p) __attribute__((warn_unused_result));

/* Send n envelopes as one batch: body_n bytes, one a line. Returns new *lines, an array of what the
 * server says of each, in their order: for remote_line(). Fails as remote_send() for the whole. */
bool remote_send_batch(struct net *net, const char *body, size_t body_n, size_t n, json_t **lines,
    struct problem *p) __attribute__((warn_unused_result));

/* Read one of them: true if it is a receipt for this id; else the problem that it is. */
bool remote_line(const struct net *net, const json_t *line, const char *id, struct problem *p)
    __attribute__((warn_unused_result));

#endif
