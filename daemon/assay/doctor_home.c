/* doctor_home.c — is this machine set up to measure, sign and send?
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"
#include "hardware.h"
#include "home.h"
#include "json.h"
#include "pin.h"
#include "spool.h"
#include "suite_folder.h"

static const char *const level_words[] = {[FINDING_OK] = "ok",
    [FINDING_NOTE] = "note",
    [FINDING_WARN] = "warn",
    [FINDING_WRONG] = "wrong"};

void
finding_add(json_t *list, struct finding f, const char *fmt, ...)
{
	char says[700];
	json_t *one;
	va_list args;

	va_start(args, fmt);
	vsnprintf(says, sizeof(says), fmt, args);
	va_end(args);
	one = json_pack(
	    "{s:s, s:s, s:s}", "check", f.check, "level", level_words[f.level], "says", says);
	if (one == NULL) /* outside bytes that are no text */
		one = json_pack("{s:s, s:s, s:s}", "check", f.check, "level", level_words[f.level],
		    "says", "something that is no text");
	if (f.todo != NULL)
		json_object_set_new(one, "do", json_string(f.todo));
	if (f.level == FINDING_WRONG)
		json_object_set_new(one, "exit_code", json_integer(f.exit));
	json_array_append_new(list, one);
}

static void
look_at_key(json_t *findings, const struct home *home)
{
	struct keypair key = {0};
	struct fault f = {0};

	if (access(home->key, F_OK) != 0) {
		finding_add(findings,
		    (struct finding){"key", FINDING_NOTE, 0,
			"`assay enrol --server URL` makes one, or bring a PEM file of your own."},
		    "there is no key yet (%s)", home->key);
		return;
	}
	if (home_key(home, &key, &f))
		finding_add(
		    findings, (struct finding){.check = "key"}, "the key %s can sign", home->key);
	else
		finding_add(findings,
		    (struct finding){
			"key", FINDING_WRONG, EXIT_CODE_LOCAL, fault_info(f.code)->help},
		    "the key cannot be used: %s, not %s (%s)", f.got, f.expected, f.path);
	keypair_wipe(&key);
}

static void
look_at_pin(json_t *findings, const struct pin *pin)
{
	if (!pin->present)
		finding_add(findings,
		    (struct finding){"pin", FINDING_NOTE, 0, "`assay enrol --server URL`"},
		    "this folder belongs to no server yet");
	else if (pin->key[0] == 0)
		finding_add(findings,
		    (struct finding){"pin", FINDING_WARN, 0, "Run `assay enrol` once more."},
		    "the log %s is pinned, but no key was enrolled there", pin->origin);
	else
		finding_add(findings, (struct finding){.check = "pin"},
		    "enrolled with the log %s, at %s, as %s", pin->origin, pin->url, pin->name);
}

static void
tell_spool(json_t *findings, const struct spool_list *list)
{
	size_t waiting = 0, refused = 0;

	for (size_t i = 0; i < list->n; i++) {
		waiting += list->entries[i].place == PLACE_WAITING;
		refused += list->entries[i].place == PLACE_REFUSED;
	}
	if (list->damaged_n > 0)
		finding_add(findings,
		    (struct finding){"spool", FINDING_WRONG, EXIT_CODE_LOCAL,
			"Look at it; what it was cannot be sent. Was the disk full?"},
		    "%zu files in the spool are damaged, the first is %s", list->damaged_n,
		    list->damaged[0].path);
	if (refused > 0)
		finding_add(findings,
		    (struct finding){"spool", FINDING_WARN, 0, "`assay status` says why."},
		    "%zu signed statements were refused", refused);
	if (waiting > 0)
		finding_add(findings, (struct finding){"spool", FINDING_NOTE, 0, "`assay submit`"},
		    "%zu signed statements wait to be sent", waiting);
	if (list->damaged_n + refused + waiting == 0)
		finding_add(findings, (struct finding){.check = "spool"}, "nothing waits");
}

static void
look_at_spool(json_t *findings, const struct home *home)
{
	struct spool_list list = {0};
	struct fault f = {0};

	if (spool_list(home, false, &list, &f))
		tell_spool(findings, &list);
	else
		finding_add(findings,
		    (struct finding){
			"spool", FINDING_WRONG, EXIT_CODE_LOCAL, fault_info(f.code)->help},
		    "the spool cannot be read: %s (%s)", f.got, f.path);
	spool_list_clear(&list);
}

static void
look_at_suites(json_t *findings, const struct args *a)
{
	struct suite_set *set = NULL;
	struct fault f = {0};
	char *folder = NULL;

	if (suite_folder_load(a, &set, &folder, &f))
		finding_add(findings, (struct finding){.check = "suites"}, "%zu suites in %s",
		    set->n, folder);
	else
		finding_add(findings,
		    (struct finding){"suites", FINDING_WRONG, EXIT_CODE_LOCAL,
			"Name the folder eval-suites with --suites or $ASSAY_SUITES."},
		    "no suites: %s (%s)", f.got, f.path);
	suite_set_free(set);
	free(folder);
}

/* Returns whether a folder of PATH holds the program; out gets where. */
static bool
find_on_path(const char *program, char *out, size_t room)
{
	const char *path = getenv("PATH");

	while (path != NULL && *path != 0) {
		size_t n = strcspn(path, ":");

		snprintf(out, room, "%.*s/%s", (int)n, path, program);
		if (n > 0 && access(out, X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

static void
look_at_programs(json_t *findings)
{
	static const char *const programs[][2] = {
	    {"llama-bench", "`assay run throughput` needs it: install llama.cpp, or name it with "
			    "--llama-bench."},
	    {"llama-perplexity", "It is needed for quantization/1 alone: install llama.cpp."}};
	char where[4096];

	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		const char *name = programs[i][0];

		if (find_on_path(name, where, sizeof(where)))
			finding_add(findings, (struct finding){.check = name}, "%s", where);
		else
			finding_add(findings,
			    (struct finding){name, FINDING_NOTE, 0, programs[i][1]},
			    "%s is not on PATH", name);
	}
}

static void
look_at_accelerators(json_t *findings)
{
	json_t *hardware = hardware_read("");
	const json_t *list = json_object_get(hardware, "accelerators");

	if (json_array_size(list) == 0)
		finding_add(findings,
		    (struct finding){"gpu", FINDING_NOTE, 0,
			"If there is one: nvidia-smi or rocm-smi on PATH tells its name."},
		    "no GPU is seen; what you measure counts as run on the processor %s",
		    json_get_text(json_object_get(hardware, "cpu"), "name"));
	else
		finding_add(findings, (struct finding){.check = "gpu"}, "%zu seen, the first is %s",
		    json_array_size(list), json_get_text(json_array_get(list, 0), "name"));
	json_decref(hardware);
}

void
doctor_look_at_home(
    json_t *findings, const struct args *a, const struct home *home, const struct pin *pin)
{
	look_at_key(findings, home);
	look_at_pin(findings, pin);
	look_at_spool(findings, home);
	look_at_suites(findings, a);
	look_at_programs(findings);
	look_at_accelerators(findings);
}
