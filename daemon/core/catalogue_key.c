/* catalogue_key.c — names of models, engines and quantization types, so that spellings are equal.
 * SPDX-License-Identifier: Apache-2.0 */
#include "catalogue_key.h"

#include <stddef.h>
#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* Copy in lower case. */
static bool
take(const char *raw, char out[NAME_KEY_SIZE])
{
	size_t n = 0;

	for (; raw[n] != 0; n++) {
		if (n == NAME_KEY_SIZE - 1 || raw[n] < ' ' || raw[n] > '~')
			return false;
		out[n] = raw[n] >= 'A' && raw[n] <= 'Z' ? (char)(raw[n] - 'A' + 'a') : raw[n];
	}
	out[n] = 0;
	return n > 0;
}

static bool
keep_only(char *key, char also)
{
	size_t used = 0;

	for (const char *at = key; *at != 0; at++)
		if (is_letter(*at) || is_digit(*at) || *at == also)
			key[used++] = *at;
	key[used] = 0;
	return used > 0;
}

bool
model_key(const char *raw, char out[NAME_KEY_SIZE])
{
	if (!take(raw, out))
		return false;
	for (char *at = out; *at != 0; at++)
		if (*at == ' ' || *at == '_')
			*at = '-';
	return true;
}

bool
engine_key(const char *raw, char out[NAME_KEY_SIZE])
{
	return take(raw, out) && keep_only(out, '+');
}

bool
quantization_key(const char *raw, char out[NAME_KEY_SIZE])
{
	static const char *const sizes[] = {" - small", " - medium", " - large"};
	size_t n;

	if (!take(raw, out))
		return false;
	n = strlen(out);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		size_t size_n = strlen(sizes[i]);

		if (n > size_n && strcmp(out + n - size_n, sizes[i]) == 0)
			out[n - size_n + 4] = 0; /* the first letter stays */
	}
	return keep_only(out, '.');
}

bool
model_key_cut_form(char key[NAME_KEY_SIZE])
{
	static const char *const forms[] = {"-gguf", "-ggml", "-awq", "-gptq", "-gptq-int4",
	    "-gptq-int8", "-fp8", "-fp8-dynamic", "-int4", "-int8", "-bnb-4bit", "-bnb-8bit",
	    "-2bit", "-3bit", "-4bit", "-5bit", "-6bit", "-8bit", "-bf16", "-mlx", "-exl2", "-exl3",
	    "-i1", "-imatrix", "-mxfp4", "-nvfp4"};
	bool cut = false, more = true;

	while (more) {
		size_t n = strlen(key);

		more = false;
		for (size_t i = 0; i < sizeof(forms) / sizeof(*forms) && !more; i++) {
			size_t form_n = strlen(forms[i]);

			more = n > form_n && strcmp(key + n - form_n, forms[i]) == 0;
			if (more)
				key[n - form_n] = 0;
		}
		cut = cut || more;
	}
	return cut;
}

bool
organisation_converts(const char *key)
{
	static const char *const names[] = {"bartowski", "ggml-org", "lmstudio-community",
	    "maziyarpanahi", "mlx-community", "mradermacher", "quantfactory", "thebloke",
	    "unsloth"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(key, names[i]) == 0)
			return true;
	return false;
}
