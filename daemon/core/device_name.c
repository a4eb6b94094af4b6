/* device_name.c — what a raw device name says.
 * SPDX-License-Identifier: Apache-2.0 */
#include "device_name.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define WORDS_MAX 40

enum {
	WORD_COUNT = 1,  /* of "2x" */
	WORD_NOISE = 2,  /* names no part */
	WORD_DRIVER = 4, /* of a bracket that a driver adds */
	WORD_MEMORY = 8
};

struct word {
	char text[DEVICE_KEY_SIZE];
	int bracket; /* which, counted from 1; 0: none */
	unsigned int what;
};

struct reading {
	char raw[DEVICE_KEY_SIZE]; /* lower case, ASCII */
	struct word words[WORDS_MAX];
	size_t n;
	struct device_name *out;
};

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

static bool
is_key(char c)
{
	return is_digit(c) || is_letter(c) || c == '+';
}

static bool
among(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(word, list[i]) == 0)
			return true;
	return false;
}
#define AMONG(word, list) among(word, list, sizeof(list) / sizeof(*(list)))

/* ---- bytes ---- */

/* What a character that is not ASCII stands for; 0: nothing we know, it may look like another. */
static char
plain_char(uint32_t point)
{
	if (point == 0xa0 || point == 0xae || point == 0x2122) /* no-break space, (R), (TM) */
		return ' ';
	if (point == 0xd7)
		return 'x';
	return point >= 0x2010 && point <= 0x2015 ? '-' : 0;
}

static bool
read_bytes(const char *raw, struct reading *r)
{
	size_t n = strnlen(raw, DEVICE_NAME_MAX + 1), at = 0, used = 0;
	uint32_t point;

	if (n > DEVICE_NAME_MAX)
		return false;
	while (at < n) {
		size_t size = utf8_read(raw + at, n - at, &point);
		char c = size == 1 ? raw[at] : size > 1 ? plain_char(point) : 0;

		if (c == 0)
			return false;
		r->raw[used++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
		at += size;
	}
	r->raw[used] = 0;
	return true;
}

static void
blank(char *at, size_t n)
{
	memset(at, ' ', n);
}

static void
drop_marks(char *raw)
{
	static const char *const marks[] = {"(r)", "(tm)", "(c)"};
	char *at;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		while ((at = strstr(raw, marks[i])) != NULL)
			blank(at, strlen(marks[i]));
	at = strstr(raw, " @ "); /* a processor's clock rate */
	if (at != NULL)
		*at = 0;
}

/* "NVIDIA Corporation AD102 [GeForce RTX 4090] (rev a1)": the last bracket names the part. */
static void
take_listed(struct reading *r)
{
	static const struct {
		const char *begins, *vendor;
	} lists[] = {{"nvidia corporation", "nvidia"}, {"advanced micro devices", "amd"},
	    {"intel corporation", "intel"}};
	char *open = strrchr(r->raw, '['), *close = open != NULL ? strchr(open, ']') : NULL;

	for (size_t i = 0; close != NULL && i < sizeof(lists) / sizeof(*lists); i++) {
		if (strncmp(r->raw, lists[i].begins, strlen(lists[i].begins)) != 0)
			continue;
		if (strncmp(open, "[amd/ati]", 9) == 0)
			return;
		*close = 0;
		memmove(r->raw, open + 1, strlen(open + 1) + 1);
		r->out->vendor = lists[i].vendor;
		return;
	}
}

/* "MIG 3g.40gb", "MIG-1g.10gb+me" */
static void
take_slice(struct reading *r)
{
	char *at = strstr(r->raw, "mig"), *digits, *end;
	long long compute, gib;

	if (at == NULL || (at > r->raw && is_key(at[-1])) || is_key(at[3]))
		return;
	digits = at + 3 + strspn(at + 3, " -_");
	compute = strtoll(digits, &end, 10);
	if (!is_digit(digits[0]) || strncmp(end, "g.", 2) != 0 || !is_digit(end[2]))
		return;
	gib = strtoll(end + 2, &end, 10);
	if (strncmp(end, "gb", 2) != 0 || compute < 1 || compute > 7 || gib < 1 || gib > 10000)
		return;
	end += 2;
	if (end[0] == '+')
		end += strspn(end, "+abcdefghijklmnopqrstuvwxyz.");
	if (is_key(end[0]))
		return;
	r->out->slice_compute = compute;
	r->out->slice_gib = gib;
	blank(at, (size_t)(end - at));
}

/* ---- words ---- */

/* Bytes of the word at the beginning of a name: "4xh100" is two. */
static size_t
first_word(const char *at, size_t n)
{
	size_t digits = strspn(at, "0123456789");

	return digits > 0 && digits < 3 && n > digits + 1 && at[digits] == 'x' &&
		       is_letter(at[digits + 1])
		   ? digits + 1
		   : n;
}

static bool
read_words(struct reading *r)
{
	int brackets = 0, inside = 0;
	const char *at = r->raw;

	while (*at != 0) {
		size_t n = 0;

		if (*at == '(')
			inside = ++brackets;
		else if (*at == ')')
			inside = 0;
		while (is_key(at[n]))
			n++;
		if (n == 0) {
			at++;
			continue;
		}
		if (r->n == 0)
			n = first_word(at, n);
		if (r->n == WORDS_MAX)
			return false;
		memcpy(r->words[r->n].text, at, n);
		r->words[r->n].text[n] = 0;
		r->words[r->n].bracket = inside;
		r->words[r->n++].what = 0;
		at += n;
	}
	return true;
}

/* Read a whole word of digits; 0 if it is none, or more than max. */
static int64_t
whole_of(const char *word, int64_t max)
{
	int64_t value = 0;

	for (; is_digit(*word) && value <= max; word++)
		value = value * 10 + (*word - '0');
	return *word == 0 && value <= max ? value : 0;
}

/* "2x", "2 x", "2xRTX" at the beginning; "x2", "x 2" at the end. */
static void
find_count(struct reading *r)
{
	struct word *first = &r->words[0], *last = &r->words[r->n - 1];
	size_t digits = strspn(first->text, "0123456789");
	int64_t n = 0;

	if (r->n > 1 && digits > 0 && strcmp(first->text + digits, "x") == 0) {
		first->text[digits] = 0;
		n = whole_of(first->text, DEVICE_COUNT_MAX);
		first->text[digits] = 'x';
		first->what |= n ? WORD_COUNT : 0;
	} else if (r->n > 2 && first->text[digits] == 0 && strcmp(first[1].text, "x") == 0) {
		n = whole_of(first->text, DEVICE_COUNT_MAX);
		first->what |= n ? WORD_COUNT : 0;
		first[1].what |= n ? WORD_COUNT : 0;
	} else if (r->n > 1 && last->text[0] == 'x' && last->text[1] != 0) {
		n = whole_of(last->text + 1, DEVICE_COUNT_MAX);
		last->what |= n ? WORD_COUNT : 0;
	} else if (r->n > 2 && strcmp(last[-1].text, "x") == 0) {
		n = whole_of(last->text, DEVICE_COUNT_MAX);
		last->what |= n ? WORD_COUNT : 0;
		last[-1].what |= n ? WORD_COUNT : 0;
	}
	r->out->count = n ? n : 1;
}

static void
note_vendor(struct reading *r, const char *vendor)
{
	if (r->out->vendor != NULL && strcmp(r->out->vendor, vendor) != 0)
		r->out->vendors_differ = true;
	r->out->vendor = vendor;
}

static void
find_vendor(struct reading *r)
{
	static const struct {
		const char *word, *vendor;
	} vendors[] = {{"nvidia", "nvidia"}, {"amd", "amd"}, {"ati", "amd"}, {"intel", "intel"},
	    {"apple", "apple"}, {"qualcomm", "qualcomm"}, {"google", "google"}};

	for (size_t i = 0; i < r->n; i++)
		for (size_t v = 0; v < sizeof(vendors) / sizeof(*vendors); v++)
			if (strcmp(r->words[i].text, vendors[v].word) == 0) {
				r->words[i].what |= WORD_NOISE;
				note_vendor(r, vendors[v].vendor);
			}
}

static void
find_noise(struct reading *r)
{
	static const char *const noise[] = {"gpu", "graphics", "card", "accelerator", "adapter",
	    "corporation", "corp", "inc", "cpu"};

	for (size_t i = 0; i < r->n; i++) {
		struct word *w = &r->words[i];

		if (AMONG(w->text, noise))
			w->what |= WORD_NOISE;
		if (i >= 2 && strcmp(w->text, "processor") == 0 &&
		    strcmp(w[-1].text, "core") == 0 && whole_of(w[-2].text, 1024) > 0)
			w->what |= WORD_NOISE, w[-1].what |= WORD_NOISE, w[-2].what |= WORD_NOISE;
	}
}

/* Brackets of drivers begin with one of these; "(30-core GPU)" is no such bracket. */
static void
find_drivers(struct reading *r)
{
	static const char *const drivers[] = {"radv", "radeonsi", "amdvlk", "amdgpu", "llvm", "anv",
	    "nvk", "nouveau", "mesa", "turnip", "vulkan", "opencl", "cuda", "hip", "rocm", "metal",
	    "sycl", "integrated", "discrete", "rev"};
	int bracket = 0;

	for (size_t i = 0; i < r->n; i++) {
		bool begins = r->words[i].bracket != 0 &&
			      (i == 0 || r->words[i - 1].bracket != r->words[i].bracket);

		if (begins && AMONG(r->words[i].text, drivers))
			bracket = r->words[i].bracket;
		if (bracket != 0 && r->words[i].bracket == bracket)
			r->words[i].what |= WORD_DRIVER;
	}
}

/* GiB of "24gb", "24g", "24gib", "24576mib"; of "24" if the unit is a word of its own. 0: none. */
static double
memory_of(const char *digits, const char *unit)
{
	static const char *const gib[] = {"g", "gb", "gib"}, *const mib[] = {"mb", "mib"};
	int64_t value = whole_of(digits, 10000000);

	if (AMONG(unit, gib))
		return (double)value;
	return AMONG(unit, mib) ? (double)value / 1024 : 0;
}

static void
find_memory(struct reading *r)
{
	char digits[DEVICE_KEY_SIZE];

	for (size_t i = 0; i < r->n; i++) {
		struct word *w = &r->words[i];
		size_t n = strspn(w->text, "0123456789");
		bool apart = n > 0 && w->text[n] == 0 && i + 1 < r->n;
		double gib;

		memcpy(digits, w->text, n);
		digits[n] = 0;
		gib = n > 0 ? memory_of(digits, apart ? w[1].text : w->text + n) : 0;
		if (gib <= 0 || r->out->memory_gib > 0)
			continue; /* only the first; a name with two sizes is left as it is */
		r->out->memory_gib = gib;
		w->what |= WORD_MEMORY;
		w[apart ? 1 : 0].what |= WORD_MEMORY;
	}
}

/* ---- keys ---- */

static void
write_key(const struct reading *r, unsigned int without, char out[DEVICE_KEY_SIZE])
{
	size_t used = 0;

	for (size_t i = 0; i < r->n; i++) {
		size_t n = strlen(r->words[i].text);

		if (r->words[i].what & without)
			continue;
		memcpy(out + used, r->words[i].text, n);
		used += n;
	}
	out[used] = 0;
}

bool
device_name_read(const char *raw, struct device_name *out)
{
	static const unsigned int without[DEVICE_KEY__MAX] = {
	    [DEVICE_KEY_ALL] = 0,
	    [DEVICE_KEY_ONE] = WORD_COUNT,
	    [DEVICE_KEY_PART] = WORD_COUNT | WORD_NOISE,
	    [DEVICE_KEY_PLAIN] = WORD_COUNT | WORD_NOISE | WORD_DRIVER,
	    [DEVICE_KEY_FAMILY] = WORD_COUNT | WORD_NOISE | WORD_DRIVER | WORD_MEMORY,
	};
	struct reading r;

	memset(out, 0, sizeof(*out));
	r.n = 0;
	r.out = out;
	if (!read_bytes(raw, &r))
		return false;
	drop_marks(r.raw);
	take_listed(&r);
	take_slice(&r);
	if (!read_words(&r) || r.n == 0)
		return false;
	find_count(&r);
	find_vendor(&r);
	find_noise(&r);
	find_drivers(&r);
	find_memory(&r);
	for (int k = 0; k < DEVICE_KEY__MAX; k++)
		write_key(&r, without[k], out->key[k]);
	return true;
}
