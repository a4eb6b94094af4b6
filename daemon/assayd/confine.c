/* confine.c — take from a process what the signer does not need: seccomp and Landlock.
 * SPDX-License-Identifier: Apache-2.0 */
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

/* ---- Landlock ---- */

/* Headers may be older than the kernel, so its forms stand here. */
#define RULESET_VERSION 1u
#define RULE_PATH_BENEATH 1
#define FS_WRITE_FILE (1ull << 1)
#define FS_READ_FILE (1ull << 2)
#define FS_READ_DIR (1ull << 3)
#define FS_REMOVE_FILE (1ull << 5)
#define FS_MAKE_REG (1ull << 8)
#define NEEDED (FS_WRITE_FILE | FS_READ_FILE | FS_READ_DIR | FS_REMOVE_FILE | FS_MAKE_REG)

struct ruleset {
	uint64_t fs;
	uint64_t net;    /* from ABI 4 */
	uint64_t scoped; /* from ABI 6 */
};

struct path_rule {
	uint64_t allowed;
	int32_t parent;
} __attribute__((packed));

/* All that an ABI knows is handled: what no rule allows is denied. */
static uint64_t
fs_known(int abi)
{
	static const int bits[] = {0, 13, 14, 15, 15, 16};

	return (1ull << bits[abi < 5 ? abi : 5]) - 1;
}

static size_t
ruleset_size(int abi)
{
	return abi >= 6   ? sizeof(struct ruleset)
	       : abi >= 4 ? offsetof(struct ruleset, scoped)
			  : offsetof(struct ruleset, net);
}

static bool
landlock(int abi, int folder)
{
	struct ruleset all = {.fs = fs_known(abi), .net = 3, .scoped = 3};
	struct path_rule own = {.allowed = NEEDED, .parent = folder};
	int fd = (int)syscall(SYS_landlock_create_ruleset, &all, ruleset_size(abi), 0);
	bool done;

	if (fd < 0)
		return false;
	done = syscall(SYS_landlock_add_rule, fd, RULE_PATH_BENEATH, &own, 0) == 0 &&
	       syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return done;
}

/* ---- seccomp ---- */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0 /* no table for it: goes without */
#endif

/* What an intruder would want first. */
static const int killing[] = {SYS_execve, SYS_execveat, SYS_clone, SYS_clone3, SYS_ptrace,
    SYS_process_vm_readv, SYS_process_vm_writev, SYS_socket, SYS_connect, SYS_bind,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    SYS_bpf, SYS_init_module, SYS_mount, SYS_setns, SYS_unshare};

static const int allowed[] = {SYS_read, SYS_write, SYS_writev, SYS_close, SYS_fstat, SYS_newfstatat,
    SYS_lseek, SYS_openat, SYS_munmap, SYS_mremap, SYS_brk, SYS_madvise, SYS_futex, SYS_ppoll,
    SYS_recvfrom, SYS_sendto, SYS_accept4, SYS_fsync, SYS_fdatasync, SYS_renameat, SYS_renameat2,
    SYS_unlinkat, SYS_fchmod, SYS_getpid, SYS_gettid, SYS_getrandom, SYS_clock_gettime,
    SYS_clock_nanosleep, SYS_nanosleep, SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_sigaltstack,
    SYS_restart_syscall, SYS_sched_yield, SYS_exit, SYS_exit_group,
#ifdef SYS_poll
    SYS_poll, SYS_rename, SYS_unlink, SYS_open, SYS_stat, SYS_lstat,
#endif
    SYS_statx};

/* Their third argument says whether the memory may be executed. */
static const int mapping[] = {SYS_mmap, SYS_mprotect};

#define LOAD(member)                                                                               \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offsetof(struct seccomp_data, member))
#define IF_NOT_SKIP(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, n)
#define END(what) BPF_STMT(BPF_RET | BPF_K, what)
#define DENIED (SECCOMP_RET_ERRNO | EPERM)
#define HEAD_N 6
#define CALL_N 2
#define MAPPING_N 5
#define PROGRAM_N                                                                                  \
	(HEAD_N + CALL_N * (COUNT(killing) + COUNT(allowed)) + MAPPING_N * COUNT(mapping) + 1)

static void
add(struct sock_filter *program, size_t *n, const struct sock_filter *pieces, size_t pieces_n)
{
	memcpy(program + *n, pieces, pieces_n * sizeof(*pieces));
	*n += pieces_n;
}

static void
add_calls(
    struct sock_filter *program, size_t *n, const int *calls, size_t calls_n, uint32_t outcome)
{
	for (size_t i = 0; i < calls_n; i++) {
		struct sock_filter one[CALL_N] = {IF_NOT_SKIP(calls[i], 1), END(outcome)};

		add(program, n, one, CALL_N);
	}
}

static void
make_program(struct sock_filter program[PROGRAM_N])
{
	const struct sock_filter head[HEAD_N] = {LOAD(arch), IF_NOT_SKIP(ARCHITECTURE, 2),
	    LOAD(nr), /* a number beyond all tables: another ABI of this processor */
	    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), END(SECCOMP_RET_KILL_PROCESS),
	    LOAD(nr)};
	const struct sock_filter last = END(DENIED);
	size_t n = 0;

	add(program, &n, head, HEAD_N);
	add_calls(program, &n, killing, COUNT(killing), SECCOMP_RET_KILL_PROCESS);
	add_calls(program, &n, allowed, COUNT(allowed), SECCOMP_RET_ALLOW);
	for (size_t i = 0; i < COUNT(mapping); i++) {
		const struct sock_filter one[MAPPING_N] = {IF_NOT_SKIP(mapping[i], 4),
		    LOAD(args[2]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
		    END(DENIED), END(SECCOMP_RET_ALLOW)};

		add(program, &n, one, MAPPING_N);
	}
	add(program, &n, &last, 1);
}

/* A kernel without filters says EINVAL. */
static bool
filter(bool *on)
{
	struct sock_filter program[PROGRAM_N];
	const struct sock_fprog all = {PROGRAM_N, program};

	*on = false;
	if (ARCHITECTURE == 0)
		return true;
	make_program(program);
	*on = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0) == 0;
	return *on || errno == EINVAL;
}

/* ---- both ---- */

bool
confine(const char *folder, struct confined *c, struct fault *f)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, RULESET_VERSION);
	int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool done;

	*c = (struct confined){.landlock_abi = abi > 0 ? (int)abi : 0};
	if (fd < 0)
		return fault_set(
		    f, FAULT_FILE, folder, "a folder that can be opened", "%s", strerror(errno));
	done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	       (c->landlock_abi == 0 || landlock(c->landlock_abi, fd)) && filter(&c->system_calls);
	close(fd);
	return done || fault_set(f, FAULT_INTERNAL, "", "a kernel that lets a process be confined",
			   "%s", strerror(errno));
}
