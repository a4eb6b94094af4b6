/* note.h — names and keys of the log's signed notes (C2SP signed-note).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_NOTE_H
#define ASSAY_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto.h"
#include "text.h"

#define NOTE_ED25519 0x01

/* Append the verifier key NAME+HASH+KEY: HASH = 8 hex digits of the first 4 bytes of
 * SHA-256(NAME LF 0x01 key), KEY = base64(0x01 key) (C2SP signed-note, "Verifier keys"). */
void vkey_print(const char *name, const uint8_t key[KEY_SIZE], struct text *out);

/* Read one; name must fit in room. False if the form or the hash is wrong. */
bool vkey_read(const char *vkey, char *name, size_t room, uint8_t key[KEY_SIZE])
    __attribute__((warn_unused_result));

/* Tell whether name may be a log's origin: 1 to 200 bytes of UTF-8 without blanks, '+' or control
 * characters. */
bool origin_is_sound(const char *name);

#endif
