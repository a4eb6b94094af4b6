/* deliver_evidence.c — send the raw files that acknowledged statements name.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deliver.h"
#include "deliver_parts.h"
#include "file.h"
#include "home.h"
#include "import.h"
#include "json.h"
#include "remote.h"
#include "spool.h"

/* Tell whether a statement that is still in the spool names it: then it is too early. */
static bool
is_early(const struct spool_list *list, const char *name)
{
	const json_t *evidence;
	size_t at;

	for (size_t i = 0; i < list->n; i++)
		json_array_foreach (
		    json_object_get(list->entries[i].statement.body, "evidence"), at, evidence)
			if (strcmp(json_get_text(evidence, "sha256"), name) == 0)
				return true;
	return false;
}

/* What the server will never take is set aside, not sent again and not lost. */
static bool
finish(const char *path, bool sent, struct problem *p)
{
	struct text aside = {0};
	bool done;

	text_addf(&aside, "%s.refused", path);
	done = !aside.failed && (sent ? unlink(path) : rename(path, aside.data)) == 0;
	if (!done)
		fault_set(&p->fault, FAULT_SPOOL, path, "a file this user can move", "%s",
		    strerror(errno));
	text_clear(&aside);
	return done;
}

/* Send one and settle it. *later: the server cannot take it now, it stays. */
static bool
send_one(struct round *r, const char *name, json_t *out, bool *later, struct problem *p)
{
	char *path = path_join(r->home->evidence, name), *data = NULL;
	struct problem why = {0};
	size_t n = 0;
	bool done = path != NULL, sent = false;
	long tries = 0;

	*later = false;
	done = done && file_read(path, EVIDENCE_MAX_BYTES, &data, &n, &p->fault);
	if (done) {
		do {
			memset(&why, 0, sizeof(why));
			sent = remote_send_evidence(r->net, name, data, n, &why);
		} while (!sent && wait_for_server(r, &why, tries++));
		*later = !sent && problem_exit(&why) != EXIT_CODE_REFUSED;
		if (!sent)
			task_explain(r->task, &why);
		json_array_append_new(out,
		    json_pack("{s:s, s:I, s:s}", "sha256", name, "bytes", (json_int_t)n, "outcome",
			sent     ? "sent"
			: *later ? "waiting"
				 : "refused"));
		done = *later || finish(path, sent, p);
	}
	free(data);
	free(path);
	return done;
}

bool
deliver_evidence(struct round *r, json_t *out, struct problem *p)
{
	json_t *names = spool_evidence(r->home), *name;
	struct spool_list list = {0};
	bool done = spool_list(r->home, false, &list, &p->fault), later = false;
	size_t i;

	json_array_foreach (names, i, name)
		if (done && !later && !is_early(&list, json_string_value(name)))
			done = send_one(r, json_string_value(name), out, &later, p);
	spool_list_clear(&list);
	json_decref(names);
	return done;
}
