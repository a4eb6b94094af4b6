/* items.c — the choice of questions as noise.
 * SPDX-License-Identifier: Apache-2.0 */
#include "items.h"

#include <math.h>
#include <string.h>

#include "elementary.h"
#include "quantile.h"
#include "scale.h"

static bool
is_given(double score)
{
	return scale_takes(score, false);
}

void
items_medians(
    const double *const *rows, size_t rows_n, size_t items_n, double *medians, double *scratch)
{
	for (size_t i = 0; i < items_n; i++) {
		size_t n = 0;

		for (size_t row = 0; row < rows_n; row++)
			if (is_given(rows[row][i]))
				scratch[n++] = rows[row][i];
		medians[i] = n > 0 ? median_of(scratch, n, false) : NAN;
	}
}

static void
find_mean(const double *scores, size_t n, struct items_error *out)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		if (is_given(scores[i])) {
			sum += scores[i];
			out->items++;
		}
	out->mean = out->items > 0 ? sum / (double)out->items : 0;
}

/* Σ (e_c / n)² with every item its own cluster; divided first, so that nothing overflows. */
static double
squares_of_items(const double *scores, size_t n, struct items_error *out)
{
	double squares = 0;

	for (size_t i = 0; i < n; i++)
		if (is_given(scores[i])) {
			double share = (scores[i] - out->mean) / (double)out->items;

			squares += share * share;
		}
	out->clusters = out->items;
	return squares;
}

/* The same over clusters. What no item touched is still NaN. */
static double
squares_of_clusters(const double *scores, size_t n, const struct clusters *by, double *sums,
    struct items_error *out)
{
	double squares = 0;

	for (size_t c = 0; c < by->n; c++)
		sums[c] = NAN;
	for (size_t i = 0; i < n; i++)
		if (is_given(scores[i])) {
			double *sum = &sums[by->of_item[i]];

			*sum = (isnan(*sum) ? 0 : *sum) + (scores[i] - out->mean);
		}
	for (size_t c = 0; c < by->n; c++)
		if (!isnan(sums[c])) {
			double share = sums[c] / (double)out->items;

			squares += share * share;
			out->clusters++;
		}
	return squares;
}

bool
items_mean_error(const double *scores, size_t n, const struct clusters *by, double *scratch,
    struct items_error *out)
{
	double squares, clusters;

	memset(out, 0, sizeof(*out));
	find_mean(scores, n, out);
	if (by != NULL)
		squares = squares_of_clusters(scores, n, by, scratch, out);
	else
		squares = squares_of_items(scores, n, out);
	if (out->clusters < 2)
		return false;
	clusters = (double)out->clusters;
	out->se = sqrt(clusters / (clusters - 1) * squares);
	return true;
}

void
items_join(const struct items_error *error, double level, bool log_scale, struct interval *interval)
{
	double point = interval->point, noise;

	if (!interval_decides(interval->kind) || error->clusters < 2)
		return;
	noise = quantile_t(level, (int64_t)error->clusters - 1) * error->se;
	interval->low = scale_shift(point,
	    -elementary_hypot(scale_offset(interval->low, point, log_scale), noise), log_scale);
	interval->high = scale_shift(point,
	    elementary_hypot(scale_offset(interval->high, point, log_scale), noise), log_scale);
}
