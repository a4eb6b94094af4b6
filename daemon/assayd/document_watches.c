/* document_watches.c — the documents of policies under watch: all in short, each in full, a badge.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "badge.h"
#include "column.h"
#include "document.h"
#include "documents.h"
#include "encode.h"
#include "gate.h"
#include "json.h"

#define HOUR_S INT64_C(3600)

enum {
	INDEX,
	ID,
	BY,
	BY_NAME,
	TOLD,
	TOLD_INDEX,
	NOW,
	TURNED_INDEX,
	TURNED_AT_MS,
	JUDGED_INDEX,
	ENDED_INDEX,
	CHANGED,
	BODY,
	RULES,
	TURN
}; /* of QUERY_WATCH, QUERY_WATCHES */

/* The text of the policy; owned by *body, which is the caller's. */
static const char *
policy_text(const struct db_rows *rows, size_t i, json_t **body)
{
	const char *text = db_text(rows, i, BODY);

	*body = json_read_object(text, strlen(text), NULL);
	return json_get_text(*body, "policy");
}

/* What it says now, where that is not what is told: by which leaf, and when it will be told. */
static json_t *
pending_json(const struct db_rows *rows, size_t i, const struct gate_policy *p)
{
	int64_t turned_at = db_whole(rows, i, TURNED_AT_MS) / 1000;
	char turned[TIME_SIZE], settles[TIME_SIZE];

	time_print(turned_at, turned);
	time_print(turned_at + p->settle_hours * HOUR_S, settles);
	return json_pack("{s:s, s:I, s:s, s:s}", "result", db_text(rows, i, NOW), "turned_index",
	    (json_int_t)db_whole(rows, i, TURNED_INDEX), "turned_at", turned, "settles_at",
	    settles);
}

static void
put_policy(const struct db_rows *rows, size_t i, const char *text, json_t *out)
{
	struct gate_policy p;

	if (gate_policy_read(text, strlen(text), &p, NULL)) {
		json_object_set_new(out, "policy_name", json_string(p.name));
		json_object_set_new(out, "candidate", json_string(p.candidate));
		if (p.baseline != NULL)
			json_object_set_new(out, "baseline", json_string(p.baseline));
		json_object_set_new(out, "settle_hours", json_integer(p.settle_hours));
		if (db_null(rows, i, ENDED_INDEX) &&
		    strcmp(db_text(rows, i, NOW), db_text(rows, i, TOLD)) != 0)
			json_object_set_new(out, "pending", pending_json(rows, i, &p));
	}
	gate_policy_clear(&p);
}

/* Members that list and document have in common. */
static json_t *
head_json(const struct db_rows *rows, size_t i, const char *policy)
{
	const char *id = column_hex(rows, i, ID);
	uint8_t digest[SHA256_SIZE];
	char hex[HEX32_SIZE];
	json_t *out;

	sha256_of(policy, strlen(policy), digest);
	hex_print(digest, SHA256_SIZE, hex);
	out = json_pack("{s:I, s:s, s:o, s:s, s:s, s:I, s:I, s:b, s:o}", "index",
	    (json_int_t)db_whole(rows, i, INDEX), "id", id, "by",
	    person_json(column_hex(rows, i, BY), db_text(rows, i, BY_NAME)), "policy_sha256", hex,
	    "result", db_text(rows, i, TOLD), "since_index",
	    (json_int_t)db_whole(rows, i, TOLD_INDEX), "judged_index",
	    (json_int_t)db_whole(rows, i, JUDGED_INDEX), "ended", !db_null(rows, i, ENDED_INDEX),
	    "badge", json_sprintf("badges/%s.svg", id));
	if (out == NULL)
		return NULL;
	if (!db_null(rows, i, ENDED_INDEX))
		json_object_set_new(
		    out, "ended_index", json_integer(db_whole(rows, i, ENDED_INDEX)));
	put_policy(rows, i, policy, out);
	return out;
}

static json_t *
short_json(const struct db_rows *rows, size_t i)
{
	json_t *body, *out = head_json(rows, i, policy_text(rows, i, &body));

	if (out != NULL && !db_null(rows, i, TURN))
		json_object_set_new(out, "turned", json_read_printed(db_text(rows, i, TURN)));
	json_decref(body);
	return out;
}

bool
make_watches(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	struct db_rows *rows = dbsync_ask(v->db, QUERY_WATCHES, NULL, f);

	text_add_str(&out->path, "watches.json");
	if (rows != NULL) {
		document_begin(&out->text, "assay-watches-v1", w->log_size);
		document_add_list(&out->text, "watches", column_list(rows, short_json));
		document_end(&out->text);
	}
	dbsync_free(rows);
	return rows != NULL && document_made(out, f);
}

static struct db_rows *
ask_watch(const struct view *v, const char *id, struct fault *f)
{
	uint8_t raw[SHA256_SIZE];
	const struct db_param param = {.data = raw, .n = sizeof(raw), .binary = true};

	return hex_parse(id, raw, SHA256_SIZE) ? dbsync_ask(v->db, QUERY_WATCH, &param, f) : NULL;
}

static json_t *
turn_json(const struct db_rows *rows, size_t i)
{
	return json_read_printed(db_text(rows, i, 0));
}

bool
make_watch(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	struct db_rows *rows = ask_watch(v, w->name, f), *turns = NULL;
	struct db_param param;
	json_t *body, *watch;
	const char *policy;

	if (rows == NULL)
		return false;
	param = (struct db_param){.data = db_text(rows, 0, INDEX)};
	param.n = strlen(param.data);
	turns = dbsync_ask(v->db, QUERY_WATCH_TURNS, &param, f);
	policy = policy_text(rows, 0, &body);
	watch = turns != NULL ? head_json(rows, 0, policy) : NULL;
	text_addf(&out->path, "watches/%s.json", w->name);
	if (watch != NULL) {
		json_object_set_new(watch, "policy", json_string(policy));
		json_object_set_new(watch, "rules", json_read_printed(db_text(rows, 0, RULES)));
		document_begin(&out->text, "assay-watch-v1", db_whole(rows, 0, CHANGED) + 1);
		document_add(&out->text, "watch", watch);
		document_add_list(&out->text, "turns", column_list(turns, turn_json));
		document_end(&out->text);
	} else {
		out->text.failed = true;
	}
	json_decref(body);
	dbsync_free(rows);
	dbsync_free(turns);
	return turns != NULL && document_made(out, f);
}

bool
make_badge(const struct view *v, const struct wanted *w, struct document *out, struct fault *f)
{
	static const enum badge_tone tones[VERDICT__MAX] = {
	    [VERDICT_GO] = BADGE_GOOD,
	    [VERDICT_INSUFFICIENT] = BADGE_OPEN,
	    [VERDICT_NO_GO] = BADGE_BAD,
	};
	struct db_rows *rows = ask_watch(v, w->name, f);
	enum verdict told = VERDICT_INSUFFICIENT;
	struct text title = {0};
	json_t *body, *head;
	const char *word;
	bool ended;

	if (rows == NULL)
		return false;
	(void)!verdict_named(db_text(rows, 0, TOLD), &told);
	ended = !db_null(rows, 0, ENDED_INDEX);
	word = ended ? "not watched" : verdict_name(told);
	head = head_json(rows, 0, policy_text(rows, 0, &body));
	text_addf(&title, "%s by %s: %s", json_get_text(head, "candidate"),
	    json_get_text(head, "policy_name"), word);
	text_addf(&out->path, "badges/%s.svg", w->name);
	badge_print(json_get_text(head, "candidate"), word, ended ? BADGE_OFF : tones[told],
	    title.data != NULL ? title.data : "", &out->text);
	text_clear(&title);
	json_decref(body);
	json_decref(head);
	dbsync_free(rows);
	return document_made(out, f);
}
