/* neighbours.h — what others' runs in the same cells say of a new one, and when a run that was held
 * for it is released by those who measure the same. Pure. SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_NEIGHBOURS_H
#define ASSAY_NEIGHBOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "book.h"
#include "plausible.h"

#define NEIGHBOURS_MIN 2        /* threshold neighbours_min: established voters who agree */
#define NEIGHBOURS_TOLERANCES 5 /* threshold neighbours_tolerances: so many of the suite's */
#define WITNESSES_N 2           /* other established voters who release a held run */
#define WAITING_RESULTS_MAX 32  /* a run with more results waits for staff alone */

/* Judge a new submission by the cells its results stand in, as they are just before it (DESIGN
 * §8.6, §8.7). False without memory. Anchors: it is held where its anchor answers' mean is off the
 * cell's pooled one by more than the suite's bound: the mean over the voters there of the median of
 * their latest runs' means; of the established ones, where any is. Neighbours: the votes of
 * established voters there, but the signer's own. With at least neighbours_min who agree with their
 * median, and two thirds of them all, a value is beyond them if it lies further from the median
 * than neighbours_tolerances tolerances of the suite and than a modified z-score of OUTLIER_SCORE
 * (agree.h). Such results are marked WAIT_WAITS. */
bool neighbours_judge(struct book *b, struct settled *s, const struct rules *rules,
    struct plausibility *out) __attribute__((warn_unused_result));

/* Let a submission that was held for its neighbours wait in the cells of its marked results;
 * touches them. Sets b->failed without memory. */
void neighbours_wait(struct book *b, struct settled *s);

/* Release by the leaf at index what waits in the cells that it touched and has witnesses now: for
 * each of its marked results runs of WITNESSES_N other established voters, counted or held for the
 * same reason, within the suite's tolerance; with it those witnesses that were held. Of a submitter
 * the newest VOTE_RUNS_MAX submissions that ever waited in a cell take part, of all votes the
 * latest runs. Cells that a release enters are not searched again, so that what one leaf sets off
 * is bounded. Sets b->failed without memory. */
void neighbours_release(struct book *b, int64_t index);

#endif
