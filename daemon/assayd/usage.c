/* usage.c — what `assayd` says of itself on a terminal.
 * SPDX-License-Identifier: Apache-2.0 */
#include "usage.h"

#include <stdio.h>
#include <string.h>

#include "options.h"

static const struct {
	const char *form, *does;
} verbs[] = {
    {"serve", "run the server (also without a verb) until SIGTERM"},
    {"migrate", "bring the database's schema to the newest state"},
    {"keys --dir DIR", "make root, statement and log keys that are missing in DIR"},
    {"config --apply", "log the rules of the present settings, if they differ from those in force"},
    {"config --show", "print the newest config statement"},
    {"check-config",
	"look at everything the settings name, and say what is wrong (also --check-config)"},
    {"recover --from FOLDER",
	"after a restore: bring back from a published folder what the database lost"},
    {"signer", "sign the log's checkpoints, for servers that ask over signer_socket"},
    {"options", "print every setting with its present value, in the form of a config file"},
};

static const struct {
	enum exit_code code;
	const char *means;
} exits[] = {
    {EXIT_CODE_DONE, "done"},
    {EXIT_CODE_REFUSED, "a file or statement has to change"},
    {EXIT_CODE_USAGE, "the command line or a setting has to change"},
    {EXIT_CODE_LOCAL, "this machine: a file, a folder, a key"},
    {EXIT_CODE_LATER, "the database cannot be reached; try again later"},
};

static void
print_help(void)
{
	printf("assayd — the server that collects signed evaluations of language models\n\n"
	       "usage: assayd [VERB] [--config FILE] [--OPTION VALUE]…\n\nverbs:\n");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		printf("  %-22s %s\n", verbs[i].form, verbs[i].does);
	printf("\noptions (flag --some-name beats environment ASSAYD_SOME_NAME beats file line "
	       "`some_name = value`):\n");
	options_print_help(stdout);
	printf("\nexit codes:\n");
	for (size_t i = 0; i < sizeof(exits) / sizeof(*exits); i++)
		printf("  %d  %s\n", exits[i].code, exits[i].means);
	printf("\nexamples:\n"
	       "  assayd keys --dir /etc/assay/keys --origin assay.example.org/log\n"
	       "  assayd migrate --config /etc/assay/assayd.conf\n"
	       "  assayd config --apply --config /etc/assay/assayd.conf\n"
	       "  assayd --config /etc/assay/assayd.conf\n");
}

static void
print_man(void)
{
	printf(".Dd $Mdocdate$\n.Dt ASSAYD 8\n.Os\n.Sh NAME\n.Nm assayd\n"
	       ".Nd collect signed evaluations of language models\n.Sh SYNOPSIS\n.Nm\n.Op Ar verb\n"
	       ".Op Fl \\-config Ar file\n.Op Fl \\-option Ar value ...\n.Sh DESCRIPTION\n.Nm\n"
	       "takes signed statements over HTTP, stores them in PostgreSQL, puts them into a log "
	       "in\n"
	       "one order, and publishes leaderboards as static JSON.\n.Pp\nThe verbs are:\n"
	       ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		printf(".It Cm %s\n%s.\n", verbs[i].form, verbs[i].does);
	printf(".El\n.Pp\nEach option may be given as a flag, as an environment variable\n"
	       ".Ev ASSAYD_SOME_NAME ,\nor as a line\n.Ql some_name = value\nof the config file; a "
	       "flag "
	       "beats the environment, which beats the file.\n.Bl -tag -width Ds\n");
	options_print_man(stdout);
	printf(".El\n.Sh EXIT STATUS\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < sizeof(exits) / sizeof(*exits); i++)
		printf(".It %d\n%s.\n", exits[i].code, exits[i].means);
	printf(".El\n.Sh SEE ALSO\n.Xr assay 1\n");
}

bool
usage_asked(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
			print_help();
			return true;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("assayd %s\n", ASSAY_VERSION);
			return true;
		}
		if (strcmp(argv[i], "--man") == 0) {
			print_man();
			return true;
		}
	}
	return false;
}

void
usage_fault(const struct fault *f)
{
	const struct fault_info *info = fault_info(f->code);

	fprintf(stderr, "assayd: %s\n", info->title);
	if (f->path[0])
		fprintf(stderr, "  where:    %s\n", f->path);
	if (f->expected[0])
		fprintf(stderr, "  expected: %s\n", f->expected);
	if (f->got[0])
		fprintf(stderr, "  got:      %s\n", f->got);
	fprintf(stderr, "  do:       %s (%s)\n", info->help, info->name);
}
