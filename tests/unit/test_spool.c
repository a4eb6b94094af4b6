/* test_spool.c — key, pin and spool of the runner: nothing is lost, nothing is there twice.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "explain.h"
#include "file.h"
#include "home_fixture.h"
#include "json.h"
#include "pin.h"
#include "remote.h"
#include "spool.h"
#include "unit.h"

#define DIGEST "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct home_fixture h;

static int
setup(void **state)
{
	(void)state;
	if (!crypto_start())
		return 1;
	home_fixture_open(&h);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	home_fixture_close(&h);
	return 0;
}

/* Sign a statement as of `now` and take it into the spool; id is told. */
static void
take_signed(enum kind kind, json_t *body, int64_t now, char id[HEX32_SIZE])
{
	struct text envelope = {0};
	struct fault f = {0};
	bool fresh;

	assert_non_null(body);
	if (!statement_sign(kind, body, &h.key, now, &envelope, NULL, &f))
		fail_msg("%s: %s", f.path, f.got);
	assert_true(spool_take(&h.home, envelope.data, envelope.n, id, &fresh, &f));
	assert_true(fresh);
	assert_true(spool_take(&h.home, envelope.data, envelope.n, id, &fresh, &f));
	assert_false(fresh);
	text_clear(&envelope);
	json_decref(body);
}

static void
take_submission(int64_t now, char id[HEX32_SIZE])
{
	take_signed(KIND_SUBMISSION,
	    json_pack("{s:s, s:{s:s, s:i, s:s}, s:{s:s}, s:{s:s}, s:{s:{s:s}, s:[]}, s:[{s:s, s:f, "
		      "s:i}], "
		      "s:{s:s, s:s}}",
		"audience", "log.example", "suite", "name", "throughput", "version", 1, "digest",
		DIGEST, "model", "name", "org/model", "engine", "name", "llama.cpp", "hardware",
		"cpu", "name", "cpu", "accelerators", "results", "metric", "decode", "value", 1.5,
		"n", 1, "runner", "name", "test", "version", "1"),
	    now, id);
}

static void
take_enrolment(int64_t now, char id[HEX32_SIZE])
{
	take_signed(KIND_ENROLMENT,
	    json_pack("{s:s, s:s, s:[], s:s, s:s}", "audience", "log.example", "name", "Ada",
		"links", "terms", DIGEST, "pow", "0000000000000000"),
	    now, id);
}

static void
test_key_is_made_once(void **state)
{
	struct keypair again;
	struct fault f = {0};
	struct stat st;
	bool made = true;

	(void)state;
	assert_true(home_key_make(&h.home, &again, &made, &f));
	assert_false(made);
	assert_memory_equal(again.public, h.key.public, KEY_SIZE);
	assert_int_equal(stat(h.home.key, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(chmod(h.home.key, 0640), 0);
	assert_false(home_key(&h.home, &again, &f));
	assert_int_equal(f.code, FAULT_KEY_FILE_MODE);
	assert_int_equal(fault_info(f.code)->exit_code, EXIT_CODE_LOCAL);
}

static void
test_no_key(void **state)
{
	struct keypair key;
	struct fault f = {0};

	(void)state;
	assert_int_equal(unlink(h.home.key), 0);
	assert_false(home_key(&h.home, &key, &f));
	assert_int_equal(f.code, FAULT_KEY_FILE);
	assert_non_null(strstr(f.expected, "keygen"));
}

static void
test_order(void **state)
{
	char young[HEX32_SIZE], old[HEX32_SIZE], enrolment[HEX32_SIZE];
	struct spool_list list;
	struct fault f = {0};

	(void)state;
	take_submission(2000, young);
	take_submission(1000, old);
	take_enrolment(3000, enrolment);
	assert_true(spool_list(&h.home, true, &list, &f));
	assert_int_equal(list.n, 3);
	assert_string_equal(list.entries[0].id, enrolment);
	assert_string_equal(list.entries[1].id, old);
	assert_string_equal(list.entries[2].id, young);
	assert_int_equal(list.damaged_n, 0);
	spool_list_clear(&list);
}

static enum place
place_of(const char *id, json_t **note)
{
	struct spool_list list;
	struct fault f = {0};
	enum place place = PLACE__MAX;
	size_t found = 0;

	assert_true(spool_list(&h.home, true, &list, &f));
	for (size_t i = 0; i < list.n; i++)
		if (strcmp(list.entries[i].id, id) == 0) {
			place = list.entries[i].place;
			*note = spool_note(&h.home, &list.entries[i]);
			found++;
		}
	assert_int_equal(found, place != PLACE__MAX);
	spool_list_clear(&list);
	return place;
}

static void
test_life_of_a_statement(void **state)
{
	json_t *why = json_pack("{s:s}", "code", "not_enrolled"),
	       *answer = json_pack("{s:s}", "id", "x");
	json_t *note = NULL;
	char id[HEX32_SIZE];
	struct fault f = {0};

	(void)state;
	take_submission(1000, id);
	assert_int_equal(place_of(id, &note), PLACE_WAITING);
	assert_null(note);
	assert_true(spool_refuse(&h.home, id, why, &f));
	assert_int_equal(place_of(id, &note), PLACE_REFUSED);
	assert_string_equal(json_get_text(note, "code"), "not_enrolled");
	json_decref(note);
	assert_true(spool_acknowledge(&h.home, id, answer, &f));
	assert_int_equal(place_of(id, &note), PLACE_SENT);
	assert_string_equal(json_get_text(note, "id"), "x");
	json_decref(note);
	assert_int_equal(files_in(h.home.spool, ""), 0);
	json_decref(why);
	json_decref(answer);
}

static void
test_sent_stays_sent(void **state)
{
	json_t *answer = json_object(), *note = NULL;
	char id[HEX32_SIZE], *path, *envelope = NULL;
	struct fault f = {0};
	bool fresh = true;
	size_t n = 0;

	(void)state;
	take_submission(1000, id);
	assert_true(spool_acknowledge(&h.home, id, answer, &f));
	assert_int_equal(asprintf(&path, "%s/%s.json", h.home.sent, id) > 0, 1);
	assert_true(file_read(path, ENVELOPE_MAX_BYTES, &envelope, &n, &f));
	assert_true(spool_take(&h.home, envelope, n - 1, id, &fresh, &f));
	assert_false(fresh);
	assert_int_equal(place_of(id, &note), PLACE_SENT);
	json_decref(note);
	json_decref(answer);
	free(envelope);
	free(path);
}

static void
test_dropped(void **state)
{
	char id[HEX32_SIZE];
	json_t *note = NULL;
	struct fault f = {0};

	(void)state;
	take_enrolment(1000, id);
	assert_true(spool_drop(&h.home, id, &f));
	assert_int_equal(place_of(id, &note), PLACE__MAX);
	assert_true(spool_drop(&h.home, id, &f));
}

/* Killed between the answer's file and the move: the statement still waits and is sent again. */
static void
test_half_acknowledged(void **state)
{
	char id[HEX32_SIZE], path[256];
	json_t *note = NULL, *answer = json_object();
	struct fault f = {0};

	(void)state;
	take_submission(1000, id);
	snprintf(path, sizeof(path), "%s/%s.answer.json", h.home.sent, id);
	assert_true(file_write(path, "{}\n", 3, 0600, &f));
	assert_int_equal(place_of(id, &note), PLACE_WAITING);
	assert_true(spool_acknowledge(&h.home, id, answer, &f));
	assert_int_equal(place_of(id, &note), PLACE_SENT);
	json_decref(note);
	json_decref(answer);
}

static void
test_damaged(void **state)
{
	char id[HEX32_SIZE], path[256];
	struct spool_list list;
	struct fault f = {0};

	(void)state;
	take_submission(1000, id);
	snprintf(path, sizeof(path), "%s/%s.json", h.home.spool, DIGEST);
	assert_true(file_write(path, "{\"pay", 5, 0600, &f));
	assert_true(spool_list(&h.home, false, &list, &f));
	assert_int_equal(list.n, 1);
	assert_string_equal(list.entries[0].id, id);
	assert_int_equal(list.damaged_n, 1);
	assert_int_equal(list.damaged[0].code, FAULT_SPOOL);
	assert_string_equal(list.damaged[0].path, path);
	spool_list_clear(&list);
}

/* A statement under the name of another one is not sent as that. */
static void
test_misnamed(void **state)
{
	char id[HEX32_SIZE], from[256], to[256];
	struct spool_list list;
	struct fault f = {0};

	(void)state;
	take_submission(1000, id);
	snprintf(from, sizeof(from), "%s/%s.json", h.home.spool, id);
	snprintf(to, sizeof(to), "%s/%s.json", h.home.spool, DIGEST);
	assert_int_equal(rename(from, to), 0);
	assert_true(spool_list(&h.home, false, &list, &f));
	assert_int_equal(list.n, 0);
	assert_int_equal(list.damaged_n, 1);
	spool_list_clear(&list);
}

static void
test_unwritable(void **state)
{
	char id[HEX32_SIZE];
	struct spool_list list;
	struct fault f = {0}, g = {0};

	(void)state;
	take_submission(1000, id);
	assert_int_equal(rename(h.home.spool, h.home.imports), 0);
	assert_true(file_write(h.home.spool, "", 0, 0600, &f));
	assert_false(spool_list(&h.home, false, &list, &f));
	assert_int_equal(f.code, FAULT_SPOOL);
	assert_int_equal(fault_info(f.code)->exit_code, EXIT_CODE_LOCAL);
	spool_list_clear(&list);
	assert_false(spool_refuse(&h.home, id, json_null(), &g));
	assert_int_equal(g.code, FAULT_SPOOL);
}

static void
test_leftovers_are_swept(void **state)
{
	char path[256];
	struct fault f = {0};
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/.assay-abcdef", h.home.spool);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	close(h.home.lock);
	assert_true(home_make(&h.home, &f));
	assert_int_equal(access(path, F_OK), -1);
}

static void
test_pin(void **state)
{
	struct pin pin = {.url = "https://assay.example",
	    .origin = "assay.example/log",
	    .vkey = "v",
	    .name = "Ada",
	    .first_config = DIGEST};
	struct policy policy = {
	    .origin = pin.origin, .vkey = pin.vkey, .first_config = pin.first_config};
	struct pin again;
	struct fault f = {0};

	(void)state;
	assert_false(pin_need(&h.home, &again, &f));
	assert_int_equal(f.code, FAULT_NOT_ENROLLED_HERE);
	f.code = FAULT_NONE;
	assert_true(pin_save(&h.home, &pin, &f));
	assert_true(pin_need(&h.home, &again, &f));
	assert_string_equal(again.url, pin.url);
	assert_string_equal(again.name, "Ada");
	assert_string_equal(again.enrolment, "");
	assert_true(pin_check(&again, &policy, &f));
	policy.vkey = "w";
	assert_false(pin_check(&again, &policy, &f));
	assert_int_equal(f.code, FAULT_SERVER_IDENTITY);
	assert_int_equal(fault_info(f.code)->exit_code, EXIT_CODE_IDENTITY);
	assert_string_equal(f.expected, "v (pinned)");
	assert_string_equal(f.got, "w");
}

static void
test_damaged_pin(void **state)
{
	struct pin pin;
	struct fault f = {0};

	(void)state;
	assert_true(file_write(h.home.pin, "{\"url\":\"https://a\"}", 19, 0600, &f));
	assert_false(pin_load(&h.home, &pin, &f));
	assert_int_equal(f.code, FAULT_FILE_FORMAT);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(test_key_is_made_once),
	    CASE(test_no_key),
	    CASE(test_order),
	    CASE(test_life_of_a_statement),
	    CASE(test_sent_stays_sent),
	    CASE(test_dropped),
	    CASE(test_half_acknowledged),
	    CASE(test_damaged),
	    CASE(test_misnamed),
	    CASE(test_unwritable),
	    CASE(test_leftovers_are_swept),
	    CASE(test_pin),
	    CASE(test_damaged_pin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
