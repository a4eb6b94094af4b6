/* gate_watched.c — the text of a policy that is to be watched.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "args.h"
#include "explain.h"
#include "file.h"
#include "gate_policy.h"
#include "gate_run.h"
#include "json.h"
#include "suite_folder.h"

/* Where this machine has no suites, the server tells of what it does not know. */
static bool
check_suites(const struct args *a, struct gate_policy *policy, struct fault *f)
{
	struct suite_set *set = NULL;
	struct fault none = {0};
	char *folder = NULL;
	bool done = !suite_folder_load(a, &set, &folder, &none) ||
		    (gate_policy_bind(policy, set, f) && gate_policy_is_one(policy, f));

	suite_set_free(set);
	free(folder);
	return done;
}

/* What the command line says of the models goes into the text that is signed. */
static bool
choose_models(const struct args *a, struct gate_policy *policy, struct text *out)
{
	const char *candidate = args_text(a, "candidate"), *baseline = args_text(a, "baseline");

	if (candidate == NULL && baseline == NULL)
		return true;
	if (candidate != NULL)
		json_object_set_new(policy->json, "candidate", json_string(candidate));
	if (baseline != NULL)
		json_object_set_new(policy->json, "baseline", json_string(baseline));
	text_reset(out);
	json_print_pretty(policy->json, out);
	text_add_str(out, "\n");
	return !out->failed;
}

bool
gate_watched_policy(struct task *t, const char *path, struct text *out, struct problem *p)
{
	struct gate_policy first = {0}, policy = {0};
	struct fault large = {0};
	char *data = NULL;
	size_t n = 0;
	bool done = file_read(path, POLICY_MAX_BYTES, &data, &n, &large);

	if (!done)
		return fault_set(&p->fault, large.code, path,
		    "a policy, a file of at most 16384 bytes", "%s", large.got);
	text_add(out, data, n);
	if (!gate_policy_read(data, n, &first, &p->fault))
		done = gate_in_policy(path, data, n, &p->fault);
	else if (!choose_models(t->args, &first, out))
		done = task_no_memory(p);
	else if (!gate_policy_read(out->data, out->n, &policy, &p->fault) ||
		 !gate_policy_watchable(&policy, &p->fault) ||
		 !check_suites(t->args, &policy, &p->fault))
		done = gate_in_policy(path, data, n, &p->fault);
	gate_policy_clear(&first);
	gate_policy_clear(&policy);
	free(data);
	return done;
}
