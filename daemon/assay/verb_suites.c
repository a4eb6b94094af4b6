/* verb_suites.c — list the suites of this machine, and whether a server takes them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "encode.h"
#include "explain.h"
#include "json.h"
#include "net.h"
#include "remote.h"
#include "suite_folder.h"
#include "term.h"

static const struct flag flags[] = {
    FLAG_SUITES,
    {.name = "server", .value = "URL", .help = "Compare with what this server takes."},
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay suites", "List what this machine can measure or import."},
    {"assay suites --server https://assay.example.org",
	"See whether that server has the same suites."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "the list is printed; suites may differ"},
    {EXIT_CODE_REFUSED, "a suite's files are not as they should be"},
    {EXIT_CODE_USAGE, "the command line is not understood, or there is no folder of suites"},
    {EXIT_CODE_LATER, "the server cannot be reached"},
    {0, NULL},
};

static json_t *
metrics_of(const struct suite *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->metrics_n; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s, s:s}", "name", s->metrics[i].name, "unit",
			      s->metrics[i].unit, "direction",
			      s->metrics[i].higher_is_better ? "higher" : "lower"));
	return list;
}

static json_t *
suite_json(const struct suite *s)
{
	char digest[HEX32_SIZE];

	hex_print(s->digest, SHA256_SIZE, digest);
	return json_pack("{s:s, s:I, s:s, s:s, s:o}", "name", s->name, "version",
	    (json_int_t)s->version, "title", s->title, "digest", digest, "metrics", metrics_of(s));
}

static const json_t *
find_named(const json_t *list, const char *name, int64_t version)
{
	const json_t *entry;
	size_t i;

	json_array_foreach (list, i, entry)
		if (strcmp(json_get_text(entry, "name"), name) == 0 &&
		    json_get_whole(entry, "version") == version)
			return entry;
	return NULL;
}

/* Say of each local suite what the server has, and add what only the server has. */
static void
compare(json_t *local, const json_t *remote)
{
	const json_t *named;
	json_t *entry;
	size_t i;

	json_array_foreach (local, i, entry) {
		named = find_named(
		    remote, json_get_text(entry, "name"), json_get_whole(entry, "version"));
		json_object_set_new(entry, "server",
		    json_string(named == NULL ? "absent"
				: strcmp(json_get_text(named, "digest"),
				      json_get_text(entry, "digest")) == 0
				    ? "same"
				    : "different"));
	}
	json_array_foreach (remote, i, named)
		if (find_named(local, json_get_text(named, "name"),
			json_get_whole(named, "version")) == NULL)
			json_array_append_new(local,
			    json_pack("{s:s, s:I, s:s, s:s}", "name", json_get_text(named, "name"),
				"version", (json_int_t)json_get_whole(named, "version"), "digest",
				json_get_text(named, "digest"), "server", "only"));
}

static bool
ask_server(const struct task *t, json_t *list, struct problem *p)
{
	const char *address = args_text(t->args, "server");
	struct policy policy = {0};
	char url[NET_URL_MAX];
	struct net *net = NULL;
	bool done;

	if (address == NULL)
		return true;
	done = net_url(address, url, &p->fault) && (net = net_open(url, &p->fault)) != NULL &&
	       remote_policy(net, &policy, p);
	if (done)
		compare(list, json_object_get(policy.doc, "suites"));
	policy_clear(&policy);
	net_close(net);
	return done;
}

static bool
run(struct task *t, struct problem *p)
{
	struct suite_set *set = NULL;
	char *folder = NULL;
	json_t *list = json_array();
	bool done = suite_folder_load(t->args, &set, &folder, &p->fault);

	for (size_t i = 0; done && i < set->n; i++)
		json_array_append_new(list, suite_json(set->suites[i]));
	if (done)
		t->result = json_pack("{s:o, s:O}", "folder", path_json(folder), "suites", list);
	done = done && ask_server(t, list, p);
	json_decref(list);
	suite_set_free(set);
	free(folder);
	return done && (t->result != NULL || task_no_memory(p));
}

static void
show_metrics(const json_t *metrics, FILE *out)
{
	const json_t *metric;
	size_t i;

	json_array_foreach (metrics, i, metric)
		fprintf(out, "  %-7s %s (%s, %s is better)\n", i ? "" : "metrics",
		    json_get_text(metric, "name"), json_get_text(metric, "unit"),
		    json_get_text(metric, "direction"));
}

static void
show_server(const char *word, FILE *out)
{
	static const struct {
		const char *word, *says;
	} rows[] = {
	    {"same", "takes this suite"},
	    {"absent", "does not have this suite: results would be refused"},
	    {"different",
		"has another content under this name and version: results would be refused"},
	    {"only", "has this suite, this machine does not"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].word, word) == 0)
			fprintf(out, "  server  %s\n", rows[i].says);
}

static void
show(const json_t *result, FILE *out)
{
	const json_t *list = json_object_get(result, "suites"), *suite;
	size_t i;

	json_array_foreach (list, i, suite) {
		term_put(out, json_get_text(suite, "name"));
		fprintf(out, "/%lld  ", (long long)json_get_whole(suite, "version"));
		term_say(out, json_get_text(suite, "title"));
		fputs("  digest  ", out);
		term_say(out, json_get_text(suite, "digest"));
		show_metrics(json_object_get(suite, "metrics"), out);
		show_server(json_get_text(suite, "server"), out);
	}
	if (json_array_size(list) == 0)
		fprintf(out, "There are no suites in %s.\n", json_get_text(result, "folder"));
}

const struct verb verb_suites = {
    .name = "suites",
    .operands = "",
    .summary = "list the suites of this machine",
    .about = "Lists the suites in the folder of suites: --suites, else $ASSAY_SUITES, else the "
	     "one that was installed with the program. A result names its suite by name, version "
	     "and digest; a server takes it only if it has the same digest.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
