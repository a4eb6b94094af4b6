/* run_parts.h — what the suites of `assay run` share: where raw files lie, and how they are signed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_RUN_PARTS_H
#define ASSAY_RUN_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "fault.h"

struct arg;
struct problem;
struct task;

/* Return HOME/runs/ as new text, after making it; unless nothing will be signed, there must be a
 * pinned server, so that hours of measuring are not for nothing.
 * Fails as home_find(), pin_need(), folder_make(); returns NULL then. */
char *run_folder(const struct task *t, struct fault *f);

/* Refuse a tool of llama.cpp that cannot be started, named as the option that names another. */
bool run_no_program(const char *name, const char *program, struct fault *f);

/* Do as if the user had imported a raw file with those options of this call that `assay import`
 * has; `more` stand for all of theirs of the same names, without a value for none. */
bool run_import(struct task *t, const char *format, const char *path, const struct arg *more,
    size_t more_n, struct problem *p) __attribute__((warn_unused_result));

/* Where somebody is there to be asked, show what was measured and ask whether to send it now.
 * Fails as deliver_all(). */
bool run_offer(struct task *t, struct problem *p) __attribute__((warn_unused_result));

/* The suites that drive a tool of llama.cpp. */
bool run_throughput(struct task *t, struct problem *p);
bool run_quantization(struct task *t, struct problem *p);

/* The suites whose questions go to an endpoint: run_refusals.c, run_chat.c, run_serving.c. */
bool run_refusals(struct task *t, struct problem *p);
bool run_chat(struct task *t, struct problem *p);
bool run_serving(struct task *t, struct problem *p);

#endif
