/* run_party.h — whom `assay run` asks: address, model and key from the command line.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RUN_PARTY_H
#define ASSAY_RUN_PARTY_H

#include <stdbool.h>

#include "fault.h"

struct args;
struct party;

/* Rows for the table of options of `assay run`. */
#define RUN_PARTY_FLAGS                                                                            \
	{.name = "endpoint",                                                                       \
	    .value = "URL",                                                                        \
	    .help = "The model's OpenAI-compatible address, as far as /v1."},                      \
	    {.name = "api-model",                                                                  \
		.value = "NAME",                                                                   \
		.help = "The model's name at that address, instead of --model's."},                \
	    {.name = "api-key-env",                                                                \
		.value = "VARIABLE",                                                               \
		.help = "The environment variable that holds the key."},                           \
	    {.name = "api-key-file",                                                               \
		.value = "FILE",                                                                   \
		.path = true,                                                                      \
		.help = "The file that holds the key."},                                           \
	    {.name = "judge-endpoint",                                                             \
		.value = "URL",                                                                    \
		.help = "The address of a model that judges."},                                    \
	    {.name = "judge-model",                                                                \
		.value = "ORG/NAME[@REV]",                                                         \
		.help = "That model's name where it is published."},                               \
	    {.name = "judge-api-model",                                                            \
		.value = "NAME",                                                                   \
		.help = "Its name at its address, instead of --judge-model's."},                   \
	    {.name = "judge-key-env",                                                              \
		.value = "VARIABLE",                                                               \
		.help = "The environment variable that holds the key for the judge."},             \
	    {.name = "judge-key-file",                                                             \
		.value = "FILE",                                                                   \
		.path = true,                                                                      \
		.help = "The file that holds the key for the judge."},                             \
	    {.name = "at-once",                                                                    \
		.value = "N",                                                                      \
		.help = "Questions on their way at the same time, instead of 4."},                 \
	    {.name = "levels",                                                                     \
		.value = "N,...",                                                                  \
		.help = "Streams at a time of serving, instead of 1,2,4,8."},                      \
	    {.name = "timeout",                                                                    \
		.value = "SECONDS",                                                                \
		.help = "How long one answer may take, instead of 300."},                          \
	{                                                                                          \
		.name = "max-tokens", .value = "N",                                                \
		.help = "Tokens of an answer, instead of the suite's; such results have cells of " \
			"their own."                                                               \
	}

/* Read the options of the model that is measured, or with is_judge of the one that judges; a judge
 * may be absent, then out->present is false. Keys come from the environment or a file alone.
 * Fails with FAULT_OPTION, FAULT_FILE. party_clear() in any case. */
bool party_read(const struct args *a, bool is_judge, struct party *out, struct fault *f)
    __attribute__((warn_unused_result));

#endif
