/* feed.c — an Atom feed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "crypto.h"
#include "encode.h"
#include "xml.h"

static void
add_element(struct text *out, const char *name, const char *content)
{
	text_addf(out, "<%s>", name);
	xml_add_text(out, content);
	text_addf(out, "</%s>\n", name);
}

static void
add_time(struct text *out, int64_t at_ms)
{
	char at[TIME_SIZE];

	time_print(at_ms / 1000, at);
	add_element(out, "updated", at);
}

/* The version and the variant take six bits of the digest's first sixteen bytes. */
static void
add_id(struct text *out, const char *origin, int64_t index, const char *what)
{
	struct text seed = {0};
	uint8_t d[SHA256_SIZE];
	char hex[33];

	text_addf(&seed, "assay-feed-v1\n%s\n%lld\n%s\n", origin, (long long)index, what);
	sha256_of(seed.data, seed.n, d);
	out->failed = out->failed || seed.failed;
	text_clear(&seed);
	d[6] = (uint8_t)((d[6] & 0x0f) | 0x80);
	d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
	hex_print(d, 16, hex);
	text_addf(out, "<id>urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s</id>\n", hex, hex + 8, hex + 12,
	    hex + 16, hex + 20);
}

void
feed_begin(struct text *out, const char *origin, int64_t at_ms, int newest_n)
{
	struct text title = {0};

	text_addf(&title, "What changed in %s", origin);
	text_add_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			  "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	add_id(out, origin, 0, "feed");
	add_element(out, "title", title.data != NULL ? title.data : "");
	text_addf(out,
	    "<subtitle>The newest %d changes of standing. Older ones stand in the daily dumps"
	    " (dumps.json) and follow from the log.</subtitle>\n",
	    newest_n);
	add_time(out, at_ms);
	text_add_str(out, "<link rel=\"self\" href=\"feed.atom\"/>\n"
			  "<link rel=\"alternate\" href=\"../../\"/>\n"
			  "<author><name>Assay</name></author>\n");
	text_clear(&title);
}

void
feed_add(struct text *out, const char *origin, const struct feed_entry *entry)
{
	text_add_str(out, "<entry>\n");
	add_id(out, origin, entry->index, entry->what);
	add_element(out, "title", entry->title);
	add_time(out, entry->at_ms);
	text_add_str(out, "<link rel=\"alternate\" href=\"");
	xml_add_text(out, entry->href);
	text_add_str(out, "\"/>\n");
	add_element(out, "summary", entry->summary);
	text_add_str(out, "</entry>\n");
}

void
feed_end(struct text *out)
{
	text_add_str(out, "</feed>\n");
}
