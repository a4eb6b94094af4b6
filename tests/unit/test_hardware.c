/* test_hardware.c — machines as their kernels and tools tell them, and programs that misbehave.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "command.h"
#include "hardware.h"
#include "json.h"
#include "unit.h"

static void
assert_machine(const char *name, const char *expected)
{
	json_t *got = hardware_read(name), *want = json_loads(expected, 0, NULL);
	struct text printed = {0};

	assert_non_null(want);
	json_print(got, &printed);
	if (!json_equal(got, want))
		fail_msg("%s: %s", name, printed.data);
	text_clear(&printed);
	json_decref(got);
	json_decref(want);
}

/* The tool names the first adapter, nobody the AMD one; a console's and a network's are none. */
static void
test_nvidia(void **state)
{
	(void)state;
	assert_machine(ASSAY_CASES "/hardware/nvidia",
	    "{\"cpu\":{\"name\":\"AMD Ryzen 9 7950X 16-Core Processor\",\"cores\":2,\"threads\":4},"
	    "\"memory_mib\":64000,\"os\":\"Debian GNU/Linux 12 (bookworm)\",\"accelerators\":["
	    "{\"name\":\"NVIDIA GeForce RTX 4090\",\"memory_mib\":24564},"
	    "{\"name\":\"NVIDIA GeForce RTX 4090\",\"memory_mib\":24564},"
	    "{\"name\":\"1002:744c\",\"memory_mib\":24560}]}");
}

static void
test_arm(void **state)
{
	(void)state;
	assert_machine(ASSAY_CASES "/hardware/arm",
	    "{\"cpu\":{\"name\":\"Cortex-A55 + Cortex-A76\",\"threads\":2},\"memory_mib\":8052,"
	    "\"accelerators\":[{\"name\":\"NVIDIA GB10\"}]}");
}

static void
test_rocm(void **state)
{
	(void)state;
	assert_machine(ASSAY_CASES "/hardware/rocm",
	    "{\"accelerators\":[{\"name\":\"AMD Radeon RX 7900 XTX\",\"memory_mib\":24560},"
	    "{\"name\":\"Instinct MI210\",\"memory_mib\":65520}]}");
}

static void
test_nothing_is_invented(void **state)
{
	(void)state;
	assert_machine(ASSAY_CASES "/hardware/hostile", "{\"accelerators\":[]}");
	assert_machine(ASSAY_CASES "/hardware/none", "{\"accelerators\":[]}");
}

static bool
shell(const char *script, size_t max_bytes, int64_t timeout_ms, struct text *out)
{
	const char *const argv[] = {"sh", "-c", script, NULL};

	return command_output(argv, max_bytes, timeout_ms, out);
}

static void
test_commands_are_bounded(void **state)
{
	const char *const absent[] = {"no-such-program-anywhere", NULL};
	struct text out = {0};

	(void)state;
	assert_true(shell("echo said; echo not >&2", 5, 60000, &out));
	assert_string_equal(out.data, "said\n");
	assert_false(shell("echo 12345", 5, 60000, &out));
	assert_false(shell("exit 3", 5, 60000, &out));
	assert_false(shell("while :; do echo endless; done", 5, 60000, &out));
	assert_false(shell("sleep 600", 5, 50, &out));
	assert_false(shell("exec >&-; sleep 600", 5, 50, &out));
	assert_false(shell("sleep 600 & exit 0", 5, 50, &out));
	assert_false(command_output(absent, 5, 60000, &out));
	assert_string_equal(out.data, "said\n");
	text_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nvidia),
	    cmocka_unit_test(test_arm),
	    cmocka_unit_test(test_rocm),
	    cmocka_unit_test(test_nothing_is_invented),
	    cmocka_unit_test(test_commands_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
