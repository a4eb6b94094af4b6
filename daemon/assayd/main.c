/* main.c — `assayd`: read the options, run a verb, tell what went wrong.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "check_config.h"
#include "config.h"
#include "crypto.h"
#include "keys.h"
#include "migrate.h"
#include "options.h"
#include "recover.h"
#include "serve.h"
#include "signer_serve.h"
#include "usage.h"

static bool
verb_config(const struct options *o, int argc, char **argv, struct fault *f)
{
	if (argc == 1 && strcmp(argv[0], "--apply") == 0)
		return config_apply(o, f);
	if (argc == 1 && strcmp(argv[0], "--show") == 0)
		return config_show(o, f);
	return fault_set(
	    f, FAULT_USAGE, "config", "--apply or --show", "%s", argc ? argv[0] : "nothing");
}

static bool
verb_keys(const struct options *o, int argc, char **argv, struct fault *f)
{
	if (argc == 2 && strcmp(argv[0], "--dir") == 0)
		return keys_make(o, argv[1], f);
	return fault_set(f, FAULT_USAGE, "keys", "--dir DIR", "%s", argc ? argv[0] : "nothing");
}

static bool
verb_recover(const struct options *o, int argc, char **argv, struct fault *f)
{
	if (argc == 2 && strcmp(argv[0], "--from") == 0 && strstr(argv[1], "://") != NULL)
		return fault_set(f, FAULT_USAGE, "recover",
		    "a folder; `assay audit URL --mirror FOLDER` makes one of an address", "%s",
		    argv[1]);
	if (argc == 2 && strcmp(argv[0], "--from") == 0)
		return recover(o, argv[1], f);
	return fault_set(
	    f, FAULT_USAGE, "recover", "--from FOLDER", "%s", argc ? argv[0] : "nothing");
}

static bool
no_words(const char *verb, int argc, char **argv, struct fault *f)
{
	return argc == 0 || fault_set(f, FAULT_USAGE, verb, "only flags", "\"%s\"", argv[0]);
}

static bool
verb_serve(const struct options *o, int argc, char **argv, struct fault *f)
{
	return no_words("serve", argc, argv, f) && serve(o, f);
}

static bool
verb_migrate(const struct options *o, int argc, char **argv, struct fault *f)
{
	return no_words("migrate", argc, argv, f) && migrate(o, f);
}

static bool
verb_check_config(const struct options *o, int argc, char **argv, struct fault *f)
{
	return no_words("check-config", argc, argv, f) && check_config(o, f);
}

static bool
verb_signer(const struct options *o, int argc, char **argv, struct fault *f)
{
	return no_words("signer", argc, argv, f) && signer_serve(o, f);
}

static bool
verb_options(const struct options *o, int argc, char **argv, struct fault *f)
{
	if (!no_words("options", argc, argv, f))
		return false;
	options_print(o, stdout);
	return true;
}

static const struct verb {
	const char *name;
	bool (*run)(const struct options *o, int argc, char **argv, struct fault *f);
} verbs[] = {
    {"serve", verb_serve},
    {"migrate", verb_migrate},
    {"config", verb_config},
    {"keys", verb_keys},
    {"check-config", verb_check_config},
    {"recover", verb_recover},
    {"signer", verb_signer},
    {"options", verb_options},
};

static const struct verb *
verb_named(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

int
main(int argc, char **argv)
{
	bool flagged = argc > 1 && strcmp(argv[1], "--check-config") == 0;
	bool named = flagged || (argc > 1 && argv[1][0] != '-');
	const struct verb *verb = verb_named(flagged ? argv[1] + 2 : named ? argv[1] : "serve");
	struct options o = {0};
	struct fault f = {0};
	int rest = argc;
	bool done;

	if (usage_asked(argc, argv))
		return EXIT_CODE_DONE;
	done = crypto_start() || fault_set(&f, FAULT_INTERNAL, "", "a working libsodium", "none");
	if (verb == NULL)
		done = fault_set(
		    &f, FAULT_USAGE, argv[1], "a verb of `assayd --help`", "\"%s\"", argv[1]);
	done = done && options_read(&o, argc, argv, named ? 2 : 1, &rest, &f) &&
	       verb->run(&o, argc - rest, argv + rest, &f);
	options_clear(&o);
	if (!done)
		usage_fault(&f);
	return done ? EXIT_CODE_DONE : fault_info(f.code)->exit_code;
}
