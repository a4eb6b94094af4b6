/* doctor_server.c — is this server well, its log of one history, and what stands in front of it set
 * right? SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "doctor.h"
#include "json.h"
#include "log_receipt.h"
#include "net.h"
#include "pin.h"
#include "remote.h"
#include "seen.h"

#define CLOCK_WARN_S 60
#define CLOCK_WRONG_S 600 /* what is dated further ahead is refused */
#define CERTIFICATE_WARN_DAYS 21
#define PENDING_WRONG_S 10.0
#define TRIES_N 4 /* for the log to become whole, a second apart */

/* One visit. */
struct visit {
	json_t *findings;
	struct net *net;
	const char *url;
	bool tls;
	const struct home *home;
	const struct pin *pin;
	struct policy policy;
	char *note; /* the checkpoint, signed; NULL: none was had */
	size_t note_n;
};

/* ---- reached ---- */

static void
cannot_reach(struct visit *v, const struct fault *f)
{
	const char *todo =
	    "Is assayd running (systemctl status assayd)? Is the address right? Does a "
	    "firewall or a proxy stand between?";

	if (strstr(f->got, "ertificate") != NULL || strstr(f->got, "SSL") != NULL)
		todo = "Renew or replace the certificate of the web server in front.";
	if (f->code == FAULT_SERVER_ANSWER)
		todo = "Use the address it points to.";
	finding_add(v->findings, (struct finding){"reach", FINDING_WRONG, EXIT_CODE_LATER, todo},
	    "%s cannot be used: %s", v->url, f->got);
}

static void
look_at_clock(struct visit *v, const struct net_look *look)
{
	char date[80];
	struct tm tm = {0};
	long long ahead;
	enum finding_level level;

	net_look_field(look, "Date", date, sizeof(date));
	if (strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm) == NULL)
		return;
	ahead = (long long)(timegm(&tm) - time(NULL));
	level = llabs(ahead) > CLOCK_WRONG_S  ? FINDING_WRONG
		: llabs(ahead) > CLOCK_WARN_S ? FINDING_WARN
					      : FINDING_OK;
	finding_add(v->findings,
	    (struct finding){"clock", level, EXIT_CODE_LOCAL,
		level == FINDING_OK
		    ? NULL
		    : "Set both clocks by NTP (timedatectl); a statement dated more "
		      "than 10 minutes ahead is refused."},
	    "the server's clock is %lld s %s this machine's", llabs(ahead),
	    ahead < 0 ? "behind" : "ahead of");
}

static void
look_at_tls(struct visit *v, const struct net_look *look)
{
	long long days = (look->certificate_ends_at - (long long)time(NULL)) / 86400;

	if (!v->tls && net_is_own_machine(v->url))
		return;
	if (!v->tls)
		finding_add(v->findings,
		    (struct finding){
			"tls", FINDING_WARN, 0, "Put nginx in front: deploy/nginx/assay.conf."},
		    "there is no TLS: anybody on the way can read and change what passes");
	else if (look->certificate_ends_at > 0)
		finding_add(v->findings,
		    (struct finding){"tls",
			days < CERTIFICATE_WARN_DAYS ? FINDING_WARN : FINDING_OK, 0,
			days < CERTIFICATE_WARN_DAYS
			    ? "Renew it: certbot renew, or what else made it."
			    : NULL},
		    "the certificate ends in %lld days", days);
}

static bool
look_at_reach(struct visit *v)
{
	struct net_look look;
	struct fault f = {0};
	bool done = net_look(v->net, "/healthz", DOCTOR_FOREIGN, &look, &f);
	int status = look.answer.status;

	if (!done) {
		cannot_reach(v, &f);
	} else if (status != 200) {
		finding_add(v->findings,
		    (struct finding){"reach", FINDING_WRONG, EXIT_CODE_LATER,
			status >= 500
			    ? "assayd is down, or the proxy looks for it elsewhere: compare "
			      "the proxy's upstream with `listen`."
			    : "Is this an Assay server? The proxy must pass /healthz on."},
		    "%s answers HTTP %d to /healthz", v->url, status);
		done = false;
	} else {
		finding_add(v->findings, (struct finding){.check = "reach"}, "%s answers", v->url);
		look_at_clock(v, &look);
		look_at_tls(v, &look);
	}
	net_look_clear(&look);
	return done;
}

/* ---- ready ---- */

/* Words for what keeps it from being ready; the server's own help where there is no row. */
static const char *
todo_of(const char *code, const char *help)
{
	static const char *const rows[][2] = {
	    {"database", "It runs but reaches no database: is PostgreSQL up, does `database` in "
			 "assayd.conf name it, is the disk full?"},
	    {"door_closed", "The log has no rules yet: run `assayd config --apply`."},
	    {"starting", "Wait a few seconds. If it stays: assayd's log says why the rules cannot "
			 "be read; was `assayd migrate` run?"}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(code, rows[i][0]) == 0)
			return rows[i][1];
	return help[0] ? help : "Look at assayd's log.";
}

static void
look_at_ready(struct visit *v)
{
	struct net_answer a = {0};
	struct fault f = {0};
	json_t *doc = NULL;

	if (!net_get(v->net, "/readyz", &a, &f)) {
		cannot_reach(v, &f);
	} else if (a.status == 200) {
		finding_add(v->findings, (struct finding){.check = "ready"},
		    "it reaches its database and takes statements");
	} else {
		doc = json_read_object(a.body, a.n, NULL);
		finding_add(v->findings,
		    (struct finding){"ready", FINDING_WRONG, EXIT_CODE_LATER,
			todo_of(json_get_text(doc, "code"), json_get_text(doc, "help"))},
		    "it is not ready: HTTP %d, %s", a.status,
		    doc ? json_get_text(doc, "title") : "no reason told");
	}
	json_decref(doc);
	net_answer_clear(&a);
}

/* ---- the log ---- */

static bool
is_same_log(const struct visit *v)
{
	return v->pin->present && strcmp(v->pin->origin, v->policy.origin) == 0;
}

static bool
look_at_policy(struct visit *v)
{
	struct problem p = {0};

	if (!remote_policy(v->net, &v->policy, &p)) {
		finding_add(v->findings,
		    (struct finding){"policy", FINDING_WRONG, EXIT_CODE_REFUSED,
			p.help[0] ? p.help : fault_info(p.fault.code)->help},
		    "/v1/policy says nothing usable: %s", p.fault.got[0] ? p.fault.got : p.title);
		return false;
	}
	if (is_same_log(v) && !pin_check(v->pin, &v->policy, &p.fault))
		finding_add(v->findings,
		    (struct finding){"policy", FINDING_WRONG, EXIT_CODE_IDENTITY,
			fault_info(p.fault.code)->help},
		    "this is not the log that was pinned: %s is %s, not %s", p.fault.path,
		    p.fault.got, p.fault.expected);
	else
		finding_add(v->findings, (struct finding){.check = "policy"},
		    "the log %s, %lld leaves%s", v->policy.origin,
		    (long long)json_get_whole(v->policy.doc, "log_size"),
		    is_same_log(v) ? ", as pinned" : "");
	return true;
}

static void
look_at_key(struct visit *v)
{
	struct problem p = {0};
	char *text = NULL;
	size_t n = 0;
	bool same = remote_document(v->net, "/log/vkey", &text, &n, &p);

	if (same)
		text[strcspn(text, "\r\n")] = 0;
	same = same && strcmp(text, v->policy.vkey) == 0;
	if (!same)
		finding_add(v->findings,
		    (struct finding){"log_key", FINDING_WRONG, EXIT_CODE_IDENTITY,
			"The published folder is of another log, or a proxy serves an old copy: "
			"compare log_vkey in assayd.conf with log/vkey in the folder."},
		    "/log/vkey is %.200s, /v1/policy says %s", text != NULL ? text : "not there",
		    v->policy.vkey);
	free(text);
}

/* Fetch the checkpoint until it stands for all that the policy counts; the size it has. */
static uint64_t
wait_for_checkpoint(struct visit *v, const struct log_name *log, struct problem *p)
{
	uint64_t wanted = (uint64_t)json_get_whole(v->policy.doc, "log_size");
	struct checkpoint c = {0};

	for (int i = 0; i < TRIES_N; i++) {
		if (i > 0)
			sleep(1);
		free(v->note);
		v->note = NULL;
		*p = (struct problem){0};
		if (remote_document(v->net, "/log/checkpoint", &v->note, &v->note_n, p) &&
		    checkpoint_open(v->note, v->note_n, log->origin, log->key, &c, &p->fault) &&
		    c.size >= wanted)
			break;
		if (p->fault.code == FAULT_CHECKPOINT_SIGNATURE)
			break;
	}
	return c.size;
}

static void
look_at_checkpoint(struct visit *v, const struct log_name *log)
{
	long long wanted = (long long)json_get_whole(v->policy.doc, "log_size");
	struct problem p = {0};
	long long size = (long long)wait_for_checkpoint(v, log, &p);

	if (p.fault.code == FAULT_CHECKPOINT_SIGNATURE || p.fault.code == FAULT_CHECKPOINT)
		finding_add(v->findings,
		    (struct finding){"checkpoint", FINDING_WRONG, EXIT_CODE_IDENTITY,
			"log_key and log_vkey must be one pair; a copy of another log must not "
			"stand "
			"in the published folder."},
		    "the checkpoint is not signed with the log's key: %s", p.fault.got);
	else if (p.fault.code != FAULT_NONE)
		finding_add(v->findings,
		    (struct finding){"checkpoint", FINDING_WRONG, EXIT_CODE_REFUSED,
			"Is `published` the folder that the web server serves? Does a node lead "
			"(assayd_leading)?"},
		    "there is no checkpoint: %s", p.fault.got[0] ? p.fault.got : p.title);
	else if (size < wanted)
		finding_add(v->findings,
		    (struct finding){"checkpoint", FINDING_WRONG, EXIT_CODE_REFUSED,
			"The signer or the publisher is stuck: look for signer and publish in "
			"assayd's log, at the disk, and at assay-signer.service."},
		    "the checkpoint is old: it stands for %lld of %lld leaves", size, wanted);
	else
		finding_add(v->findings, (struct finding){.check = "checkpoint"},
		    "signed, for %lld leaves", size);
}

/* What this folder remembers must be a beginning of what the server shows. */
static void
look_at_history(struct visit *v, const struct log_name *log)
{
	struct problem p = {0};

	if (!is_same_log(v) || v->note == NULL)
		return;
	if (seen_follow(v->home, v->net, log, v->note, v->note_n, &p))
		finding_add(v->findings, (struct finding){.check = "history"},
		    "it continues what was seen here before");
	else if (p.fault.code == FAULT_LOG_MISMATCH)
		finding_add(v->findings,
		    (struct finding){"history", FINDING_WRONG, EXIT_CODE_IDENTITY,
			"Tell others and the operator, with both files: this log shows two "
			"histories. "
			"After a restore: assayd recover."},
		    "split view: what the server shows does not continue what was seen here: %s",
		    p.fault.path);
	else
		finding_add(v->findings,
		    (struct finding){"history", FINDING_WARN, 0, fault_info(p.fault.code)->help},
		    "the history could not be compared: %s (%s)", p.fault.got, p.fault.path);
}

static void
look_at_log(struct visit *v)
{
	struct log_name log;
	struct fault f = {0};

	if (!log_name_read(v->policy.vkey, &log, &f))
		return;
	look_at_key(v);
	look_at_checkpoint(v, &log);
	look_at_history(v, &log);
}

/* ---- numbers ---- */

static bool
metric(const char *text, const char *name, double *value)
{
	size_t n = strlen(name);

	for (const char *at = text, *end; at != NULL; at = end != NULL ? end + 1 : NULL) {
		end = strchr(at, '\n');
		if (strncmp(at, name, n) == 0 && at[n] == ' ') {
			*value = strtod(at + n, NULL);
			return true;
		}
	}
	return false;
}

static void
tell_metrics(struct visit *v, const char *text)
{
	double oldest = 0, failures = 0, open = 0, most = 0;

	if (metric(text, "assayd_pending_oldest_seconds", &oldest) && oldest > PENDING_WRONG_S)
		finding_add(v->findings,
		    (struct finding){"leader", FINDING_WRONG, EXIT_CODE_REFUSED,
			"No node leads: each needs log_key or signer_socket, lead = true, and the "
			"published folder of this log (log_mismatch in assayd's log)."},
		    "statements wait %.0f s for their place in the log", oldest);
	if (metric(text, "assayd_publish_failures_total", &failures) && failures > 0)
		finding_add(v->findings,
		    (struct finding){"publish", FINDING_WARN, 0,
			"Look for publishing_failed in assayd's log: disk full, folder not "
			"writable?"},
		    "%.0f rounds of publishing failed since the start", failures);
	if (metric(text, "process_open_fds", &open) && metric(text, "process_max_fds", &most) &&
	    open > most * 0.8)
		finding_add(v->findings,
		    (struct finding){"descriptors", FINDING_WARN, 0, "Raise LimitNOFILE."},
		    "%.0f of %.0f file descriptors are open", open, most);
}

static void
look_at_metrics(struct visit *v)
{
	struct net_answer a = {0};
	struct fault f = {0};

	if (net_get(v->net, "/metrics", &a, &f) && a.status == 200) {
		if (v->tls)
			finding_add(v->findings,
			    (struct finding){"metrics", FINDING_WARN, 0,
				"Let the proxy refuse it: location = /metrics { return 404; }"},
			    "everybody can read /metrics");
		tell_metrics(v, a.body);
	}
	net_answer_clear(&a);
}

void
doctor_look_at_server(
    json_t *findings, const char *url, const struct home *home, const struct pin *pin)
{
	struct visit v = {.findings = findings,
	    .url = url,
	    .tls = strncmp(url, "https:", 6) == 0,
	    .home = home,
	    .pin = pin};
	struct fault f = {0};

	v.net = net_open(url, &f);
	if (v.net != NULL && look_at_reach(&v)) {
		look_at_ready(&v);
		if (look_at_policy(&v))
			look_at_log(&v);
		look_at_metrics(&v);
		doctor_look_in_front(findings, v.net);
	}
	policy_clear(&v.policy);
	free(v.note);
	net_close(v.net);
}
