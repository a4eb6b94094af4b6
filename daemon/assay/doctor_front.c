/* doctor_front.c — what does the web server in front of an assayd pass on, and what does it forget?
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "json.h"
#include "net.h"

#define INDEX "/data/v1/index.json"
#define CODED_WITHIN_S 2 /* after a document was written, if nothing is wrong */

struct front {
	json_t *findings;
	struct net *net;
	bool tls;
};

static bool
is_inner(const char *address)
{
	static const char *const begins[] = {"127.", "10.", "192.168.", "::1", "fc", "fd", "fe80:"};
	int second;

	for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
		if (strncmp(address, begins[i], strlen(begins[i])) == 0)
			return true;
	return sscanf(address, "172.%d.", &second) == 1 && second >= 16 && second <= 31;
}

/* assayd has no TLS of its own: over TLS there is a proxy for certain. */
static void
look_at_forwarding(struct front *v, const struct net_look *look)
{
	json_t *doc = json_read_object(look->answer.body, look->answer.n, NULL);
	const char *client = json_get_text(doc, "client");
	bool own = net_is_own_machine(net_address(v->net)),
	     believed = strcmp(client, DOCTOR_FOREIGN) == 0;

	if (client[0] == 0 || !v->tls)
		; /* an older server, or none in front */
	else if (believed && !own)
		finding_add(v->findings,
		    (struct finding){"proxy", FINDING_WRONG, EXIT_CODE_REFUSED,
			"trusted_proxies must name the proxies and nobody else, and the proxy must "
			"append the client to X-Forwarded-For."},
		    "the server believes what anybody writes into X-Forwarded-For");
	else if (!believed && (own || (is_inner(client) && strcmp(client, look->local) != 0)))
		finding_add(v->findings,
		    (struct finding){"proxy", FINDING_WRONG, EXIT_CODE_REFUSED,
			"Name the proxy in trusted_proxies and let it set X-Forwarded-For "
			"($proxy_add_x_forwarded_for in nginx)."},
		    "the server takes its proxy for all its clients (%s): they share one limit",
		    client);
	else
		finding_add(v->findings, (struct finding){.check = "proxy"},
		    "the server tells its clients apart");
	json_decref(doc);
}

static void
look_at_page(struct front *v, const struct net_look *look)
{
	char value[512];

	if (strstr(net_look_field(look, "Content-Security-Policy", value, sizeof(value)),
		"default-src 'self'") == NULL)
		finding_add(v->findings,
		    (struct finding){"csp", FINDING_WARN, 0,
			"Let the web server send it: deploy/nginx/assay.conf has the words."},
		    "the page comes without its Content-Security-Policy");
	if (strcmp(net_look_field(look, "X-Content-Type-Options", value, sizeof(value)),
		"nosniff") != 0)
		finding_add(v->findings,
		    (struct finding){"nosniff", FINDING_WARN, 0, "The same place."},
		    "the page comes without X-Content-Type-Options: nosniff");
	if (v->tls &&
	    net_look_field(look, "Strict-Transport-Security", value, sizeof(value))[0] == 0)
		finding_add(v->findings,
		    (struct finding){"hsts", FINDING_NOTE, 0, "The same place."},
		    "browsers are not told to come over TLS only");
}

static bool
is_compressed(const struct net_look *look)
{
	char value[80];

	return strcmp(net_look_field(look, "Content-Encoding", value, sizeof(value)), "gzip") == 0;
}

/* A document is there a moment before its compressed form is. */
static bool
is_compressed_soon(struct front *v)
{
	struct net_look look;
	struct fault f = {0};
	bool done;

	sleep(CODED_WITHIN_S);
	done = net_look(v->net, INDEX, DOCTOR_FOREIGN, &look, &f) && is_compressed(&look);
	net_look_clear(&look);
	return done;
}

static void
look_at_documents(struct front *v, const struct net_look *look)
{
	if (look->answer.status != 200)
		finding_add(v->findings,
		    (struct finding){"documents", FINDING_WRONG, EXIT_CODE_REFUSED,
			"Is `published` the folder that the web server serves, and can it read "
			"it?"},
		    "data/v1/index.json cannot be had: HTTP %d", look->answer.status);
	else if (!is_compressed(look) && !is_compressed_soon(v))
		finding_add(v->findings,
		    (struct finding){"compression", FINDING_WARN, 0,
			"Each document lies compressed beside itself: gzip_static on; gzip_vary "
			"on;"},
		    "documents come uncompressed");
	else
		finding_add(v->findings, (struct finding){.check = "documents"},
		    "documents are there, and come compressed");
}

void
doctor_look_in_front(json_t *findings, struct net *net)
{
	struct front v = {
	    .findings = findings, .net = net, .tls = strncmp(net_address(net), "https:", 6) == 0};

	static const struct {
		const char *path;
		void (*look)(struct front *v, const struct net_look *look);
	} rows[] = {
	    {"/v1/policy", look_at_forwarding}, {"/", look_at_page}, {INDEX, look_at_documents}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct net_look look;
		struct fault f = {0};

		if (net_look(net, rows[i].path, DOCTOR_FOREIGN, &look, &f))
			rows[i].look(&v, &look);
		else
			finding_add(findings,
			    (struct finding){"front", FINDING_WARN, 0, "Try again."},
			    "%s could not be looked at: %s", rows[i].path, f.got);
		net_look_clear(&look);
	}
}
