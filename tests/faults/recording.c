/* Records, in their order, every change that a process makes below a folder, and what it says on standard output:
   an operation (1 byte), a path (4 bytes of length before it), a position (8), and bytes (4 of length before them). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static int file = -1;
static const char *root;

#define REAL(result, name, ...) result (*real)(__VA_ARGS__) = dlsym(RTLD_NEXT, name)

__attribute__((constructor)) static void begin(void) {
    REAL(int, "open64", const char *, int, ...);
    root = getenv("ANNALS_TEST_RECORDED");
    const char *to = getenv("ANNALS_TEST_RECORD");
    if (root && to) file = real(to, O_CREAT | O_WRONLY | O_APPEND, 0600);
}

static void put(const void *bytes, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    while (length > 0) {
        ssize_t written = real(file, bytes, length);
        if (written <= 0) abort();
        bytes = (const char *)bytes + written;
        length -= written;
    }
}

static void note(char operation, const char *path, uint64_t position, const void *bytes, uint32_t length) {
    uint32_t path_length = strlen(path);
    put(&operation, 1);
    put(&path_length, 4);
    put(path, path_length);
    put(&position, 8);
    put(&length, 4);
    put(bytes, length);
}

static int below(const char *path) {
    return file >= 0 && path && strncmp(path, root, strlen(root)) == 0;
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    if (length < 0) return 0;
    path[length] = 0;
    return below(path);
}

static int open_at(const char *name, const char *path, int flags, mode_t mode) {
    REAL(int, name, const char *, int, ...);
    if (!below(path)) return real(path, flags, mode);
    pthread_mutex_lock(&one);
    struct stat status;
    int there = stat(path, &status) == 0;
    int fd = real(path, flags, mode);
    int kept = errno;
    if (fd >= 0 && !there) note('c', path, 0, "", 0);
    if (fd >= 0 && there && (flags & O_TRUNC)) note('t', path, 0, "", 0);
    pthread_mutex_unlock(&one);
    errno = kept;
    return fd;
}

static mode_t mode_in(int flags, va_list rest) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_in(flags, rest);
    va_end(rest);
    return open_at("open", path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_in(flags, rest);
    va_end(rest);
    return open_at("open64", path, flags, mode);
}

static ssize_t write_at(const char *name, int fd, const void *bytes, size_t length, off_t offset) {
    REAL(ssize_t, name, int, const void *, size_t, off_t);
    char path[4096];
    if (!path_of(fd, path)) return real(fd, bytes, length, offset);
    pthread_mutex_lock(&one);
    ssize_t written = real(fd, bytes, length, offset);
    if (written > 0) note('w', path, offset, bytes, written);
    pthread_mutex_unlock(&one);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return write_at("pwrite", fd, bytes, length, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) {
    return write_at("pwrite64", fd, bytes, length, offset);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    char path[4096];
    int said = fd == 1 && file >= 0;
    if (!said && !path_of(fd, path)) return real(fd, bytes, length);
    pthread_mutex_lock(&one);
    /* What is said is said from now on; what is written is written once it was. */
    if (said) note('a', "", 0, bytes, length);
    off_t offset = said ? 0 : lseek(fd, 0, SEEK_CUR);
    ssize_t written = real(fd, bytes, length);
    if (!said && written > 0) note('w', path, offset, bytes, written);
    pthread_mutex_unlock(&one);
    return written;
}

static int sync_file(const char *name, int fd) {
    REAL(int, name, int);
    char path[4096];
    if (!path_of(fd, path)) return real(fd);
    pthread_mutex_lock(&one);
    int done = real(fd);
    if (done == 0) note('s', path, 0, "", 0);
    pthread_mutex_unlock(&one);
    return done;
}

int fsync(int fd) { return sync_file("fsync", fd); }
int fdatasync(int fd) { return sync_file("fdatasync", fd); }

static int cut(const char *name, int fd, off_t length) {
    REAL(int, name, int, off_t);
    char path[4096];
    if (!path_of(fd, path)) return real(fd, length);
    pthread_mutex_lock(&one);
    int done = real(fd, length);
    if (done == 0) note('t', path, length, "", 0);
    pthread_mutex_unlock(&one);
    return done;
}

int ftruncate(int fd, off_t length) { return cut("ftruncate", fd, length); }
int ftruncate64(int fd, off_t length) { return cut("ftruncate64", fd, length); }

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    if (!below(path)) return real(path);
    pthread_mutex_lock(&one);
    int done = real(path);
    if (done == 0) note('u', path, 0, "", 0);
    pthread_mutex_unlock(&one);
    return done;
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    if (!below(from)) return real(from, to);
    pthread_mutex_lock(&one);
    int done = real(from, to);
    if (done == 0) note('r', from, 0, to, strlen(to));
    pthread_mutex_unlock(&one);
    return done;
}

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    if (!below(path)) return real(path, mode);
    pthread_mutex_lock(&one);
    int done = real(path, mode);
    if (done == 0) note('m', path, 0, "", 0);
    pthread_mutex_unlock(&one);
    return done;
}
