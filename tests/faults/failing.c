/* Makes the Nth write to a segment of the journal fail for want of room, and the Nth sync with an I/O error. A sync
   that fails loses what was written since the last that did not, as Linux does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 4096
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static long writes, syncs;
static off_t durable[FILES];
static char opened[FILES], failed[FILES];

static long wanted(const char *name) {
    const char *value = getenv(name);
    return value ? atol(value) : 0;
}

static int is_segment(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0 || fd < 0 || fd >= FILES) return 0;
    path[length] = 0;
    return strstr(path, "/journal/annals-") != NULL;
}

/* What a file had when it was opened is on the disk. */
static void know(int fd) {
    struct stat status;
    if (!opened[fd] && fstat(fd, &status) == 0) {
        opened[fd] = 1;
        failed[fd] = 0;
        durable[fd] = status.st_size;
    }
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off_t offset, const char *name) {
    ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, name);
    if (!is_segment(fd)) return real(fd, bytes, length, offset);
    static int full;
    pthread_mutex_lock(&one);
    know(fd);
    ssize_t written = -1;
    if (full) {
        full = 0;
        errno = ENOSPC;
    } else if (++writes == wanted("ANNALS_TEST_FAILING_WRITE")) {
        /* A part of it still finds room, and the rest does not. */
        written = real(fd, bytes, length / 2, offset);
        full = 1;
    } else {
        written = real(fd, bytes, length, offset);
    }
    pthread_mutex_unlock(&one);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return write_at(fd, bytes, length, offset, "pwrite");
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) {
    return write_at(fd, bytes, length, offset, "pwrite64");
}

static int sync_file(int fd, const char *name) {
    int (*real)(int) = dlsym(RTLD_NEXT, name);
    if (!is_segment(fd)) return real(fd);
    pthread_mutex_lock(&one);
    know(fd);
    int done = -1;
    if (failed[fd]) {
        const char *note = getenv("ANNALS_TEST_RETRIED");
        int file = note ? open(note, O_CREAT | O_WRONLY, 0600) : -1;
        if (file >= 0) close(file);
    }
    if (++syncs == wanted("ANNALS_TEST_FAILING_SYNC")) {
        failed[fd] = 1;
        if (ftruncate(fd, durable[fd]) == 0) errno = EIO;
    } else {
        struct stat status;
        done = real(fd);
        if (done == 0 && fstat(fd, &status) == 0) durable[fd] = status.st_size;
    }
    pthread_mutex_unlock(&one);
    return done;
}

int fdatasync(int fd) { return sync_file(fd, "fdatasync"); }
int fsync(int fd) { return sync_file(fd, "fsync"); }

int close(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "close");
    if (fd >= 0 && fd < FILES) opened[fd] = 0;
    return real(fd);
}
