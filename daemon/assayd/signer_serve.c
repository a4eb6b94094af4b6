/* signer_serve.c — `assayd signer`: the process that holds the log's private key.
 * SPDX-License-Identifier: Apache-2.0 */
#include "signer_serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "confine.h"
#include "frame.h"
#include "log.h"
#include "signer.h"

#define REQUEST_MS 1000 /* from a request's first byte to the last of its answer */
#define PAUSE_MS 100
#define BACKLOG_N 16

/* Returns false once the connection is good for nothing more. */
static bool
answer_one(struct log_signer *s, int fd, int64_t until_ms)
{
	struct text request = {0}, answer = {0};
	bool done = frame_read(fd, &request, until_ms);

	if (done) {
		signer_answer(s, request.data, request.n, &answer);
		done = frame_write(fd, &answer, until_ms);
	}
	text_clear(&request);
	text_clear(&answer);
	return done;
}

/* Nothing that is needed later may be opened later, but the state's file. */
static bool
give_up_rights(const char *state_path, struct fault *f)
{
	char *folder = strdup(state_path), *slash = folder ? strrchr(folder, '/') : NULL;
	struct confined got;
	bool done;

	if (folder == NULL)
		return fault_set(f, FAULT_NO_MEMORY, "", "memory for a path", "none");
	if (slash != NULL)
		slash[slash == folder] = 0;
	done = confine(slash != NULL ? folder : ".", &got, f);
	free(folder);
	if (done)
		log_event(
		    got.system_calls && got.landlock_abi > 0 ? LOG_LEVEL_DEBUG : LOG_LEVEL_WARN,
		    "signer_confined", "seccomp=%s landlock=%d",
		    got.system_calls ? "true" : "false", got.landlock_abi);
	return done;
}

/* A stop of the whole group must not take the key away from a server that finishes its work: its
 * closing the socket ends this process. */
static bool
serve_parent(struct log_signer *s, struct fault *f)
{
	struct stat st;

	if (fstat(STDIN_FILENO, &st) != 0 || !S_ISSOCK(st.st_mode))
		return fault_set(f, FAULT_OPTION, "signer_socket",
		    "the path of a Unix socket to listen on", "nothing");
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	if (!give_up_rights(s->state_path, f))
		return false;
	while (frame_wait(STDIN_FILENO, FRAME_NEVER) &&
	       answer_one(s, STDIN_FILENO, frame_now_ms() + REQUEST_MS))
		continue;
	return true;
}

/* A socket left behind by a signer that was killed is in the way; who holds the state's lock may
 * take its place. */
static int
listen_on(const char *path, struct fault *f)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct stat st;
	mode_t before = umask(0117);
	bool done = fd >= 0 && strlen(path) < sizeof(at.sun_path);

	if (done) {
		strcpy(at.sun_path, path);
		if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
			unlink(path);
		done =
		    bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, BACKLOG_N) == 0;
	}
	umask(before);
	if (done)
		return fd;
	fault_set(f, FAULT_FILE, path, "a path for a Unix socket, at most 107 bytes", "%s",
	    strlen(path) < sizeof(at.sun_path) ? strerror(errno) : "a longer one");
	if (fd >= 0)
		close(fd);
	return -1;
}

static bool
serve_socket(struct log_signer *s, const char *path, struct fault *f)
{
	int listening = listen_on(path, f);

	if (listening < 0 || !give_up_rights(s->state_path, f))
		return false;
	log_event(LOG_LEVEL_INFO, "signer_ready", "size=%llu", (unsigned long long)s->last.size);
	for (;;) {
		int fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0) {
			poll(NULL, 0, PAUSE_MS);
			continue;
		}
		if (!answer_one(s, fd, frame_now_ms() + REQUEST_MS))
			log_event(LOG_LEVEL_DEBUG, "signer_unasked", "pid=%d", (int)getpid());
		close(fd);
	}
}

bool
signer_serve(const struct options *o, struct fault *f)
{
	struct rlimit none = {0};
	struct log_signer s;
	bool done;

	if (!log_set_level(o->log_level) || o->log_key[0] == 0 || o->signer_state[0] == 0)
		return fault_set(f, FAULT_OPTION, "log_key, signer_state, log_level",
		    "a key file, a state file and a level", "one of them missing or wrong");
	(void)setrlimit(RLIMIT_CORE, &none); /* a core would hold the key */
	signal(SIGPIPE, SIG_IGN);
	if (!signer_open(&s, o->origin, o->log_key, o->signer_state, f))
		return false;
	done = o->signer_socket[0] ? serve_socket(&s, o->signer_socket, f) : serve_parent(&s, f);
	signer_close(&s);
	return done;
}
