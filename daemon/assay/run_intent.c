/* run_intent.c — say before measuring that one is about to.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run_intent.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "args.h"
#include "file.h"
#include "hardware.h"
#include "json.h"
#include "say.h"
#include "suite_folder.h"

#define OPEN_S (7 * 86400) /* how long the results may be waited for */

static json_t *
suite_json(const struct task *t, const char *name, struct fault *f)
{
	struct suite_set *set = NULL;
	char *folder = NULL, digest[HEX32_SIZE];
	json_t *told = NULL;
	const struct suite *suite =
	    suite_folder_load(t->args, &set, &folder, f) ? suite_newest(set, name) : NULL;

	if (suite != NULL) {
		hex_print(suite->digest, SHA256_SIZE, digest);
		told = json_pack("{s:s, s:I, s:s}", "name", suite->name, "version",
		    (json_int_t)suite->version, "digest", digest);
	}
	suite_set_free(set);
	free(folder);
	return told;
}

static json_t *
hardware_json(void)
{
	json_t *hardware = hardware_read("");

	if (json_object_get(hardware, "cpu") != NULL)
		return hardware;
	json_decref(hardware);
	return json_pack("{s:{s:s}, s:[]}", "cpu", "name", "unknown", "accelerators");
}

static json_t *
body_of(const struct task *t, const struct run_plan *plan, struct fault *f)
{
	char until[TIME_SIZE];
	json_t *suite = suite_json(t, plan->suite, f);

	time_print((int64_t)time(NULL) + OPEN_S, until);
	if (suite == NULL)
		return NULL;
	return json_pack("{s:o, s:{s:s%}, s:{s:s}, s:o, s:{}, s:I, s:s}", "suite", suite, "model",
	    "name", plan->model, strcspn(plan->model, "@"), "engine", "name", plan->engine,
	    "hardware", hardware_json(), "conditions", "count", (json_int_t)plan->count,
	    "expires_at", until);
}

static bool
remembered(const struct run_plan *plan, char id[HEX32_SIZE])
{
	struct fault ignored = {0};
	char *data = NULL;
	size_t n = 0;
	uint8_t bytes[SHA256_SIZE];
	bool found = plan->note != NULL && file_read(plan->note, 256, &data, &n, &ignored) &&
		     n == 2 * SHA256_SIZE && hex_parse(data, bytes, SHA256_SIZE);

	if (found)
		memcpy(id, data, HEX32_SIZE);
	free(data);
	return found;
}

void
run_intend(struct task *t, const struct run_plan *plan, char id[HEX32_SIZE])
{
	struct speaker s = {0};
	struct problem p = {0};
	struct fault ignored = {0};
	json_t *body = NULL;
	enum exit_code exit = t->exit;
	bool done;

	id[0] = 0;
	if (args_has(t->args, "dry-run") || args_has(t->args, "offline") || remembered(plan, id))
		return;
	done = speaker_open(t, &s, &p) && (body = body_of(t, plan, &p.fault)) != NULL &&
	       say_alone(t, &s, KIND_INTENT, body, id, &p);
	t->exit = exit; /* a refused intent is explained, and no failure of the measuring */
	if (!done) {
		id[0] = 0;
		task_note(t,
		    "the intent to measure could not be said beforehand (%s); the results "
		    "will show without one",
		    p.fault.code != FAULT_NONE ? fault_info(p.fault.code)->title : "refused");
	} else if (id[0] != 0) {
		task_note(t, "said beforehand: intent %.8s…, open for 7 days", id);
		if (plan->note != NULL)
			(void)!file_write(plan->note, id, 2 * SHA256_SIZE, 0600, &ignored);
	}
	json_decref(body);
	speaker_close(&s);
}
