/* fill.c — an invented community's statements, many of them quickly, as rows or as envelopes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * fill rows POLICY N FOLDER       writes FOLDER/statement.copy and FOLDER/pending.copy, for COPY:
 *                                 all enrolments, then N submissions, signed and in order, as a
 *                                 server stores them; a leader gives them their places
 * fill envelopes POLICY N FROM    prints N further submissions, numbered from FROM on, one a line
 *
 * POLICY is the file of GET /v1/policy. The same for the same numbers, but for times. Few models,
 * machines and submitters are in most submissions: the k-th with a share of about 1 / k. The first
 * PLACES_N submissions fill all CELLS_N cells; what comes later comes again to them. Model names
 * are invented, and nothing here was ever measured.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "encode.h"
#include "envelope.h"
#include "file.h"
#include "json.h"

#define SEED 7
#define MODELS_N 300
#define SUBMITTERS_N 2000
#define PLACES_N 5400
#define LADDERS_N 800 /* places of one cell, of quantization/1; the others are of two */
#define CELLS_N (2 * (PLACES_N - LADDERS_N) + LADDERS_N)
#define DAYS_N 30 /* that rows lie in */

static const char *const families[] = {"Alder", "Basalt", "Cinder", "Dunlin", "Ember", "Fathom",
    "Garnet", "Heron", "Ibis", "Juniper", "Kelp", "Larch", "Marram", "Nimbus", "Osprey"};
#define FAMILIES_N (sizeof(families) / sizeof(*families))

static const struct {
	const char *name;
	double billions;
} sizes[] = {
    {"0.6B", 0.6}, {"1.7B", 1.7}, {"4B", 4}, {"8B", 8}, {"14B", 14}, {"32B", 32}, {"70B", 70}};
#define SIZES_N (sizeof(sizes) / sizeof(*sizes))

/* Bits a weight, and how much worse perplexity gets. */
static const struct {
	const char *name;
	double bits, loss;
} quantizations[] = {{"Q4_K_M", 4.85, 0.0112}, {"Q8_0", 8.5, 0.0004}, {"Q6_K", 6.56, 0.0017},
    {"Q5_K_M", 5.69, 0.0046}, {"F16", 16, 0}, {"IQ4_XS", 4.32, 0.0167}, {"Q3_K_M", 3.91, 0.0391},
    {"Q4_0", 4.55, 0.0291}, {"Q2_K", 3.0, 0.148}};
#define QUANTIZATIONS_N (sizeof(quantizations) / sizeof(*quantizations))

static const struct machine {
	const char *name, *backend;
	int gib, gb_s; /* memory and its bandwidth */
} machines[] = {{"NVIDIA GeForce RTX 4090", "CUDA", 24, 1008},
    {"NVIDIA GeForce RTX 3090", "CUDA", 24, 936}, {"Apple M2 Ultra", "Metal", 192, 800},
    {"NVIDIA GeForce RTX 5090", "CUDA", 32, 1792}, {"AMD Radeon RX 7900 XTX", "ROCm", 24, 960},
    {"Apple M4 Max", "Metal", 128, 546}, {"NVIDIA GeForce RTX 3060", "CUDA", 12, 360},
    {"NVIDIA H100 80GB HBM3", "CUDA", 80, 3352}, {"NVIDIA A100-SXM4-80GB", "CUDA", 80, 2039},
    {"Apple M1 Max", "Metal", 64, 400}, {"NVIDIA L4", "CUDA", 24, 300},
    {"NVIDIA RTX A6000", "CUDA", 48, 768}, {"AMD Radeon RX 7900 XT", "ROCm", 20, 800},
    {"Apple M3 Pro", "Metal", 36, 150}, {"NVIDIA GeForce RTX 4080", "CUDA", 16, 717},
    {"NVIDIA GeForce RTX 3080", "CUDA", 10, 760}, {"Intel Arc A770", "Vulkan", 16, 560},
    {"NVIDIA Tesla P40", "CUDA", 24, 346}, {"Apple M2", "Metal", 24, 100},
    {"NVIDIA GeForce RTX 3070", "CUDA", 8, 448}, {"NVIDIA L40S", "CUDA", 48, 864},
    {"NVIDIA T4", "CUDA", 16, 320}, {"AMD Instinct MI210", "ROCm", 64, 1638},
    {"NVIDIA GeForce RTX 2080 Ti", "CUDA", 11, 616}};
#define MACHINES_N (sizeof(machines) / sizeof(*machines))

/* Where submissions go: a variant on a machine, or its rung of a ladder. */
struct place {
	size_t model, quantization, machine;
	bool ladder;
};

struct fill {
	struct place places[PLACES_N];
	struct keypair keys[SUBMITTERS_N];
	char key_texts[SUBMITTERS_N][48];
	const char *origin;
	const json_t *throughput, *quantization; /* of the policy's suites */
	const char *terms;
	struct text body, pae;
};

/* ---- chance ---- */

/* splitmix64: each number of the community has a stream of its own. */
static uint64_t
next(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static double
share(uint64_t *state)
{
	return (double)(next(state) >> 11) / 9007199254740992.0;
}

static size_t
below(uint64_t *state, size_t n)
{
	return (size_t)(share(state) * (double)n);
}

/* Small numbers come far more often. */
static size_t
skewed(uint64_t *state, size_t n)
{
	size_t k = (size_t)pow((double)n + 1, share(state)) - 1;

	return k < n ? k : n - 1;
}

static double
noise(uint64_t *state, double size)
{
	return exp(size * (share(state) + share(state) + share(state) - 1.5) * 2);
}

/* ---- the community ---- */

static void
model_name(size_t model, char out[64])
{
	size_t family = model % FAMILIES_N, size = model / FAMILIES_N % SIZES_N,
	       generation = model / FAMILIES_N / SIZES_N;

	snprintf(out, 64, "org-%zu/%s-%zu-%s-Instruct", model % 23, families[family],
	    generation + 1, sizes[size].name);
}

static bool
is_taken(const struct fill *f, size_t n, const struct place *p)
{
	for (size_t i = 0; i < n; i++)
		if (f->places[i].ladder == p->ladder && f->places[i].model == p->model &&
		    f->places[i].quantization == p->quantization &&
		    (p->ladder || f->places[i].machine == p->machine))
			return true;
	return false;
}

/* Every seventh is a ladder's until there are enough. */
static void
make_places(struct fill *f)
{
	uint64_t state = SEED;
	size_t ladders = 0;

	for (size_t n = 0; n < PLACES_N;) {
		struct place p = {.model = skewed(&state, MODELS_N),
		    .quantization = skewed(&state, QUANTIZATIONS_N),
		    .machine = skewed(&state, MACHINES_N),
		    .ladder = n % 6 == 5 && ladders < LADDERS_N};

		if (is_taken(f, n, &p))
			continue;
		ladders += p.ladder;
		f->places[n++] = p;
	}
}

static void
make_keys(struct fill *f)
{
	for (size_t i = 0; i < SUBMITTERS_N; i++) {
		struct text text = {0};
		uint8_t seed[SEED_SIZE];

		text_addf(&text, "fill %d %zu", SEED, i);
		sha256_of(text.data, text.n, seed);
		keypair_from_seed(seed, &f->keys[i]);
		text_reset(&text);
		base64_print(f->keys[i].public, KEY_SIZE, &text);
		snprintf(f->key_texts[i], sizeof(f->key_texts[i]), "%s", text.data);
		text_clear(&text);
	}
}

/* ---- payloads ---- */

static void
begin(struct fill *f, size_t who, uint64_t *state, int64_t at_ms)
{
	const uint64_t nonce[2] = {next(state), next(state)};
	char at[TIME_SIZE];

	time_print(at_ms / 1000, at);
	text_reset(&f->body);
	text_addf(&f->body,
	    "{\"audience\":\"%s\",\"key\":\"%s\",\"created_at\":\"%s\",\"nonce\":\"", f->origin,
	    f->key_texts[who], at);
	base64_print((const uint8_t *)nonce, sizeof(nonce), &f->body);
	text_add_str(&f->body, "\"");
}

static void
make_enrolment(struct fill *f, size_t who, int64_t at_ms)
{
	uint64_t state = who + 1;

	begin(f, who, &state, at_ms);
	text_addf(&f->body,
	    ",\"name\":\"Submitter %zu\",\"links\":[],\"terms\":\"%s\",\"pow\":\"%016x\"}", who,
	    f->terms, 0);
}

static void
add_suite(struct fill *f, const json_t *suite)
{
	text_addf(&f->body, ",\"suite\":{\"name\":\"%s\",\"version\":%lld,\"digest\":\"%s\"}",
	    json_get_text(suite, "name"), (long long)json_get_whole(suite, "version"),
	    json_get_text(suite, "digest"));
}

static void
weights(size_t model, size_t quantization, char hex[HEX32_SIZE])
{
	char name[64], all[96];
	uint8_t digest[SHA256_SIZE];

	model_name(model, name);
	sha256_of(all,
	    (size_t)snprintf(all, sizeof(all), "%s %s", name, quantizations[quantization].name),
	    digest);
	hex_print(digest, SHA256_SIZE, hex);
}

static double
billions_of(const struct place *p)
{
	return sizes[p->model / FAMILIES_N % SIZES_N].billions;
}

static void
add_model(struct fill *f, const struct place *p)
{
	char name[64], hex[HEX32_SIZE];
	double bits = quantizations[p->quantization].bits, billions = billions_of(p);

	model_name(p->model, name);
	weights(p->model, p->quantization, hex);
	text_addf(&f->body,
	    ",\"model\":{\"name\":\"%s\",\"revision\":\"main\",\"format\":\"gguf\","
	    "\"quantization\":\"%s\",\"bits_per_weight\":%.2f,\"parameters\":%.0f,"
	    "\"size_bytes\":%.0f,\"sha256\":\"%s\",\"file\":\"%s-%s.gguf\"",
	    name, quantizations[p->quantization].name, bits, billions * 1e9,
	    billions * 1e9 * bits / 8, hex, strchr(name, '/') + 1,
	    quantizations[p->quantization].name);
	if (p->ladder) {
		weights(p->model, 4, hex);
		text_addf(&f->body, ",\"base\":\"%s\"", hex);
	}
	text_add_str(&f->body, "}");
}

static void
add_result(struct fill *f, const char *metric, const char *conditions, double value, double sd)
{
	bool first = f->body.data[f->body.n - 1] == '[';

	text_addf(&f->body,
	    "%s{\"metric\":\"%s\",\"conditions\":{%s},\"value\":%.6g,\"n\":5,\"sd\":%.3g}",
	    first ? "" : ",", metric, conditions, value, sd);
}

static void
add_speeds(struct fill *f, const struct place *p, double ways, uint64_t *state)
{
	const struct machine *m = &machines[p->machine];
	double read = billions_of(p) * 1e9 * quantizations[p->quantization].bits / 8;
	double decode = m->gb_s * 1e9 * 0.6 / (read + 3e8) * ways * noise(state, 0.012);
	double prefill = decode * 34 * noise(state, 0.012), sd = 0.004 + 0.01 * share(state);

	add_result(f, "prefill", "\"n_prompt\":512,\"n_gen\":0,\"n_gpu_layers\":99", prefill,
	    prefill * sd);
	add_result(
	    f, "decode", "\"n_prompt\":0,\"n_gen\":128,\"n_gpu_layers\":99", decode, decode * sd);
}

static void
add_losses(struct fill *f, const struct place *p, uint64_t *state)
{
	static const char conditions[] =
	    "\"text_sha256\":\"5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9\","
	    "\"n_ctx\":512,\"chunks\":580";
	double loss = quantizations[p->quantization].loss;
	double ratio = 1 + loss * (1 + 2 / billions_of(p)) * noise(state, 0.02);

	add_result(f, "perplexity", conditions,
	    (5.2 + 9 / (1 + billions_of(p) / 4)) * ratio * noise(state, 0.0005), 0.03);
	add_result(f, "perplexity_ratio", conditions, ratio, 0.0006 + loss * 0.02);
}

static size_t
make_submission(struct fill *f, size_t n, int64_t at_ms)
{
	uint64_t state = (n + 1) * UINT64_C(0xd1342543de82ef95) + SEED, ways_of;
	const struct place *p = &f->places[n < PLACES_N ? n : skewed(&state, PLACES_N)];
	const struct machine *m = &machines[p->machine];
	size_t who = skewed(&state, SUBMITTERS_N);

	ways_of = who;
	begin(f, who, &state, at_ms);
	add_suite(f, p->ladder ? f->quantization : f->throughput);
	add_model(f, p);
	text_addf(&f->body,
	    ",\"engine\":{\"name\":\"llama.cpp\",\"version\":\"b%zu\",\"backend\":\"%s\"},"
	    "\"hardware\":{\"cpu\":{\"name\":\"AMD Ryzen 9 7950X 16-Core Processor\"},"
	    "\"accelerators\":[{\"name\":\"%s\",\"memory_mib\":%d}]},\"results\":[",
	    10100 + 10 * below(&state, 40), m->backend, m->name, m->gib * 1024);
	if (p->ladder)
		add_losses(f, p, &state);
	else
		add_speeds(f, p, noise(&ways_of, 0.015), &state);
	text_add_str(&f->body, "],\"runner\":{\"name\":\"assay\",\"version\":\"0.1.0\"}}");
	return who;
}

/* ---- out ---- */

static const char submission_type[] = "application/vnd.assay.submission.v1+json",
		  enrolment_type[] = "application/vnd.assay.enrolment.v1+json";

static void
sign(struct fill *f, const char *type, size_t who, uint8_t sig[SIGNATURE_SIZE])
{
	text_reset(&f->pae);
	envelope_pae(type, f->body.data, f->body.n, &f->pae);
	if (f->body.failed || f->pae.failed) {
		fprintf(stderr, "fill: no memory\n");
		exit(1);
	}
	keypair_sign(&f->keys[who], (const uint8_t *)f->pae.data, f->pae.n, sig);
}

static void
put_hex(const void *bytes, size_t n, const char *end, FILE *to)
{
	static char hex[2 * 65536 + 1];

	hex_print(bytes, n, hex);
	fprintf(to, "\\\\x%s%s", hex, end);
}

/* One row of assay.statement, and one of assay.pending. */
static void
put_row(struct fill *f, bool enrolment, size_t who, int64_t at_ms, FILE *statements, FILE *pending)
{
	uint8_t sig[SIGNATURE_SIZE], id[SHA256_SIZE], digest[SHA256_SIZE];

	sign(f, enrolment ? enrolment_type : submission_type, who, sig);
	sha256_of(f->pae.data, f->pae.n, id);
	sha256_of(f->body.data, f->body.n, digest);
	put_hex(id, sizeof(id), "\t", statements);
	fprintf(statements, "%s\t", enrolment ? "enrolment" : "submission");
	put_hex(f->body.data, f->body.n, "\t", statements);
	put_hex(digest, sizeof(digest), "\t", statements);
	put_hex(f->keys[who].public, KEY_SIZE, "\t", statements);
	put_hex(sig, sizeof(sig), "\t", statements);
	fprintf(statements, "%" PRId64 "\n", at_ms);
	put_hex(id, sizeof(id), "\n", pending);
}

static FILE *
create(const char *folder, const char *name)
{
	char *path = path_join(folder, name);
	FILE *to = path != NULL ? fopen(path, "w") : NULL;

	if (to == NULL) {
		fprintf(stderr, "fill: cannot write %s/%s\n", folder, name);
		exit(1);
	}
	free(path);
	return to;
}

static bool
put_rows(struct fill *f, size_t n, const char *folder)
{
	FILE *statements = create(folder, "statement.copy"),
	     *pending = create(folder, "pending.copy");
	int64_t span = INT64_C(86400000) * DAYS_N, now = (int64_t)time(NULL) * 1000;
	int64_t from = now - span - 3600000;
	bool written;

	for (size_t i = 0; i < SUBMITTERS_N; i++) {
		make_enrolment(f, i, from + (int64_t)i);
		put_row(f, true, i, from + (int64_t)i, statements, pending);
	}
	for (size_t i = 0; i < n; i++) {
		int64_t at = from + SUBMITTERS_N + (int64_t)((double)span * (double)i / (double)n);

		put_row(f, false, make_submission(f, i, at), at, statements, pending);
	}
	written = fclose(statements) == 0;
	return fclose(pending) == 0 && written;
}

static bool
put_envelopes(struct fill *f, size_t n, size_t from)
{
	int64_t now = (int64_t)time(NULL) * 1000;
	struct text line = {0};

	for (size_t i = 0; i < n; i++) {
		size_t who = make_submission(f, from + i, now);
		uint8_t sig[SIGNATURE_SIZE];

		sign(f, submission_type, who, sig);
		text_reset(&line);
		envelope_print(
		    submission_type, f->body.data, f->body.n, f->keys[who].public, sig, &line);
		puts(line.data);
	}
	text_clear(&line);
	return fflush(stdout) == 0;
}

static const json_t *
suite_in(const json_t *policy, const char *name)
{
	const json_t *suite;
	size_t i;

	json_array_foreach (json_object_get(policy, "suites"), i, suite)
		if (strcmp(json_get_text(suite, "name"), name) == 0)
			return suite;
	return NULL;
}

int
main(int argc, char **argv)
{
	static struct fill f;
	json_t *policy = argc == 5 ? json_load_file(argv[2], 0, NULL) : NULL;
	bool done;

	if (policy == NULL || !crypto_start()) {
		fprintf(
		    stderr, "usage: fill rows POLICY N FOLDER | fill envelopes POLICY N FROM\n");
		return 2;
	}
	f.origin = json_get_text(policy, "origin");
	f.throughput = suite_in(policy, "throughput");
	f.quantization = suite_in(policy, "quantization");
	f.terms = json_get_text(json_object_get(policy, "terms"), "sha256");
	make_places(&f);
	make_keys(&f);
	done = strcmp(argv[1], "rows") == 0
		   ? put_rows(&f, strtoul(argv[3], NULL, 10), argv[4])
		   : put_envelopes(&f, strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
	text_clear(&f.body);
	text_clear(&f.pae);
	json_decref(policy);
	return done ? 0 : 1;
}
