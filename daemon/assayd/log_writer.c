/* log_writer.c — lines on their way to stderr: one buffer fills while the other is written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "log_writer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

#define BUFFER_BYTES (1024 * 1024)
#define GATHER_MS 5 /* lines that come in so short a time share a write */
#define POLL_MS 100
#define STUCK_MAX_MS 1000 /* at the end we wait no longer for a reader that takes nothing */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	char *filling, *writing;
	size_t filled_n;
	bool stopping;
} writer = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static atomic_bool running;
static atomic_llong lost_n;

static void
write_at_once(const char *line, size_t n)
{
	int before = errno;
	ssize_t put;

	do {
		put = write(STDERR_FILENO, line, n);
	} while (put < 0 && errno == EINTR);
	errno = before;
}

/* A pipe that polls writable takes PIPE_BUF bytes without blocking. */
static bool
wait_writable(void)
{
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
	bool stopping = false;

	for (int waited_ms = 0; !stopping || waited_ms < STUCK_MAX_MS; waited_ms += POLL_MS) {
		if (poll(&p, 1, POLL_MS) > 0)
			return true;
		pthread_mutex_lock(&writer.lock);
		stopping = writer.stopping;
		pthread_mutex_unlock(&writer.lock);
	}
	return false;
}

/* As many whole lines as fit into one write. */
static size_t
piece_of(const char *data, size_t n)
{
	size_t most = n < LOG_LINE_MAX_BYTES ? n : LOG_LINE_MAX_BYTES;
	const char *end = memrchr(data, '\n', most);

	return end != NULL ? (size_t)(end + 1 - data) : most;
}

static bool
write_all(const char *data, size_t n)
{
	while (n > 0) {
		size_t piece = piece_of(data, n);

		if (!wait_writable())
			return false;
		write_at_once(data, piece);
		data += piece;
		n -= piece;
	}
	return true;
}

/* Take what has gathered; *last: nothing comes behind it. */
static size_t
take(bool *last)
{
	const struct timespec gather = {.tv_nsec = GATHER_MS * 1000000};
	char *filled;
	size_t n;

	pthread_mutex_lock(&writer.lock);
	while (writer.filled_n == 0 && !writer.stopping)
		pthread_cond_wait(&writer.wake, &writer.lock);
	if (!writer.stopping) {
		pthread_mutex_unlock(&writer.lock);
		nanosleep(&gather, NULL);
		pthread_mutex_lock(&writer.lock);
	}
	*last = writer.stopping;
	n = writer.filled_n;
	filled = writer.filling;
	writer.filling = writer.writing;
	writer.writing = filled;
	writer.filled_n = 0;
	pthread_mutex_unlock(&writer.lock);
	return n;
}

static void *
run(void *arg)
{
	long long told_n = log_lost_n();
	bool last = false;

	(void)arg;
	while (!last) {
		size_t n = take(&last);
		long long lost;

		if (!write_all(writer.writing, n))
			break;
		lost = log_lost_n();
		if (lost != told_n)
			log_event(LOG_LEVEL_WARN, "log_lost", "lines=%lld", lost - told_n);
		told_n = lost;
	}
	return NULL;
}

bool
log_writer_start(void)
{
	writer.filling = malloc(BUFFER_BYTES);
	writer.writing = malloc(BUFFER_BYTES);
	writer.filled_n = 0;
	writer.stopping = false;
	if (writer.filling != NULL && writer.writing != NULL &&
	    pthread_create(&writer.thread, NULL, run, NULL) == 0) {
		atomic_store(&running, true);
		return true;
	}
	free(writer.filling);
	free(writer.writing);
	return false;
}

void
log_writer_stop(void)
{
	if (!atomic_exchange(&running, false))
		return;
	pthread_mutex_lock(&writer.lock);
	writer.stopping = true;
	pthread_cond_signal(&writer.wake);
	pthread_mutex_unlock(&writer.lock);
	pthread_join(writer.thread, NULL);
	free(writer.filling);
	free(writer.writing);
}

void
log_writer_put(const char *line, size_t n)
{
	bool first;

	if (!atomic_load_explicit(&running, memory_order_acquire)) {
		write_at_once(line, n);
		return;
	}
	pthread_mutex_lock(&writer.lock);
	first = writer.filled_n == 0;
	if (n <= BUFFER_BYTES - writer.filled_n) {
		memcpy(writer.filling + writer.filled_n, line, n);
		writer.filled_n += n;
	} else {
		atomic_fetch_add_explicit(&lost_n, 1, memory_order_relaxed);
	}
	if (first)
		pthread_cond_signal(&writer.wake);
	pthread_mutex_unlock(&writer.lock);
}

int64_t
log_lost_n(void)
{
	return atomic_load_explicit(&lost_n, memory_order_relaxed);
}
