/* keyfile.c — Ed25519 keys in files: PKCS#8 and SPKI PEM (RFC 8410), ssh-ed25519 public lines.
 * SPDX-License-Identifier: Apache-2.0 */
#include "keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "encode.h"
#include "file.h"

#define PRIVATE_EXPECTED "an Ed25519 private key in PKCS#8 PEM, not encrypted (RFC 8410)"
#define PUBLIC_EXPECTED                                                                            \
	"an Ed25519 public key: SPKI PEM, an ssh-ed25519 line, or base64 of 32 bytes"
#define LABEL_MAX 64
#define SSH_WORD "ssh-ed25519"

enum der_tag {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_ATTRIBUTES = 0xa0, /* [0] IMPLICIT SET, RFC 5958 §2 */
	DER_PUBLIC_KEY = 0x81, /* [1] IMPLICIT BIT STRING, RFC 5958 §2 */
};

/* Bytes not yet read. */
struct der {
	const uint8_t *at;
	size_t n;
};

struct algorithm {
	const char *name;
	size_t n;
	uint8_t oid[9];
};

static const struct algorithm ed25519 = {"Ed25519", 3, {0x2b, 0x65, 0x70}};

/* Only to be able to say what was found. */
static const struct algorithm others[] = {
    {"an X25519 key, which cannot sign", 3, {0x2b, 0x65, 0x6e}},
    {"an X448 key, which cannot sign", 3, {0x2b, 0x65, 0x6f}},
    {"an Ed448 key", 3, {0x2b, 0x65, 0x71}},
    {"an RSA key", 9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01}},
    {"an elliptic-curve (ECDSA) key", 7, {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01}},
    {"a DSA key", 7, {0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01}},
};

/* What a PEM block's label says of its content, where it is not what was asked for. */
static const struct {
	const char *label;
	const char *meaning;
} labels[] = {
    {"ENCRYPTED PRIVATE KEY",
	"an encrypted private key; decrypt it with `openssl pkey -in FILE -out NEW`"},
    {"OPENSSH PRIVATE KEY", "an OpenSSH private key, which is another format"},
    {"RSA PRIVATE KEY", "an RSA private key"},
    {"EC PRIVATE KEY", "an elliptic-curve (ECDSA) private key"},
    {"DSA PRIVATE KEY", "a DSA private key"},
    {"PRIVATE KEY", "a private key; a public one is needed here"},
    {"PUBLIC KEY", "a public key; the private one is needed here"},
    {"RSA PUBLIC KEY", "an RSA public key"},
    {"CERTIFICATE", "a certificate"},
};

static bool
refuse(const char *expected, const char *got, struct fault *f)
{
	return fault_set(f, FAULT_KEY_FILE, "", expected, "%s", got);
}

/* Read a length in DER: the shortest form, nothing over 65535 (no key comes near). */
static bool
read_length(struct der *in, size_t *out)
{
	size_t first, bytes;

	if (in->n == 0)
		return false;
	first = *in->at++;
	in->n--;
	*out = first;
	if (first < 0x80)
		return true;
	bytes = first - 0x80;
	if (bytes < 1 || bytes > 2 || in->n < bytes)
		return false;
	*out = bytes == 1 ? in->at[0] : (size_t)in->at[0] << 8 | in->at[1];
	in->at += bytes;
	in->n -= bytes;
	return *out >= (bytes == 1 ? 0x80u : 0x100u);
}

/* Take the next element, which must have this tag. */
static bool
der_take(struct der *in, enum der_tag tag, struct der *out)
{
	struct der rest = *in;
	size_t n;

	if (rest.n == 0 || *rest.at != tag)
		return false;
	rest.at++;
	rest.n--;
	if (!read_length(&rest, &n) || n > rest.n)
		return false;
	*out = (struct der){rest.at, n};
	*in = (struct der){rest.at + n, rest.n - n};
	return true;
}

static bool
der_is(const struct der *d, const uint8_t *bytes, size_t n)
{
	return d->n == n && memcmp(d->at, bytes, n) == 0;
}

/* AlgorithmIdentifier; Ed25519 has no parameters (RFC 8410 §3). */
static bool
check_algorithm(struct der *in, const char *expected, struct fault *f)
{
	struct der algorithm, oid;

	if (!der_take(in, DER_SEQUENCE, &algorithm) || !der_take(&algorithm, DER_OID, &oid))
		return refuse(expected, "damaged DER where the algorithm should stand", f);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (der_is(&oid, others[i].oid, others[i].n))
			return refuse(expected, others[i].name, f);
	if (!der_is(&oid, ed25519.oid, ed25519.n))
		return refuse(expected, "a key of an unknown algorithm", f);
	return algorithm.n == 0 || refuse(expected, "Ed25519 with parameters", f);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Decode base64 in lines between the PEM borders to new *out. */
static bool
decode_lines(const char *s, size_t n, uint8_t **out, size_t *out_n)
{
	char *packed = malloc(n + 1);
	size_t used = 0;
	bool done;

	if (packed == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_blank(s[i]))
			packed[used++] = s[i];
	done = used % 4 == 0 && base64_parse_any(packed, used, out, out_n);
	crypto_wipe(packed, n + 1);
	free(packed);
	return done;
}

static const char *
find(const char *at, const char *end, const char *what)
{
	return memmem(at, (size_t)(end - at), what, strlen(what));
}

static bool
wrong_label(const char *label, const char *expected, struct fault *f)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(label, labels[i].label) == 0)
			return refuse(expected, labels[i].meaning, f);
	return fault_set(f, FAULT_KEY_FILE, "", expected, "a PEM block \"%s\"", label);
}

static bool
read_label(const char **at, const char *end, char label[LABEL_MAX])
{
	static const char begin[] = "-----BEGIN ", dashes[] = "-----";
	const char *start = find(*at, end, begin), *stop;

	if (start == NULL)
		return false;
	start += strlen(begin);
	stop = find(start, end, dashes);
	if (stop == NULL || stop - start >= LABEL_MAX)
		return false;
	memcpy(label, start, (size_t)(stop - start));
	label[stop - start] = 0;
	*at = stop + strlen(dashes);
	return true;
}

/* Decode the first PEM block to new *der, if its label is the wanted one. Text before and behind it
 * is allowed (RFC 7468 §2). */
static bool
read_pem(const char *pem, size_t n, const char *wanted, const char *expected, uint8_t **der,
    size_t *der_n, struct fault *f)
{
	const char *at = pem, *end = pem + n, *stop;
	char label[LABEL_MAX], footer[LABEL_MAX + 16];

	*der = NULL;
	if (!read_label(&at, end, label))
		return refuse(expected, n == 0 ? "an empty file" : "no PEM block", f);
	if (strcmp(label, wanted) != 0)
		return wrong_label(label, expected, f);
	strcat(strcat(strcpy(footer, "-----END "), label), "-----");
	stop = find(at, end, footer);
	if (stop == NULL)
		return refuse(expected, "a PEM block without its end line", f);
	if (!decode_lines(at, (size_t)(stop - at), der, der_n))
		return refuse(expected, "a PEM block whose base64 is damaged", f);
	return true;
}

/* OneAsymmetricKey, RFC 5958 §2: version 1 ends with the attributes, version 2 adds the public key.
 */
static bool
read_pkcs8(struct der in, struct keypair *out, struct fault *f)
{
	static const char damaged[] = "damaged DER";
	struct der key, version, octets, seed, extra;

	if (!der_take(&in, DER_SEQUENCE, &key) || in.n != 0 ||
	    !der_take(&key, DER_INTEGER, &version) || version.n != 1 || version.at[0] > 1)
		return refuse(PRIVATE_EXPECTED, damaged, f);
	if (!check_algorithm(&key, PRIVATE_EXPECTED, f))
		return false;
	if (!der_take(&key, DER_OCTET_STRING, &octets) ||
	    !der_take(&octets, DER_OCTET_STRING, &seed) || octets.n != 0 || seed.n != SEED_SIZE)
		return refuse(PRIVATE_EXPECTED, damaged, f);
	keypair_from_seed(seed.at, out);
	(void)der_take(&key, DER_ATTRIBUTES, &extra);
	if (version.at[0] == 1 && der_take(&key, DER_PUBLIC_KEY, &extra) &&
	    (extra.n != 1 + KEY_SIZE || extra.at[0] != 0 ||
		memcmp(extra.at + 1, out->public, KEY_SIZE) != 0))
		return refuse(
		    PRIVATE_EXPECTED, "a public key in it that is not the private key's", f);
	return key.n == 0 || refuse(PRIVATE_EXPECTED, damaged, f);
}

bool
key_read_private(const char *pem, size_t n, struct keypair *out, struct fault *f)
{
	uint8_t *der;
	size_t der_n;
	bool done;

	if (!read_pem(pem, n, "PRIVATE KEY", PRIVATE_EXPECTED, &der, &der_n, f))
		return false;
	done = read_pkcs8((struct der){der, der_n}, out, f);
	crypto_wipe(der, der_n);
	free(der);
	if (!done)
		keypair_wipe(out);
	return done;
}

/* SubjectPublicKeyInfo, RFC 8410 §4. */
static bool
read_spki(struct der in, uint8_t out[KEY_SIZE], struct fault *f)
{
	struct der info, bits;

	if (!der_take(&in, DER_SEQUENCE, &info) || in.n != 0)
		return refuse(PUBLIC_EXPECTED, "damaged DER", f);
	if (!check_algorithm(&info, PUBLIC_EXPECTED, f))
		return false;
	if (!der_take(&info, DER_BIT_STRING, &bits) || info.n != 0 || bits.n != 1 + KEY_SIZE ||
	    bits.at[0] != 0)
		return refuse(PUBLIC_EXPECTED, "damaged DER", f);
	memcpy(out, bits.at + 1, KEY_SIZE);
	return true;
}

static bool
read_public_pem(const char *text, size_t n, uint8_t out[KEY_SIZE], struct fault *f)
{
	uint8_t *der;
	size_t der_n;
	bool done;

	if (!read_pem(text, n, "PUBLIC KEY", PUBLIC_EXPECTED, &der, &der_n, f))
		return false;
	done = read_spki((struct der){der, der_n}, out, f);
	free(der);
	return done;
}

/* The first word of a line, and the rest behind its blanks. */
static size_t
word_length(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && !is_blank(s[i]))
		i++;
	return i;
}

static size_t
blanks_length(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && is_blank(s[i]))
		i++;
	return i;
}

/* The blob of RFC 8709 §4: string "ssh-ed25519", string of 32 bytes, lengths in 4 bytes. */
static bool
read_ssh_blob(const char *base64, size_t n, uint8_t out[KEY_SIZE], struct fault *f)
{
	static const uint8_t head[] = "\0\0\0\x0b" SSH_WORD "\0\0\0\x20";
	const size_t head_n = sizeof(head) - 1;
	uint8_t *blob;
	size_t blob_n;
	bool done;

	if (!base64_parse_any(base64, n, &blob, &blob_n))
		return refuse(PUBLIC_EXPECTED, "an ssh-ed25519 line whose base64 is damaged", f);
	done = blob_n == head_n + KEY_SIZE && memcmp(blob, head, head_n) == 0;
	if (done)
		memcpy(out, blob + head_n, KEY_SIZE);
	free(blob);
	return done || refuse(PUBLIC_EXPECTED, "an ssh-ed25519 line with another key in it", f);
}

static bool
read_bare(const char *s, size_t n, uint8_t out[KEY_SIZE])
{
	char base64[48];

	if (n >= sizeof(base64))
		return false;
	memcpy(base64, s, n);
	base64[n] = 0;
	return base64_parse_exact(base64, out, KEY_SIZE);
}

static bool
read_public_line(const char *s, size_t n, uint8_t out[KEY_SIZE], struct fault *f)
{
	size_t skip = blanks_length(s, n), word, gap;

	s += skip;
	n -= skip;
	word = word_length(s, n);
	gap = blanks_length(s + word, n - word);
	if (word == strlen(SSH_WORD) && memcmp(s, SSH_WORD, word) == 0)
		return read_ssh_blob(
		    s + word + gap, word_length(s + word + gap, n - word - gap), out, f);
	if (word + gap == n && read_bare(s, word, out))
		return true;
	if (word > 4 &&
	    (memcmp(s, "ssh-", 4) == 0 || memcmp(s, "ecds", 4) == 0 || memcmp(s, "sk-", 3) == 0))
		return fault_set(f, FAULT_KEY_FILE, "", PUBLIC_EXPECTED,
		    "an ssh key of the kind %.*s", (int)(word < 40 ? word : 40), s);
	return refuse(PUBLIC_EXPECTED, n == 0 ? "an empty file" : "a text that is no key", f);
}

bool
key_read_public(const char *text, size_t n, uint8_t out[KEY_SIZE], struct fault *f)
{
	if (find(text, text + n, "-----BEGIN ") != NULL)
		return read_public_pem(text, n, out, f);
	return read_public_line(text, n, out, f);
}

static void
print_pem(const char *label, const uint8_t *der, size_t n, struct text *out)
{
	text_addf(out, "-----BEGIN %s-----\n", label);
	base64_print(der, n, out);
	text_addf(out, "\n-----END %s-----\n", label);
}

/* The DER of all Ed25519 keys differs in the key alone; one line of base64 each (RFC 8410 §10). */
void
key_print_private(const struct keypair *k, struct text *out)
{
	uint8_t der[16 + SEED_SIZE] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b,
	    0x65, 0x70, 0x04, 0x22, 0x04, 0x20};

	memcpy(der + 16, k->secret, SEED_SIZE);
	print_pem("PRIVATE KEY", der, sizeof(der), out);
	crypto_wipe(der, sizeof(der));
}

void
key_print_public(const uint8_t key[KEY_SIZE], struct text *out)
{
	uint8_t der[12 + KEY_SIZE] = {
	    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

	memcpy(der + 12, key, KEY_SIZE);
	print_pem("PUBLIC KEY", der, sizeof(der), out);
}

/* The mode is asked of the opened file, so that no other can be put in its place in between. */
static bool
check_mode(int fd, const char *path, struct fault *f)
{
	char expected[sizeof(f->expected)];
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fault_set(
		    f, FAULT_KEY_FILE, path, "a file that can be read", "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fault_set(f, FAULT_KEY_FILE, path, "a regular file", "%s",
		    S_ISDIR(st.st_mode) ? "a folder" : "something else");
	if ((st.st_mode & 077) == 0)
		return true;
	snprintf(expected, sizeof(expected), "mode 0600: chmod 600 %s", path);
	return fault_set(f, FAULT_KEY_FILE_MODE, path, expected, "mode %04o",
	    (unsigned int)(st.st_mode & 07777));
}

static bool
load_open(int fd, const char *path, struct keypair *out, struct fault *f)
{
	char pem[KEYFILE_MAX_BYTES + 1];
	size_t n = 0;
	ssize_t got = 1;
	struct fault local = {0};
	bool done;

	while (got > 0 && n < sizeof(pem)) {
		got = read(fd, pem + n, sizeof(pem) - n);
		n += got > 0 ? (size_t)got : 0;
	}
	if (got < 0)
		fault_set(
		    &local, FAULT_KEY_FILE, "", "a file that can be read", "%s", strerror(errno));
	else if (n > KEYFILE_MAX_BYTES)
		fault_set(&local, FAULT_KEY_FILE, "", "a file of at most 16384 bytes", "more");
	done = local.code == FAULT_NONE && key_read_private(pem, n, out, &local);
	crypto_wipe(pem, sizeof(pem));
	return done || fault_set(f, local.code, path, local.expected, "%s", local.got);
}

bool
keyfile_load(const char *path, struct keypair *out, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool done;

	if (fd < 0)
		return fault_set(
		    f, FAULT_KEY_FILE, path, "a file that can be read", "%s", strerror(errno));
	done = check_mode(fd, path, f) && load_open(fd, path, out, f);
	close(fd);
	return done;
}

/* Take the name, so that two who save at once cannot both have it. */
static bool
reserve_name(const char *path, struct fault *f)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return fault_set(
		    f, FAULT_KEY_FILE, path, "a name for a new file", "%s", strerror(errno));
	close(fd);
	return true;
}

bool
keyfile_save(const char *path, const struct keypair *k, struct fault *f)
{
	struct text pem = {0};
	bool done;

	if (!reserve_name(path, f))
		return false;
	key_print_private(k, &pem);
	done = !pem.failed && file_write(path, pem.data, pem.n, 0600, f);
	if (pem.failed)
		fault_set(f, FAULT_NO_MEMORY, path, "memory for a key", "none");
	if (!done)
		unlink(path);
	if (pem.data != NULL)
		crypto_wipe(pem.data, pem.room);
	text_clear(&pem);
	return done;
}
