/* facts.h — what the catalogue says of models and hardware, as documents carry it: each with the
 * source and the date of its row. Nothing of it enters an estimate.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_FACTS_H
#define ASSAY_FACTS_H

#include <jansson.h>

#include "catalogue.h"

/* {hf_repo, name, family, organisation, kind, parameters_b, active_parameters_b, moe,
 * context_length, licence, release_date, source, date}, as far as known: new; NULL if the catalogue
 * (NULL: none) does not know the name, or several of it. */
json_t *model_facts(const struct catalogue *c, const char *name);

/* {slug, name, vendor, kind, memory_gib, bandwidth_gbs, tdp_w, source, date} of one device of what
 * a cell names as hardware; NULL also for several parts together. */
json_t *hardware_facts(const struct catalogue *c, const char *hardware);

/* Scores of a model published elsewhere: an array of {standing "reported", benchmark, metric,
 * value, se?, judge, reporter?, source, date}; empty where there are none. */
json_t *reported_scores(const struct catalogue *c, const char *hf_repo);

#endif
