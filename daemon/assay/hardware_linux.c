/* hardware_linux.c — processor, memory, system and display adapters as Linux tells them.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hardware_parts.h"
#include "json.h"
#include "text.h"

#define SOURCE_MAX_BYTES (1024 * 1024)
#define MIB (1024 * 1024)

/* Read a file of /proc or /sys, which do not tell their size; a longer one is cut.
 * Returns new, "" if there is none; NULL without memory. */
static char *
source_read(const char *root, const char *path)
{
	struct text name = {0}, out = {0};
	char chunk[4096];
	FILE *file;
	size_t got;

	text_addf(&name, "%s/%s", root, path);
	file = name.failed ? NULL : fopen(name.data, "re");
	while (file != NULL && out.n < SOURCE_MAX_BYTES &&
	       (got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		text_add(&out, chunk, got);
	if (file != NULL)
		fclose(file);
	text_clear(&name);
	return text_take(&out);
}

/* Read a file that holds one number. */
static long long
source_whole(const char *root, const char *path, int base)
{
	char *text = source_read(root, path);
	long long value = text ? strtoll(text, NULL, base) : 0;

	free(text);
	return value;
}

/* Return the value behind "BLANKS KEY BLANKS SIGN" of a line; NULL if the line is another. */
static const char *
value_of(const char *line, size_t n, const char *key, char sign, size_t *value_n)
{
	size_t key_n = strlen(key), at = 0;

	while (at < n && line[at] == ' ')
		at++;
	if (n - at <= key_n || memcmp(line + at, key, key_n) != 0)
		return NULL;
	at += key_n;
	while (at < n && (line[at] == ' ' || line[at] == '\t'))
		at++;
	if (at == n || line[at] != sign)
		return NULL;
	*value_n = n - at - 1;
	return line + at + 1;
}

/* Set the first value of a key that stands in a text. */
static void
set_found(json_t *object, const char *name, const char *text, const char *key, char sign)
{
	const char *line, *value = NULL;
	size_t n, value_n;

	while (value == NULL && text != NULL && (line = hardware_line(&text, &n)) != NULL)
		value = value_of(line, n, key, sign, &value_n);
	if (value == NULL)
		return;
	if (value_n >= 2 && value[0] == '"' && value[value_n - 1] == '"')
		value++, value_n -= 2;
	hardware_set_text(object, name, value, value_n);
}

static long long
count_threads(const char *cpuinfo)
{
	const char *line;
	long long threads = 0;
	size_t n, value_n;

	while ((line = hardware_line(&cpuinfo, &n)) != NULL)
		threads += value_of(line, n, "processor", ':', &value_n) != NULL;
	return threads;
}

/* A core counts once, at the first of its threads. */
static long long
count_cores(const char *root, long long threads)
{
	long long cores = 0;

	for (long long k = 0; k < threads; k++) {
		char path[96], *list, *end;

		snprintf(path, sizeof(path),
		    "sys/devices/system/cpu/cpu%lld/topology/thread_siblings_list", k);
		list = source_read(root, path);
		cores += list != NULL && strtoll(list, &end, 10) == k && end != list;
		free(list);
	}
	return cores;
}

/* The kernel tells of ARM processors by numbers only; lscpu knows their names, one for each kind of
 * core, "-" where it does not. */
static void
ask_lscpu(const char *root, json_t *cpu)
{
	static const char *const lscpu[] = {"lscpu", NULL};
	char *told = hardware_command(root, lscpu);
	const char *at = told, *line, *value;
	struct text name = {0};
	size_t n, value_n;

	while (at != NULL && (line = hardware_line(&at, &n)) != NULL) {
		json_t *one = json_object();

		value = value_of(line, n, "Model name", ':', &value_n);
		if (value != NULL)
			hardware_set_text(one, "name", value, value_n);
		if (json_object_size(one) > 0 && strcmp(json_get_text(one, "name"), "-") != 0)
			text_addf(&name, "%s%s", name.n ? " + " : "", json_get_text(one, "name"));
		json_decref(one);
	}
	if (name.data != NULL)
		hardware_set_text(cpu, "name", name.data, name.n);
	text_clear(&name);
	free(told);
}

static json_t *
cpu_of(const char *root)
{
	char *cpuinfo = source_read(root, "proc/cpuinfo");
	json_t *cpu = json_object();
	long long threads = cpuinfo ? count_threads(cpuinfo) : 0;

	set_found(cpu, "name", cpuinfo, "model name", ':');
	if (json_object_get(cpu, "name") == NULL)
		ask_lscpu(root, cpu);
	hardware_set_whole(cpu, "cores", count_cores(root, threads));
	hardware_set_whole(cpu, "threads", threads);
	free(cpuinfo);
	return cpu;
}

void
platform_machine(const char *root, json_t *hardware)
{
	json_t *cpu = cpu_of(root), *memory = json_object();
	char *meminfo = source_read(root, "proc/meminfo");
	char *release = source_read(root, "etc/os-release");

	/* Without its name the others say nothing (DESIGN §12: cpu has a name). */
	if (json_object_get(cpu, "name") != NULL)
		json_object_set(hardware, "cpu", cpu);
	set_found(memory, "total", meminfo, "MemTotal", ':');
	if (json_object_get(memory, "total") != NULL)
		hardware_set_whole(hardware, "memory_mib",
		    strtoll(json_string_value(json_object_get(memory, "total")), NULL, 10) / 1024);
	set_found(hardware, "os", release, "PRETTY_NAME", '=');
	json_decref(cpu);
	json_decref(memory);
	free(meminfo);
	free(release);
}

static long long
device_whole(const char *root, const char *device, const char *name, int base)
{
	char path[512];

	snprintf(path, sizeof(path), "sys/bus/pci/devices/%s/%s", device, name);
	return source_whole(root, path, base);
}

static void
add_device(const char *root, const char *device, bool nvidia, bool amd, json_t *devices)
{
	/* Who makes display adapters that compute; others drive a console only. */
	enum { AMD = 0x1002, NVIDIA = 0x10de, INTEL = 0x8086, DISPLAY = 0x03 };
	long long vendor = device_whole(root, device, "vendor", 16);
	char ids[16];
	int n;

	if (device_whole(root, device, "class", 16) >> 16 != DISPLAY ||
	    !((vendor == NVIDIA && !nvidia) || (vendor == AMD && !amd) || vendor == INTEL))
		return;
	n = snprintf(ids, sizeof(ids), "%04x:%04x", (unsigned)vendor & 0xffff,
	    (unsigned)device_whole(root, device, "device", 16) & 0xffff);
	hardware_add_device(
	    devices, ids, (size_t)n, device_whole(root, device, "mem_info_vram_total", 10) / MIB);
}

static int
no_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

void
platform_devices(const char *root, bool nvidia, bool amd, json_t *devices)
{
	struct text path = {0};
	struct dirent **list = NULL;
	int n;

	text_addf(&path, "%s/sys/bus/pci/devices", root);
	n = path.failed ? 0 : scandir(path.data, &list, no_dots, alphasort);
	for (int k = 0; k < n; k++) {
		add_device(root, list[k]->d_name, nvidia, amd, devices);
		free(list[k]);
	}
	free(list);
	text_clear(&path);
}
