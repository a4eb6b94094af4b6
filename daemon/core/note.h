/* note.h — signed notes: names, verifier keys, signing and opening (C2SP signed-note).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_NOTE_H
#define ASSAY_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "fault.h"
#include "text.h"

#define NOTE_ED25519 0x01
/* Room for sixteen signatures of other keys, even those of 5 kB that resist quantum computers. */
#define NOTE_MAX_BYTES (128 * 1024)
#define ORIGIN_SIZE 201 /* a name and NUL */

/* Append the verifier key NAME+HASH+KEY: HASH = 8 hex digits of the first 4 bytes of
 * SHA-256(NAME LF 0x01 key), KEY = base64(0x01 key) (C2SP signed-note, "Verifier keys"). */
void vkey_print(const char *name, const uint8_t key[KEY_SIZE], struct text *out);

/* Read one; name must fit in room. False if the form or the hash is wrong. */
bool vkey_read(const char *vkey, char *name, size_t room, uint8_t key[KEY_SIZE])
    __attribute__((warn_unused_result));

/* Tell whether name may be a log's origin: 1 to 200 bytes of UTF-8 without blanks, '+' or control
 * characters. */
bool origin_is_sound(const char *name);

/* Append body, an empty line, and the signature line `— NAME base64(key id ‖ signature)` (C2SP
 * signed-note, "Format", "Ed25519 signatures"). body ends with LF. */
void note_sign(
    const struct text *body, const char *name, const struct keypair *key, struct text *out);

/* Check a whole signed note and the signatures that name and key made; there must be one, and all
 * of them good. Well-formed lines of other keys are ignored. *body_n is the length of the text that
 * was signed, with which the note begins.
 * Fails with FAULT_CHECKPOINT (form), FAULT_CHECKPOINT_SIGNATURE. */
bool note_open(const char *note, size_t n, const char *name, const uint8_t key[KEY_SIZE],
    size_t *body_n, struct fault *f) __attribute__((warn_unused_result));

#endif
