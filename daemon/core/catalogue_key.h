/* catalogue_key.h — names of models, engines and quantization types in the form in which two
 * spellings of one name are equal.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSAY_CATALOGUE_KEY_H
#define ASSAY_CATALOGUE_KEY_H

#include <stdbool.h>

#define NAME_KEY_SIZE 201

/* Each is false where the name can be none: empty, longer than 200 bytes, or not ASCII. */

/* Lower case; blanks and '_' become '-'. */
bool model_key(const char *raw, char out[NAME_KEY_SIZE]) __attribute__((warn_unused_result));

/* Letters, digits and '+'. */
bool engine_key(const char *raw, char out[NAME_KEY_SIZE]) __attribute__((warn_unused_result));

/* Letters, digits and '.'; llama.cpp's "Q4_K - Medium" is Q4_K_M. */
bool quantization_key(const char *raw, char out[NAME_KEY_SIZE]) __attribute__((warn_unused_result));

/* Cut what a repository's name says of the form of its weights: "-gguf", "-awq", "-fp8"…
 * True if there was something. */
bool model_key_cut_form(char key[NAME_KEY_SIZE]);

/* Tell whether an organisation only converts others' models (key form, without '/'). */
bool organisation_converts(const char *key);

#endif
