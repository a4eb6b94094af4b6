/* receipts.c — fetch the proofs that what was sent is in the log, and keep them.
 * SPDX-License-Identifier: Apache-2.0 */
#include "receipts.h"

#include <string.h>
#include <time.h>

#include "deliver.h"
#include "json.h"
#include "log_receipt.h"
#include "pin.h"
#include "remote.h"
#include "seen.h"
#include "spool.h"
#include "term.h"

#define LOOK_EVERY_MS 250

static bool
verify(const struct pin *pin, const char *id, const json_t *doc, struct log_name *log,
    struct logged *logged, struct fault *f)
{
	struct statement st = {0};
	char hex[HEX32_SIZE];
	bool done =
	    log_name_read(pin->vkey, log, f) && receipt_verify(doc, id, log, &st, logged, f);

	hex_print(st.id, SHA256_SIZE, hex);
	if (done && strcmp(hex, id) != 0)
		done = fault_set(
		    f, FAULT_LOG_PROOF, id, "a receipt of this statement", "that of %s", hex);
	statement_clear(&st);
	return done;
}

bool
receipt_take(const struct home *h, struct net *net, const struct pin *pin, const char *id,
    const json_t *doc, json_t *told, struct problem *p)
{
	const char *note = receipt_note(doc);
	struct log_name log;
	struct logged logged;

	if (!receipt_is_there(doc))
		return true;
	if (!verify(pin, id, doc, &log, &logged, &p->fault) ||
	    !seen_follow(h, net, &log, note, strlen(note), p) ||
	    !spool_receipt(h, id, doc, &p->fault))
		return false;
	json_object_set_new(told, "index", json_integer((json_int_t)logged.index));
	json_object_set_new(told, "receipt", json_true());
	json_object_set_new(told, "page",
	    json_sprintf("%s/?statement=%lld", net_address(net), (long long)logged.index));
	return true;
}

/* ---- those of a round ---- */

static bool
wants_receipt(const json_t *told)
{
	return json_get_text(told, "url")[0] != 0 && json_object_get(told, "receipt") == NULL;
}

/* Ask for one. *later: the server cannot tell now. */
static bool
look(struct round *r, const struct pin *pin, json_t *told, bool *later, struct problem *p)
{
	const char *id = json_get_text(told, "id");
	json_t *doc = NULL;
	bool done = remote_statement(r->net, id, &doc, p) &&
		    receipt_take(r->home, r->net, pin, id, doc, told, p);

	json_decref(doc);
	*later = !done && problem_is_passing(p);
	return done || *later;
}

static bool
look_at_all(
    struct round *r, const struct pin *pin, json_t *list, size_t *missing, struct problem *p)
{
	bool later = false, done = true;
	json_t *told;
	size_t i;

	*missing = 0;
	json_array_foreach (list, i, told) {
		if (!done || later || !wants_receipt(told))
			continue;
		done = look(r, pin, told, &later, p);
		*missing += wants_receipt(told);
		if (r->bar != NULL)
			progress_show(r->bar, i + 1);
	}
	if (later) {
		memset(p, 0, sizeof(*p));
		*missing = 0; /* no use in waiting */
	}
	return done;
}

bool
receipts_gather(struct round *r, const struct pin *pin, json_t *list, struct problem *p)
{
	const struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
	struct progress bar = {
	    .label = "receipts", .unit = "statements", .total = json_array_size(list)};
	size_t missing = 0;
	bool done = true;

	r->bar = &bar;
	for (long left = r->receipt_s * 1000 / LOOK_EVERY_MS; done; left--) {
		done = look_at_all(r, pin, list, &missing, p);
		if (missing == 0 || left <= 0)
			break;
		nanosleep(&pause, NULL);
	}
	progress_end(&bar);
	r->bar = NULL;
	return done;
}
