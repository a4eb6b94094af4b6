/* routes.c — the table of routes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"
#include "batch_lines.h"
#include "envelope.h"
#include "evidence_get.h"
#include "evidence_put.h"
#include "health.h"
#include "metrics_get.h"
#include "policy.h"
#include "route.h"
#include "statement_get.h"
#include "static.h"
#include "submit.h"

static const char *const envelope_types[] = {
    "application/json", "application/vnd.dsse.envelope.v1+json", NULL};

static const char *const batch_types[] = {"application/x-ndjson", NULL};

static const char *const evidence_types[] = {"application/octet-stream", NULL};

const struct route routes[] = {
    {.name = "submit",
	.method = HTTP_POST,
	.pattern = "/v1/statements",
	.body_max_bytes = ENVELOPE_MAX_BYTES,
	.media_types = envelope_types,
	.check = submit_check,
	.proceed = submit_proceed},
    {.name = "batch",
	.method = HTTP_POST,
	.pattern = "/v1/statements",
	.body_max_bytes = BATCH_MAX_BYTES,
	.media_types = batch_types,
	.large = true,
	.check = batch_check,
	.proceed = batch_proceed},
    {.name = "statement",
	.method = HTTP_GET,
	.pattern = "/v1/statements/*",
	.check = statement_get_check,
	.proceed = statement_get_proceed},
    {.name = "evidence_put",
	.method = HTTP_PUT,
	.pattern = "/v1/evidence/*",
	.body_max_bytes = EVIDENCE_MAX_BYTES,
	.media_types = evidence_types,
	.large = true,
	.check = evidence_put_check,
	.proceed = evidence_put_proceed},
    {.name = "evidence",
	.method = HTTP_GET,
	.pattern = "/v1/evidence/*",
	.check = evidence_get_check,
	.proceed = evidence_get_proceed},
    {.name = "policy", .method = HTTP_GET, .pattern = "/v1/policy", .proceed = policy_proceed},
    {.name = "healthz", .method = HTTP_GET, .pattern = "/healthz", .proceed = healthz_proceed},
    {.name = "readyz", .method = HTTP_GET, .pattern = "/readyz", .proceed = readyz_proceed},
    {.name = "metrics",
	.method = HTTP_GET,
	.pattern = "/metrics",
	.check = metrics_get_check,
	.proceed = metrics_get_proceed},
    {.name = "static", .method = HTTP_GET, .pattern = "/**", .proceed = static_proceed},
    {.name = NULL},
};
