/* catalogue_shape.c — the members of each table's rows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "catalogue_shape.h"

#define TEXT(member, most)                                                                         \
	{                                                                                          \
		.name = member, .type = SHAPE_NAME, .low = 1, .high = most                         \
	}
#define MAY_TEXT(member, most)                                                                     \
	{                                                                                          \
		.name = member, .type = SHAPE_NAME, .optional = true, .low = 1, .high = most       \
	}
#define WHOLE(member, most)                                                                        \
	{                                                                                          \
		.name = member, .type = SHAPE_WHOLE, .low = 0, .high = most                        \
	}
#define MAY_WHOLE(member, most)                                                                    \
	{                                                                                          \
		.name = member, .type = SHAPE_WHOLE, .optional = true, .low = 0, .high = most      \
	}
#define REAL(member, most)                                                                         \
	{                                                                                          \
		.name = member, .type = SHAPE_REAL, .low = 0, .high = most                         \
	}
#define MAY_REAL(member, most)                                                                     \
	{                                                                                          \
		.name = member, .type = SHAPE_REAL, .optional = true, .low = 0, .high = most       \
	}
#define MAY_SIGNED(member, most)                                                                   \
	{                                                                                          \
		.name = member, .type = SHAPE_REAL, .optional = true, .low = -most, .high = most   \
	}
#define FLAG(member)                                                                               \
	{                                                                                          \
		.name = member, .type = SHAPE_BOOL                                                 \
	}
#define MAY_FLAG(member)                                                                           \
	{                                                                                          \
		.name = member, .type = SHAPE_BOOL, .optional = true                               \
	}
#define MAY_LIST(member, element)                                                                  \
	{                                                                                          \
		.name = member, .type = SHAPE_ARRAY, .optional = true, .low = 1, .high = 64,       \
		.of = &element                                                                     \
	}
/* Where a fact was read, and as of when. */
#define SOURCE                                                                                     \
	TEXT("source", 400), TEXT("date", 10),                                                     \
	    {.name = "sources", .type = SHAPE_TEXT_MAP, .optional = true, .high = 16},             \
	    MAY_TEXT("note", 80),                                                                  \
	{                                                                                          \
		.name = NULL                                                                       \
	}

static const struct shape name_element = TEXT(NULL, 200);
static const struct shape size_element = REAL(NULL, 1e6);

static const struct shape hardware_row[] = {
    TEXT("slug", 80),
    TEXT("vendor", 40),
    TEXT("name", 120),
    TEXT("kind", 20),
    MAY_REAL("memory_gib", 1e6),
    MAY_LIST("memory_options_gib", size_element),
    MAY_REAL("memory_bandwidth_gbs", 1e6),
    MAY_REAL("fp16_dense_tflops", 1e6),
    MAY_REAL("fp16_vector_tflops", 1e6),
    MAY_REAL("tdp_w", 1e5),
    MAY_WHOLE("devices", 64),
    MAY_FLAG("mobile"),
    MAY_FLAG("shared_memory"),
    MAY_WHOLE("launch_year", 2100),
    MAY_REAL("launch_price_usd", 1e7),
    MAY_TEXT("architecture", 40),
    MAY_LIST("aliases", name_element),
    MAY_LIST("ambiguous_aliases", name_element),
    SOURCE,
};

static const struct shape model_row[] = {
    TEXT("hf_repo", 200),
    TEXT("name", 120),
    TEXT("family", 80),
    TEXT("organisation", 80),
    TEXT("kind", 40),
    MAY_REAL("params_total_b", 1e6),
    MAY_REAL("params_active_b", 1e6),
    FLAG("moe"),
    MAY_TEXT("architecture", 80),
    MAY_WHOLE("context_length", 1e9),
    MAY_TEXT("licence", 120),
    MAY_TEXT("release_date", 10),
    MAY_TEXT("release_date_kind", 40),
    MAY_LIST("aliases", name_element),
    SOURCE,
};

static const struct shape engine_row[] = {
    TEXT("slug", 80),
    TEXT("name", 120),
    TEXT("kind", 40),
    MAY_TEXT("url", 400),
    MAY_TEXT("licence", 120),
    MAY_TEXT("built_on", 120),
    MAY_LIST("backends", name_element),
    MAY_LIST("weight_formats", name_element),
    MAY_LIST("aliases", name_element),
    SOURCE,
};

/* "group_size" is a number, or "channel" and the like. */
static const struct shape quantization_row[] = {
    TEXT("name", 80),
    TEXT("format", 80),
    TEXT("kind", 40),
    MAY_REAL("nominal_bits", 64),
    MAY_REAL("bits_per_weight", 64),
    MAY_TEXT("bits_per_weight_basis", 200),
    MAY_TEXT("group_size", 40),
    MAY_WHOLE("ggml_type_id", 1e6),
    MAY_WHOLE("gguf_file_type_id", 1e6),
    MAY_LIST("aliases", name_element),
    SOURCE,
};

static const struct shape api_price_row[] = {
    TEXT("id", 160),
    TEXT("provider", 80),
    TEXT("model", 160),
    MAY_TEXT("hf_repo", 200),
    TEXT("kind", 40),
    REAL("input_usd_per_mtok", 1e6),
    REAL("output_usd_per_mtok", 1e6),
    MAY_REAL("cached_input_usd_per_mtok", 1e6),
    MAY_TEXT("tier", 80),
    MAY_TEXT("model_release_date", 10),
    MAY_TEXT("first_observed", 10),
    MAY_TEXT("superseded_observed", 10),
    MAY_TEXT("effective_from", 10),
    MAY_TEXT("effective_to", 10),
    SOURCE,
};

static const struct shape rental_row[] = {
    TEXT("id", 160),
    TEXT("hardware", 80),
    TEXT("gpu_as_published", 120),
    TEXT("provider", 80),
    REAL("usd_per_gpu_hour", 1e6),
    REAL("usd_per_gpu_hour_min", 1e6),
    REAL("usd_per_gpu_hour_max", 1e6),
    WHOLE("gpus_in_instance", 1e4),
    TEXT("rental_type", 40),
    MAY_TEXT("tier", 80),
    WHOLE("offers", 1e6),
    TEXT("listing", 400),
    SOURCE,
};

static const struct shape mt_bench_row[] = {
    TEXT("id", 160),
    TEXT("model", 160),
    MAY_TEXT("hf_repo", 200),
    REAL("overall", 10),
    MAY_REAL("turn1", 10),
    MAY_REAL("turn2", 10),
    TEXT("judge", 120),
    FLAG("judge_stated"),
    TEXT("reporter", 120),
    SOURCE,
};

static const struct shape alpaca_eval_row[] = {
    TEXT("id", 160),
    TEXT("name", 160),
    MAY_TEXT("hf_repo", 200),
    MAY_TEXT("link", 400),
    MAY_WHOLE("rank_lc", 1e4),
    REAL("lc_win_rate", 100),
    MAY_REAL("lc_standard_error", 100),
    REAL("win_rate", 100),
    REAL("standard_error", 100),
    WHOLE("n_total", 1e6),
    WHOLE("avg_length", 1e7),
    TEXT("leaderboard_mode", 40),
    FLAG("adversarial"),
    TEXT("judge", 120),
    TEXT("baseline", 120),
    SOURCE,
};

static const struct shape throughput_row[] = {
    TEXT("id", 200),
    TEXT("hardware", 80),
    TEXT("hardware_as_published", 200),
    WHOLE("gpu_count", 1e4),
    TEXT("model", 160),
    MAY_TEXT("hf_repo", 200),
    MAY_TEXT("gguf_repo", 200),
    MAY_TEXT("quant", 80),
    MAY_TEXT("engine", 80),
    MAY_TEXT("engine_build", 120),
    MAY_TEXT("backend", 80),
    MAY_TEXT("options", 200),
    MAY_TEXT("on", 10),
    MAY_WHOLE("pp_tokens", 1e9),
    MAY_REAL("pp_tps", 1e9),
    MAY_REAL("pp_sd", 1e9),
    MAY_WHOLE("tg_tokens", 1e9),
    MAY_REAL("tg_tps", 1e9),
    MAY_REAL("tg_sd", 1e9),
    MAY_REAL("ttft_ms", 1e9),
    MAY_REAL("system_power_peak_w", 1e6),
    SOURCE,
};

static const struct shape perplexity_row[] = {
    TEXT("id", 160),
    TEXT("model", 160),
    TEXT("hf_repo", 200),
    TEXT("quant", 80),
    MAY_TEXT("dataset", 120),
    MAY_WHOLE("context", 1e9),
    MAY_TEXT("imatrix", 80),
    MAY_REAL("bpw", 64),
    MAY_REAL("size_gib", 1e6),
    MAY_TEXT("size_as_published", 40),
    MAY_REAL("ppl", 1e9),
    MAY_REAL("ppl_se", 1e9),
    MAY_SIGNED("delta_ppl", 1e9),
    MAY_REAL("delta_ppl_se", 1e9),
    MAY_SIGNED("delta_ppl_pct", 1e9),
    MAY_REAL("kld_mean", 1e9),
    MAY_REAL("kld_se", 1e9),
    MAY_SIGNED("delta_p_mean_pct", 100),
    MAY_REAL("delta_p_mean_se", 100),
    MAY_REAL("delta_p_rms_pct", 100),
    MAY_REAL("delta_p_rms_se", 100),
    MAY_REAL("same_top_p_pct", 100),
    MAY_REAL("same_top_p_se", 100),
    SOURCE,
};

const struct catalogue_form catalogue_forms[CATALOGUE__MAX] = {
    [CATALOGUE_HARDWARE] = {"hardware", "slug", hardware_row},
    [CATALOGUE_MODELS] = {"models", "hf_repo", model_row},
    [CATALOGUE_ENGINES] = {"engines", "slug", engine_row},
    [CATALOGUE_QUANTIZATIONS] = {"quantizations", "name", quantization_row},
    [CATALOGUE_API_PRICES] = {"api_prices", "id", api_price_row},
    [CATALOGUE_RENTALS] = {"rentals", "id", rental_row},
    [CATALOGUE_MT_BENCH] = {"mt_bench", "id", mt_bench_row},
    [CATALOGUE_ALPACA_EVAL] = {"alpaca_eval", "id", alpaca_eval_row},
    [CATALOGUE_THROUGHPUT] = {"throughput", "id", throughput_row},
    [CATALOGUE_PERPLEXITY] = {"perplexity", "id", perplexity_row},
};
