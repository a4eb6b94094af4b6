/* remote.c — what a runner asks a server: policy, statements, documents; and to take a statement.
 * SPDX-License-Identifier: Apache-2.0 */
#include "remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "lines.h"
#include "net.h"
#include "note.h"
#include "pow.h"

#define BATCH_MEDIA_TYPE "application/x-ndjson"
#define ENVELOPE_MEDIA_TYPE "application/vnd.dsse.envelope.v1+json"

/* Something that came from no assayd: a proxy's page, another program on that port. */
static bool
strange_answer(const struct net_answer *a, const char *where, struct problem *p)
{
	enum fault_code code = FAULT_SERVER_ANSWER;

	if (a->status == 429 || a->status == 503)
		code = FAULT_BUSY;
	else if (a->status >= 500)
		code = FAULT_SERVER_UNREACHABLE;
	if (code != FAULT_SERVER_ANSWER)
		p->status = a->status;
	p->retry_after_s = a->retry_after_s;
	return fault_set(&p->fault, code, where, "an answer of an Assay server",
	    "HTTP %d, %s, %zu bytes", a->status, a->content_type[0] ? a->content_type : "no type",
	    a->n);
}

/* Turn anything but 200 and 201 into a problem, in the server's own words where it has some. */
static bool
check_status(const struct net_answer *a, const char *where, struct problem *p)
{
	json_t *doc = NULL;
	bool is_problem;

	if (a->status == 200 || a->status == 201)
		return true;
	if (strcmp(a->content_type, "application/problem+json") == 0)
		doc = json_read_object(a->body, a->n, NULL);
	is_problem = doc != NULL && problem_read(doc, a->status, p);
	json_decref(doc);
	if (!is_problem) {
		memset(p, 0, sizeof(*p));
		return strange_answer(a, where, p);
	}
	p->retry_after_s = a->retry_after_s;
	return false;
}

static bool
take_object(const struct net_answer *a, const char *where, json_t **out, struct problem *p)
{
	struct fault local = {0};

	if (!check_status(a, where, p))
		return false;
	*out = json_read_object(a->body, a->n, &local);
	if (*out != NULL)
		return true;
	return fault_set(&p->fault, FAULT_SERVER_ANSWER, where, "one JSON object", "%s", local.got);
}

static bool
get_object(struct net *net, const char *path, json_t **out, struct problem *p)
{
	struct net_answer a = {0};
	char where[NET_URL_MAX + 128];
	bool done;

	snprintf(where, sizeof(where), "%s%s", net_address(net), path);
	done = net_get(net, path, &a, &p->fault) && take_object(&a, where, out, p);
	net_answer_clear(&a);
	return done;
}

static bool
is_digest(const char *s)
{
	uint8_t bytes[SHA256_SIZE];

	return strlen(s) == 2 * SHA256_SIZE && hex_parse(s, bytes, SHA256_SIZE);
}

/* A vkey carries the log's name, which is the origin. */
static bool
vkey_fits(const char *vkey, const char *origin)
{
	char name[256];
	uint8_t key[KEY_SIZE];

	return origin_is_sound(origin) && vkey_read(vkey, name, sizeof(name), key) &&
	       strcmp(name, origin) == 0;
}

static bool
bad_policy(const struct net *net, const char *member, const char *expected, const char *got,
    struct problem *p)
{
	char where[NET_URL_MAX + 64];

	snprintf(where, sizeof(where), "%s/v1/policy at %s", net_address(net), member);
	return fault_set(&p->fault, FAULT_SERVER_ANSWER, where, expected, "\"%s\"", got);
}

static bool
check_policy(const struct net *net, struct policy *y, struct problem *p)
{
	const json_t *bits = json_object_get(y->doc, "pow_bits");

	if (!vkey_fits(y->vkey, y->origin))
		return bad_policy(
		    net, "/vkey", "the verifier key of the log named by /origin", y->vkey, p);
	if (json_is_null(json_object_get(y->doc, "first_config")))
		return fault_set(&p->fault, FAULT_DOOR_CLOSED, net_address(net),
		    "a log with its first config", "an empty log");
	if (!is_digest(y->first_config))
		return bad_policy(net, "/first_config", "64 hex digits", y->first_config, p);
	if (!is_digest(y->terms_sha256))
		return bad_policy(net, "/terms/sha256", "64 hex digits", y->terms_sha256, p);
	if (y->terms_path[0] != '/' || strlen(y->terms_path) > 200)
		return bad_policy(
		    net, "/terms/document", "a path on this server", y->terms_path, p);
	if (!json_is_integer(bits) || y->pow_bits < 0 || y->pow_bits > POW_BITS_MAX)
		return bad_policy(
		    net, "/pow_bits", "a whole number from 0 to 40", "another value", p);
	return true;
}

/* A limit that a server without batches does not name. */
static size_t
limit(const struct policy *y, const char *name)
{
	int64_t n = json_get_whole(json_object_get(y->doc, "limits"), name);

	return n > 0 ? (size_t)n : 0;
}

bool
remote_policy(struct net *net, struct policy *out, struct problem *p)
{
	const json_t *terms;
	int64_t bits;

	memset(out, 0, sizeof(*out));
	if (!get_object(net, "/v1/policy", &out->doc, p))
		return false;
	terms = json_object_get(out->doc, "terms");
	bits = json_get_whole(out->doc, "pow_bits");
	out->origin = json_get_text(out->doc, "origin");
	out->vkey = json_get_text(out->doc, "vkey");
	out->first_config = json_get_text(out->doc, "first_config");
	out->terms_sha256 = json_get_text(terms, "sha256");
	out->terms_path = json_get_text(terms, "document");
	out->batch_n = limit(out, "batch_statements");
	out->batch_bytes = limit(out, "batch_bytes");
	out->pow_bits = bits >= 0 && bits <= POW_BITS_MAX ? (int)bits : -1;
	return check_policy(net, out, p);
}

void
policy_clear(struct policy *policy)
{
	json_decref(policy->doc);
	memset(policy, 0, sizeof(*policy));
}

bool
policy_takes_suite(const struct policy *policy, const json_t *suite, struct fault *f)
{
	const json_t *list = json_object_get(policy->doc, "suites"), *named;
	const char *name = json_get_text(suite, "name"), *digest = json_get_text(suite, "digest");
	int64_t version = json_get_whole(suite, "version");
	size_t i;

	json_array_foreach (list, i, named) {
		if (strcmp(json_get_text(named, "name"), name) != 0 ||
		    json_get_whole(named, "version") != version)
			continue;
		if (strcmp(json_get_text(named, "digest"), digest) == 0)
			return true;
		return fault_set(f, FAULT_SUITE_DIGEST, "/suite/digest",
		    json_get_text(named, "digest"), "%s", digest);
	}
	return fault_set(f, FAULT_UNKNOWN_SUITE, "/suite",
	    "a suite this server has, see `assay suites "
	    "--server URL`",
	    "%s/%lld", name, (long long)version);
}

bool
remote_statement(struct net *net, const char *id, json_t **out, struct problem *p)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/statements/%s", id);
	return get_object(net, path, out, p);
}

bool
remote_document(struct net *net, const char *path, char **data, size_t *n, struct problem *p)
{
	struct net_answer a = {0};
	char where[NET_URL_MAX + 256];
	bool done;

	snprintf(where, sizeof(where), "%s%s", net_address(net), path);
	done = net_get(net, path, &a, &p->fault) && check_status(&a, where, p);
	if (done) {
		*data = a.body;
		*n = a.n;
		a.body = NULL;
	}
	net_answer_clear(&a);
	return done;
}

/* A receipt is one for the statement that was sent. */
static bool
check_id(const json_t *receipt, const char *id, const char *where, struct problem *p)
{
	const char *got = json_get_text(receipt, "id");

	return strcmp(got, id) == 0 ||
	       fault_set(&p->fault, FAULT_SERVER_ANSWER, where, id, "\"%s\"", got);
}

bool
remote_send(struct net *net, const char *id, const char *envelope, size_t n, json_t **answer,
    struct problem *p)
{
	struct net_answer a = {0};
	char where[NET_URL_MAX + 64];
	bool done;

	*answer = NULL;
	snprintf(where, sizeof(where), "%s/v1/statements", net_address(net));
	done = net_post(net, "/v1/statements", ENVELOPE_MEDIA_TYPE, envelope, n, &a, &p->fault) &&
	       take_object(&a, where, answer, p) && check_id(*answer, id, where, p);
	if (!done) {
		json_decref(*answer);
		*answer = NULL;
	}
	net_answer_clear(&a);
	return done;
}

bool
remote_send_evidence(
    struct net *net, const char *sha256, const char *data, size_t n, struct problem *p)
{
	struct net_answer a = {0};
	char path[128], where[NET_URL_MAX + 128];
	bool done;

	snprintf(path, sizeof(path), "/v1/evidence/%s", sha256);
	snprintf(where, sizeof(where), "%s%s", net_address(net), path);
	done = net_put(net, path, data, n, &a, &p->fault) && check_status(&a, where, p);
	net_answer_clear(&a);
	return done;
}

/* ---- batches ---- */

static json_t *
read_lines(const struct net_answer *a)
{
	struct lines in = {a->body, a->n};
	json_t *list = json_array();
	struct line line;

	while (line_next(&in, &line))
		json_array_append_new(list, json_read_object(line.s, line.n, NULL));
	return list;
}

static bool
take_lines(const struct net_answer *a, const char *where, size_t n, json_t **out, struct problem *p)
{
	if (!check_status(a, where, p))
		return false;
	*out = read_lines(a);
	return json_array_size(*out) == n || fault_set(&p->fault, FAULT_SERVER_ANSWER, where,
						 "one JSON object a line for each statement",
						 "%zu of %zu", json_array_size(*out), n);
}

bool
remote_send_batch(
    struct net *net, const char *body, size_t body_n, size_t n, json_t **lines, struct problem *p)
{
	struct net_answer a = {0};
	char where[NET_URL_MAX + 64];
	bool done;

	*lines = NULL;
	snprintf(where, sizeof(where), "%s/v1/statements", net_address(net));
	done = net_post(net, "/v1/statements", BATCH_MEDIA_TYPE, body, body_n, &a, &p->fault) &&
	       take_lines(&a, where, n, lines, p);
	if (!done) {
		json_decref(*lines);
		*lines = NULL;
	}
	net_answer_clear(&a);
	return done;
}

bool
remote_line(const struct net *net, const json_t *line, const char *id, struct problem *p)
{
	int status = (int)json_get_whole(line, "status");
	char where[NET_URL_MAX + 64];

	snprintf(where, sizeof(where), "%s/v1/statements", net_address(net));
	memset(p, 0, sizeof(*p));
	if (status == 200 || status == 201)
		return check_id(line, id, where, p);
	if (!problem_read(line, status, p)) {
		memset(p, 0, sizeof(*p));
		return fault_set(&p->fault, FAULT_SERVER_ANSWER, where,
		    "a receipt or a problem on each line", "status %d", status);
	}
	p->retry_after_s = json_get_whole(line, "retry_after_s");
	return false;
}
