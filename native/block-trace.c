/*
 * block-trace: a library that is preloaded into the bash that runs one block of a runbook, and into every program
 * that the block starts. It records what bash's own trace (BASH_XTRACEFD) does not show: forks, exit codes, and
 * programs that wait for a person.
 *
 * It appends to the file that DRILLBOOK_TRACE names. Each record is one write, so that the records of several processes
 * never mix. In the traced shell and its subshells:
 *
 *   F child parent n     the shell `parent` forked after it had written n of bash's own records
 *   E pid                the process is about to be replaced by a program
 *   W pid status         the process was reaped; status as bash shows it (128 + signal)
 *
 * In every program, because programs ask questions too:
 *
 *   R pid mode limit     the process is about to block on reading the terminal. mode: `line` (Enter ends the input)
 *                        or `char` (each key counts). limit: `timed` (it stops waiting by itself) or `patient`
 *
 * It also replaces the stream that bash opens for BASH_XTRACEFD:
 *
 *   - Each of bash's own trace records becomes one write, whatever its length.
 *   - Programs do not inherit the descriptor.
 *   - The file stops growing at TRACE_LIMIT; the record `O pid` says so.
 *
 * Nothing else in the process changes. Without DRILLBOOK_TRACE every call goes straight to libc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define TRACE_LIMIT (32L * 1024 * 1024)
#define XTRACE_BUFFER (1024 * 1024)

static char trace_path[4096];
/* Set when this process is the traced shell. Forks inherit it, programs do not. */
static int traced_shell;
static int reported_read;
static FILE *trace_stream;
static int trace_fd = -1;
/* Number of bash's own records that this process has written. */
static long written;

static pid_t (*real_fork)(void);
static int (*real_execve)(const char *, char *const[], char *const[]);
static pid_t (*real_waitpid)(pid_t, int *, int);
static ssize_t (*real_read)(int, void *, size_t);
static FILE *(*real_fdopen)(int, const char *);
static int (*real_fileno)(FILE *);
static int (*real_select)(int, fd_set *, fd_set *, fd_set *, struct timeval *);
static int (*real_pselect)(int, fd_set *, fd_set *, fd_set *, const struct timespec *, const sigset_t *);

#define FIND(name) real_##name = dlsym(RTLD_NEXT, #name)
/* Some programs call these functions before any constructor ran. */
#define REAL(name) (real_##name ? real_##name : (__typeof__(real_##name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("DRILLBOOK_TRACE");
  FIND(fork), FIND(execve), FIND(waitpid), FIND(read), FIND(fdopen), FIND(fileno), FIND(select), FIND(pselect);
  if (path && strlen(path) < sizeof trace_path) strcpy(trace_path, path);
}

/*
 * Opens the file for each record, because a block may close or reuse any descriptor. Async-signal-safe, except for
 * snprintf, which gets integers and short strings only.
 */
static void record(const char *format, ...) {
  int saved = errno;
  char line[160];
  struct timespec now;
  va_list arguments;
  int fd = open(trace_path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd >= 0) {
    clock_gettime(CLOCK_REALTIME, &now);
    int length = snprintf(line, sizeof line, "\x1e#%ld.%06ld ", (long)now.tv_sec, now.tv_nsec / 1000);
    va_start(arguments, format);
    length += vsnprintf(line + length, sizeof line - (size_t)length - 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    if (write(fd, line, (size_t)length) < 0) { /* The disk is full, so the trace ends here. */ }
    close(fd);
  }
  errno = saved;
}

pid_t fork(void) {
  pid_t parent = getpid();
  pid_t child = REAL(fork)();
  if (child == 0 && traced_shell) {
    record("F %d %d %ld", (int)getpid(), (int)parent, written);
    written = 0;
  }
  return child;
}

int execve(const char *path, char *const argv[], char *const envp[]) {
  if (traced_shell) record("E %d", (int)getpid());
  return REAL(execve)(path, argv, envp);
}

pid_t waitpid(pid_t pid, int *status, int options) {
  int own = 0;
  int *where = status ? status : &own;
  pid_t reaped = REAL(waitpid)(pid, where, options);
  if (reaped > 0 && traced_shell) {
    if (WIFEXITED(*where)) record("W %d %d", (int)reaped, WEXITSTATUS(*where));
    if (WIFSIGNALED(*where)) record("W %d %d", (int)reaped, 128 + WTERMSIG(*where));
  }
  return reaped;
}

/* Records that the process waits for a person: `fd` is a terminal, nothing is typed yet, and reading would block. */
static void about_to_read(int fd, const char *limit) {
  struct termios mode;
  int typed = 0;
  int saved = errno;
  if (reported_read || tcgetattr(fd, &mode) < 0) goto out;
  if (fcntl(fd, F_GETFL) & O_NONBLOCK) goto out;
  if (ioctl(fd, FIONREAD, &typed) < 0 || typed > 0) goto out;
  int canonical = (mode.c_lflag & ICANON) != 0;
  if (!canonical && mode.c_cc[VMIN] == 0) goto out;
  /* A line editor turns off ICANON and ICRNL, and still waits for Enter, which it reads as a carriage return. */
  int by_line = canonical || !(mode.c_iflag & ICRNL);
  reported_read = 1;
  record("R %d %s %s", (int)getpid(), by_line ? "line" : "char", limit);
out:
  errno = saved;
}

ssize_t read(int fd, void *buffer, size_t count) {
  if (fd == 0 && trace_path[0] && count > 0) about_to_read(fd, "patient");
  ssize_t got = REAL(read)(fd, buffer, count);
  if (fd == 0 && got >= 0) reported_read = 0;
  return got;
}

/* bash calls select first for `read -t`. Only the shell counts: top and watch also select, but need no key. */
int select(int n, fd_set *in, fd_set *out, fd_set *other, struct timeval *timeout) {
  if (traced_shell && in && n > 0 && FD_ISSET(0, in)) about_to_read(0, timeout ? "timed" : "patient");
  return REAL(select)(n, in, out, other, timeout);
}

int pselect(int n, fd_set *in, fd_set *out, fd_set *other, const struct timespec *timeout, const sigset_t *mask) {
  if (traced_shell && in && n > 0 && FD_ISSET(0, in)) about_to_read(0, timeout ? "timed" : "patient");
  return REAL(pselect)(n, in, out, other, timeout, mask);
}

static ssize_t write_trace(void *cookie, const char *data, size_t size) {
  int fd = *(int *)cookie;
  struct stat now;
  if (size > 0 && data[0] == '\x1e') written++;
  reported_read = 0; /* The shell goes on, so an earlier question is over. */
  if (fstat(fd, &now) == 0 && now.st_size >= TRACE_LIMIT) {
    static int said;
    if (!said++) record("O %d", (int)getpid());
    return (ssize_t)size;
  }
  return write(fd, data, size);
}

static int close_trace(void *cookie) {
  int fd = *(int *)cookie;
  trace_stream = NULL;
  return close(fd);
}

static int is_trace(int fd) {
  struct stat mine, trace;
  return trace_path[0] && fstat(fd, &mine) == 0 && stat(trace_path, &trace) == 0 && mine.st_dev == trace.st_dev &&
         mine.st_ino == trace.st_ino;
}

FILE *fdopen(int fd, const char *mode) {
  if (trace_stream || !is_trace(fd)) return REAL(fdopen)(fd, mode);
  cookie_io_functions_t io = {.write = write_trace, .close = close_trace};
  trace_fd = fd;
  FILE *stream = fopencookie(&trace_fd, "w", io);
  if (!stream) return REAL(fdopen)(fd, mode);
  setvbuf(stream, NULL, _IOFBF, XTRACE_BUFFER);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  traced_shell = 1;
  return trace_stream = stream;
}

/* bash checks that the stream has the descriptor that it asked for. */
int fileno(FILE *stream) { return stream && stream == trace_stream ? trace_fd : REAL(fileno)(stream); }
