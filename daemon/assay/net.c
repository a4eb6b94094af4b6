/* net.c — the door to a server of ours: bounded questions and answers over libcurl.
 * SPDX-License-Identifier: Apache-2.0 */
#include "net.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "net_parts.h"

#define CONNECT_MS 10000L
#define ANSWER_MS 60000L
#define LOOK_HEAD_MAX_BYTES (64 * 1024)
#define TRIES_MAX 8  /* of one question, where the server says that it came too soon */
#define REST_MAX_S 5 /* longer ones are the user's to wait */

struct net {
	CURL *curl;
	char url[NET_URL_MAX];
	char error[CURL_ERROR_SIZE];
	struct text body; /* of the answer that is coming in */
	bool too_large;
};

/* Take one part of the address; "" where it is absent. False without memory. */
static bool
url_part(CURLU *u, CURLUPart part, char *out, size_t room)
{
	char *value = NULL;
	CURLUcode code = curl_url_get(u, part, &value, 0);
	bool fits = true;

	out[0] = 0;
	if (code == CURLUE_OK) {
		fits = strlen(value) < room;
		snprintf(out, room, "%s", value);
	}
	curl_free(value);
	return fits;
}

static bool
has_part(CURLU *u, CURLUPart part)
{
	char value[4];

	return !url_part(u, part, value, sizeof(value)) || value[0] != 0;
}

static bool
print_url(CURLU *u, char out[NET_URL_MAX])
{
	char scheme[16], host[256], port[8], path[NET_URL_MAX / 2];
	int n;

	if (!url_part(u, CURLUPART_SCHEME, scheme, sizeof(scheme)) ||
	    !url_part(u, CURLUPART_HOST, host, sizeof(host)) ||
	    !url_part(u, CURLUPART_PORT, port, sizeof(port)) ||
	    !url_part(u, CURLUPART_PATH, path, sizeof(path)))
		return false;
	if (host[0] == 0 || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		return false;
	for (size_t end = strlen(path); end > 0 && path[end - 1] == '/'; end--)
		path[end - 1] = 0;
	n = snprintf(
	    out, NET_URL_MAX, "%s://%s%s%s%s", scheme, host, port[0] ? ":" : "", port, path);
	return n > 0 && n < NET_URL_MAX;
}

bool
net_url(const char *address, char out[NET_URL_MAX], struct fault *f)
{
	CURLU *u = curl_url();
	bool done = u != NULL && curl_url_set(u, CURLUPART_URL, address, 0) == CURLUE_OK &&
		    !has_part(u, CURLUPART_USER) && !has_part(u, CURLUPART_QUERY) &&
		    !has_part(u, CURLUPART_FRAGMENT) && print_url(u, out);

	curl_url_cleanup(u);
	if (done)
		return true;
	return fault_set(f, FAULT_OPTION, "--server",
	    "an address such as https://assay.example.org, without user name and query", "\"%s\"",
	    address);
}

void
net_host(const char *url, char out[NET_HOST_MAX])
{
	const char *host = strstr(url, "://") + 3;
	size_t n = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");

	snprintf(out, NET_HOST_MAX, "%.*s", (int)n, host);
}

bool
net_is_own_machine(const char *url)
{
	static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
	char host[NET_HOST_MAX];

	net_host(url, host);
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strcmp(host, own[i]) == 0)
			return true;
	return false;
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct net *net = arg;

	if (net->body.n + size * n > NET_ANSWER_MAX_BYTES) {
		net->too_large = true;
		return 0;
	}
	text_add(&net->body, data, size * n);
	return net->body.failed ? 0 : size * n;
}

static void
set_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

void
net_prepare(CURL *curl, const char *url)
{
	const char *authorities = getenv("SSL_CERT_FILE"); /* as OpenSSL's own programs do */

	set_protocols(curl);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NETRC, CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	if (net_is_own_machine(url))
		curl_easy_setopt(curl, CURLOPT_PROXY, "");
	if (authorities != NULL && authorities[0] != 0)
		curl_easy_setopt(curl, CURLOPT_CAINFO, authorities);
}

/* What every question has. Expect: 100-continue would only cost a round trip. */
static void
set_common(struct net *net, struct curl_slist *headers)
{
	CURL *curl = net->curl;

	curl_easy_reset(curl);
	net_prepare(curl, net->url);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, ANSWER_MS);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, net->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, net);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
}

static void
take_content_type(struct net *net, struct net_answer *out)
{
	const char *type = NULL;
	size_t n;

	curl_easy_getinfo(net->curl, CURLINFO_CONTENT_TYPE, &type);
	n = type ? strcspn(type, "; \t") : 0;
	if (n >= sizeof(out->content_type))
		return;
	for (size_t i = 0; i < n; i++)
		out->content_type[i] = (char)tolower((unsigned char)type[i]);
}

static bool
take_answer(struct net *net, struct net_answer *out, struct fault *f)
{
	curl_off_t retry_after_s = 0;
	const char *elsewhere = NULL;
	long status = 0;

	curl_easy_getinfo(net->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(net->curl, CURLINFO_RETRY_AFTER, &retry_after_s);
	curl_easy_getinfo(net->curl, CURLINFO_REDIRECT_URL, &elsewhere);
	if (status >= 300 && status < 400)
		return fault_set(f, FAULT_SERVER_ANSWER, net->url,
		    "an answer, for redirects are not followed", "HTTP %ld to %s", status,
		    elsewhere ? elsewhere : "nowhere");
	out->status = (int)status;
	out->retry_after_s = retry_after_s;
	take_content_type(net, out);
	text_add(&net->body, "", 0);
	out->n = net->body.n;
	out->body = text_take(&net->body);
	if (out->body == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for an answer", "none");
	return true;
}

static bool
perform(struct net *net, const char *path, struct net_answer *out, struct fault *f)
{
	char url[NET_URL_MAX + 256];
	CURLcode code;

	memset(out, 0, sizeof(*out));
	snprintf(url, sizeof(url), "%s%s", net->url, path);
	curl_easy_setopt(net->curl, CURLOPT_URL, url);
	net->error[0] = 0;
	net->too_large = false;
	text_reset(&net->body);
	code = curl_easy_perform(net->curl);
	if (net->too_large)
		return fault_set(f, FAULT_SERVER_ANSWER, url, "an answer of at most 4 MiB", "more");
	if (code != CURLE_OK)
		return fault_set(f, FAULT_SERVER_UNREACHABLE, net->url, "an answer from the server",
		    "%s", net->error[0] ? net->error : curl_easy_strerror(code));
	return take_answer(net, out, f);
}

/* Too many questions in too short a time: rest, and tell whether to ask again. */
static bool
rested(const struct net_answer *a, int tries)
{
	if (a->status != 429 || a->retry_after_s > REST_MAX_S || tries >= TRIES_MAX)
		return false;
	sleep(a->retry_after_s > 0 ? (unsigned int)a->retry_after_s : 1);
	return true;
}

bool
net_get(struct net *net, const char *path, struct net_answer *out, struct fault *f)
{
	set_common(net, NULL);
	for (int tries = 1;; tries++) {
		if (!perform(net, path, out, f))
			return false;
		if (!rested(out, tries))
			return true;
		net_answer_clear(out);
	}
}

struct body {
	const char *method, *media_type, *data;
	size_t n;
};

/* curl's own PUT would read from a callback. */
static bool
send_body(struct net *net, const struct body *body, const char *path, struct net_answer *out,
    struct fault *f)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Expect:"), *more = NULL;
	char type[120];
	bool done;

	snprintf(type, sizeof(type), "Content-Type: %s", body->media_type);
	if (headers != NULL)
		more = curl_slist_append(headers, type);
	if (more == NULL) {
		curl_slist_free_all(headers);
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a request", "none");
	}
	set_common(net, more);
	curl_easy_setopt(net->curl, CURLOPT_POST, 1L);
	curl_easy_setopt(net->curl, CURLOPT_CUSTOMREQUEST, body->method);
	curl_easy_setopt(net->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->n);
	curl_easy_setopt(net->curl, CURLOPT_POSTFIELDS, body->data);
	done = perform(net, path, out, f);
	curl_slist_free_all(more);
	return done;
}

bool
net_post(struct net *net, const char *path, const char *media_type, const char *data, size_t n,
    struct net_answer *out, struct fault *f)
{
	return send_body(net, &(struct body){"POST", media_type, data, n}, path, out, f);
}

bool
net_put(struct net *net, const char *path, const char *data, size_t n, struct net_answer *out,
    struct fault *f)
{
	return send_body(
	    net, &(struct body){"PUT", "application/octet-stream", data, n}, path, out, f);
}

/* ---- a look ---- */

static size_t
on_field(char *data, size_t size, size_t n, void *arg)
{
	struct text *head = arg;

	if (head->n + size * n > LOOK_HEAD_MAX_BYTES)
		return 0;
	text_add(head, data, size * n);
	return head->failed ? 0 : size * n;
}

/* The server's own certificate is the first of the chain. */
static int64_t
certificate_end(CURL *curl)
{
	struct curl_certinfo *chain = NULL;

	if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
	    chain->num_of_certs == 0)
		return 0;
	for (struct curl_slist *line = chain->certinfo[0]; line != NULL; line = line->next)
		if (strncasecmp(line->data, "Expire date:", 12) == 0)
			return (int64_t)curl_getdate(line->data + 12, NULL);
	return 0;
}

static void
take_surroundings(struct net *net, struct net_look *out)
{
	const char *local = NULL;

	out->certificate_ends_at = certificate_end(net->curl);
	if (curl_easy_getinfo(net->curl, CURLINFO_LOCAL_IP, &local) == CURLE_OK && local != NULL)
		snprintf(out->local, sizeof(out->local), "%s", local);
}

bool
net_look(struct net *net, const char *path, const char *forwarded_for, struct net_look *out,
    struct fault *f)
{
	struct curl_slist *headers = curl_slist_append(NULL, "Accept-Encoding: gzip"), *more = NULL;
	char field[120];
	bool done;

	memset(out, 0, sizeof(*out));
	snprintf(field, sizeof(field), "X-Forwarded-For: %s", forwarded_for);
	if (headers != NULL)
		more = curl_slist_append(headers, field);
	if (more == NULL) {
		curl_slist_free_all(headers);
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a request", "none");
	}
	set_common(net, more);
	curl_easy_setopt(net->curl, CURLOPT_HEADERFUNCTION, on_field);
	curl_easy_setopt(net->curl, CURLOPT_HEADERDATA, &out->head);
	curl_easy_setopt(net->curl, CURLOPT_CERTINFO, 1L);
	for (int tries = 1; (done = perform(net, path, &out->answer, f)); tries++) {
		if (!rested(&out->answer, tries))
			break;
		net_answer_clear(&out->answer);
		text_reset(&out->head);
	}
	take_surroundings(net, out);
	curl_slist_free_all(more);
	return done;
}

void
net_look_clear(struct net_look *look)
{
	net_answer_clear(&look->answer);
	text_clear(&look->head);
}

const char *
net_look_field(const struct net_look *look, const char *name, char *out, size_t room)
{
	const char *at = look->head.data != NULL ? look->head.data : "", *end;
	size_t name_n = strlen(name);

	out[0] = 0;
	for (; *at != 0; at = *end != 0 ? end + 1 : end) {
		const char *value = at + name_n + 1;

		end = at + strcspn(at, "\n");
		if ((size_t)(end - at) <= name_n || at[name_n] != ':' ||
		    strncasecmp(at, name, name_n) != 0)
			continue;
		while (value < end && *value == ' ')
			value++;
		snprintf(out, room, "%.*s", (int)strcspn(value, "\r\n"), value);
	}
	return out;
}

struct net *
net_open(const char *url, struct fault *f)
{
	struct net *net = calloc(1, sizeof(*net));

	if (net != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		net->curl = curl_easy_init();
	if (net == NULL || net->curl == NULL) {
		free(net);
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a connection", "none");
		return NULL;
	}
	snprintf(net->url, sizeof(net->url), "%s", url);
	return net;
}

void
net_close(struct net *net)
{
	if (net == NULL)
		return;
	curl_easy_cleanup(net->curl);
	curl_global_cleanup();
	text_clear(&net->body);
	free(net);
}

const char *
net_address(const struct net *net)
{
	return net->url;
}

void
net_answer_clear(struct net_answer *a)
{
	free(a->body);
	memset(a, 0, sizeof(*a));
}
