/* deliver.c — bring what is in the spool to the server.
 * SPDX-License-Identifier: Apache-2.0 */
#include "deliver.h"

#include <string.h>
#include <unistd.h>

#include "deliver_parts.h"
#include "json.h"
#include "net.h"
#include "pin.h"
#include "receipts.h"
#include "remote.h"
#include "spool.h"
#include "term.h"

/* These refusals may have become wrong without a change of the statement. */
static bool
may_have_passed(const char *code)
{
	static const enum fault_code codes[] = {
	    FAULT_NOT_ENROLLED, FAULT_CREATED_IN_FUTURE, FAULT_UNKNOWN_SUITE, FAULT_SUITE_DIGEST};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(fault_info(codes[i])->name, code) == 0)
			return true;
	return false;
}

static json_t *
entry_json(const struct spool_entry *e, const char *outcome)
{
	return json_pack("{s:s, s:s, s:s}", "id", e->id, "kind", kind_info(e->statement.kind)->name,
	    "outcome", outcome);
}

bool
wait_for_server(struct round *r, const struct problem *p, long tries)
{
	long delay_s =
	    p->retry_after_s > 0 ? (long)p->retry_after_s : 1L << (tries < 20 ? tries : 20);

	if (p->status == 0 || !problem_is_passing(p) || delay_s > r->wait_s)
		return false;
	r->wait_s -= delay_s;
	progress_end(r->bar);
	if (!r->task->json)
		fprintf(stderr,
		    "assay: the server cannot take it now (%s), trying again in %ld s\n",
		    problem_code(p), delay_s);
	sleep((unsigned int)delay_s);
	return true;
}

static bool
post(struct round *r, const struct spool_entry *e, json_t **answer, struct problem *p)
{
	const json_t *suite = json_object_get(e->statement.body, "suite");
	long tries = 0;
	bool done;

	*answer = NULL;
	memset(p, 0, sizeof(*p));
	if (e->statement.kind == KIND_SUBMISSION &&
	    !policy_takes_suite(r->policy, suite, &p->fault))
		return false;
	do {
		memset(p, 0, sizeof(*p));
		done = remote_send(r->net, e->id, e->envelope, e->n, answer, p);
	} while (!done && wait_for_server(r, p, tries++));
	return done;
}

static bool
settle_accepted(struct round *r, const struct spool_entry *e, const json_t *answer, json_t *out,
    struct problem *p)
{
	bool known = json_is_true(json_object_get(answer, "seen"));
	json_t *told = entry_json(e, known ? "known" : "accepted");
	char url[NET_URL_MAX + 128];

	if (!spool_acknowledge(r->home, e->id, answer, &p->fault)) {
		json_decref(told);
		return false;
	}
	snprintf(url, sizeof(url), "%s/v1/statements/%s", net_address(r->net), e->id);
	json_object_set_new(told, "url", json_string(url));
	json_object_set(told, "accepted_at", json_object_get(answer, "accepted_at"));
	json_object_set(told, "verdict", json_object_get(answer, "verdict"));
	json_array_append_new(out, told);
	return true;
}

static bool
same_refusal(const struct problem *a, const struct problem *b)
{
	return strcmp(problem_code(a), problem_code(b)) == 0 &&
	       strcmp(a->fault.path, b->fault.path) == 0 &&
	       strcmp(a->fault.expected, b->fault.expected) == 0 &&
	       strcmp(a->fault.got, b->fault.got) == 0;
}

static void
explain_refusal(struct round *r, const struct spool_entry *e, const struct problem *refusal)
{
	bool same = same_refusal(&r->last, refusal);

	progress_end(r->bar);
	r->last = *refusal;
	if (!r->task->json)
		fprintf(stderr, "assay: statement %s%s\n", e->id, same ? ": the same" : ":");
	if (!same || r->task->json)
		task_explain(r->task, refusal);
}

static bool
settle_refused(struct round *r, const struct spool_entry *e, const struct problem *refusal,
    json_t *out, struct problem *p)
{
	json_t *why = problem_json(refusal), *told = entry_json(e, "refused");
	bool done = spool_refuse(r->home, e->id, why, &p->fault);

	json_object_set(told, "problem", why);
	json_array_append(out, told);
	if (done)
		explain_refusal(r, e, refusal);
	json_decref(why);
	json_decref(told);
	return done;
}

bool
settle(struct round *r, const struct spool_entry *e, const json_t *answer,
    const struct problem *refusal, json_t *out, struct problem *p)
{
	if (answer != NULL)
		return settle_accepted(r, e, answer, out, p);
	if (e->statement.kind == KIND_ENROLMENT && refusal->fault.code == FAULT_KEY_TAKEN) {
		json_array_append_new(out, entry_json(e, "not_needed"));
		return spool_drop(r->home, e->id, &p->fault);
	}
	if (problem_exit(refusal) == EXIT_CODE_REFUSED)
		return settle_refused(r, e, refusal, out, p);
	*p = *refusal;
	return false;
}

bool
deliver_one(struct round *r, const struct spool_entry *e, json_t *out, struct problem *p)
{
	struct problem refusal;
	json_t *answer = NULL;
	bool done;

	(void)post(r, e, &answer, &refusal);
	done = settle(r, e, answer, &refusal, out, p);
	json_decref(answer);
	return done;
}

/* What was refused before and is not tried again is told, but is no fault of this round. */
static bool
pass_over(struct round *r, const struct spool_entry *e, json_t *out)
{
	json_t *note, *told;
	bool pass;

	if (e->place != PLACE_REFUSED || r->retry_refused)
		return false;
	note = spool_note(r->home, e);
	pass = !may_have_passed(json_get_text(note, "code"));
	if (pass) {
		told = entry_json(e, "refused_before");
		json_object_set(told, "problem", note);
		json_array_append_new(out, told);
	}
	json_decref(note);
	return pass;
}

static size_t
count(const json_t *list, const char *outcome)
{
	const json_t *entry;
	size_t i, n = 0;

	json_array_foreach (list, i, entry)
		n += strcmp(json_get_text(entry, "outcome"), outcome) == 0;
	return n;
}

static void
summarise(json_t *result, json_t *list, size_t total)
{
	size_t sent = count(list, "accepted") + count(list, "known") + count(list, "not_needed");
	size_t refused = count(list, "refused") + count(list, "refused_before");

	json_object_set_new(result, "statements", list);
	json_object_set_new(result, "sent", json_integer((json_int_t)sent));
	json_object_set_new(result, "refused", json_integer((json_int_t)refused));
	json_object_set_new(result, "waiting", json_integer((json_int_t)(total - sent - refused)));
}

/* Damaged files do not keep the others from being sent. */
static void
explain_damaged(struct round *r, const struct spool_list *list)
{
	for (size_t i = 0; i < list->damaged_n; i++) {
		struct problem p = {.fault = list->damaged[i]};

		task_explain(r->task, &p);
	}
}

/* Send one, behind all that were gathered before it. */
static bool
deliver_next(struct round *r, struct deliver_batch *gathered, const struct spool_entry *e,
    json_t *out, struct problem *p)
{
	bool together = deliver_batch_takes(r, e);

	if (together && deliver_batch_add(r, gathered, e))
		return true;
	return deliver_batch_send(r, gathered, out, p) &&
	       ((together && deliver_batch_add(r, gathered, e)) || deliver_one(r, e, out, p));
}

static bool
deliver_list(struct round *r, const struct spool_list *list, json_t *out, struct problem *p)
{
	struct progress bar = {.label = "sending", .unit = "statements", .total = list->n};
	struct deliver_batch gathered = {0};
	bool done = true;

	r->bar = &bar;
	for (size_t i = 0; done && i < list->n; i++) {
		progress_show(&bar, i);
		if (!pass_over(r, &list->entries[i], out))
			done = deliver_next(r, &gathered, &list->entries[i], out, p);
	}
	done = done && deliver_batch_send(r, &gathered, out, p);
	progress_end(&bar);
	r->bar = NULL;
	return done;
}

bool
deliver_all(
    struct round *r, const struct pin *pin, const char *address, json_t **result, struct problem *p)
{
	struct spool_list list = {0};
	struct policy policy = {0};
	struct net *net = NULL;
	json_t *out = json_array(), *evidence = json_array(), *kept = spool_evidence(r->home);
	bool done;

	*result = json_pack("{s:s}", "server", address ? address : pin->url);
	done = spool_list(r->home, false, &list, &p->fault);
	if (done)
		explain_damaged(r, &list);
	if (done && (list.n > 0 || json_array_size(kept) > 0)) {
		done = pin_meet(pin, address, &net, &policy, p);
		r->net = net;
		r->policy = &policy;
		done = done && deliver_list(r, &list, out, p) && deliver_evidence(r, evidence, p) &&
		       (r->receipt_s == 0 || receipts_gather(r, pin, out, p));
	}
	json_object_set_new(*result, "evidence", evidence);
	json_decref(kept);
	summarise(*result, out, list.n);
	policy_clear(&policy);
	net_close(net);
	spool_list_clear(&list);
	return done;
}

bool
deliver_after(struct task *t, const struct home *home, const struct pin *pin, struct problem *p)
{
	struct round round = {
	    .task = t, .home = home, .wait_s = DELIVER_WAIT_S, .receipt_s = DELIVER_RECEIPT_S};
	json_t *sent = NULL;
	bool done = deliver_all(&round, pin, NULL, &sent, p);

	json_object_set_new(t->result, "submit", sent);
	return done;
}

static void
show_verdict(const json_t *verdict, FILE *out)
{
	if (verdict == NULL || json_is_true(json_object_get(verdict, "plausible"))) {
		fputs(verdict ? ", plausible" : "", out);
		return;
	}
	fputs(", held: ", out);
	term_put(out, json_get_text(verdict, "reason"));
	if (json_get_text(verdict, "pointer")[0]) {
		fputs(" (", out);
		term_put(out, json_get_text(verdict, "pointer"));
		fputs(")", out);
	}
}

static void
show_entry(const json_t *entry, FILE *out)
{
	static const struct {
		const char *outcome, *words;
	} rows[] = {
	    {"accepted", "accepted"},
	    {"known", "accepted before, the server has it"},
	    {"not_needed", "not needed, the key is enrolled already"},
	    {"refused", "refused"},
	    {"refused_before", "refused before, not sent again"},
	};
	const json_t *problem = json_object_get(entry, "problem");

	fprintf(out, "%s  %s ", json_get_text(entry, "id"), json_get_text(entry, "kind"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].outcome, json_get_text(entry, "outcome")) == 0)
			fputs(rows[i].words, out);
	if (strcmp(json_get_text(entry, "kind"), "submission") == 0)
		show_verdict(json_object_get(entry, "verdict"), out);
	if (problem != NULL) {
		fputs(": ", out);
		term_put(out, json_get_text(problem, "title"));
	}
	if (json_object_get(entry, "receipt") != NULL)
		fprintf(out, ", in the log at %lld", (long long)json_get_whole(entry, "index"));
	else if (json_get_text(entry, "url")[0])
		fputs(", receipt to come", out);
	fputs("\n", out);
	if (json_get_text(entry, "url")[0]) {
		const char *page = json_get_text(entry, "page");

		fputs("    ", out);
		term_say(out, page[0] ? page : json_get_text(entry, "url"));
	}
}

void
deliver_show(const json_t *result, FILE *out)
{
	const json_t *list = json_object_get(result, "statements"), *entry;
	size_t i;

	json_array_foreach (list, i, entry)
		show_entry(entry, out);
	json_array_foreach (json_object_get(result, "evidence"), i, entry)
		fprintf(out, "%s  evidence %s, %lld bytes\n", json_get_text(entry, "sha256"),
		    json_get_text(entry, "outcome"), (long long)json_get_whole(entry, "bytes"));
	if (i == 0 && json_array_size(list) == 0 && json_get_whole(result, "waiting") == 0) {
		fputs("The spool is empty: there is nothing to send.\n", out);
		return;
	}
	fprintf(out, "%lld sent, %lld refused, %lld waiting\n",
	    (long long)json_get_whole(result, "sent"), (long long)json_get_whole(result, "refused"),
	    (long long)json_get_whole(result, "waiting"));
}
