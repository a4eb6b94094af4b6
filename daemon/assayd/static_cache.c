/* static_cache.c — small files of one folder, kept in memory while they stay as they are.
 * SPDX-License-Identifier: Apache-2.0 */
#include "static_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "crypto.h"
#include "encode.h"
#include "log.h"
#include "static.h"

#define BUCKETS_N 4096
#define READ_TRIES_N 3

/* Two changes of a file may bear the same time within one tick of the kernel's clock. A file
 * younger than this is served, but not kept: its next change could not be seen. */
#define TICK_NS ((int64_t)50 * 1000 * 1000)

/* What makes a file the same file with the same bytes. */
struct identity {
	dev_t dev;
	ino_t ino;
	int64_t size, mtime_ns, ctime_ns;
};

/* One file's bytes. In its bucket and in `recent` while the cache holds it; freed with the last
 * holder, which may be an answer that is still being sent. */
struct static_file {
	LIST_ENTRY(static_file) in_bucket;
	TAILQ_ENTRY(static_file) in_recent;
	atomic_int holders;
	struct identity identity;
	_Atomic uint64_t looked_at; /* the turn in which it was last found unchanged */
	char etag[ETAG_SIZE];
	char *data;
	size_t n;
	char path[]; /* root and all, to look at it again */
};

LIST_HEAD(file_bucket, static_file);
TAILQ_HEAD(file_list, static_file);

struct static_cache {
	char *root;
	size_t root_n;
	size_t max_bytes, file_max_bytes;
	pthread_mutex_t lock; /* for all below */
	size_t bytes;
	struct file_bucket buckets[BUCKETS_N];
	struct file_list recent; /* the latest first */
};

static struct identity
identity_of(const struct stat *st)
{
	return (struct identity){.dev = st->st_dev,
	    .ino = st->st_ino,
	    .size = st->st_size,
	    .mtime_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	    .ctime_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec};
}

static bool
identity_equals(const struct identity *a, const struct identity *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size &&
	       a->mtime_ns == b->mtime_ns && a->ctime_ns == b->ctime_ns;
}

static void
print_etag(const void *data, size_t n, char out[ETAG_SIZE])
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(data, n, digest);
	out[0] = '"';
	hex_print(digest, SHA256_SIZE / 2, out + 1);
	memcpy(out + ETAG_SIZE - 2, "\"", 2);
}

void
static_file_release(void *file)
{
	struct static_file *f = file;

	if (f == NULL || atomic_fetch_sub(&f->holders, 1) != 1)
		return;
	free(f->data);
	free(f);
}

void
static_hit_release(struct static_hit *hit)
{
	static_file_release(hit->file);
	if (hit->fd >= 0)
		close(hit->fd);
}

/* ---- what is kept; the lock is held ---- */

/* FNV-1a. Paths are the operator's, not the clients': nobody can choose colliding ones. */
static size_t
bucket_of(const char *path)
{
	uint64_t h = 14695981039346656037u;

	for (; *path != 0; path++)
		h = (h ^ (unsigned char)*path) * 1099511628211u;
	return h % BUCKETS_N;
}

static size_t
cost_of(const struct static_file *f)
{
	return sizeof(*f) + strlen(f->path) + 1 + f->n;
}

static void
forget(struct static_cache *c, struct static_file *f)
{
	LIST_REMOVE(f, in_bucket);
	TAILQ_REMOVE(&c->recent, f, in_recent);
	c->bytes -= cost_of(f);
	static_file_release(f);
}

static struct static_file *
find(struct static_cache *c, const char *path)
{
	struct static_file *f;

	LIST_FOREACH(f, &c->buckets[bucket_of(path)], in_bucket)
	if (strcmp(f->path, path) == 0)
		return f;
	return NULL;
}

/* ---- what is kept, from outside ---- */

/* Returns held, or NULL. */
static struct static_file *
look_up(struct static_cache *c, const char *path)
{
	struct static_file *f;

	pthread_mutex_lock(&c->lock);
	f = find(c, path);
	if (f != NULL) {
		atomic_fetch_add(&f->holders, 1);
		TAILQ_REMOVE(&c->recent, f, in_recent);
		TAILQ_INSERT_HEAD(&c->recent, f, in_recent);
	}
	pthread_mutex_unlock(&c->lock);
	return f;
}

/* Put a file in the place of what was known under its path, and let the longest unused go. */
static void
keep(struct static_cache *c, struct static_file *f)
{
	struct static_file *old;

	if (cost_of(f) > c->max_bytes)
		return;
	pthread_mutex_lock(&c->lock);
	old = find(c, f->path);
	if (old != NULL)
		forget(c, old);
	atomic_fetch_add(&f->holders, 1);
	LIST_INSERT_HEAD(&c->buckets[bucket_of(f->path)], f, in_bucket);
	TAILQ_INSERT_HEAD(&c->recent, f, in_recent);
	c->bytes += cost_of(f);
	while (c->bytes > c->max_bytes)
		forget(c, TAILQ_LAST(&c->recent, file_list));
	pthread_mutex_unlock(&c->lock);
}

static void
drop(struct static_cache *c, const struct static_file *f)
{
	pthread_mutex_lock(&c->lock);
	if (find(c, f->path) == f)
		forget(c, find(c, f->path));
	pthread_mutex_unlock(&c->lock);
}

/* ---- files ---- */

/* Open folder by folder, so that no link can lead out. Returns -1 with errno. */
static int
open_below(const char *root, const char *path)
{
	const int through = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	const int at_end = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC;
	int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd = dir, error;
	char name[NAME_MAX + 1];
	bool last = false;

	while (!last && fd >= 0) {
		size_t n = strcspn(path, "/");

		if (n > NAME_MAX) {
			close(dir);
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(name, path, n);
		name[n] = 0;
		last = path[n] == 0;
		path += n + !last;
		fd = openat(dir, name, last ? at_end : through);
		error = errno;
		close(dir);
		errno = error;
		dir = fd;
	}
	return fd;
}

static bool
read_all(int fd, char *data, size_t n)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = pread(fd, data + have, n - have, (off_t)have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		have += (size_t)got;
	}
	return true;
}

static struct static_file *
file_new(const char *path, size_t n)
{
	struct static_file *f = calloc(1, sizeof(*f) + strlen(path) + 1);

	if (f == NULL)
		return NULL;
	f->data = malloc(n > 0 ? n : 1);
	if (f->data == NULL) {
		free(f);
		return NULL;
	}
	f->n = n;
	atomic_init(&f->holders, 1);
	strcpy(f->path, path);
	return f;
}

/* Read a file that may be written to meanwhile: only bytes that stood there together will do. */
static struct static_file *
load(int fd, struct stat *st, const char *path)
{
	for (int i = 0; i < READ_TRIES_N; i++) {
		struct static_file *f = file_new(path, (size_t)st->st_size);
		struct identity before = identity_of(st), after;

		if (f == NULL)
			return NULL;
		if (read_all(fd, f->data, f->n) && fstat(fd, st) == 0) {
			after = identity_of(st);
			f->identity = after;
			if (identity_equals(&before, &after)) {
				print_etag(f->data, f->n, f->etag);
				return f;
			}
		}
		static_file_release(f);
		if (fstat(fd, st) != 0)
			return NULL;
	}
	return NULL;
}

static bool
is_settled(const struct identity *identity)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - identity->ctime_ns > TICK_NS;
}

/* ---- finding ---- */

static enum static_found
hit_memory(struct static_file *f, struct static_hit *out)
{
	out->file = f;
	out->data = f->data;
	out->n = f->n;
	out->mtime_ns = f->identity.mtime_ns;
	memcpy(out->etag, f->etag, ETAG_SIZE);
	return STATIC_IN_MEMORY;
}

/* A large file's tag is made of what tells that it changed: hashing it each time would cost more
 * than sending it. */
static enum static_found
hit_disk(int fd, const struct stat *st, struct static_hit *out)
{
	struct identity identity;

	memset(&identity, 0, sizeof(identity));
	identity.ino = st->st_ino;
	identity.size = st->st_size;
	identity.mtime_ns = identity_of(st).mtime_ns;
	identity.ctime_ns = identity_of(st).ctime_ns;
	print_etag(&identity, sizeof(identity), out->etag);
	out->fd = fd;
	out->n = (size_t)st->st_size;
	out->mtime_ns = identity.mtime_ns;
	return STATIC_ON_DISK;
}

static enum static_found
trouble(const char *path, int error)
{
	char quoted[256];

	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
	case EACCES:
	case ENAMETOOLONG:
	case ENXIO:
		return STATIC_NOTHING;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return STATIC_BUSY;
	}
	log_event(LOG_LEVEL_ERROR, "static_unreadable", "path=%s errno=%d",
	    log_quote(path, quoted, sizeof(quoted)), error);
	return STATIC_BROKEN;
}

/* Takes fd. */
static enum static_found
look_at(struct static_cache *c, int fd, const char *path, struct static_hit *out)
{
	struct stat st = {0}, index;
	struct static_file *f;
	bool is_folder;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size > c->file_max_bytes)
		return hit_disk(fd, &st, out);
	if (!S_ISREG(st.st_mode)) {
		is_folder = S_ISDIR(st.st_mode) &&
			    fstatat(fd, "index.html", &index, AT_SYMLINK_NOFOLLOW) == 0 &&
			    S_ISREG(index.st_mode);
		close(fd);
		return is_folder ? STATIC_FOLDER : STATIC_NOTHING;
	}
	f = load(fd, &st, path);
	close(fd);
	if (f == NULL)
		return STATIC_BUSY;
	if (is_settled(&f->identity))
		keep(c, f);
	return hit_memory(f, out);
}

/* Tell whether what is in memory is what the path names now. */
static bool
is_current(struct static_file *f, uint64_t turn)
{
	struct identity now;
	struct stat st;

	if (atomic_load_explicit(&f->looked_at, memory_order_relaxed) == turn)
		return true;
	if (stat(f->path, &st) != 0)
		return false;
	now = identity_of(&st);
	if (!identity_equals(&f->identity, &now))
		return false;
	atomic_store_explicit(&f->looked_at, turn, memory_order_relaxed);
	return true;
}

enum static_found
static_cache_find(struct static_cache *c, const char *path, uint64_t turn, struct static_hit *out)
{
	size_t path_n = strlen(path);
	char full[PATH_MAX];
	struct static_file *f;
	int fd;

	*out = (struct static_hit){.fd = -1};
	if (c->root_n + 1 + path_n >= sizeof(full))
		return STATIC_NOTHING;
	memcpy(full, c->root, c->root_n);
	full[c->root_n] = '/';
	memcpy(full + c->root_n + 1, path, path_n + 1);
	f = look_up(c, full);
	if (f != NULL && is_current(f, turn))
		return hit_memory(f, out);
	if (f != NULL) {
		drop(c, f);
		static_file_release(f);
	}
	fd = open_below(c->root, path);
	return fd < 0 ? trouble(path, errno) : look_at(c, fd, full, out);
}

/* ---- beginning and end ---- */

struct static_cache *
static_cache_new(const char *root, size_t max_bytes, size_t file_max_bytes)
{
	struct static_cache *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->root = strdup(root);
	if (c->root == NULL) {
		free(c);
		return NULL;
	}
	c->root_n = strlen(root);
	c->max_bytes = max_bytes;
	c->file_max_bytes = file_max_bytes;
	pthread_mutex_init(&c->lock, NULL);
	for (size_t i = 0; i < BUCKETS_N; i++)
		LIST_INIT(&c->buckets[i]);
	TAILQ_INIT(&c->recent);
	return c;
}

void
static_cache_free(struct static_cache *c)
{
	struct static_file *f;

	if (c == NULL)
		return;
	while ((f = TAILQ_FIRST(&c->recent)) != NULL)
		forget(c, f);
	pthread_mutex_destroy(&c->lock);
	free(c->root);
	free(c);
}
