/* verb_hardware.c — say what this machine is, as a submission would.
 * SPDX-License-Identifier: Apache-2.0 */
#include "hardware.h"
#include "json.h"
#include "term.h"
#include "verb.h"

static const struct flag flags[] = {
    {.name = NULL},
};

static const struct example examples[] = {
    {"assay hardware", "See what this machine says of itself."},
    {"assay hardware --json", "The same as the `hardware` member of a submission."},
    {NULL, NULL},
};

static const struct exit_row exits[] = {
    {EXIT_CODE_DONE, "what is known is printed"},
    {EXIT_CODE_USAGE, "the command line is not understood"},
    {0, NULL},
};

static bool
run(struct task *t, struct problem *p)
{
	t->result = hardware_read("");
	return t->result != NULL || task_no_memory(p);
}

static void
show_text(const char *label, const char *text, FILE *out)
{
	fprintf(out, "%-13s", label);
	term_say(out, text[0] ? text : "not known");
}

static void
show_memory(const json_t *of, FILE *out)
{
	if (json_get_whole(of, "memory_mib") > 0)
		fprintf(out, "%-13s%lld MiB\n", "  memory",
		    (long long)json_get_whole(of, "memory_mib"));
}

static void
show(const json_t *result, FILE *out)
{
	const json_t *cpu = json_object_get(result, "cpu"), *device;
	const json_t *devices = json_object_get(result, "accelerators");
	size_t k;

	show_text("processor", json_get_text(cpu, "name"), out);
	if (json_get_whole(cpu, "cores") > 0)
		fprintf(out, "%-13s%lld\n", "  cores", (long long)json_get_whole(cpu, "cores"));
	if (json_get_whole(cpu, "threads") > 0)
		fprintf(out, "%-13s%lld\n", "  threads", (long long)json_get_whole(cpu, "threads"));
	show_memory(result, out);
	show_text("system", json_get_text(result, "os"), out);
	json_array_foreach (devices, k, device) {
		show_text("accelerator", json_get_text(device, "name"), out);
		show_memory(device, out);
	}
	if (json_array_size(devices) == 0)
		show_text("accelerator", "none found", out);
}

const struct verb verb_hardware = {
    .name = "hardware",
    .operands = "",
    .summary = "say what this machine is",
    .about = "Prints processor, memory, system and accelerators in the words of the kernel, "
	     "nvidia-smi and rocm-smi. Names are raw and nothing is guessed: what nobody tells is "
	     "left out, and an adapter that no tool names has its PCI ids as its name. Nothing is "
	     "sent.\n",
    .flags = flags,
    .examples = examples,
    .exits = exits,
    .run = run,
    .show = show,
};
