/* kind_submission.c — the members of a submission; what its suite demands is in submission.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include <float.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "kinds.h"

#define WHOLE_HIGH 9e15
#define ACCELERATOR_NAMES_MAX 8
#define ACCELERATOR_NAMES_MAX_BYTES 400 /* of the different ones together */

const struct shape model_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 200},
    {.name = "revision", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 100},
    {.name = "file", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 255},
    {.name = "sha256", .type = SHAPE_DIGEST, .optional = true},
    {.name = "format", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 40},
    {.name = "quantization", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 80},
    {.name = "bits_per_weight", .type = SHAPE_REAL, .optional = true, .low = 0, .high = 1024},
    {.name = "parameters", .type = SHAPE_WHOLE, .optional = true, .low = 1, .high = WHOLE_HIGH},
    {.name = "active_parameters",
	.type = SHAPE_WHOLE,
	.optional = true,
	.low = 1,
	.high = WHOLE_HIGH},
    {.name = "size_bytes", .type = SHAPE_WHOLE, .optional = true, .low = 1, .high = WHOLE_HIGH},
    {.name = "base", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 400},
    {.name = NULL},
};

const struct shape engine_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 80},
    {.name = "version", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 80},
    {.name = "commit", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 80},
    {.name = "backend", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 80},
    {.name = "flags", .type = SHAPE_TEXT_MAP, .optional = true, .high = 64},
    {.name = NULL},
};

static const struct shape cpu_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 200},
    {.name = "cores", .type = SHAPE_WHOLE, .optional = true, .low = 1, .high = 1e6},
    {.name = "threads", .type = SHAPE_WHOLE, .optional = true, .low = 1, .high = 1e6},
    {.name = NULL},
};

static const struct shape accelerator_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 200},
    {.name = "memory_mib", .type = SHAPE_WHOLE, .optional = true, .low = 1, .high = 1e9},
    {.name = NULL},
};
static const struct shape accelerator_element = {.type = SHAPE_OBJECT, .of = accelerator_shape};

const struct shape hardware_shape[] = {
    {.name = "cpu", .type = SHAPE_OBJECT, .of = cpu_shape},
    {.name = "accelerators", .type = SHAPE_ARRAY, .low = 0, .high = 64, .of = &accelerator_element},
    {.name = "memory_mib", .type = SHAPE_WHOLE, .optional = true, .low = 1, .high = 1e9},
    {.name = "os", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 120},
    {.name = "power_limit_w", .type = SHAPE_REAL, .optional = true, .low = 0, .high = 1e6},
    {.name = NULL},
};

static const struct shape result_shape[] = {
    {.name = "metric", .type = SHAPE_NAME, .low = 1, .high = 64},
    {.name = "conditions", .type = SHAPE_SCALAR_MAP, .optional = true, .high = 48},
    {.name = "value", .type = SHAPE_REAL, .low = -DBL_MAX, .high = DBL_MAX},
    {.name = "n", .type = SHAPE_WHOLE, .low = 1, .high = WHOLE_HIGH},
    {.name = "sd", .type = SHAPE_REAL, .optional = true, .low = 0, .high = DBL_MAX},
    {.name = "se", .type = SHAPE_REAL, .optional = true, .low = 0, .high = DBL_MAX},
    {.name = NULL},
};
static const struct shape result_element = {.type = SHAPE_OBJECT, .of = result_shape};

static const struct shape evidence_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 200},
    {.name = "sha256", .type = SHAPE_DIGEST},
    {.name = "bytes", .type = SHAPE_WHOLE, .low = 0, .high = WHOLE_HIGH},
    {.name = "media_type", .type = SHAPE_NAME, .low = 3, .high = 100},
    {.name = NULL},
};
static const struct shape evidence_element = {.type = SHAPE_OBJECT, .of = evidence_shape};

static const struct shape anchor_element = {.type = SHAPE_REAL, .low = -DBL_MAX, .high = DBL_MAX};

static const struct shape judge_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 200},
    {.name = "version", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 100},
    {.name = "endpoint_host", .type = SHAPE_NAME, .optional = true, .low = 1, .high = 253},
    {.name = "prompt_digest", .type = SHAPE_DIGEST},
    {.name = "temperature", .type = SHAPE_REAL, .low = 0, .high = 100},
    {.name = "anchors", .type = SHAPE_ARRAY, .low = 0, .high = 200, .of = &anchor_element},
    {.name = NULL},
};

static const struct shape runner_shape[] = {
    {.name = "name", .type = SHAPE_NAME, .low = 1, .high = 80},
    {.name = "version", .type = SHAPE_NAME, .low = 1, .high = 80},
    {.name = NULL},
};

static const struct shape use_case_element = {.type = SHAPE_NAME, .low = 1, .high = 80};

static const struct shape score_element = {
    .type = SHAPE_REAL, .nullable = true, .low = -DBL_MAX, .high = DBL_MAX};

static const struct shape items_shape[] = {
    {.name = "metric", .type = SHAPE_NAME, .low = 1, .high = 64},
    {.name = "digest", .type = SHAPE_DIGEST},
    {.name = "scores", .type = SHAPE_ARRAY, .low = 1, .high = 20000, .of = &score_element},
    {.name = NULL},
};
static const struct shape items_element = {.type = SHAPE_OBJECT, .of = items_shape};

static const struct shape submission_shape[] = {
    SHAPE_COMMON,
    {.name = "suite", .type = SHAPE_OBJECT, .of = suite_name_shape},
    {.name = "model", .type = SHAPE_OBJECT, .of = model_shape},
    {.name = "engine", .type = SHAPE_OBJECT, .of = engine_shape},
    {.name = "hardware", .type = SHAPE_OBJECT, .of = hardware_shape},
    {.name = "results", .type = SHAPE_ARRAY, .low = 1, .high = 500, .of = &result_element},
    {.name = "items",
	.type = SHAPE_ARRAY,
	.optional = true,
	.low = 1,
	.high = 32,
	.of = &items_element},
    {.name = "judge", .type = SHAPE_OBJECT, .optional = true, .of = judge_shape},
    {.name = "intent", .type = SHAPE_DIGEST, .optional = true},
    {.name = "replaces", .type = SHAPE_DIGEST, .optional = true},
    {.name = "evidence",
	.type = SHAPE_ARRAY,
	.optional = true,
	.low = 0,
	.high = 16,
	.of = &evidence_element},
    {.name = "runner", .type = SHAPE_OBJECT, .of = runner_shape},
    {.name = "started_at", .type = SHAPE_TIME, .optional = true},
    {.name = "duration_s", .type = SHAPE_REAL, .optional = true, .low = 0, .high = 1e9},
    {.name = "use_cases",
	.type = SHAPE_ARRAY,
	.optional = true,
	.low = 0,
	.high = 16,
	.of = &use_case_element},
    {.name = "notes", .type = SHAPE_TEXT, .optional = true, .low = 0, .high = 2000},
    {.name = NULL},
};

static bool
check_spread(const json_t *body, struct fault *f)
{
	const json_t *results = json_object_get(body, "results"), *result;
	char path[64];
	size_t i;

	json_array_foreach (results, i, result) {
		if (json_object_get(result, "sd") == NULL || json_object_get(result, "se") == NULL)
			continue;
		snprintf(path, sizeof(path), "/results/%zu/se", i);
		return fault_set(f, FAULT_CONFLICTING_MEMBERS, path,
		    "\"sd\" (spread of n repeats) or \"se\" (error of the value), not both",
		    "both");
	}
	return true;
}

/* The names of a machine's accelerators stand in each of its cells: without bounds on the
 * different ones, 48 KiB of payload would grow to megabytes of rows and boards. */
static bool
check_accelerators(const json_t *body, struct fault *f)
{
	const json_t *list = json_object_get(json_object_get(body, "hardware"), "accelerators");
	const char *names[ACCELERATOR_NAMES_MAX];
	const json_t *one;
	size_t n = 0, bytes = 0, i, k;

	json_array_foreach (list, i, one) {
		const char *name = json_get_text(one, "name");

		for (k = 0; k < n && strcmp(names[k], name) != 0; k++)
			continue;
		if (k == ACCELERATOR_NAMES_MAX)
			return fault_set(f, FAULT_TOO_LONG, "/hardware/accelerators",
			    "at most 8 different names", "more");
		if (k < n)
			continue;
		names[n++] = name;
		bytes += strlen(name);
	}
	return bytes <= ACCELERATOR_NAMES_MAX_BYTES ||
	       fault_set(f, FAULT_TOO_LONG, "/hardware/accelerators",
		   "different names of at most 400 bytes together", "%zu bytes", bytes);
}

static bool
submission_shape_check(const json_t *body, struct fault *f)
{
	return check_spread(body, f) && check_accelerators(body, f);
}

const struct kind_info kind_submission = {
    .name = "submission",
    .type = "application/vnd.assay.submission.v1+json",
    .shape = submission_shape,
    .check = submission_shape_check,
};
