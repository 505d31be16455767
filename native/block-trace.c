/*
 * block-trace: a library that is preloaded into the bash that runs one block of a runbook, and into every program
 * that the block starts. It records what bash's own trace (BASH_XTRACEFD) does not show: forks, exit codes, and
 * programs that wait for a person.
 *
 * It appends to the file that DRILLBOOK_TRACE names. Each record is one write, so that the records of several processes
 * never mix. In the traced shell and its subshells:
 *
 *   F child parent n     the shell `parent` forked after it had written n of bash's own records
 *   I pid in out         before the first of bash's own records of a forked shell: the pipes of its input and output
 *   E pid in out         the process is about to be replaced by a program; its pipes then
 *   W pid status         the process was reaped; status as bash shows it (128 + signal)
 *
 * In every program, because programs ask questions too:
 *
 *   R pid mode limit     the process is about to block on reading the terminal. mode: `line` (Enter ends the input)
 *                        or `char` (each key counts). limit: `timed` (it stops waiting by itself) or `patient`
 *
 *   P pid pipe state     the process stops reading its input, which is that pipe. state: `end` (no writer has it any
 *                        more) or `left` (a writer still has it), then whether the process has read from it (`read`,
 *                        `idle`), then whether bytes are left in it (`unread`, `empty`)
 *
 *   C pid parent code    curl got an answer with this HTTP status, which is 400 or more
 *
 *   D pid parent text    redis-cli wrote this line, which is an error of Redis, and its output is no terminal
 *
 * In a plain sh, which has no trace of its own. Words and texts are encoded: each byte that is no letter, digit or
 * plain mark is written as %XX.
 *
 *   B pid parent         a plain sh begins
 *   F child parent 0     the shell forked a subshell
 *   N pid parent word…   the process is about to become this program, as the script calls it: a plain sh, its subshell,
 *                        or a child that it started for that. It may try several files; the first one is the script's
 *   V pid status parent  the plain sh `parent` reaped the process
 *   M pid parent text    the sh itself reports an error, such as a command that it does not find
 *
 * It also writes marks into the terminal, which the reader of the terminal takes out again. A mark shows which output
 * came before a record of the trace, and which after it:
 *
 *   pid.n                before the nth of bash's own records of this process
 *   pid.w                after the process was reaped
 *
 * A pipe is the number of its inode, and 0 stands for anything else.
 *
 * It also replaces the stream that bash opens for BASH_XTRACEFD:
 *
 *   - Each of bash's own trace records becomes one write, whatever its length.
 *   - Programs do not inherit the descriptor.
 *   - The file stops growing at TRACE_LIMIT; the record `O pid` says so. Short records, which also report questions,
 *     stop a little later.
 *
 * It must be loaded before the sandbox clock, which does not pass `select` on.
 *
 * Nothing else in the process changes. Without DRILLBOOK_TRACE every call goes straight to libc.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define TRACE_LIMIT (32L * 1024 * 1024)
#define SHORT_LIMIT (TRACE_LIMIT + 4L * 1024 * 1024)
#define XTRACE_BUFFER (1024 * 1024)

static char trace_path[4096];
/* Set when this process is the traced shell. Forks inherit it, programs do not. */
static int traced_shell;
static int reported_read;
/* Whether the process has read from its input, and whether it has reported that it stops. */
static int has_read, reported_leave;
static FILE *trace_stream;
static int trace_fd = -1;
/* Number of bash's own records that this process has written. */
static long written;

static pid_t (*real_fork)(void);
static int (*real_execve)(const char *, char *const[], char *const[]);
static pid_t (*real_waitpid)(pid_t, int *, int);
static pid_t (*real_wait3)(int *, int, struct rusage *);
static size_t (*real_fwrite)(const void *, size_t, size_t, FILE *);
static ssize_t (*real_read)(int, void *, size_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_close)(int);
static int (*real_dup2)(int, int);
static FILE *(*real_fdopen)(int, const char *);
static int (*real_fileno)(FILE *);
static int (*real_select)(int, fd_set *, fd_set *, fd_set *, struct timeval *);
static int (*real_pselect)(int, fd_set *, fd_set *, fd_set *, const struct timespec *, const sigset_t *);

#define FIND(name) real_##name = dlsym(RTLD_NEXT, #name)
/* Some programs call these functions before any constructor ran. */
#define REAL(name) (real_##name ? real_##name : (__typeof__(real_##name))dlsym(RTLD_NEXT, #name))

/*
 * Lets every bash of the block read the tracing prelude, which is what BASH_ENV is for. The block does not see
 * BASH_ENV, because the prelude removes it again. The entry is replaced in place: bash has already got this array.
 */
static void trace_nested_bash(void) {
  static char entry[4096];
  const char name[] = "DRILLBOOK_PRELUDE=";
  if (strcmp(program_invocation_short_name, "bash") != 0) return;
  for (char **at = environ; *at; at++) {
    if (strncmp(*at, name, sizeof name - 1) != 0) continue;
    snprintf(entry, sizeof entry, "BASH_ENV=%s", *at + sizeof name - 1);
    *at = entry;
    return;
  }
}

/* Whether the file has this size. Then the caller may say so, but the file must not grow by much more than that. */
static int is_full(int fd, long limit) {
  struct stat now;
  return fstat(fd, &now) == 0 && now.st_size >= limit;
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
    if (is_full(fd, SHORT_LIMIT)) length += snprintf(line + length, sizeof line - (size_t)length - 1, "O %d", (int)getpid());
    else length += vsnprintf(line + length, sizeof line - (size_t)length - 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    if (!is_full(fd, SHORT_LIMIT + 4096) && write(fd, line, (size_t)length) < 0) { /* The disk is full, so the trace ends here. */ }
    close(fd);
  }
  errno = saved;
}

static int is_plain_sh(const char *name) { return strcmp(name, "sh") == 0 || strcmp(name, "dash") == 0; }

/* Whether this process is a plain sh of the block. */
static int plain_sh(void) { return trace_path[0] && is_plain_sh(program_invocation_short_name); }

/* Appends a text, encoded. Returns where it ends. */
static char *encode(char *to, const char *end, const char *text) {
  static const char plain[] = "-_./:=,@+";
  for (; *text && to + 4 < end; text++) {
    unsigned char one = (unsigned char)*text;
    int is_plain = (one >= '0' && one <= '9') || ((one | 32) >= 'a' && (one | 32) <= 'z') || strchr(plain, one);
    if (is_plain) *to++ = (char)one;
    else to += sprintf(to, "%%%02X", one);
  }
  return to;
}

/* Says once per process that the file is full. */
static void record_full(void) {
  static int said;
  if (!said++) record("O %d", (int)getpid());
}

/* Writes a record of any length. */
static void record_long(const char *text, size_t length) {
  int saved = errno;
  int fd = open(trace_path, O_WRONLY | O_APPEND | O_CLOEXEC);
  if (fd >= 0) {
    if (is_full(fd, TRACE_LIMIT)) record_full();
    else if (write(fd, text, length) < 0) { /* The disk is full, so the trace ends here. */ }
    close(fd);
  }
  errno = saved;
}

/* The begin of a record with a kind and two process ids. Returns its length. */
static int begin_long(char *line, size_t size, char kind) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return snprintf(line, size, "\x1e#%ld.%06ld %c %d %d", (long)now.tv_sec, now.tv_nsec / 1000, kind, (int)getpid(),
                  (int)getppid());
}

/*
 * A plain sh does not say what it runs, so it does so when it starts a program. It may run in a child that shares the
 * memory of its parent.
 */
static void record_program(char *const *argv) {
  char line[4096];
  char *to = line + begin_long(line, sizeof line, 'N'), *end = line + sizeof line - 8;
  for (; *argv && to < end; argv++) {
    *to++ = ' ';
    if (!(*argv)[0]) *to++ = '%'; /* An empty word. */
    to = encode(to, end, *argv);
  }
  *to++ = '\n';
  record_long(line, (size_t)(to - line));
}

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("DRILLBOOK_TRACE");
  FIND(fork), FIND(execve), FIND(waitpid), FIND(wait3), FIND(fwrite), FIND(read), FIND(write), FIND(close), FIND(dup2), FIND(fdopen), FIND(fileno), FIND(select), FIND(pselect);
  if (path && strlen(path) < sizeof trace_path) strcpy(trace_path, path);
  if (trace_path[0]) trace_nested_bash();
  if (plain_sh()) record("B %d %d", (int)getpid(), (int)getppid());
}

static unsigned long pipe_at(int fd) {
  struct stat file;
  return fstat(fd, &file) == 0 && S_ISFIFO(file.st_mode) ? (unsigned long)file.st_ino : 0;
}

/*
 * Records that the process stops reading its input. Only a reader knows whether it stops early: the exit codes of the
 * writers look the same if they fail by themselves. stdio reads past our `read`, so its buffer shows that it has read.
 */
static void about_to_leave(void) {
  int saved = errno, unread = 0;
  struct pollfd input = {.fd = 0, .events = POLLIN};
  unsigned long from = trace_path[0] && !reported_leave ? pipe_at(0) : 0;
  if (from && poll(&input, 1, 0) >= 0) {
    reported_leave = 1;
    if (ioctl(0, FIONREAD, &unread) < 0) unread = 0;
    record("P %d %lu %s %s %s", (int)getpid(), from, input.revents & POLLHUP ? "end" : "left",
           has_read || stdin->_IO_read_base ? "read" : "idle", unread > 0 ? "unread" : "empty");
  }
  errno = saved;
}

/* Some programs close their input before they end. bash moves its own descriptors about. */
int close(int fd) {
  if (fd == 0 && !traced_shell) about_to_leave();
  return REAL(close)(fd);
}

/* The shell itself reads `< <(...)` as its input, and puts its own input back afterwards. */
int dup2(int from, int to) {
  if (to == 0 && traced_shell) {
    about_to_leave();
    has_read = reported_leave = 0;
  }
  return REAL(dup2)(from, to);
}

pid_t fork(void) {
  pid_t parent = getpid();
  pid_t child = REAL(fork)();
  if (child == 0 && traced_shell) {
    record("F %d %d %ld", (int)getpid(), (int)parent, written);
    written = 0;
    has_read = reported_leave = 0;
  }
  if (child == 0 && plain_sh()) record("F %d %d 0", (int)getpid(), (int)parent);
  return child;
}

int execve(const char *path, char *const argv[], char *const envp[]) {
  if (plain_sh()) record_program(argv);
  if (traced_shell) record("E %d %lu %lu", (int)getpid(), pipe_at(0), pipe_at(1));
  return REAL(execve)(path, argv, envp);
}

/* A control string that no terminal shows. It never blocks for longer than the output of the programs themselves. */
static void mark(pid_t pid, const char *what) {
  int saved = errno;
  char text[64];
  int fd = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (fd >= 0) {
    int length = snprintf(text, sizeof text, "\x1b_drillbook;%d.%s\x1b\\", (int)pid, what);
    if (write(fd, text, (size_t)length) < 0) { /* The terminal is gone, and with it all that could be marked. */ }
    close(fd);
  }
  errno = saved;
}

pid_t waitpid(pid_t pid, int *status, int options) {
  int own = 0;
  int *where = status ? status : &own;
  pid_t reaped = REAL(waitpid)(pid, where, options);
  if (reaped > 0 && traced_shell) {
    if (WIFEXITED(*where)) record("W %d %d", (int)reaped, WEXITSTATUS(*where));
    if (WIFSIGNALED(*where)) record("W %d %d", (int)reaped, 128 + WTERMSIG(*where));
    if (WIFEXITED(*where) || WIFSIGNALED(*where)) mark(reaped, "w");
  }
  return reaped;
}

pid_t wait3(int *status, int options, struct rusage *usage) {
  int own = 0;
  int *where = status ? status : &own;
  pid_t reaped = REAL(wait3)(where, options, usage);
  if (reaped > 0 && plain_sh()) {
    if (WIFEXITED(*where)) record("V %d %d %d", (int)reaped, WEXITSTATUS(*where), (int)getpid());
    if (WIFSIGNALED(*where)) record("V %d %d %d", (int)reaped, 128 + WTERMSIG(*where), (int)getpid());
  }
  return reaped;
}

/* Records the begin of a text, and then these bytes. */
static void record_text(char kind, const char *text, size_t length, const char *more) {
  char line[1024], begin[256];
  char *to = line + begin_long(line, sizeof line, kind), *end = line + sizeof line - 8;
  if (length > sizeof begin - 1) length = sizeof begin - 1;
  memcpy(begin, text, length);
  begin[length] = 0;
  *to++ = ' ';
  to = encode(encode(to, end - 16, begin), end, more);
  *to++ = '\n';
  record_long(line, (size_t)(to - line));
}

/*
 * The length of the error of Redis with which a text begins; 0 if there is none. An error begins with a word in
 * capitals, and a blank line comes after its only line. redis-cli writes a reply at once, and ends with 0 after an
 * error.
 */
static size_t error_length(const char *text, size_t size) {
  size_t at = 0;
  while (at < size && text[at] >= 'A' && text[at] <= 'Z') at++;
  if (at < 3 || at >= size || text[at] != ' ') return 0;
  const char *end = memchr(text, '\n', size);
  return end && end + 1 < text + size && end[1] == '\n' ? (size_t)(end - text) : 0;
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *stream) {
  if (trace_path[0] && stream == stdout && strcmp(program_invocation_short_name, "redis-cli") == 0 && !isatty(1)) {
    size_t length = error_length(data, size * count);
    if (length > 0) record_text('D', data, length, "\n\n");
  }
  return REAL(fwrite)(data, size, count, stream);
}

/* Whether a text is what dash writes before an error: its name and the line, as in `sh: 1: `. */
static int begins_error(const char *text, size_t size) {
  if (size < 5 || text[size - 2] != ':' || text[size - 1] != ' ') return 0;
  for (size_t at = 1; at + 3 < size; at++) {
    if (text[at] != ':' || text[at + 1] != ' ') continue;
    size_t digit = at + 2;
    while (digit < size && text[digit] >= '0' && text[digit] <= '9') digit++;
    if (digit > at + 2 && text[digit] == ':') return 1;
  }
  return 0;
}

/* dash writes an error in three parts. The second is the message. What `echo >&2` prints has another number. */
ssize_t write(int fd, const void *data, size_t size) {
  static int has_begun;
  if (fd == 2 && plain_sh()) {
    if (has_begun) record_text('M', data, size, "");
    has_begun = !has_begun && begins_error(data, size);
  }
  return REAL(write)(fd, data, size);
}

/*
 * Real milliseconds for which an ending shell waits for the commands of `<(...)`. bash does not wait for them, so it
 * may never see how they ended. They end as soon as their output is read. Commands in the background may go on.
 */
#define REAP_MS 60

static void reap_children(void) {
  struct timespec pause = {.tv_nsec = 2 * 1000 * 1000};
  for (int tries = 0; tries < REAP_MS / 2; tries++) {
    pid_t reaped;
    while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0) { /* `waitpid` records it. */ }
    if (reaped < 0) return;
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &pause, NULL); /* The sandbox clock leaves this call alone. */
  }
}

__attribute__((destructor)) static void stop(void) {
  about_to_leave();
  if (traced_shell) reap_children();
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
  if (fd == 0 && got > 0) has_read = 1;
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

#define CURLINFO_RESPONSE_CODE 0x200002

/* curl ends with 0 whatever status it got, unless it was asked to fail. */
int curl_easy_perform(void *handle) {
  int (*perform)(void *) = dlsym(RTLD_NEXT, "curl_easy_perform");
  int (*getinfo)(void *, int, ...) = dlsym(RTLD_NEXT, "curl_easy_getinfo");
  long code = 0;
  int result = perform(handle);
  if (!trace_path[0] || !getinfo || strcmp(program_invocation_short_name, "curl") != 0) return result;
  if (getinfo(handle, CURLINFO_RESPONSE_CODE, &code) == 0 && code >= 400)
    record("C %d %d %ld", (int)getpid(), (int)getppid(), code);
  return result;
}

static ssize_t write_trace(void *cookie, const char *data, size_t size) {
  int fd = *(int *)cookie;
  if (size > 0 && data[0] == '\x1e' && written++ == 0) record("I %d %lu %lu", (int)getpid(), pipe_at(0), pipe_at(1));
  reported_read = 0; /* The shell goes on, so an earlier question is over. */
  if (is_full(fd, TRACE_LIMIT)) {
    record_full();
    return (ssize_t)size;
  }
  if (size > 0 && data[0] == '\x1e') {
    char nth[24];
    snprintf(nth, sizeof nth, "%ld", written);
    mark(getpid(), nth);
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
  /* A subshell that becomes a program leaves its children to this shell, which then sees how they end. */
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  return trace_stream = stream;
}

/* bash checks that the stream has the descriptor that it asked for. */
int fileno(FILE *stream) { return stream && stream == trace_stream ? trace_fd : REAL(fileno)(stream); }
