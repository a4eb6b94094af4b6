/* options.c — the table of settings, and everything that is made from it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

#define CONFIG_MAX_BYTES (256 * 1024)

enum option_type { OPTION_TEXT, OPTION_WHOLE, OPTION_BOOL };

static const struct option_row {
	const char *name;
	enum option_type type;
	size_t offset;
	const char *fallback;
	int64_t low, high;
	const char *help;
	bool live; /* a reload may change it */
} rows[] = {
#define ROW(field, type, fallback, low, high, help, live)                                          \
	{                                                                                          \
#field, type, offsetof(struct options, field), fallback, low, high, help, live     \
	}
#define TEXT(field, fallback, help) ROW(field, OPTION_TEXT, fallback, 0, 0, help, false)
#define LIVE_TEXT(field, fallback, help) ROW(field, OPTION_TEXT, fallback, 0, 0, help, true)
#define WHOLE(field, fallback, low, high, help)                                                    \
	ROW(field, OPTION_WHOLE, fallback, low, high, help, false)
#define LIVE_WHOLE(field, fallback, low, high, help)                                               \
	ROW(field, OPTION_WHOLE, fallback, low, high, help, true)
#define BOOL(field, fallback, help) ROW(field, OPTION_BOOL, fallback, 0, 1, help, false)
#define LIVE_BOOL(field, fallback, help) ROW(field, OPTION_BOOL, fallback, 0, 1, help, true)
    TEXT(config, "", "file of settings, one `name = value` a line, # begins a comment"),
    TEXT(listen, "127.0.0.1:8080", "ADDRESS:PORT to listen on; port 0 picks a free one"),
    TEXT(database, "",
	"libpq connection string of the daemon's role, e.g. host=/run/postgresql dbname=assay "
	"user=assayd"),
    TEXT(migrate_database, "",
	"the same for the role that owns the tables, used by `assayd migrate`"),
    TEXT(origin, "",
	"the log's name, e.g. assay.example.org/log; never changes once statements are signed"),
    TEXT(
	published, "", "folder that documents and page are written to; may be deleted, comes back"),
    TEXT(webroot, "", "folder of the page, copied into the published folder"),
    TEXT(suites, "", "folder of the suites, NAME/VERSION/suite.json"),
    TEXT(sql, "", "folder of the migrations"),
    TEXT(terms, "", "text file: licence of the data and the notice submitters confirm"),
    TEXT(statement_key, "",
	"PEM file of the server's statement key, used by `assayd config --apply`"),
    TEXT(root_keys, "",
	"file of root public keys (PEM, one after another), used by `assayd config --apply`"),
    TEXT(log_vkey, "", "file with the log's verifier key, as `assayd keys` writes it"),
    TEXT(log_key, "", "PEM file of the log's private key; only the signer's process reads it"),
    TEXT(signer_state, "",
	"file in which the signer keeps the newest checkpoint it signed; never delete it"),
    TEXT(signer_socket, "",
	"Unix socket of `assayd signer`; empty: the server starts a signer of its own"),
    LIVE_TEXT(log_level, "info", "lowest level that is logged: debug, info, warn, error"),
    TEXT(trusted_proxies, "",
	"addresses and ranges of proxies, such as 127.0.0.1, 10.0.0.0/8: from these, "
	"X-Forwarded-For "
	"tells the client's address"),
    WHOLE(pow_bits, "16", 0, 40,
	"leading zero bits of an enrolment's proof of work, put into the config"),
    WHOLE(watches_max_n, "20", 1, 10000,
	"policies that one release manager may have under watch, put into the config"),
    WHOLE(workers_n, "0", 0, 256, "worker threads; 0: one per core"),
    BOOL(lead, "true", "may lead: sequence and derive"),
    LIVE_BOOL(metrics, "true", "answer GET /metrics; a proxy should keep it from the public"),
    LIVE_WHOLE(
	connections_max_n, "4096", 1, 1000000, "connections at once; more are refused at once"),
    LIVE_WHOLE(bodies_max_bytes, "16777216", 1048576, 17179869184,
	"bytes of large bodies (batches, evidence) held at once, per worker; more get 503"),
    LIVE_WHOLE(evidence_submission_max_bytes, "16777216", 0, 1099511627776,
	"bytes of evidence stored for one submission; more get 413"),
    LIVE_WHOLE(evidence_day_max_bytes, "268435456", 0, 1099511627776,
	"bytes of evidence stored for one submitter in 24 hours; more get 429"),
    LIVE_WHOLE(evidence_max_bytes, "68719476736", 0, 1125899906842624,
	"bytes of all evidence, compressed; more get 507"),
    LIVE_WHOLE(head_max_bytes, "16384", 512, 1048576, "bytes of a request's head"),
    LIVE_WHOLE(head_fields_max_n, "100", 1, 100, "fields in a request's head"),
    LIVE_WHOLE(head_deadline_ms, "10000", 10, 600000,
	"ms from a request's first byte to the end of its head"),
    LIVE_WHOLE(body_deadline_ms, "30000", 10, 600000, "ms for a request's body"),
    LIVE_WHOLE(idle_ms, "60000", 10, 3600000, "ms a connection may wait for its next request"),
    LIVE_WHOLE(write_stall_ms, "30000", 10, 600000, "ms without progress while an answer is sent"),
    LIVE_WHOLE(
	linger_ms, "2000", 0, 60000, "ms to read on after a refusal, so that the client sees it"),
    WHOLE(cache_max_bytes, "67108864", 0, 17179869184, "bytes of files kept in memory"),
    WHOLE(cache_file_max_bytes, "262144", 0, 16777216, "bytes of the largest file kept in memory"),
    LIVE_WHOLE(db_queue_max_n, "1024", 1, 1000000,
	"statements waiting for the database, per worker; more get 503"),
    LIVE_WHOLE(db_deadline_ms, "5000", 10, 600000,
	"ms a request waits for the database before it gets 503"),
    LIVE_WHOLE(db_retry_max_ms, "2000", 10, 60000,
	"longest pause between two tries to reach the database"),
    LIVE_WHOLE(publish_interval_ms, "250", 10, 60000, "ms between two looks for new statements"),
    LIVE_WHOLE(drain_ms, "10000", 0, 600000, "ms that running requests get to finish on SIGTERM"),
    LIVE_WHOLE(address_rate_n, "60", 0, 1000000,
	"requests a second from one address (IPv4, IPv6 /64); more get 429; 0: no limit"),
    LIVE_WHOLE(address_burst_n, "240", 1, 1000000, "requests one address may save up for a burst"),
    LIVE_WHOLE(submitter_rate_n, "600", 0, 1000000,
	"new statements an hour signed by one key; more get 429; 0: no limit"),
    LIVE_WHOLE(unknown_key_rate_n, "10", 0, 1000000,
	"signatures by unknown keys verified a second for one address; more get 429; 0: no limit"),
#undef ROW
#undef TEXT
#undef LIVE_TEXT
#undef WHOLE
#undef LIVE_WHOLE
#undef BOOL
#undef LIVE_BOOL
};

#define ROWS_N (sizeof(rows) / sizeof(*rows))

static void *
field_of(struct options *o, const struct option_row *row)
{
	return (char *)o + row->offset;
}

static const struct option_row *
row_named(const char *name, size_t n)
{
	for (size_t i = 0; i < ROWS_N; i++)
		if (strlen(rows[i].name) == n && strncmp(rows[i].name, name, n) == 0)
			return &rows[i];
	return NULL;
}

static bool
set_text(char **field, const char *value, const char *where, struct fault *f)
{
	char *copy = strdup(value);

	if (copy == NULL)
		return fault_set(f, FAULT_NO_MEMORY, where, "memory for a setting", "none");
	free(*field);
	*field = copy;
	return true;
}

static bool
set_whole(const struct option_row *row, int64_t *field, const char *value, const char *where,
    struct fault *f)
{
	char expected[96], *end;
	long long n;

	errno = 0;
	n = strtoll(value, &end, 10);
	if (errno == 0 && *value != 0 && !isspace((unsigned char)*value) && *end == 0 &&
	    n >= row->low && n <= row->high) {
		*field = n;
		return true;
	}
	snprintf(expected, sizeof(expected), "an integer from %lld to %lld", (long long)row->low,
	    (long long)row->high);
	return fault_set(f, FAULT_OPTION, where, expected, "\"%s\"", value);
}

static bool
set_bool(bool *field, const char *value, const char *where, struct fault *f)
{
	if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0) {
		*field = strcmp(value, "true") == 0;
		return true;
	}
	return fault_set(f, FAULT_OPTION, where, "true or false", "\"%s\"", value);
}

static bool
set_row(struct options *o, const struct option_row *row, const char *value, const char *where,
    struct fault *f)
{
	switch (row->type) {
	case OPTION_TEXT:
		return set_text(field_of(o, row), value, where, f);
	case OPTION_WHOLE:
		return set_whole(row, field_of(o, row), value, where, f);
	case OPTION_BOOL:
		return set_bool(field_of(o, row), value, where, f);
	}
	return false;
}

/* Flags say some-name, variables SOME_NAME; the row says some_name. */
static void
plain_name(const char *from, size_t n, char *out, size_t room)
{
	size_t i;

	for (i = 0; i < n && i + 1 < room; i++)
		out[i] = from[i] == '-' ? '_' : (char)tolower((unsigned char)from[i]);
	out[i] = 0;
}

static bool
read_flag(struct options *o, int argc, char **argv, int *i, struct fault *f)
{
	const char *flag = argv[*i] + 2, *equal = strchr(flag, '=');
	size_t n = equal ? (size_t)(equal - flag) : strlen(flag);
	const struct option_row *row;
	const char *value;
	char name[64];

	plain_name(flag, n, name, sizeof(name));
	row = row_named(name, strlen(name));
	if (row == NULL)
		return fault_set(
		    f, FAULT_OPTION, argv[*i], "a flag of `assayd --help`", "\"%s\"", argv[*i]);
	value = equal ? equal + 1 : *i + 1 < argc ? argv[++*i] : NULL;
	if (value == NULL)
		return fault_set(f, FAULT_OPTION, argv[*i], "a value behind the flag", "nothing");
	return set_row(o, row, value, argv[equal ? *i : *i - 1], f);
}

/* Flags that one verb reads, and no setting. */
static bool
is_verbs_own(const char *word)
{
	static const char *const words[] = {"--apply", "--show", "--dir", "--from", "--man"};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

/* Words that are no flags move to the front of the rest, so that a verb can read its own. */
static bool
read_flags(struct options *o, int argc, char **argv, int first, int *rest_first, struct fault *f)
{
	int kept = 0;
	char **words = calloc((size_t)argc + 1, sizeof(*words));
	bool done = words != NULL;

	for (int i = first; done && i < argc; i++) {
		bool own = is_verbs_own(argv[i]);

		if (strncmp(argv[i], "--", 2) == 0 && !own)
			done = read_flag(o, argc, argv, &i, f);
		else
			words[kept++] = argv[i];
	}
	*rest_first = argc - kept;
	for (int i = 0; done && i < kept; i++)
		argv[*rest_first + i] = words[i];
	free(words);
	return done;
}

static char *
trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = 0;
	return s;
}

static bool
read_line(struct options *o, char *line, const char *where, struct fault *f)
{
	char *equal, *name = trim(line);
	const struct option_row *row;

	if (*name == 0 || *name == '#')
		return true;
	equal = strchr(name, '=');
	if (equal == NULL)
		return fault_set(f, FAULT_OPTION, where, "a line `name = value`", "\"%s\"", name);
	*equal = 0;
	name = trim(name);
	row = row_named(name, strlen(name));
	if (row == NULL)
		return fault_set(
		    f, FAULT_OPTION, where, "a name of `assayd options`", "\"%s\"", name);
	return set_row(o, row, trim(equal + 1), where, f);
}

static bool
read_config(struct options *o, struct fault *f)
{
	char *data, *line, *rest, where[512];
	size_t n;
	bool done = true;

	if (!file_read(o->config, CONFIG_MAX_BYTES, &data, &n, f))
		return false;
	rest = data;
	for (int number = 1; done && (line = strsep(&rest, "\n")) != NULL; number++) {
		snprintf(where, sizeof(where), "%s:%d", o->config, number);
		done = read_line(o, line, where, f);
	}
	free(data);
	return done;
}

static bool
read_environment(struct options *o, struct fault *f)
{
	char name[80], upper[64];

	for (size_t i = 0; i < ROWS_N; i++) {
		const char *value;
		size_t k;

		for (k = 0; rows[i].name[k]; k++)
			upper[k] = (char)toupper((unsigned char)rows[i].name[k]);
		upper[k] = 0;
		snprintf(name, sizeof(name), "ASSAYD_%s", upper);
		value = getenv(name);
		if (value != NULL && !set_row(o, &rows[i], value, name, f))
			return false;
	}
	return true;
}

/* --config has to be known before the flags that beat it are read. */
static bool
find_config(struct options *o, int argc, char **argv, int first, struct fault *f)
{
	const char *path = getenv("ASSAYD_CONFIG");

	for (int i = first; i < argc; i++) {
		if (strncmp(argv[i], "--config=", 9) == 0)
			path = argv[i] + 9;
		else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			path = argv[i + 1];
	}
	if (path == NULL || *path == 0)
		return true;
	return set_text(&o->config, path, "--config", f) && read_config(o, f);
}

bool
options_read(struct options *o, int argc, char **argv, int first, int *rest_first, struct fault *f)
{
	memset(o, 0, sizeof(*o));
	o->argc = argc;
	o->argv = argv;
	o->first = first;
	for (size_t i = 0; i < ROWS_N; i++)
		if (!set_row(o, &rows[i], rows[i].fallback, rows[i].name, f))
			return false;
	return find_config(o, argc, argv, first, f) && read_environment(o, f) &&
	       read_flags(o, argc, argv, first, rest_first, f);
}

static bool
row_equal(const struct option_row *row, struct options *a, struct options *b)
{
	switch (row->type) {
	case OPTION_TEXT:
		return strcmp(*(char **)field_of(a, row), *(char **)field_of(b, row)) == 0;
	case OPTION_WHOLE:
		return *(int64_t *)field_of(a, row) == *(int64_t *)field_of(b, row);
	case OPTION_BOOL:
		return *(bool *)field_of(a, row) == *(bool *)field_of(b, row);
	}
	return false;
}

static bool
copy_row(const struct option_row *row, struct options *from, struct options *to, struct fault *f)
{
	switch (row->type) {
	case OPTION_TEXT:
		return set_text(field_of(to, row), *(char **)field_of(from, row), row->name, f);
	case OPTION_WHOLE:
		*(int64_t *)field_of(to, row) = *(int64_t *)field_of(from, row);
		return true;
	case OPTION_BOOL:
		*(bool *)field_of(to, row) = *(bool *)field_of(from, row);
		return true;
	}
	return false;
}

bool
options_reread(struct options *old, struct options *fresh,
    void (*tell)(const char *name, bool live), struct fault *f)
{
	int rest;

	if (!options_read(fresh, old->argc, old->argv, old->first, &rest, f))
		return false;
	for (size_t i = 0; i < ROWS_N; i++) {
		const struct option_row *row = &rows[i];

		if (row_equal(row, old, fresh))
			continue;
		tell(row->name, row->live);
		if (!row->live && !copy_row(row, old, fresh, f))
			return false;
	}
	return true;
}

void
options_clear(struct options *o)
{
	for (size_t i = 0; i < ROWS_N; i++)
		if (rows[i].type == OPTION_TEXT)
			free(*(char **)field_of(o, &rows[i]));
	memset(o, 0, sizeof(*o));
}

static void
print_flag(const char *name, FILE *out)
{
	for (; *name; name++)
		fputc(*name == '_' ? '-' : *name, out);
}

void
options_print_help(FILE *out)
{
	static const char *const words[] = {
	    [OPTION_TEXT] = "TEXT", [OPTION_WHOLE] = "N", [OPTION_BOOL] = "true|false"};

	for (size_t i = 0; i < ROWS_N; i++) {
		fputs("  --", out);
		print_flag(rows[i].name, out);
		fprintf(out, " %s\n      %s", words[rows[i].type], rows[i].help);
		if (rows[i].type == OPTION_WHOLE)
			fprintf(out, " (%lld to %lld)", (long long)rows[i].low,
			    (long long)rows[i].high);
		if (rows[i].fallback[0])
			fprintf(out, "; default %s", rows[i].fallback);
		if (rows[i].live)
			fputs("; read again on SIGHUP", out);
		fputc('\n', out);
	}
}

void
options_print_man(FILE *out)
{
	for (size_t i = 0; i < ROWS_N; i++) {
		fputs(".It Fl \\-", out);
		for (const char *c = rows[i].name; *c; c++)
			fputs(*c == '_' ? "\\-" : (char[]){*c, 0}, out);
		fprintf(out, " Ar value\n%s", rows[i].help);
		if (rows[i].type == OPTION_WHOLE)
			fprintf(out, " (%lld to %lld)", (long long)rows[i].low,
			    (long long)rows[i].high);
		if (rows[i].fallback[0])
			fprintf(out, "; default %s", rows[i].fallback);
		if (rows[i].live)
			fputs("; read again on SIGHUP", out);
		fputs(".\n", out);
	}
}

static void
print_value(const struct option_row *row, const void *field, FILE *out)
{
	switch (row->type) {
	case OPTION_TEXT:
		fputs(*(char *const *)field, out);
		break;
	case OPTION_WHOLE:
		fprintf(out, "%lld", (long long)*(const int64_t *)field);
		break;
	case OPTION_BOOL:
		fputs(*(const bool *)field ? "true" : "false", out);
		break;
	}
}

void
options_print(const struct options *o, FILE *out)
{
	for (size_t i = 0; i < ROWS_N; i++) {
		fprintf(out, "# %s\n%s = ", rows[i].help, rows[i].name);
		print_value(&rows[i], (const char *)o + rows[i].offset, out);
		fputc('\n', out);
	}
}
