/*
 * A library to preload: counts each call that changes the file system under
 * given directories, over all threads, and kills the process with SIGKILL
 * right before or right after call number N.
 *
 * HAUL_KILL_DIRS  directories, separated by colons; nothing else is counted
 * HAUL_KILL_AT    N, from 1; 0 or nothing: only count
 * HAUL_KILL_WHEN  "before" or "after" the call
 * HAUL_KILL_ARM   file: counting starts when it exists; nothing: at once
 * HAUL_KILL_LOG   file that gets one line for each counted call: number, call, path
 *
 * A call belongs to the directories by its path, or by what its descriptor
 * points to. Calls that libc makes inside itself (stdio's writes) and raw
 * system calls are not seen.
 */
#define _GNU_SOURCE
/* The plain and the 64-bit calls are separate symbols here. */
#undef _FILE_OFFSET_BITS

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static struct {
    const char* directories;
    const char* arm;
    unsigned long kill_at;
    bool after;
    int log; /* descriptor, -1 without a log */
} plan;

static pthread_once_t plan_once = PTHREAD_ONCE_INIT;
static atomic_ulong counter;
static atomic_bool is_armed;

static void read_plan(void) {
    const char* at = getenv("HAUL_KILL_AT");
    const char* when = getenv("HAUL_KILL_WHEN");
    const char* log = getenv("HAUL_KILL_LOG");
    plan.directories = getenv("HAUL_KILL_DIRS");
    plan.arm = getenv("HAUL_KILL_ARM");
    plan.kill_at = at ? strtoul(at, NULL, 10) : 0;
    plan.after = when && strcmp(when, "after") == 0;
    plan.log =
        log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
    atomic_store(&is_armed, plan.arm == NULL);
}

static bool is_counting(void) {
    pthread_once(&plan_once, read_plan);
    if (!plan.directories) return false;
    if (!atomic_load(&is_armed) && syscall(SYS_faccessat, AT_FDCWD, plan.arm, F_OK) == 0)
        atomic_store(&is_armed, true);
    return atomic_load(&is_armed);
}

static bool is_watched(const char* path) {
    const char* directory = plan.directories;
    while (*directory) {
        size_t length = strcspn(directory, ":");
        if (length && strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0'))
            return true;
        directory += length + (directory[length] == ':');
    }
    return false;
}

static bool descriptor_path(int fd, char* path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (length < 0) return false;
    path[length] = '\0';
    return true;
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

/* Counts a call and returns its number. */
static unsigned long count(const char* call, const char* path) {
    unsigned long number = atomic_fetch_add(&counter, 1) + 1;
    if (plan.log >= 0) {
        char line[PATH_MAX + 64];
        int length = snprintf(line, sizeof line, "%lu %s %s\n", number, call, path);
        syscall(SYS_write, plan.log, line, (size_t)length);
    }
    if (number == plan.kill_at && !plan.after) die();
    return number;
}

/* Counts a call on `path`; 0 where it does not count. */
static unsigned long enter_path(const char* call, const char* path) {
    return is_counting() && path && is_watched(path) ? count(call, path) : 0;
}

static unsigned long enter_fd(const char* call, int fd) {
    char path[PATH_MAX];
    int saved = errno;
    unsigned long number = is_counting() && descriptor_path(fd, path) ? enter_path(call, path) : 0;
    errno = saved;
    return number;
}

/* As enter_path, for a path relative to the directory `fd`. */
static unsigned long enter_at(const char* call, int fd, const char* path) {
    char full[PATH_MAX];
    if (!is_counting()) return 0;
    if (!path || path[0] == '\0') return enter_fd(call, fd);
    if (path[0] == '/') return enter_path(call, path);
    int saved = errno;
    bool is_known = fd == AT_FDCWD ? getcwd(full, sizeof full) != NULL : descriptor_path(fd, full);
    errno = saved;
    size_t length = is_known ? strlen(full) : 0;
    if (!is_known || length + strlen(path) + 2 > sizeof full) return 0;
    full[length] = '/';
    strcpy(full + length + 1, path);
    return enter_path(call, full);
}

static void leave(unsigned long number) {
    if (number && number == plan.kill_at && plan.after) die();
}

static void* next_symbol(const char* name) {
    void* symbol = dlsym(RTLD_NEXT, name);
    if (!symbol) abort();
    return symbol;
}

/* Defines a wrapper: what it counts itself under, then the call between the two points. */
#define WRAP(result, name, parameters, arguments, entry)                 \
    result name parameters {                                             \
        static _Atomic(void*) cached;                                    \
        void* symbol = atomic_load(&cached);                             \
        if (!symbol) atomic_store(&cached, symbol = next_symbol(#name)); \
        unsigned long number = entry;                                    \
        result value = ((result(*) parameters)symbol)arguments;          \
        int saved = errno;                                               \
        leave(number);                                                   \
        errno = saved;                                                   \
        return value;                                                    \
    }

static bool has_mode(int flags) {
    return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define OPEN_MODE(flags)             \
    mode_t mode = 0;                 \
    if (has_mode(flags)) {           \
        va_list list;                \
        va_start(list, flags);       \
        mode = va_arg(list, mode_t); \
        va_end(list);                \
    }

static int counted_open(const char* call, int directory, const char* path, int flags, mode_t mode) {
    unsigned long number = has_mode(flags) || (flags & O_TRUNC) ? enter_at(call, directory, path) : 0;
    int fd = (int)syscall(SYS_openat, directory, path, flags, mode);
    int saved = errno;
    leave(number);
    errno = saved;
    return fd;
}

int open(const char* path, int flags, ...) {
    OPEN_MODE(flags)
    return counted_open("open", AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
    OPEN_MODE(flags)
    return counted_open("open", AT_FDCWD, path, flags, mode);
}
int openat(int fd, const char* path, int flags, ...) {
    OPEN_MODE(flags)
    return counted_open("openat", fd, path, flags, mode);
}
int openat64(int fd, const char* path, int flags, ...) {
    OPEN_MODE(flags)
    return counted_open("openat", fd, path, flags, mode);
}
int creat(const char* path, mode_t mode) {
    return counted_open("creat", AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}
int creat64(const char* path, mode_t mode) {
    return counted_open("creat", AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}
/* What fortified code calls where it knows that there is no mode. */
int __open_2(const char* path, int flags) {
    return counted_open("open", AT_FDCWD, path, flags, 0);
}
int __open64_2(const char* path, int flags) {
    return counted_open("open", AT_FDCWD, path, flags, 0);
}
int __openat_2(int fd, const char* path, int flags) {
    return counted_open("openat", fd, path, flags, 0);
}
int __openat64_2(int fd, const char* path, int flags) {
    return counted_open("openat", fd, path, flags, 0);
}

WRAP(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size), enter_fd("write", fd))
WRAP(ssize_t, pwrite, (int fd, const void* data, size_t size, off_t at), (fd, data, size, at),
     enter_fd("pwrite", fd))
WRAP(ssize_t, pwrite64, (int fd, const void* data, size_t size, off64_t at), (fd, data, size, at),
     enter_fd("pwrite", fd))
WRAP(ssize_t, writev, (int fd, const struct iovec* parts, int count), (fd, parts, count),
     enter_fd("writev", fd))
WRAP(ssize_t, pwritev, (int fd, const struct iovec* parts, int count, off_t at), (fd, parts, count, at),
     enter_fd("pwritev", fd))
WRAP(ssize_t, pwritev64, (int fd, const struct iovec* parts, int count, off64_t at), (fd, parts, count, at),
     enter_fd("pwritev", fd))
WRAP(ssize_t, pwritev2, (int fd, const struct iovec* parts, int count, off_t at, int flags),
     (fd, parts, count, at, flags), enter_fd("pwritev2", fd))
WRAP(ssize_t, pwritev64v2, (int fd, const struct iovec* parts, int count, off64_t at, int flags),
     (fd, parts, count, at, flags), enter_fd("pwritev2", fd))
WRAP(ssize_t, copy_file_range, (int in, off64_t* from, int out, off64_t* to, size_t size, unsigned flags),
     (in, from, out, to, size, flags), enter_fd("copy_file_range", out))
WRAP(ssize_t, sendfile, (int out, int in, off_t* from, size_t size), (out, in, from, size),
     enter_fd("sendfile", out))
WRAP(ssize_t, sendfile64, (int out, int in, off64_t* from, size_t size), (out, in, from, size),
     enter_fd("sendfile", out))
WRAP(ssize_t, splice, (int in, off64_t* from, int out, off64_t* to, size_t size, unsigned flags),
     (in, from, out, to, size, flags), enter_fd("splice", out))

WRAP(int, ftruncate, (int fd, off_t size), (fd, size), enter_fd("ftruncate", fd))
WRAP(int, ftruncate64, (int fd, off64_t size), (fd, size), enter_fd("ftruncate", fd))
WRAP(int, truncate, (const char* path, off_t size), (path, size), enter_at("truncate", AT_FDCWD, path))
WRAP(int, truncate64, (const char* path, off64_t size), (path, size), enter_at("truncate", AT_FDCWD, path))
WRAP(int, fallocate, (int fd, int mode, off_t at, off_t size), (fd, mode, at, size),
     enter_fd("fallocate", fd))
WRAP(int, fallocate64, (int fd, int mode, off64_t at, off64_t size), (fd, mode, at, size),
     enter_fd("fallocate", fd))
WRAP(int, posix_fallocate, (int fd, off_t at, off_t size), (fd, at, size), enter_fd("posix_fallocate", fd))
WRAP(int, posix_fallocate64, (int fd, off64_t at, off64_t size), (fd, at, size),
     enter_fd("posix_fallocate", fd))

WRAP(int, fsync, (int fd), (fd), enter_fd("fsync", fd))
WRAP(int, fdatasync, (int fd), (fd), enter_fd("fdatasync", fd))
WRAP(int, syncfs, (int fd), (fd), enter_fd("syncfs", fd))
WRAP(int, sync_file_range, (int fd, off64_t at, off64_t size, unsigned flags), (fd, at, size, flags),
     enter_fd("sync_file_range", fd))
/* A mapping does not say which file it is of: each one counts. */
WRAP(int, msync, (void* start, size_t size, int flags), (start, size, flags),
     is_counting() ? count("msync", "") : 0)

WRAP(int, rename, (const char* from, const char* to), (from, to), enter_at("rename", AT_FDCWD, to))
WRAP(int, renameat, (int in, const char* from, int out, const char* to), (in, from, out, to),
     enter_at("renameat", out, to))
WRAP(int, renameat2, (int in, const char* from, int out, const char* to, unsigned flags),
     (in, from, out, to, flags), enter_at("renameat2", out, to))
WRAP(int, link, (const char* from, const char* to), (from, to), enter_at("link", AT_FDCWD, to))
WRAP(int, linkat, (int in, const char* from, int out, const char* to, int flags), (in, from, out, to, flags),
     enter_at("linkat", out, to))
WRAP(int, symlink, (const char* target, const char* path), (target, path),
     enter_at("symlink", AT_FDCWD, path))
WRAP(int, symlinkat, (const char* target, int fd, const char* path), (target, fd, path),
     enter_at("symlinkat", fd, path))
WRAP(int, unlink, (const char* path), (path), enter_at("unlink", AT_FDCWD, path))
WRAP(int, unlinkat, (int fd, const char* path, int flags), (fd, path, flags), enter_at("unlinkat", fd, path))
WRAP(int, remove, (const char* path), (path), enter_at("remove", AT_FDCWD, path))
WRAP(int, rmdir, (const char* path), (path), enter_at("rmdir", AT_FDCWD, path))
WRAP(int, mkdir, (const char* path, mode_t mode), (path, mode), enter_at("mkdir", AT_FDCWD, path))
WRAP(int, mkdirat, (int fd, const char* path, mode_t mode), (fd, path, mode), enter_at("mkdirat", fd, path))

WRAP(int, chmod, (const char* path, mode_t mode), (path, mode), enter_at("chmod", AT_FDCWD, path))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), enter_fd("fchmod", fd))
WRAP(int, fchmodat, (int fd, const char* path, mode_t mode, int flags), (fd, path, mode, flags),
     enter_at("fchmodat", fd, path))
WRAP(int, fchown, (int fd, uid_t user, gid_t group), (fd, user, group), enter_fd("fchown", fd))
WRAP(int, futimens, (int fd, const struct timespec times[2]), (fd, times), enter_fd("futimens", fd))
WRAP(int, utimensat, (int fd, const char* path, const struct timespec times[2], int flags),
     (fd, path, times, flags), enter_at("utimensat", fd, path))
