/* test_signer.c — what the log's key signs and what it never signs; the signer ending at any
 * moment. SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "encode.h"
#include "file.h"
#include "frame.h"
#include "keyfile.h"
#include "log.h"
#include "proof.h"
#include "signer.h"
#include "signer_client.h"
#include "signer_serve.h"
#include "tree.h"
#include "unit.h"

#define ORIGIN "example.org/log"
#define LEAVES_N 40

/* One log, its key in a folder of its own; `other` is another log from leaf 10 on. */
struct bench {
	char dir[64], key_path[96], state_path[96], state_lock[112];
	struct keypair key;
	struct text vkey;
	hash_t *leaves, *other;
	struct options options;
};

static int
set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct fault f = {0};

	assert_non_null(b);
	strcpy(b->dir, "/tmp/assay-signer-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->key_path, sizeof(b->key_path), "%s/log.pem", b->dir);
	snprintf(b->state_path, sizeof(b->state_path), "%s/state", b->dir);
	snprintf(b->state_lock, sizeof(b->state_lock), "%s/state.lock", b->dir);
	keypair_make(&b->key);
	assert_true(keyfile_save(b->key_path, &b->key, &f));
	vkey_print(ORIGIN, b->key.public, &b->vkey);
	b->leaves = tree_leaves(LEAVES_N);
	b->other = tree_leaves(LEAVES_N);
	b->other[10][0] ^= 1;
	b->options = (struct options){.origin = ORIGIN,
	    .log_key = b->key_path,
	    .signer_state = b->state_path,
	    .signer_socket = "",
	    .log_level = "error"};
	*state = b;
	return 0;
}

static int
tear_down(void **state)
{
	struct bench *b = *state;

	unsetenv("SIGNER_MODE");
	unlink(b->state_path);
	unlink(b->state_lock);
	unlink(b->key_path);
	rmdir(b->dir);
	text_clear(&b->vkey);
	free(b->leaves);
	free(b->other);
	free(b);
	return 0;
}

static void
open_signer(struct bench *b, struct log_signer *s)
{
	struct fault f = {0};

	assert_true(signer_open(s, ORIGIN, b->key_path, b->state_path, &f));
}

/* Ask for size `to` of a log, proven from `from`. Returns the answer, new. */
static char *
ask(struct log_signer *s, const hash_t *leaves, size_t from, size_t to)
{
	struct tree_source tree = {leaves, to};
	struct checkpoint c = {.origin = ORIGIN, .size = to};
	struct text request = {0}, answer = {0};
	struct merkle_proof proof;

	tree_root(leaves, to, c.root);
	assert_true(
	    merkle_prove_consistency(from, to, &(struct merkle_source){tree_node, &tree}, &proof));
	text_addf(&request, "old %zu\n", from);
	path_print(&proof, &request);
	checkpoint_print(&c, &request);
	signer_answer(s, request.data, request.n, &answer);
	text_clear(&request);
	return text_take(&answer);
}

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static void
expect(struct log_signer *s, const hash_t *leaves, size_t from, size_t to, const char *beginning)
{
	char *answer = ask(s, leaves, from, to);

	if (!begins(answer, beginning))
		fail_msg("from %zu to %zu: %s", from, to, answer);
	free(answer);
}

static void
test_signs_what_extends(void **state)
{
	struct bench *b = *state;
	struct checkpoint got;
	struct log_signer s;
	char *answer;

	open_signer(b, &s);
	for (size_t from = 0; from < LEAVES_N; from++) {
		answer = ask(&s, b->leaves, from, from + 1);
		assert_true(begins(answer, "signed\n"));
		assert_true(checkpoint_open(
		    answer + 7, strlen(answer) - 7, ORIGIN, b->key.public, &got, NULL));
		assert_int_equal(got.size, from + 1);
		free(answer);
	}
	signer_close(&s);
}

static void
test_never_two_histories(void **state)
{
	struct bench *b = *state;
	struct log_signer s;
	char *answer;

	open_signer(b, &s);
	expect(&s, b->leaves, 0, 20, "signed\n");
	expect(&s, b->leaves, 0, 19, "refused\nlog_mismatch\n");
	expect(&s, b->leaves, 0, 0, "refused\nlog_mismatch\n");
	expect(&s, b->other, 20, 20, "refused\nlog_mismatch\n");
	expect(&s, b->other, 20, 30, "refused\nlog_mismatch\n");
	expect(&s, b->leaves, 0, 30, "at 20\n");
	expect(&s, b->leaves, 21, 30, "at 20\n");
	expect(&s, b->leaves, 20, 30, "signed\n");
	signer_close(&s);
	open_signer(b, &s);
	expect(&s, b->other, 0, 9, "refused\nlog_mismatch\n");
	expect(&s, b->other, 30, 31, "refused\nlog_mismatch\n");
	answer = ask(&s, b->leaves, 29, 31);
	assert_string_equal(answer, "at 30\n");
	free(answer);
	signer_close(&s);
}

/* "Persisted but not answered": whoever asks again gets the same bytes, in a later life too. */
static void
test_answers_again(void **state)
{
	struct bench *b = *state;
	struct log_signer s;
	char *first, *again;

	open_signer(b, &s);
	first = ask(&s, b->leaves, 0, 13);
	signer_close(&s);
	open_signer(b, &s);
	again = ask(&s, b->leaves, 13, 13);
	assert_string_equal(first, again);
	free(again);
	again = ask(&s, b->leaves, 0, 13);
	assert_string_equal(first, again);
	free(again);
	free(first);
	signer_close(&s);
}

/* The disk fails: no signature is given out, and none is thinkable that the file does not know. */
static void
test_never_signed_but_not_persisted(void **state)
{
	struct bench *b = *state;
	struct fault f = {0};
	struct log_signer s;

	open_signer(b, &s);
	assert_int_equal(mkdir(b->state_path, 0700), 0); /* no file can take its place */
	expect(&s, b->leaves, 0, 5, "refused\nfile\n");
	assert_int_equal(rmdir(b->state_path), 0);
	expect(&s, b->leaves, 5, 6, "at 0\n");
	expect(&s, b->leaves, 0, 5, "signed\n");
	signer_close(&s);
	assert_true(file_write(b->state_path, "rubbish", 7, 0600, &f));
	assert_false(signer_open(&s, ORIGIN, b->key_path, b->state_path, &f));
	assert_int_equal(f.code, FAULT_FILE_FORMAT);
}

static void
test_refuses_another_logs_state_and_a_readable_key(void **state)
{
	struct bench *b = *state;
	struct fault f = {0};
	struct log_signer s;

	open_signer(b, &s);
	expect(&s, b->leaves, 0, 5, "signed\n");
	signer_close(&s);
	assert_false(signer_open(&s, "example.org/other", b->key_path, b->state_path, &f));
	assert_int_equal(f.code, FAULT_FILE_FORMAT);
	f = (struct fault){0};
	assert_int_equal(chmod(b->key_path, 0640), 0);
	assert_false(signer_open(&s, ORIGIN, b->key_path, b->state_path, &f));
	assert_int_equal(f.code, FAULT_KEY_FILE_MODE);
}

/* A request cut anywhere, and with any bit another: an answer, never a signature. Only the size is
 * the word of who asks: hashes do not commit to it (signer.h). */
static void
test_garbage(void **state)
{
	struct bench *b = *state;
	struct tree_source tree = {b->leaves, 21};
	struct checkpoint c = {.origin = ORIGIN, .size = 21}, got;
	struct text request = {0}, answer = {0};
	struct merkle_proof proof;
	const char *size;
	struct log_signer s;

	open_signer(b, &s);
	expect(&s, b->leaves, 0, 13, "signed\n");
	tree_root(b->leaves, 21, c.root);
	assert_true(
	    merkle_prove_consistency(13, 21, &(struct merkle_source){tree_node, &tree}, &proof));
	text_add_str(&request, "old 13\n");
	path_print(&proof, &request);
	checkpoint_print(&c, &request);
	for (size_t n = 0; n < request.n; n++) {
		text_reset(&answer);
		signer_answer(&s, request.data, n, &answer);
		assert_true(begins(answer.data, "refused\n"));
	}
	size = strstr(request.data, "\n21\n") + 1;
	for (size_t bit = 0; bit < request.n * 8; bit++) {
		if (request.data + bit / 8 == size || request.data + bit / 8 == size + 1)
			continue;
		request.data[bit / 8] ^= (char)(1 << bit % 8);
		text_reset(&answer);
		signer_answer(&s, request.data, request.n, &answer);
		assert_false(begins(answer.data, "signed\n"));
		request.data[bit / 8] ^= (char)(1 << bit % 8);
	}
	text_reset(&answer);
	signer_answer(&s, request.data, request.n, &answer);
	assert_true(
	    checkpoint_open(answer.data + 7, answer.n - 7, ORIGIN, b->key.public, &got, NULL));
	text_clear(&request);
	text_clear(&answer);
	signer_close(&s);
}

/* ---- the leader's side; the child is this very program ---- */

static enum fault_code
sign(struct bench *b, struct signer_client *c, const hash_t *leaves, size_t size)
{
	struct tree_source tree = {leaves, size};
	struct text note = {0};
	struct checkpoint got;
	struct fault f = {0};
	hash_t root;
	bool done;

	tree_root(leaves, size, root);
	done =
	    signer_client_sign(c, size, root, &(struct merkle_source){tree_node, &tree}, &note, &f);
	assert_int_equal(done, f.code == FAULT_NONE);
	if (done) {
		assert_true(checkpoint_open(note.data, note.n, ORIGIN, b->key.public, &got, NULL));
		assert_int_equal(got.size, size);
	}
	text_clear(&note);
	return f.code;
}

static struct signer_client *
new_client(struct bench *b)
{
	struct fault f = {0};
	struct signer_client *c = signer_client_new(&b->options, b->vkey.data, &f);

	assert_non_null(c);
	return c;
}

static void
test_client_and_its_child(void **state)
{
	struct bench *b = *state;
	struct signer_client *c = new_client(b);

	assert_int_equal(sign(b, c, b->leaves, 1), FAULT_NONE);
	assert_int_equal(sign(b, c, b->leaves, 20), FAULT_NONE);
	assert_int_equal(sign(b, c, b->leaves, 20), FAULT_NONE);
	assert_int_equal(sign(b, c, b->leaves, 19), FAULT_LOG_MISMATCH);
	assert_int_equal(sign(b, c, b->other, 21), FAULT_LOG_MISMATCH);
	assert_int_equal(sign(b, c, b->leaves, 21), FAULT_NONE);
	signer_client_free(c);
	/* a client that knows nothing finds out where the signer is */
	c = new_client(b);
	assert_int_equal(sign(b, c, b->leaves, 33), FAULT_NONE);
	assert_int_equal(sign(b, c, b->other, 33), FAULT_LOG_MISMATCH);
	signer_client_free(c);
}

/* In each mode the first try fails, and a good signer brings the same history on. */
static void
test_child_that_fails(void **state)
{
	static const char *const modes[] = {
	    "dies", "dies persisted", "garbage", "huge", "another key", "restless", "silent"};
	struct bench *b = *state;
	struct signer_client *c = new_client(b);
	size_t size = 1;

	for (size_t i = 0; i < COUNT(modes); i++, size += 3) {
		assert_int_equal(setenv("SIGNER_MODE", modes[i], 1), 0);
		signer_client_free(c);
		c = new_client(b);
		assert_int_equal(sign(b, c, b->leaves, size), FAULT_SIGNER);
		unsetenv("SIGNER_MODE");
		signer_client_free(c);
		c = new_client(b);
		assert_int_equal(sign(b, c, b->leaves, size), FAULT_NONE);
	}
	/* the same client starts another child by itself */
	setenv("SIGNER_MODE", "dies", 1);
	signer_client_free(c);
	c = new_client(b);
	assert_int_equal(sign(b, c, b->leaves, size), FAULT_SIGNER);
	unsetenv("SIGNER_MODE");
	assert_int_equal(sign(b, c, b->leaves, size), FAULT_NONE);
	signer_client_free(c);
}

static void
test_client_needs_settings(void **state)
{
	struct bench *b = *state;
	struct fault f = {0};

	assert_null(signer_client_new(&b->options, "rubbish", &f));
	assert_int_equal(f.code, FAULT_OPTION);
	f = (struct fault){0};
	b->options.log_key = "";
	assert_null(signer_client_new(&b->options, b->vkey.data, &f));
	assert_int_equal(f.code, FAULT_OPTION);
	b->options.signer_socket = "/nonexistent/socket";
	struct signer_client *c = new_client(b);
	assert_int_equal(sign(b, c, b->leaves, 1), FAULT_SIGNER);
	signer_client_free(c);
}

/* One request, badly served. */
static void
serve_badly(const char *mode, struct log_signer *s)
{
	static const uint8_t huge[4] = {0xff, 0xff, 0xff, 0xff};
	int64_t until_ms = frame_now_ms() + 5000;
	struct text request = {0}, answer = {0};
	bool known = true;

	if (!frame_read(STDIN_FILENO, &request, until_ms))
		_exit(1);
	if (strcmp(mode, "dies") == 0)
		raise(SIGKILL);
	else if (strcmp(mode, "silent") == 0)
		pause();
	else if (strcmp(mode, "garbage") == 0)
		text_add_str(&answer, "\n\nsigned");
	else if (strcmp(mode, "restless") == 0)
		text_add_str(&answer, "at 0\n");
	else if (strcmp(mode, "huge") == 0)
		known = write(STDIN_FILENO, huge, sizeof(huge)) == sizeof(huge);
	else
		signer_answer(s, request.data, request.n, &answer);
	if (strcmp(mode, "dies persisted") == 0)
		raise(SIGKILL);
	if (!known || !frame_write(STDIN_FILENO, &answer, until_ms))
		_exit(1);
	text_clear(&request);
	text_clear(&answer);
}

static int
act_as_signer(int argc, char **argv)
{
	const char *mode = getenv("SIGNER_MODE");
	struct options o = {0};
	struct fault f = {0};
	struct log_signer s;
	int rest;
	bool done;

	if (!options_read(&o, argc, argv, 2, &rest, &f))
		return 1;
	if (mode == NULL) {
		done = signer_serve(&o, &f);
		options_clear(&o);
		return done ? 0 : 1;
	}
	if (!signer_open(&s, o.origin, o.log_key, o.signer_state, &f))
		return 1;
	if (strcmp(mode, "another key") == 0)
		keypair_make(&s.key);
	for (;;)
		serve_badly(mode, &s);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	    TEST(test_signs_what_extends),
	    TEST(test_never_two_histories),
	    TEST(test_answers_again),
	    TEST(test_never_signed_but_not_persisted),
	    TEST(test_refuses_another_logs_state_and_a_readable_key),
	    TEST(test_garbage),
	    TEST(test_client_and_its_child),
	    TEST(test_child_that_fails),
	    TEST(test_client_needs_settings),
#undef TEST
	};

	if (!crypto_start())
		return 1;
	signal(SIGPIPE, SIG_IGN);
	if (!log_set_level("error")) /* refusals are warnings, and here thousands */
		return 1;
	if (argc > 1 && strcmp(argv[1], "signer") == 0)
		return act_as_signer(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
