/* static.c — files of the published folder over HTTP: codings, ETags, conditional GET.
 * SPDX-License-Identifier: Apache-2.0 */
#include "static.h"

#include <stdio.h>
#include <string.h>

#include "accept.h"
#include "media_type.h"
#include "request.h"
#include "server.h"
#include "static_cache.h"
#include "variants.h"
#include "worker.h"

static const char index_name[] = "index.html";

/* What a page may do, whatever stands in it. */
static const char page_lines[] =
    "Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; object-src 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: cross-origin\r\n";

#define STATIC_PATH_MAX (REQUEST_PATH_MAX + sizeof(index_name))

/* ---- conditional requests ---- */

/* Cut one entity tag, its quotes included, off a list; weak ones compare by what they quote
 * (RFC 9110 §13.1.2). False at the end, or where the list is none. */
static bool
next_tag(struct http_span *list, struct http_span *tag)
{
	const char *end;

	while (list->n > 0 && strchr(", \t", list->data[0]) != NULL) {
		list->data++;
		list->n--;
	}
	if (list->n >= 2 && memcmp(list->data, "W/", 2) == 0) {
		list->data += 2;
		list->n -= 2;
	}
	if (list->n < 2 || list->data[0] != '"')
		return false;
	end = memchr(list->data + 1, '"', list->n - 1);
	if (end == NULL)
		return false;
	tag->data = list->data;
	tag->n = (size_t)(end - list->data) + 1;
	list->data += tag->n;
	list->n -= tag->n;
	return true;
}

static bool
list_has(struct http_span list, const char *etag)
{
	struct http_span tag;

	if (list.n == 1 && list.data[0] == '*')
		return true;
	while (next_tag(&list, &tag))
		if (tag.n == strlen(etag) && memcmp(tag.data, etag, tag.n) == 0)
			return true;
	return false;
}

/* A list may be spread over several fields (RFC 9110 §5.3). */
static bool
client_has(const struct request *r, const char *etag)
{
	for (size_t i = 0; i < r->parsed.fields_n; i++)
		if (http_span_is(r->parsed.fields[i].name, "If-None-Match") &&
		    list_has(r->parsed.fields[i].value, etag))
			return true;
	return false;
}

/* ---- answers ---- */

/* A tile's name says how much of the log it holds: what stands there never changes. */
static const char *
caching_of(const char *path)
{
	return strncmp(path, "/log/tile/", 10) == 0 ? "public, max-age=31536000, immutable"
						    : "no-cache";
}

static void
answer_hit(struct request *r, const struct media_type *type, enum coding coding,
    const struct static_hit *hit)
{
	struct answer a = {.status = client_has(r, hit->etag) ? 304 : 200,
	    .content_type = type->name,
	    .fields = {{"ETag", hit->etag}, {"Cache-Control", caching_of(r->path)}},
	    .lines = page_lines};
	size_t n = 2;

	/* By type alone: caches must know it of a small file too, which may grow. */
	if (type->is_text)
		a.fields[n++] = (struct answer_field){"Vary", "Accept-Encoding"};
	if (coding != CODING_IDENTITY && a.status == 200)
		a.fields[n] = (struct answer_field){"Content-Encoding", coding_info(coding)->name};
	if (hit->fd >= 0) {
		a.has_file = true;
		a.file = hit->fd;
		a.file_n = (int64_t)hit->n;
	} else {
		a.shared = hit->data;
		a.shared_n = hit->n;
		a.shared_done = static_file_release;
		a.shared_arg = hit->file;
	}
	request_answer(r, &a);
}

/* The path as it was sent, so that nothing has to be encoded again. It cannot begin with two
 * slashes, which would name another host. */
static void
answer_folder(struct request *r)
{
	struct http_span path = r->parsed.path;
	struct answer a = {.status = 308};
	struct text where = {0};

	text_add(&where, path.data, path.n);
	text_addf(&where, "/%s%s", r->query[0] != 0 ? "?" : "", r->query);
	a.fields[0].name = "Location";
	a.fields[0].value = where.failed ? "/" : where.data;
	request_answer(r, &a);
	text_clear(&where);
}

static void
answer_nothing(struct request *r, enum fault_code code, const char *expected)
{
	struct fault f = {0};

	fault_set(&f, code, NULL, expected, "\"%.120s\"", r->path);
	request_fault(r, &f);
}

/* Names with a leading dot are the operator's or unfinished. */
static bool
is_hidden(const char *path)
{
	return strstr(path, "/.") != NULL;
}

/* ---- which file ---- */

static enum static_found
find(struct request *r, const char *path, struct static_hit *out)
{
	return static_cache_find(r->worker->server->cache, path + 1, worker_turn(r->worker), out);
}

/* Put the coded file that the client likes best in the place of *hit, if there is one that belongs
 * to it. Returns the coding of what is there now. */
static enum coding
choose_coding(struct request *r, const char *path, struct static_hit *hit)
{
	enum coding order[CODING__MAX];
	size_t n = accept_codings(&r->parsed, order);
	char coded[STATIC_PATH_MAX + VARIANT_SUFFIX_MAX];
	struct static_hit other;

	for (size_t i = 0; i < n && order[i] != CODING_IDENTITY; i++) {
		enum static_found found;

		snprintf(coded, sizeof(coded), "%s%s", path, coding_info(order[i])->suffix);
		found = find(r, coded, &other);
		if (found != STATIC_IN_MEMORY && found != STATIC_ON_DISK)
			continue;
		if (other.mtime_ns == hit->mtime_ns) {
			static_hit_release(hit);
			*hit = other;
			return order[i];
		}
		static_hit_release(&other);
	}
	return CODING_IDENTITY;
}

static void
answer_file(struct request *r, const char *path, struct static_hit *hit)
{
	const struct media_type *type = media_type_of(path);
	enum coding coding = CODING_IDENTITY;

	if (variants_wanted(type, hit->n))
		coding = choose_coding(r, path, hit);
	answer_hit(r, type, coding, hit);
}

void
static_proceed(struct request *r)
{
	char path[STATIC_PATH_MAX];
	struct static_hit hit;
	size_t n = strlen(r->path);

	memcpy(path, r->path, n + 1);
	if (path[n - 1] == '/')
		memcpy(path + n, index_name, sizeof(index_name));
	if (is_hidden(path)) {
		answer_nothing(r, FAULT_NOT_FOUND, "a published path");
		return;
	}
	switch (find(r, path, &hit)) {
	case STATIC_IN_MEMORY:
	case STATIC_ON_DISK:
		answer_file(r, path, &hit);
		break;
	case STATIC_FOLDER:
		answer_folder(r);
		break;
	case STATIC_NOTHING:
		answer_nothing(r, FAULT_NOT_FOUND, "a published path");
		break;
	case STATIC_BUSY:
		answer_nothing(r, FAULT_BUSY, "a descriptor and memory to read the file");
		break;
	case STATIC_BROKEN:
		answer_nothing(r, FAULT_INTERNAL, "a readable file");
		break;
	}
}
