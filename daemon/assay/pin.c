/* pin.c — the server this folder belongs to: pinned at enrolment, compared ever after.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "home.h"
#include "json.h"
#include "remote.h"
#include "statement.h"

#define PIN_MAX_BYTES 65536

static bool
take(const json_t *doc, const char *name, char *out, size_t room)
{
	const char *value = json_get_text(doc, name);

	snprintf(out, room, "%s", value);
	return value[0] != 0 && strlen(value) < room;
}

static bool
read_pin(const json_t *doc, struct pin *out)
{
	(void)!take(doc, "name", out->name, sizeof(out->name));
	(void)!take(doc, "enrolment", out->enrolment, sizeof(out->enrolment));
	(void)!take(doc, "key", out->key, sizeof(out->key));
	out->present = take(doc, "url", out->url, sizeof(out->url)) &&
		       take(doc, "origin", out->origin, sizeof(out->origin)) &&
		       take(doc, "vkey", out->vkey, sizeof(out->vkey)) &&
		       take(doc, "first_config", out->first_config, sizeof(out->first_config));
	return out->present;
}

bool
pin_load(const struct home *h, struct pin *out, struct fault *f)
{
	struct fault local = {0};
	char *data = NULL;
	size_t n = 0;
	json_t *doc;
	bool done;

	memset(out, 0, sizeof(*out));
	if (access(h->pin, F_OK) != 0 && errno == ENOENT)
		return true;
	if (!file_read(h->pin, PIN_MAX_BYTES, &data, &n, f))
		return false;
	doc = json_read_object(data, n, &local);
	done = doc != NULL && read_pin(doc, out);
	json_decref(doc);
	free(data);
	if (done)
		return true;
	return fault_set(f, FAULT_FILE_FORMAT, h->pin,
	    "an object with url, origin, vkey and first_config, as `assay enrol` wrote it", "%s",
	    local.got[0] ? local.got : "something else");
}

bool
pin_need(const struct home *h, struct pin *out, struct fault *f)
{
	if (!pin_load(h, out, f))
		return false;
	if (out->present)
		return true;
	return fault_set(
	    f, FAULT_NOT_ENROLLED_HERE, h->pin, "a server pinned by `assay enrol`", "no such file");
}

bool
pin_save(const struct home *h, const struct pin *pin, struct fault *f)
{
	json_t *doc = json_pack("{s:s, s:s, s:s, s:s, s:s}", "url", pin->url, "origin", pin->origin,
	    "vkey", pin->vkey, "first_config", pin->first_config, "name", pin->name);
	struct fault local = {0};
	struct text out = {0};
	bool done = doc != NULL;

	if (done && pin->enrolment[0])
		json_object_set_new(doc, "enrolment", json_string(pin->enrolment));
	if (done && pin->key[0])
		json_object_set_new(doc, "key", json_string(pin->key));
	if (done)
		json_print_pretty(doc, &out);
	text_add_str(&out, "\n");
	done = done && !out.failed;
	if (!done)
		fault_set(f, FAULT_NO_MEMORY, "", "memory for a pin", "none");
	else if (!file_write(h->pin, out.data, out.n, 0600, &local))
		done = fault_set(f, FAULT_SPOOL, local.path, local.expected, "%s", local.got);
	text_clear(&out);
	json_decref(doc);
	return done;
}

static bool
same(const char *what, const char *pinned, const char *got, struct fault *f)
{
	char expected[256];

	if (strcmp(pinned, got) == 0)
		return true;
	snprintf(expected, sizeof(expected), "%.240s (pinned)", pinned);
	return fault_set(f, FAULT_SERVER_IDENTITY, what, expected, "%s", got);
}

bool
pin_check(const struct pin *pin, const struct policy *policy, struct fault *f)
{
	return same("/origin", pin->origin, policy->origin, f) &&
	       same("/vkey", pin->vkey, policy->vkey, f) &&
	       same("/first_config", pin->first_config, policy->first_config, f);
}

static bool
lists_own_key(const struct statement *st)
{
	const json_t *list = json_object_get(st->body, "statement_keys"), *element;
	uint8_t key[KEY_SIZE];
	size_t i;

	json_array_foreach (list, i, element)
		if (base64_parse_exact(json_string_value(element), key, KEY_SIZE) &&
		    memcmp(key, st->key, KEY_SIZE) == 0)
			return true;
	return false;
}

static bool
bad_root(const struct policy *policy, const char *expected, const char *got, struct fault *f)
{
	char where[160];

	snprintf(where, sizeof(where), "/v1/statements/%s", policy->first_config);
	return fault_set(f, FAULT_SERVER_ANSWER, where, expected, "%s", got);
}

static bool
check_root(const struct policy *policy, const struct statement *st, struct fault *f)
{
	char id[HEX32_SIZE];

	hex_print(st->id, SHA256_SIZE, id);
	if (strcmp(id, policy->first_config) != 0)
		return bad_root(policy, "the statement of this id", id, f);
	if (st->kind != KIND_CONFIG)
		return bad_root(policy, "a config", kind_info(st->kind)->name, f);
	if (strcmp(json_get_text(st->body, "audience"), policy->origin) != 0)
		return bad_root(policy, policy->origin, json_get_text(st->body, "audience"), f);
	if (!lists_own_key(st))
		return bad_root(policy, "a config signed by one of its own statement_keys",
		    json_get_text(st->body, "key"), f);
	return true;
}

/* The envelope is checked as bytes, as everybody else would get it. */
static bool
check_first_config(const struct policy *policy, const json_t *shown, struct problem *p)
{
	const json_t *envelope = json_object_get(shown, "envelope");
	struct fault local = {0};
	struct statement st = {0};
	struct text bytes = {0};
	bool done;

	if (!json_is_object(envelope))
		return bad_root(policy, "a member `envelope`", "none", &p->fault);
	json_print(envelope, &bytes);
	if (bytes.failed)
		done = fault_set(&p->fault, FAULT_NO_MEMORY, "", "memory for an envelope", "none");
	else if (!statement_open(bytes.data, bytes.n, &st, &local))
		done = bad_root(policy, "a statement that anybody can verify",
		    fault_info(local.code)->title, &p->fault);
	else
		done = check_root(policy, &st, &p->fault);
	statement_clear(&st);
	text_clear(&bytes);
	return done;
}

bool
pin_first(struct net *net, const struct policy *policy, struct pin *out, struct problem *p)
{
	json_t *shown = NULL;
	bool done = remote_statement(net, policy->first_config, &shown, p) &&
		    check_first_config(policy, shown, p);

	json_decref(shown);
	if (!done)
		return false;
	out->present = true;
	snprintf(out->url, sizeof(out->url), "%s", net_address(net));
	snprintf(out->origin, sizeof(out->origin), "%s", policy->origin);
	snprintf(out->vkey, sizeof(out->vkey), "%s", policy->vkey);
	snprintf(out->first_config, sizeof(out->first_config), "%s", policy->first_config);
	return true;
}

bool
pin_meet(const struct pin *pin, const char *address, struct net **net, struct policy *policy,
    struct problem *p)
{
	char url[NET_URL_MAX];

	*net = NULL;
	memset(policy, 0, sizeof(*policy));
	if (!net_url(address ? address : pin->url, url, &p->fault))
		return false;
	*net = net_open(url, &p->fault);
	return *net != NULL && remote_policy(*net, policy, p) &&
	       (!pin->present || pin_check(pin, policy, &p->fault));
}
