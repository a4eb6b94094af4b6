/* gate_run.c — judge by a policy, sign the decision, make it again.
 * SPDX-License-Identifier: Apache-2.0 */
#include "gate_run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "decision.h"
#include "file.h"
#include "gate_read.h"
#include "gate_report.h"
#include "json.h"
#include "say.h"

#define EXIT_GATE_NO_GO ((enum exit_code)1)
#define EXIT_GATE_INSUFFICIENT ((enum exit_code)3)

/* One evaluation. Zero-initialise; judging_clear() frees. */
struct judging {
	char *text; /* the policy's */
	size_t text_n;
	struct gate_policy policy;
	struct gate_query query;
	struct gate_reading reading;
	struct gate_outcome outcome;
};

static void
judging_clear(struct judging *j)
{
	gate_outcome_clear(&j->outcome);
	gate_reading_clear(&j->reading);
	gate_policy_clear(&j->policy);
	free(j->text);
}

/* ---- the policy ---- */

bool
gate_in_policy(const char *path, const char *text, size_t n, struct fault *f)
{
	struct fault inner = *f;
	struct text where = {0};

	if (f->code == FAULT_NO_MEMORY)
		return false;
	memset(f, 0, sizeof(*f));
	text_addf(&where, "%s:%zu %s", path, json_line(text, n, inner.path), inner.path);
	fault_set(f, inner.code, where.data, inner.expected, "%s", inner.got);
	text_clear(&where);
	return false;
}

static bool
read_policy(struct judging *j, const char *path, struct fault *f)
{
	struct fault large = {0};

	if (!file_read(path, POLICY_MAX_BYTES, &j->text, &j->text_n, &large))
		return fault_set(f, large.code, path, "a policy, a file of at most 16384 bytes",
		    "%s", large.got);
	return gate_policy_read(j->text, j->text_n, &j->policy, f) ||
	       gate_in_policy(path, j->text, j->text_n, f);
}

/* The command line says what the policy leaves open, or otherwise. */
static bool
choose_models(struct judging *j, const struct args *a, struct fault *f)
{
	const char *candidate = args_text(a, "candidate"), *baseline = args_text(a, "baseline");

	j->query.policy = &j->policy;
	j->query.candidate = candidate != NULL ? candidate : j->policy.candidate;
	if (gate_policy_needs_baseline(&j->policy))
		j->query.baseline = baseline != NULL ? baseline : j->policy.baseline;
	if (j->query.candidate == NULL)
		return fault_set(f, FAULT_OPTION, "--candidate",
		    "the model to judge: ORG/NAME[@REVISION][+QUANTIZATION], or the SHA-256 of its "
		    "weights",
		    "none, and the policy names none");
	return !gate_policy_needs_baseline(&j->policy) || j->query.baseline != NULL ||
	       fault_set(f, FAULT_OPTION, "--baseline",
		   "the model to compare with: a rule of the policy does", "none");
}

/* ---- evaluate ---- */

static bool
evaluate(struct judging *j, struct problem *p)
{
	struct gate_reading *r = &j->reading;

	return gate_policy_bind(&j->policy, &r->audit.suites, &p->fault) &&
	       (gate_evaluate(&r->evidence, &j->query, &j->outcome) || task_no_memory(p));
}

static json_t *
checkpoint_json(const struct gate_reading *r)
{
	char root[HEX32_SIZE];

	hex_print(
	    r->audit.until > 0 ? r->audit.until_root : r->audit.checkpoint.root, SHA256_SIZE, root);
	return json_pack("{s:I, s:s}", "size", (json_int_t)r->evidence.log_size, "root", root);
}

static json_t *
result_json(const struct judging *j)
{
	const struct gate_reading *r = &j->reading;
	const char *result = verdict_name(j->outcome.result);
	char at[TIME_SIZE];
	json_t *checkpoint = checkpoint_json(r);

	time_print(j->query.evaluated_at_ms / 1000, at);
	json_object_set_new(checkpoint, "origin", json_string(r->audit.checkpoint.origin));
	return json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s, s:o, s:I, s:I, s:I, s:o, s:o}", "result",
	    result, "decided", result, "policy_name", j->policy.name, "candidate",
	    j->query.candidate, "baseline", j->query.baseline, "evaluated_at", at, "checkpoint",
	    checkpoint, "earlier_n", (json_int_t)r->earlier_n, "compared_n",
	    (json_int_t)j->outcome.pairs_n, "withheld", (json_int_t)r->audit.withheld_n, "rules",
	    gate_rules_json(&j->query, &j->outcome), "unpublished",
	    decision_unpublished(&r->evidence));
}

static void
set_exit(struct task *t, const json_t *result)
{
	enum verdict v = VERDICT_INSUFFICIENT;

	(void)!verdict_named(json_get_text(result, "decided"), &v);
	if (v != VERDICT_GO)
		t->exit = v == VERDICT_NO_GO ? EXIT_GATE_NO_GO : EXIT_GATE_INSUFFICIENT;
}

/* ---- sign ---- */

static bool
check_override(const struct args *a, struct fault *f)
{
	const char *word = args_text(a, "override");
	enum verdict v;

	if (word == NULL)
		return args_text(a, "reason") == NULL || fault_set(f, FAULT_OPTION, "--override",
							     "GO or NO-GO with a reason", "none");
	if (!verdict_named(word, &v))
		return fault_set(
		    f, FAULT_OPTION, "--override", "GO, NO-GO or INSUFFICIENT", "\"%s\"", word);
	if (!args_has(a, "sign"))
		return fault_set(f, FAULT_OPTION, "--sign",
		    "to be given: an override is a person's word, and signed", "not");
	return args_text(a, "reason") != NULL ||
	       fault_set(f, FAULT_OPTION, "--reason", "why the rules are overridden", "none");
}

/* Signing sends what waits in the spool. What must not be public yet must not wait there. */
static bool
check_folder(const struct args *a, const struct home *home, struct fault *f)
{
	const char *folder = args_text(a, "with");
	char *with = folder != NULL ? realpath(folder, NULL) : NULL;
	char *spool = realpath(home->spool, NULL);
	bool same = with != NULL && spool != NULL && strcmp(with, spool) == 0;

	free(with);
	free(spool);
	return !same || fault_set(f, FAULT_OPTION, "--with",
			    "a folder other than the spool: --sign sends what waits there, and "
			    "would publish it. Copy the statements elsewhere, and take them out of "
			    "the spool",
			    "%s", folder);
}

static json_t *
decision_body(const struct judging *j, const struct args *a)
{
	char at[TIME_SIZE];
	json_t *body;

	time_print(j->query.evaluated_at_ms / 1000, at);
	body = json_pack("{s:s#, s:s, s:s*, s:o, s:s, s:o, s:s, s:o, s:I}", "policy", j->text,
	    j->text_n, "candidate", j->query.candidate, "baseline", j->query.baseline, "checkpoint",
	    checkpoint_json(&j->reading), "evaluated_at", at, "rules", decision_rules(&j->outcome),
	    "result", verdict_name(j->outcome.result), "unpublished",
	    decision_unpublished(&j->reading.evidence), "earlier_n",
	    (json_int_t)j->reading.earlier_n);
	if (args_text(a, "override") != NULL)
		json_object_set_new(body, "override",
		    json_pack("{s:s, s:s}", "result", args_text(a, "override"), "reason",
			args_text(a, "reason")));
	return body;
}

static bool
same_log(const struct speaker *s, const struct gate_reading *r, struct fault *f)
{
	return strcmp(s->pin.origin, r->audit.checkpoint.origin) == 0 ||
	       fault_set(f, FAULT_OPTION, "--log", s->pin.origin,
		   "%s: a decision is logged where its evidence is", r->audit.checkpoint.origin);
}

/* `result` gets the statement, and what the override decides. */
static bool
sign(struct task *t, const struct judging *j, json_t *result, struct problem *p)
{
	struct speaker s = {0};
	const char *override = args_text(t->args, "override");
	bool done = speaker_open(t, &s, p) && check_folder(t->args, &s.home, &p->fault) &&
		    same_log(&s, &j->reading, &p->fault) &&
		    say(t, &s, KIND_DECISION, decision_body(j, t->args), p);

	speaker_close(&s);
	if (!done)
		return false;
	json_object_set(result, "decision", t->result);
	done = strcmp(json_get_text(t->result, "state"), "void") != 0 ||
	       fault_set(&p->fault, FAULT_NOT_ENTITLED, json_get_text(t->result, "pointer"),
		   "a decision that stands", "%s", json_get_text(t->result, "reason"));
	json_decref(t->result);
	t->result = NULL;
	t->exit = EXIT_CODE_DONE;
	if (override != NULL) {
		json_object_set_new(result, "decided", json_string(override));
		json_object_set_new(result, "override",
		    json_pack(
			"{s:s, s:s}", "result", override, "reason", args_text(t->args, "reason")));
	}
	return done;
}

/* ---- the works ---- */

static bool
write_report(const struct args *a, const char *option, const json_t *result,
    void (*print)(const json_t *result, struct text *out), struct fault *f)
{
	const char *path = args_text(a, option);
	struct text out = {0};
	bool done = true;

	if (path != NULL) {
		print(result, &out);
		done = !out.failed && file_write(path, out.data, out.n, 0644, f);
	}
	text_clear(&out);
	return done || fault_set(f, FAULT_NO_MEMORY, "", "memory for a report", "none");
}

static bool
finish(struct task *t, json_t *result, struct problem *p)
{
	t->result = result;
	if (!write_report(t->args, "junit", result, gate_junit, &p->fault) ||
	    !write_report(t->args, "markdown", result, gate_markdown, &p->fault))
		return false;
	set_exit(t, result);
	return true;
}

bool
gate_judge(struct task *t, const char *path, struct problem *p)
{
	const char *with = args_text(t->args, "with");
	struct judging j = {0};
	json_t *result = NULL;
	bool done = check_override(t->args, &p->fault) && read_policy(&j, path, &p->fault) &&
		    choose_models(&j, t->args, &p->fault);

	if (done) {
		decision_question(j.text, j.query.candidate, j.reading.question);
		j.query.evaluated_at_ms = (int64_t)time(NULL) * 1000;
		done = gate_read(t, 0, &j.reading, p) &&
		       (with == NULL || gate_read_folder(t, with, &j.reading, p));
	}
	if (done && (!evaluate(&j, p) || !gate_policy_is_one(&j.policy, &p->fault)))
		done = gate_in_policy(path, j.text, j.text_n, &p->fault);
	if (done) {
		result = result_json(&j);
		done = result != NULL ? !args_has(t->args, "sign") || sign(t, &j, result, p)
				      : task_no_memory(p);
	}
	judging_clear(&j);
	if (done)
		return finish(t, result, p);
	json_decref(result);
	return false;
}

/* Find the decision, with what it was judged by. */
static bool
find_decision(struct task *t, const char *id, json_t **body, struct problem *p)
{
	struct gate_reading r = {0};
	bool done = say_id(id, "a decision's id of 64 hex digits", &p->fault);

	(void)!hex_parse(id, r.wanted, SHA256_SIZE);
	done = done && gate_read(t, 0, &r, p) &&
	       (r.found != NULL ||
		   fault_set(&p->fault, FAULT_TARGET, "--replay",
		       "the id of a decision in the log, neither void nor withheld", "%s", id));
	*body = done ? json_incref(r.found) : NULL;
	gate_reading_clear(&r);
	return done;
}

static bool
same_tree(const struct gate_reading *r, const json_t *body, struct fault *f)
{
	const json_t *told = json_object_get(body, "checkpoint");
	json_t *own = checkpoint_json(r);
	bool same = json_equal(own, told);

	if (!same)
		fault_set(f, FAULT_BREACH, "/checkpoint/root", json_get_text(own, "root"), "%s",
		    json_get_text(told, "root"));
	json_decref(own);
	return same;
}

static bool
same_unpublished(const struct gate_reading *r, const json_t *body, struct fault *f)
{
	json_t *own = decision_unpublished(&r->evidence);
	const json_t *told = json_object_get(body, "unpublished");
	bool same = json_equal(own, told);
	size_t own_n = json_array_size(own);

	json_decref(own);
	return same || fault_set(f, FAULT_OPTION, "--with",
			   "the folder with the very submissions that the decision names",
			   "%zu, where it names %zu, or others", own_n, json_array_size(told));
}

static bool
judge_again(struct task *t, const json_t *body, struct judging *j, struct problem *p)
{
	const char *with = args_text(t->args, "with");
	int64_t at;

	j->text = strdup(json_get_text(body, "policy"));
	if (j->text == NULL)
		return task_no_memory(p);
	j->text_n = strlen(j->text);
	(void)!time_parse(json_get_text(body, "evaluated_at"), &at);
	j->query = (struct gate_query){.policy = &j->policy,
	    .candidate = json_get_text(body, "candidate"),
	    .baseline = json_string_value(json_object_get(body, "baseline")),
	    .evaluated_at_ms = at * 1000};
	decision_question(j->text, j->query.candidate, j->reading.question);
	return gate_policy_read(j->text, j->text_n, &j->policy, &p->fault) &&
	       gate_read(t, (uint64_t)json_get_whole(json_object_get(body, "checkpoint"), "size"),
		   &j->reading, p) &&
	       same_tree(&j->reading, body, &p->fault) &&
	       (with == NULL || gate_read_folder(t, with, &j->reading, p)) &&
	       same_unpublished(&j->reading, body, &p->fault) && evaluate(j, p);
}

static bool
agrees(const struct judging *j, const json_t *body, struct fault *f)
{
	json_t *rules = decision_rules(&j->outcome);
	bool same = decision_agrees(body, rules, j->outcome.result, f);

	json_decref(rules);
	return same && (j->reading.earlier_n == json_get_whole(body, "earlier_n") ||
			   fault_set(f, FAULT_BREACH, "/earlier_n",
			       "the number of earlier decisions in the log", "%lld, not %lld",
			       (long long)json_get_whole(body, "earlier_n"),
			       (long long)j->reading.earlier_n));
}

bool
gate_replay(struct task *t, const char *id, struct problem *p)
{
	struct judging j = {0};
	json_t *body = NULL, *result = NULL, *override;
	bool done = find_decision(t, id, &body, p) && judge_again(t, body, &j, p) &&
		    agrees(&j, body, &p->fault) &&
		    ((result = result_json(&j)) != NULL || task_no_memory(p));

	if (done) {
		override = json_object_get(body, "override");
		json_object_set_new(result, "replayed", json_string(id));
		json_object_set_new(
		    result, "decided", json_string(verdict_name(decision_result(body))));
		if (override != NULL)
			json_object_set(result, "override", override);
		done = finish(t, result, p);
	} else if (j.reading.audit.withheld_n > 0) {
		task_note(t,
		    "%llu statements of this log are withheld: a decision that counted "
		    "them cannot be made again",
		    (unsigned long long)j.reading.audit.withheld_n);
	}
	judging_clear(&j);
	json_decref(body);
	return done;
}
