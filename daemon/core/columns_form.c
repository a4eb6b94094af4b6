/* columns_form.c — which columns a board has.
 * SPDX-License-Identifier: Apache-2.0 */
#include "columns_form.h"

#include <stddef.h>

const struct column_info row_columns[ROW_COLUMNS_N] = {
    {"log_size", NULL, "log_size", NUMBERS, false},
    {"model", NULL, "model", WORDS, false},
    {"engine", "engine", "name", WORDS, false},
    {"versions", "engine", "versions", WORDS, false},
    {"held", NULL, "held", NUMBERS, false},
};

const struct column_info estimate_columns[ESTIMATE_COLUMNS_N] = {
    {"metric", NULL, "metric", WORDS, false},
    {"point", NULL, "point", NUMBERS, false},
    {"low", NULL, "low", NUMBERS, false},
    {"high", NULL, "high", NUMBERS, false},
    {"interval", NULL, "interval", WORDS, false},
    {"spread", NULL, "spread", NUMBERS, false},
    {"standing", NULL, "standing", WORDS, false},
    {"voters", NULL, "voters", NUMBERS, false},
    {"agreeing", NULL, "agreeing", NUMBERS, false},
    {"established", NULL, "established", NUMBERS, false},
    {"outliers", NULL, "outliers", NUMBERS, false},
    {"runs", NULL, "runs", NUMBERS, false},
    {"lowest_vote", NULL, "lowest_vote", NUMBERS, false},
    {"highest_vote", NULL, "highest_vote", NUMBERS, false},
    {"items_n", "items", "n", NUMBERS, true},
    {"items_clusters", "items", "clusters", NUMBERS, true},
    {"items_se", "items", "se", NUMBERS, true},
    {"joint_low", NULL, "joint_low", NUMBERS, true},
    {"joint_high", NULL, "joint_high", NUMBERS, true},
    {"best", NULL, "best", NUMBERS, false},
    {"worst", NULL, "worst", NUMBERS, false},
    {"of", NULL, "of", NUMBERS, false},
};

const char *const vote_columns[VOTE_COLUMNS_N] = {"lowest_vote", "highest_vote"};
