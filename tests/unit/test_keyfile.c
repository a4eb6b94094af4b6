/* test_keyfile.c — keys as openssl and ssh-keygen write them, and what is refused by what it is.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "encode.h"
#include "file.h"
#include "keyfile.h"
#include "unit.h"

/* openssl genpkey -algorithm ed25519; its public half; its signature over "The quick brown fox" by
 * openssl pkeyutl -sign -rawin. Keys in this file protect nothing. */
static const char openssl_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIHtNasNIeSmsO9fChyVc9d35Vd7HtcAXjIJZg0m79Om2\n"
    "-----END PRIVATE KEY-----\n";
static const char openssl_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAV5ObnYH58mBV7zYZd3xMchI2jfs8s96JBYhtpOtc4Ww=\n"
    "-----END PUBLIC KEY-----\n";
static const char openssl_signature[] =
    "8a932411e2108ff603fcbdeb1286ac39097225c3191e9971901fa7c50c5a6e99a462e664e8f9e7650d54f5a0feec57"
    "38ece05152acf56806d6ff72cc10304f03";
static const char openssl_key_hex[] =
    "57939b9d81f9f26055ef3619777c4c7212368dfb3cb3de8905886da4eb5ce16c";

/* RFC 8410 §10.1 and §10.3: version 1; version 2 with an attribute and the public key. */
static const char rfc8410_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";
static const char rfc8410_v1[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";
static const char rfc8410_v2[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n"
    "Z9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PRIVATE KEY-----\n";
static const char rfc8410_v2_other_public[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB\n"
    "Z9w7lshQhqowtrbLDFw4rXAxZuI=\n"
    "-----END PRIVATE KEY-----\n";

/* ssh-keygen -t ed25519 */
static const char ssh_public[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDzDrzzrdDqEi/uq3SVElO3i5U1fHLDIdF7z28/z8mLy "
    "someone@example\n";
static const char ssh_key_hex[] =
    "3cc3af3ceb743a848bfbaadd254494ede2e54d5f1cb0c8745ef3dbcff3f262f2";
static const char ssh_rsa_public[] =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDN04xp/3ZRBCsAeGirq1HN0DkPmqngzk7PmKJoAP1VekdBpGvp x\n";
static const char ssh_private[] =
    "-----BEGIN OPENSSH PRIVATE KEY-----\n"
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW\n"
    "QyNTUxOQAAACA8w68863Q6hIv7qt0lRJTt4uVNXxywyHRe89vP8/Ji8gAAAJgjK+PlIyvj\n"
    "5QAAAAtzc2gtZWQyNTUxOQAAACA8w68863Q6hIv7qt0lRJTt4uVNXxywyHRe89vP8/Ji8g\n"
    "AAAEBtRujRgY7HDlFCvp7RHROcQMTSmFPDypbk7WDzX6XdJzzDrzzrdDqEi/uq3SVElO3i\n"
    "5U1fHLDIdF7z28/z8mLyAAAAD3NvbWVvbmVAZXhhbXBsZQECAwQFBg==\n"
    "-----END OPENSSH PRIVATE KEY-----\n";

static const char encrypted[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
				"MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgrZZ5YT43XgQICCAAw\n"
				"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEECmrXAZfYDSWM7aVNIcnOt4EQKPW\n"
				"4hb1F6EQafrFwCu2GYsArckhZ1GaOuGcMWLsfI5hhcI6Wg1qmfc8Prvtuu3vMrYf\n"
				"P2TiQRC5e4g03HJxNls=\n"
				"-----END ENCRYPTED PRIVATE KEY-----\n";
static const char rsa_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC2LzstYmqSfItgApvBG2w5CMj2\n"
    "QUB856TwbUttbLC0ZX5EW+SSKqz3KHWAt+O/LnCcVuCgBXLzFlo97iB+spZ1bjvd\n"
    "purxzsjE1DUUpG5dXIvdzPVkhjQ0xF8zzteBJIAr1IOuPYikC8htMtSt0AdsSXlh\n"
    "1oYbAMf0MfPOXpyfowIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
static const char ec_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcd/IoTwJt/Ou2te5\n"
    "pMhV26ztyTB8WAlHFGyu46j0L++hRANCAAQF0vrmwb56f01V8YKll6zc2rnjy/9f\n"
    "H7uzXp+hwq8jci2qWWt9vPQTyGglHgUc32Wji7wjwJ2yQwuLmkYJsMhV\n"
    "-----END PRIVATE KEY-----\n";
static const char ec_private_old[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEIHHfyKE8CbfzrtrXuaTIVdus7ckwfFgJRxRsruOo9C/voAoGCCqGSM49\n"
    "AwEHoUQDQgAEBdL65sG+en9NVfGCpZes3Nq548v/Xx+7s16focKvI3Itqllrfbz0\n"
    "E8hoJR4FHN9lo4u8I8CdskMLi5pGCbDIVQ==\n"
    "-----END EC PRIVATE KEY-----\n";
static const char x25519_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VuBCIEICAUaLtrPTAZOfKsXaNNwK7EcZir3Wnp6v5q3xBqM4xq\n"
    "-----END PRIVATE KEY-----\n";
static const char ed448_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MEcCAQAwBQYDK2VxBDsEOR2Y7ly6CNw/PzSDUmohtLM17mEZnX34YzNYobovOtcg\n"
    "cA7IqrYSnSDW4dKwjWfkVadXBC9p1GVSGA==\n"
    "-----END PRIVATE KEY-----\n";

static char folder[200];

static int
start(void **state)
{
	const char *base = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%s/assay-test-XXXXXX", base ? base : "/tmp");
	return crypto_start() && mkdtemp(folder) != NULL ? 0 : -1;
}

static int
finish(void **state)
{
	(void)state;
	return rmdir(folder);
}

static bool
read_private(const char *pem, struct keypair *out, struct fault *f)
{
	return key_read_private(pem, strlen(pem), out, f);
}

static bool
read_public(const char *text, uint8_t out[KEY_SIZE], struct fault *f)
{
	return key_read_public(text, strlen(text), out, f);
}

static void
expect_key(const uint8_t key[KEY_SIZE], const char *hex)
{
	char got[HEX32_SIZE];

	hex_print(key, KEY_SIZE, got);
	assert_string_equal(got, hex);
}

static void
test_openssl_keys(void **state)
{
	static const char message[] = "The quick brown fox";
	uint8_t public[KEY_SIZE], expected[SIGNATURE_SIZE], made[SIGNATURE_SIZE];
	struct keypair k;

	(void)state;
	assert_true(read_private(openssl_private, &k, NULL));
	expect_key(k.public, openssl_key_hex);
	assert_true(read_public(openssl_public, public, NULL));
	assert_memory_equal(public, k.public, KEY_SIZE);
	assert_true(hex_parse(openssl_signature, expected, sizeof(expected)));
	keypair_sign(&k, (const uint8_t *)message, strlen(message), made);
	assert_memory_equal(made, expected, sizeof(made));
	assert_true(crypto_verify(public, (const uint8_t *)message, strlen(message), expected));
}

static void
test_prints_the_bytes_openssl_prints(void **state)
{
	struct text t = {0};
	struct keypair k;

	(void)state;
	assert_true(read_private(openssl_private, &k, NULL));
	key_print_private(&k, &t);
	assert_string_equal(t.data, openssl_private);
	text_reset(&t);
	key_print_public(k.public, &t);
	assert_string_equal(t.data, openssl_public);
	text_clear(&t);
}

static void
test_rfc8410_keys(void **state)
{
	struct keypair one, two;
	uint8_t public[KEY_SIZE];
	struct fault f = {0};

	(void)state;
	assert_true(read_private(rfc8410_v1, &one, NULL));
	assert_true(read_private(rfc8410_v2, &two, NULL));
	assert_true(read_public(rfc8410_public, public, NULL));
	assert_memory_equal(&one, &two, sizeof(one));
	assert_memory_equal(one.public, public, KEY_SIZE);
	assert_false(read_private(rfc8410_v2_other_public, &two, &f));
	assert_non_null(strstr(f.got, "not the private key's"));
}

static void
test_public_lines(void **state)
{
	static const char bare[] = "V5ObnYH58mBV7zYZd3xMchI2jfs8s96JBYhtpOtc4Ww=";
	uint8_t public[KEY_SIZE];
	char text[200];

	(void)state;
	assert_true(read_public(ssh_public, public, NULL));
	expect_key(public, ssh_key_hex);
	assert_true(key_read_public(ssh_public, strlen(ssh_public) - 17, public, NULL));
	expect_key(public, ssh_key_hex);
	assert_true(read_public(bare, public, NULL));
	expect_key(public, openssl_key_hex);
	snprintf(text, sizeof(text), "  %s\r\n", bare);
	assert_true(read_public(text, public, NULL));
	expect_key(public, openssl_key_hex);
	snprintf(text, sizeof(text), "A remark before.\n%sAnd one behind.\n", openssl_public);
	assert_true(read_public(text, public, NULL));
	expect_key(public, openssl_key_hex);
}

static void
test_windows_line_ends(void **state)
{
	struct text t = {0};
	struct keypair k;

	(void)state;
	for (const char *at = openssl_private; *at != 0; at++) {
		text_add_str(&t, *at == '\n' ? "\r" : "");
		text_add(&t, at, 1);
	}
	assert_true(key_read_private(t.data, t.n, &k, NULL));
	expect_key(k.public, openssl_key_hex);
	text_clear(&t);
}

static void
test_private_refusals_name_what_was_found(void **state)
{
	static const struct {
		const char *pem;
		const char *words;
	} rows[] = {
	    {"", "an empty file"},
	    {"hello\n", "no PEM block"},
	    {encrypted, "encrypted"},
	    {ssh_private, "OpenSSH"},
	    {ec_private, "ECDSA"},
	    {ec_private_old, "ECDSA"},
	    {x25519_private, "X25519"},
	    {ed448_private, "Ed448"},
	    {openssl_public, "a public key"},
	    {"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "RSA"},
	    {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate"},
	    {"-----BEGIN OTHER-----\nAAAA\n-----END OTHER-----\n", "\"OTHER\""},
	    {"-----BEGIN PRIVATE KEY-----\nAAAA\n", "end line"},
	    {"-----BEGIN PRIVATE KEY-----\nA*AA\n-----END PRIVATE KEY-----\n", "base64"},
	    {"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "damaged"},
	    {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "damaged"},
	    {"-----BEGIN PRIVATE KEY", "no PEM block"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = {0};
		struct keypair k;

		assert_false(read_private(rows[i].pem, &k, &f));
		assert_int_equal(f.code, FAULT_KEY_FILE);
		if (strstr(f.got, rows[i].words) == NULL)
			fail_msg("row %zu: %s", i, f.got);
	}
}

static void
test_public_refusals_name_what_was_found(void **state)
{
	static const struct {
		const char *text;
		const char *words;
	} rows[] = {
	    {"", "an empty file"},
	    {" \n", "an empty file"},
	    {"hello", "no key"},
	    {openssl_private, "a private key"},
	    {rsa_public, "RSA"},
	    {ssh_rsa_public, "ssh-rsa"},
	    {"ssh-ed25519", "another key"},
	    {"ssh-ed25519 AAAA", "another key"},
	    {"ssh-ed25519 A*AA", "base64"},
	    {"sk-ssh-ed25519@openssh.com AAAA", "sk-ssh-ed25519@openssh.com"},
	    {"ecdsa-sha2-nistp256 AAAA", "ecdsa-sha2-nistp256"},
	    {"V5ObnYH58mBV7zYZd3xMchI2jfs8s96JBYhtpOtc4Ww", "no key"},
	    {"V5ObnYH58mBV7zYZd3xMchI2jfs8s96JBYhtpOtc4Ww= x", "no key"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault f = {0};
		uint8_t key[KEY_SIZE];

		assert_false(read_public(rows[i].text, key, &f));
		assert_int_equal(f.code, FAULT_KEY_FILE);
		if (strstr(f.got, rows[i].words) == NULL)
			fail_msg("row %zu: %s", i, f.got);
	}
}

static void
add_pem(const uint8_t *der, size_t n, struct text *out)
{
	text_reset(out);
	text_add_str(out, "-----BEGIN PRIVATE KEY-----\n");
	base64_print(der, n, out);
	text_add_str(out, "\n-----END PRIVATE KEY-----\n");
}

/* The DER of rfc8410_v2: cut anywhere or longer it is refused, and no changed byte of its structure
 * passes but those of the attribute's content. */
static void
test_damaged_der_is_refused(void **state)
{
	struct text t = {0};
	uint8_t *der;
	size_t n;
	struct keypair k;

	(void)state;
	for (const char *at = strchr(rfc8410_v2, '\n'); *at != '-'; at++)
		text_add(&t, at, *at != '\n');
	assert_true(base64_parse_any(t.data, t.n, &der, &n));
	assert_int_equal(n, 116);
	for (size_t cut = 0; cut < n; cut++) {
		add_pem(der, cut, &t);
		assert_false(key_read_private(t.data, t.n, &k, NULL));
	}
	add_pem(der, n + 1, &t); /* the NUL behind it */
	assert_false(key_read_private(t.data, t.n, &k, NULL));
	for (size_t i = 0; i < n; i++) {
		der[i] ^= 0x55;
		add_pem(der, n, &t);
		assert_true(key_read_private(t.data, t.n, &k, NULL) == (i >= 50 && i < 81));
		der[i] ^= 0x55;
	}
	free(der);
	text_clear(&t);
}

/* Lengths in a form longer than needed are BER, not DER. */
static void
test_long_lengths_are_refused(void **state)
{
	static const char long_form[] =
	    "-----BEGIN PRIVATE KEY-----\n"
	    "MIEuAgEAMAUGAytlcAQiBCDU7nLb+RNYStW22PH3afitOv58KMvx1PvgoKiPRHVYQg==\n"
	    "-----END PRIVATE KEY-----\n";
	struct fault f = {0};
	struct keypair k;

	(void)state;
	assert_false(read_private(long_form, &k, &f));
	assert_non_null(strstr(f.got, "damaged"));
}

static void
test_files(void **state)
{
	char *path = path_join(folder, "key.pem");
	struct keypair made, loaded;
	struct fault f = {0};
	struct stat st;

	(void)state;
	keypair_make(&made);
	assert_true(keyfile_save(path, &made, &f));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(keyfile_load(path, &loaded, &f));
	assert_memory_equal(&made, &loaded, sizeof(made));
	assert_int_equal(unlink(path), 0);
	free(path);
}

static void
test_no_key_is_overwritten(void **state)
{
	char *path = path_join(folder, "key.pem");
	struct keypair first, second, loaded;
	struct fault f = {0};

	(void)state;
	keypair_make(&first);
	keypair_make(&second);
	assert_true(keyfile_save(path, &first, NULL));
	assert_false(keyfile_save(path, &second, &f));
	assert_int_equal(f.code, FAULT_KEY_FILE);
	assert_string_equal(f.path, path);
	assert_true(keyfile_load(path, &loaded, NULL));
	assert_memory_equal(&loaded, &first, sizeof(first));
	assert_int_equal(unlink(path), 0);
	free(path);
}

static void
test_modes(void **state)
{
	static const mode_t open_modes[] = {0640, 0604, 0660, 0644, 0666, 0610, 0601};
	char *path = path_join(folder, "key.pem");
	char fix[256];
	struct keypair k;

	(void)state;
	assert_true(file_write(path, openssl_private, strlen(openssl_private), 0400, NULL));
	assert_true(keyfile_load(path, &k, NULL));
	snprintf(fix, sizeof(fix), "chmod 600 %s", path);
	for (size_t i = 0; i < COUNT(open_modes); i++) {
		struct fault f = {0};

		assert_int_equal(chmod(path, open_modes[i]), 0);
		assert_false(keyfile_load(path, &k, &f));
		assert_int_equal(f.code, FAULT_KEY_FILE_MODE);
		assert_string_equal(f.path, path);
		assert_non_null(strstr(f.expected, fix));
		assert_int_equal(strtol(f.got + strlen("mode "), NULL, 8), open_modes[i]);
	}
	assert_int_equal(unlink(path), 0);
	free(path);
}

static void
expect_load_fault(const char *path, const char *words)
{
	struct fault f = {0};
	struct keypair k;

	assert_false(keyfile_load(path, &k, &f));
	assert_int_equal(f.code, FAULT_KEY_FILE);
	assert_string_equal(f.path, path);
	assert_non_null(strstr(f.got, words));
}

static void
test_files_that_are_no_keys(void **state)
{
	char *path = path_join(folder, "key.pem"), *large = calloc(1, KEYFILE_MAX_BYTES + 1);

	(void)state;
	expect_load_fault(path, "No such file");
	expect_load_fault(folder, "a folder");
	assert_true(file_write(path, encrypted, strlen(encrypted), 0600, NULL));
	expect_load_fault(path, "encrypted");
	assert_true(file_write(path, large, KEYFILE_MAX_BYTES + 1, 0600, NULL));
	expect_load_fault(path, "more");
	assert_true(file_write(path, large, KEYFILE_MAX_BYTES, 0600, NULL));
	expect_load_fault(path, "no PEM block");
	assert_int_equal(unlink(path), 0);
	free(large);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_openssl_keys),
	    cmocka_unit_test(test_prints_the_bytes_openssl_prints),
	    cmocka_unit_test(test_rfc8410_keys),
	    cmocka_unit_test(test_public_lines),
	    cmocka_unit_test(test_windows_line_ends),
	    cmocka_unit_test(test_private_refusals_name_what_was_found),
	    cmocka_unit_test(test_public_refusals_name_what_was_found),
	    cmocka_unit_test(test_damaged_der_is_refused),
	    cmocka_unit_test(test_long_lengths_are_refused),
	    cmocka_unit_test(test_files),
	    cmocka_unit_test(test_no_key_is_overwritten),
	    cmocka_unit_test(test_modes),
	    cmocka_unit_test(test_files_that_are_no_keys),
	};

	return cmocka_run_group_tests(tests, start, finish);
}
