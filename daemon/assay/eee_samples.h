/* eee_samples.h — scores of single items from the instance files of Every Eval Ever.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_EEE_SAMPLES_H
#define ASSAY_EEE_SAMPLES_H

#include "importer.h"

/* Put into the draft, as items, what those of in's companions say that are of this record, an
 * aggregate document. names: evaluation_result_id or evaluation_name → the suite's metric, ""
 * where one name is of several results. An item is one of the suite's by its sample_id or
 * sample_hash. Scores that do not fit are left out, and that is noted; a file that is not what the
 * document says of it fails with FAULT_FILE_FORMAT. */
bool eee_samples(const struct source *in, const struct record *document, const json_t *names,
    struct draft *d, struct drafts *out, struct fault *f) __attribute__((warn_unused_result));

#endif
