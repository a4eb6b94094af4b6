/* keyfile.h — Ed25519 keys in files: PKCS#8 and SPKI PEM (RFC 8410), ssh-ed25519 public lines.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_KEYFILE_H
#define ASSAY_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "fault.h"
#include "text.h"

#define KEYFILE_MAX_BYTES 16384

/* Read a private key from PKCS#8 PEM, version 1 or 2, as `openssl genpkey -algorithm ed25519` makes
 * it. Fails with FAULT_KEY_FILE (encrypted, other algorithm, damaged). */
bool key_read_private(const char *pem, size_t n, struct keypair *out, struct fault *f)
    __attribute__((warn_unused_result));

/* Read a public key from SPKI PEM, an `ssh-ed25519 …` line (RFC 8709), or bare base64 of 32 bytes.
 * Fails with FAULT_KEY_FILE. */
bool key_read_public(const char *text, size_t n, uint8_t out[KEY_SIZE], struct fault *f)
    __attribute__((warn_unused_result));

void key_print_private(const struct keypair *k, struct text *out);
void key_print_public(const uint8_t key[KEY_SIZE], struct text *out);

/* Load a private key file; refused with FAULT_KEY_FILE_MODE if group or others can read it. */
bool keyfile_load(const char *path, struct keypair *out, struct fault *f)
    __attribute__((warn_unused_result));

/* Write a new private key file, mode 0600, never over an existing one. */
bool keyfile_save(const char *path, const struct keypair *k, struct fault *f)
    __attribute__((warn_unused_result));

#endif
