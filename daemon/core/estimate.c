/* estimate.c — from votes to a cell's value.
 * SPDX-License-Identifier: Apache-2.0 */
#include "estimate.h"

#include <stdlib.h>
#include <string.h>

#include "scale.h"

bool
estimate_cell(struct run *runs, size_t n, bool log_scale, struct estimate *out)
{
	struct vote *votes = calloc(n, sizeof(*votes));
	double *values = calloc(n, sizeof(*values));
	bool done = n > 0 && votes != NULL && values != NULL;

	memset(out, 0, sizeof(*out));
	if (done) {
		out->runs = n;
		out->voters = votes_form(runs, n, log_scale, votes);
		votes_values(votes, out->voters, values);
		out->point = median_of(values, out->voters, log_scale);
		out->lowest_vote = values[0];
		out->highest_vote = values[out->voters - 1];
	}
	free(votes);
	free(values);
	return done;
}
