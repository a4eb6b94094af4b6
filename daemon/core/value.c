/* value.c — what a token costs.
 * SPDX-License-Identifier: Apache-2.0 */
#include "value.h"

#include <math.h>

#define HOUR_S 3600
#define MILLION 1e6

const char value_cost_text[] =
    "price per hour and device * devices * 1000000 / (3600 * tokens per second)";
const char value_cost_used_text[] =
    "price per hour and device * devices * 1000000 / (3600 * tokens per second * utilisation)";
const char value_break_even_text[] =
    "fewest streams at a time at which tokens per second reach price per hour and device * devices "
    "* 1000000 / (3600 * price bought at per million tokens), by linear interpolation between "
    "measured levels";

double
value_cost(double hourly, double devices, double rate)
{
	return hourly * devices * MILLION / (HOUR_S * rate);
}

double
value_rate_needed(double hourly, double devices, double per_million)
{
	return hourly * devices * MILLION / (HOUR_S * per_million);
}

long
value_break_even(const struct value_level *levels, size_t n, double rate_needed)
{
	struct value_level before = {0, 0};

	for (size_t i = 0; i < n; i++) {
		if (levels[i].rate >= rate_needed && levels[i].rate > before.rate) {
			double share = (rate_needed - before.rate) / (levels[i].rate - before.rate);
			double streams = (double)before.streams +
					 share * (double)(levels[i].streams - before.streams);

			return streams <= 1 ? 1 : (long)ceil(streams);
		}
		before = levels[i];
	}
	return 0;
}
