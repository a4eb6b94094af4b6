/* gate_run.h — the works of `assay gate`: judge, sign, replay, start a policy.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_GATE_RUN_H
#define ASSAY_GATE_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "verb.h"

struct text;

/* Each fills t->result, and sets t->exit to what the verb's table of exit codes says. False with p
 * filled, or with t->exit set and the reason told. */

/* Judge by the policy in this file; with --sign log the decision. */
bool gate_judge(struct task *t, const char *path, struct problem *p)
    __attribute__((warn_unused_result));

/* Make a logged decision again, at its checkpoint. */
bool gate_replay(struct task *t, const char *id, struct problem *p)
    __attribute__((warn_unused_result));

/* Say a policy in plain words. */
bool gate_explain(struct task *t, const char *path, struct problem *p)
    __attribute__((warn_unused_result));

/* Write a starting policy from what the log has of a model. */
bool gate_init(struct task *t, const char *model, struct problem *p)
    __attribute__((warn_unused_result));

/* Read a policy that is to be watched: its text as it is signed, with the models that the command
 * line names; checked as the server will, as far as this machine knows the suites. */
bool gate_watched_policy(struct task *t, const char *path, struct text *out, struct problem *p)
    __attribute__((warn_unused_result));

/* Add to a fault's pointer in which file it is, and on which line of its text. Returns false. */
bool gate_in_policy(const char *path, const char *text, size_t n, struct fault *f);

#endif
