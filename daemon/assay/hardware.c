/* hardware.c — the accelerators in the words of their makers' tools, and the platform's report.
 * SPDX-License-Identifier: Apache-2.0 */
#include "hardware.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "file.h"
#include "hardware_parts.h"
#include "json.h"

#define OUTPUT_MAX_BYTES (256 * 1024)
#define TIMEOUT_MS 10000
#define NAME_MAX_BYTES 120 /* the least that a submission takes in any of its names */
#define DEVICES_MAX 64
#define MIB (1024 * 1024)

const char *
hardware_line(const char **at, size_t *n)
{
	const char *line = *at;

	if (*line == 0)
		return NULL;
	*n = strcspn(line, "\n");
	*at = line + *n + (line[*n] == '\n');
	return line;
}

/* Control characters would not pass a server, nor bytes that are no UTF-8. */
static bool
is_plain(const char *text, size_t n)
{
	for (size_t at = 0, size; at < n; at += size) {
		uint32_t point = 0;

		size = utf8_read(text + at, n - at, &point);
		if (size == 0 || point < 0x20 || (point >= 0x7f && point < 0xa0))
			return false;
	}
	return true;
}

void
hardware_set_text(json_t *object, const char *name, const char *text, size_t n)
{
	while (n > 0 && strchr(" \t\r\n", text[0]) != NULL)
		text++, n--;
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	if (n > 0 && n <= NAME_MAX_BYTES && is_plain(text, n))
		json_object_set_new(object, name, json_stringn(text, n));
}

void
hardware_set_whole(json_t *object, const char *name, long long value)
{
	if (value > 0)
		json_object_set_new(object, name, json_integer(value));
}

void
hardware_add_device(json_t *devices, const char *name, size_t name_n, long long memory_mib)
{
	json_t *device = json_object();

	hardware_set_text(device, "name", name, name_n);
	hardware_set_whole(device, "memory_mib", memory_mib);
	if (json_object_get(device, "name") != NULL && json_array_size(devices) < DEVICES_MAX)
		json_array_append(devices, device);
	json_decref(device);
}

char *
hardware_command(const char *root, const char *const argv[])
{
	struct text out = {0}, path = {0};
	char *data = NULL;
	size_t n;
	bool done;

	if (root[0] == 0) {
		done = command_output(argv, OUTPUT_MAX_BYTES, TIMEOUT_MS, &out);
	} else {
		text_addf(&path, "%s/commands/%s", root, argv[0]);
		done = !path.failed && file_read(path.data, OUTPUT_MAX_BYTES, &data, &n, NULL);
		if (done)
			text_add(&out, data, n);
	}
	if (!done)
		text_reset(&out);
	free(data);
	text_clear(&path);
	return text_take(&out);
}

/* "NVIDIA GeForce RTX 4090, 24564": the memory stands behind the last comma, in MiB; "[N/A]" where
 * it is the machine's. A line without a number or that word is a message. */
static void
read_nvidia(const char *text, json_t *devices)
{
	const char *line;
	size_t n;

	while ((line = hardware_line(&text, &n)) != NULL) {
		const char *comma = memrchr(line, ',', n);
		char *end;
		long long mib;

		if (comma == NULL)
			continue;
		errno = 0;
		mib = strtoll(comma + 1, &end, 10);
		if (end > line + n || end == comma + 1 || errno != 0)
			mib = 0;
		if (mib > 0 || memmem(comma, (size_t)(line + n - comma), "[N/A]", 5) != NULL)
			hardware_add_device(devices, line, (size_t)(comma - line), mib);
	}
}

/* {"card0": {"Card Series": …, "VRAM Total Memory (B)": "…"}}; ROCm 5 writes "Card series". */
static void
read_rocm(const char *text, json_t *devices)
{
	static const char *const names[] = {
	    "Card Series", "Card series", "Card Model", "Card model"};
	const char *begin = strchr(text, '{'); /* warnings may stand before it */
	json_t *cards = begin ? json_read_object(begin, strlen(begin), NULL) : NULL, *card;
	const char *key;

	json_object_foreach (cards, key, card) {
		const char *bytes = json_get_text(card, "VRAM Total Memory (B)"), *name = "";

		for (size_t k = 0; name[0] == 0 && k < sizeof(names) / sizeof(names[0]); k++)
			name = json_get_text(card, names[k]);
		if (strncmp(key, "card", 4) == 0)
			hardware_add_device(
			    devices, name, strlen(name), strtoll(bytes, NULL, 10) / MIB);
	}
	json_decref(cards);
}

/* Tell whether the tool told of any device. */
static bool
ask(const char *root, const char *const argv[], void (*read)(const char *, json_t *),
    json_t *devices)
{
	size_t before = json_array_size(devices);
	char *text = hardware_command(root, argv);

	if (text != NULL)
		read(text, devices);
	free(text);
	return json_array_size(devices) > before;
}

json_t *
hardware_read(const char *root)
{
	static const char *const nvidia[] = {
	    "nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader,nounits", NULL};
	static const char *const rocm[] = {
	    "rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json", NULL};
	json_t *hardware = json_object(), *devices = json_array();
	bool has_nvidia, has_amd;

	platform_machine(root, hardware);
	has_nvidia = ask(root, nvidia, read_nvidia, devices);
	has_amd = ask(root, rocm, read_rocm, devices);
	platform_devices(root, has_nvidia, has_amd, devices);
	json_object_set_new(hardware, "accelerators", devices);
	return hardware;
}
