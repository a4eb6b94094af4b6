/* run_party.c — whom `assay run` asks: address, model and key from the command line.
 * SPDX-License-Identifier: Apache-2.0 */
#include "run_party.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "asking.h"
#include "crypto.h"
#include "file.h"

#define KEY_MAX_BYTES 4096
#define AT_ONCE 4
#define TIMEOUT_S 300
#define TIMEOUT_MAX_S 86400

/* The options as they are written, by who is asked; args_…() take them without the dashes. */
static const struct party_options {
	const char *endpoint, *model, *api_model, *key_env, *key_file;
} options[] = {
    {"--endpoint", "--model", "--api-model", "--api-key-env", "--api-key-file"},
    {"--judge-endpoint", "--judge-model", "--judge-api-model", "--judge-key-env",
	"--judge-key-file"},
};

static bool
read_address(
    const struct args *a, const struct party_options *o, struct party *out, struct fault *f)
{
	const char *address = args_text(a, o->endpoint + 2);

	if (address == NULL)
		return fault_set(f, FAULT_OPTION, o->endpoint,
		    "an address such as http://127.0.0.1:8080/v1", "nothing");
	if (!net_url(address, out->url, NULL))
		return fault_set(f, FAULT_OPTION, o->endpoint,
		    "an address such as http://127.0.0.1:8080/v1, without user name and query",
		    "\"%s\"", address);
	net_host(out->url, out->host);
	return true;
}

/* ORG/NAME@REV; --revision is there for `assay import`'s sake. */
static bool
read_model(const struct args *a, const struct party_options *o, struct party *out, struct fault *f)
{
	const char *model = args_text(a, o->model + 2);
	size_t n = model ? strcspn(model, "@") : 0;
	const char *revision = n > 0 && model[n] == '@' ? model + n + 1 : "";

	if (n == 0 || n >= sizeof(out->name) || strlen(revision) >= sizeof(out->revision))
		return fault_set(f, FAULT_OPTION, o->model, "ORG/NAME or ORG/NAME@REVISION", "%s",
		    model ? model : "nothing");
	snprintf(out->name, sizeof(out->name), "%.*s", (int)n, model);
	snprintf(out->revision, sizeof(out->revision), "%s", revision);
	out->api_model = args_has(a, o->api_model + 2) ? args_text(a, o->api_model + 2) : out->name;
	return true;
}

/* A header's value: printable ASCII, without the line end that files have. */
static bool
take_key(const char *data, const char *option, struct party *out, struct fault *f)
{
	size_t n = strlen(data);

	while (n > 0 && strchr(" \t\r\n", data[n - 1]) != NULL)
		n--;
	for (size_t k = 0; k < n; k++)
		if (data[k] <= ' ' || data[k] > '~')
			n = 0;
	if (n == 0)
		return fault_set(f, FAULT_OPTION, option, "a key in printable ASCII", "none");
	out->key = strndup(data, n);
	return out->key != NULL || fault_set(f, FAULT_NO_MEMORY, "", "memory for a key", "none");
}

static bool
read_key(const struct args *a, const struct party_options *o, struct party *out, struct fault *f)
{
	const char *variable = args_text(a, o->key_env + 2), *path = args_text(a, o->key_file + 2);
	char *data = NULL;
	bool done;
	size_t n;

	if (variable != NULL && path != NULL)
		return fault_set(f, FAULT_OPTION, o->key_file, "one place for the key", "two");
	if (variable != NULL) {
		const char *value = getenv(variable);

		return take_key(value ? value : "", o->key_env, out, f);
	}
	if (path == NULL)
		return true;
	done = file_read(path, KEY_MAX_BYTES, &data, &n, f) && take_key(data, o->key_file, out, f);
	if (data != NULL)
		crypto_wipe(data, n);
	free(data);
	return done;
}

bool
party_read(const struct args *a, bool is_judge, struct party *out, struct fault *f)
{
	const struct party_options *o = &options[is_judge];
	long at_once = AT_ONCE, timeout_s = TIMEOUT_S;

	memset(out, 0, sizeof(*out));
	if (is_judge && !args_has(a, o->endpoint + 2) && !args_has(a, o->model + 2))
		return true;
	if (!read_address(a, o, out, f) || !read_model(a, o, out, f) || !read_key(a, o, out, f) ||
	    !args_whole(a, "at-once", 1, ENDPOINT_AT_ONCE_MAX, &at_once, f) ||
	    !args_whole(a, "timeout", 1, TIMEOUT_MAX_S, &timeout_s, f))
		return false;
	out->present = true;
	out->endpoint = (struct endpoint){
	    .url = out->url, .key = out->key, .at_once = at_once, .timeout_ms = timeout_s * 1000};
	return true;
}
