/*
 * The sandbox clock: a preloaded library that makes time run faster for one program, so that a fleet keeps its
 * production values (30 s locks, `sleep 60`, limits a minute) and still finishes within a CI run.
 *
 *     sandbox = epoch + factor * (real - epoch)
 *
 * "real" is the host's monotonic clock, for the sandbox's wall clock too. If the host's wall clock steps during a run,
 * the sandbox does not see it. Otherwise the sandbox's clock would leap by `factor` times that step, away from the
 * harness, which computes sandbox time with the same formula.
 *
 * - Every process of a sandbox reads the same epoch and factor, so their clocks agree no matter when each one started.
 * - A clock is mapped when a program reads it, and a wait is divided by the factor.
 * - Time that a call reports as left is in sandbox units.
 *
 * Rules the code keeps:
 * - Reading a clock needs no allocation, no dlsym and no lock: jemalloc asks for the time before any constructor ran.
 * - A wait is rounded up, never down to nothing. Otherwise a caller that polls until its deadline would spin.
 * - The library needs no symbol newer than glibc 2.31, so that one build serves every image.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_CLOCK_FILE "/drillbook/clock"
#define SECOND INT64_C(1000000000)
#define LONGEST (9 * SECOND * SECOND) /* 285 years, the largest time that we compute with; longer ones are cut to it */
#define SIGNAL_SET_BYTES (_NSIG / 8)

typedef int64_t nanos;

/* ---- The kernel, called without libc ---- */

/* Without the .symver lines the linker would ask for dlsym@GLIBC_2.34. */
#if defined(__x86_64__)
__asm__(".symver dlsym, dlsym@GLIBC_2.2.5");
static long kernel(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#elif defined(__aarch64__)
__asm__(".symver dlsym, dlsym@GLIBC_2.17");
static long kernel(long number, long a, long b, long c, long d, long e, long f) {
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#else
#error "the sandbox clock knows x86-64 and aarch64"
#endif

/* A system call with up to six arguments of any type; missing ones are 0. */
#define KERNEL(...) KERNEL_ARGUMENTS(__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define KERNEL_ARGUMENTS(n, a, b, c, d, e, f, ...) \
  kernel(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* Turns a kernel result into what libc returns: -1 with errno set, or the result. */
static long returned(long result) {
  if (result >= 0 || result < -4095) return result;
  errno = (int)-result;
  return -1;
}

/* libc's own version of a function that we replace. Only for what a system call cannot do. */
#define LIBC(name)                                  \
  ({                                                \
    static __typeof__(&name) found;                 \
    if (!found) found = dlsym(RTLD_NEXT, #name);    \
    found;                                          \
  })

/* ---- Epoch and factor ---- */

static struct mapping {
  nanos realtime, monotonic; /* what both host clocks showed when the sandbox began */
  double factor;             /* sandbox seconds per real second */
} mapping = {0, 0, 1};

static atomic_bool loaded;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static nanos parse_integer(const char **at) {
  nanos value = 0;
  while (**at == ' ') (*at)++;
  for (; is_digit(**at); (*at)++) value = value * 10 + (**at - '0');
  return value;
}

static double parse_decimal(const char **at) {
  double value = (double)parse_integer(at), unit = 1;
  if (**at == '.')
    for ((*at)++; is_digit(**at); (*at)++) value += (**at - '0') * (unit /= 10);
  return value;
}

/* If the file is missing or malformed, the factor stays 1 and the program runs in real time. */
static void load_mapping(void) {
  const char *path = getenv("DRILLBOOK_CLOCK");
  char text[128] = {0};
  const char *at = text;
  long file = KERNEL(SYS_openat, AT_FDCWD, path ? path : DEFAULT_CLOCK_FILE, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    KERNEL(SYS_read, file, text, sizeof text - 1);
    KERNEL(SYS_close, file);
  }
  struct mapping found;
  found.realtime = parse_integer(&at);
  found.monotonic = parse_integer(&at);
  found.factor = parse_decimal(&at);
  if (found.realtime > 0 && found.monotonic > 0 && found.factor > 0) mapping = found;
  atomic_store_explicit(&loaded, true, memory_order_release); /* threads that race here store the same values */
}

static double factor(void) {
  if (!atomic_load_explicit(&loaded, memory_order_acquire)) load_mapping();
  return mapping.factor;
}

/* ---- Arithmetic ---- */

/* Memory for a time to pass on. It lives until the end of the enclosing block. */
#define ROOM (&(struct timespec){0, 0})

static nanos clamp(double time) { return time > (double)LONGEST ? LONGEST : (nanos)time; }

static nanos to_nanos(struct timespec time) {
  return time.tv_sec >= LONGEST / SECOND ? LONGEST : time.tv_sec * SECOND + time.tv_nsec;
}

static struct timespec to_timespec(nanos time) { return (struct timespec){time / SECOND, time % SECOND}; }

static bool is_valid(const struct timespec *time) {
  return time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < SECOND;
}

/* Converts a sandbox wait to a real one, plus 1 ns so that rounding never ends it early; `lengthen` converts back. */
static nanos shorten(nanos wait) { return clamp((double)wait / factor()) + (wait > 0 && factor() != 1); }
static nanos lengthen(nanos wait) { return factor() == 1 ? wait : clamp((double)wait * factor()); }

/* The wait to give to the kernel. NULL (no limit) and invalid waits (the kernel answers EINVAL) are passed on as is. */
static struct timespec *shortened(const struct timespec *wait, struct timespec *room) {
  if (!wait) return NULL;
  *room = is_valid(wait) ? to_timespec(shorten(to_nanos(*wait))) : *wait;
  return room;
}

/* ---- Clocks ---- */

#define NOT_MAPPED (-1)
#define NEARER (-2)

/*
 * The epoch that a clock follows. Coarse clocks are read as fine ones: at factor 20 their steps of 4 ms would be 80 ms.
 * Clocks of CPU time stay real.
 */
static clockid_t family(clockid_t clock) {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_REALTIME_ALARM:
      return CLOCK_REALTIME;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_BOOTTIME_ALARM:
      return CLOCK_MONOTONIC;
    default:
      return NOT_MAPPED;
  }
}

static nanos epoch_of(clockid_t clock) { return clock == CLOCK_REALTIME ? mapping.realtime : mapping.monotonic; }

static __typeof__(&clock_gettime) quick_clock_gettime; /* libc's, which needs no system call; NULL until `start` ran */

__attribute__((constructor)) static void start(void) {
  factor();
  quick_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
}

/* What the host's clock shows. */
static nanos host_now(clockid_t clock) {
  struct timespec real;
  if (quick_clock_gettime)
    quick_clock_gettime(clock, &real);
  else
    KERNEL(SYS_clock_gettime, clock, &real);
  return real.tv_sec * SECOND + real.tv_nsec;
}

/* Without a clock file there is no epoch, and sandbox time is the host's time. */
static bool is_mapped(void) {
  factor();
  return mapping.monotonic != 0;
}

/* The sandbox time of one of the two families. */
static nanos now(clockid_t clock) {
  if (!is_mapped()) return host_now(clock);
  nanos elapsed = host_now(CLOCK_MONOTONIC) - mapping.monotonic;
  return epoch_of(clock) + (factor() == 1 ? elapsed : (nanos)((double)elapsed * factor()));
}

static nanos distance(nanos a, nanos b) { return a > b ? a - b : b - a; }

/*
 * Converts a sandbox deadline to a real one. For condition variables and timers we cannot know the clock they use,
 * because glibc keeps it in a different place in each release. The two clocks are decades apart, so the nearer one
 * must be the right one.
 */
static const struct timespec *to_real(const struct timespec *deadline, clockid_t clock, struct timespec *room) {
  if (!is_mapped() || clock == NOT_MAPPED || !is_valid(deadline)) return deadline;
  nanos time = to_nanos(*deadline);
  bool near = distance(time, now(CLOCK_REALTIME)) < distance(time, now(CLOCK_MONOTONIC));
  if (clock == NEARER) clock = near ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  nanos epoch = mapping.monotonic, wait = time <= epoch_of(clock) ? 0 : shorten(time - epoch_of(clock));
  /* The kernel compares with the host's wall clock, so add its present distance. A step during this wait shifts it. */
  if (clock == CLOCK_REALTIME) epoch -= host_now(CLOCK_MONOTONIC) - host_now(CLOCK_REALTIME);
  *room = to_timespec(epoch + (wait < LONGEST - epoch ? wait : LONGEST - epoch));
  return room;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (family(clock) == NOT_MAPPED) return (int)returned(KERNEL(SYS_clock_gettime, clock, time));
  *time = to_timespec(now(family(clock)));
  return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  nanos value = now(CLOCK_REALTIME);
  *time = (struct timeval){value / SECOND, value % SECOND / 1000};
  if (zone) *(struct timezone *)zone = (struct timezone){0, 0};
  return 0;
}

time_t time(time_t *seconds) {
  time_t value = now(CLOCK_REALTIME) / SECOND;
  if (seconds) *seconds = value;
  return value;
}

int timespec_get(struct timespec *time, int base) {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

/* ---- Sleeping ---- */

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wait, struct timespec *left) {
  if (family(clock) == NOT_MAPPED) return (int)-KERNEL(SYS_clock_nanosleep, clock, flags, wait, left);
  clock = family(clock);
  if (flags & TIMER_ABSTIME) return (int)-KERNEL(SYS_clock_nanosleep, clock, flags, to_real(wait, clock, ROOM), NULL);
  long result = KERNEL(SYS_clock_nanosleep, clock, flags, shortened(wait, ROOM), left);
  if (result == -EINTR && left) *left = to_timespec(lengthen(to_nanos(*left)));
  return (int)-result;
}

int nanosleep(const struct timespec *wait, struct timespec *left) {
  return (int)returned(-clock_nanosleep(CLOCK_MONOTONIC, 0, wait, left));
}

unsigned sleep(unsigned seconds) {
  struct timespec left = {0, 0};
  return nanosleep(&(struct timespec){seconds, 0}, &left) == 0 ? 0 : (unsigned)left.tv_sec;
}

int usleep(useconds_t micros) {
  return nanosleep(&(struct timespec){micros / 1000000, micros % 1000000 * 1000}, NULL);
}

/* ---- Waiting for descriptors and signals ---- */

/* Milliseconds as a timespec. NULL (no limit) if negative. */
static struct timespec *from_millis(int millis, struct timespec *room) {
  if (millis < 0) return NULL;
  *room = (struct timespec){millis / 1000, millis % 1000 * 1000000L};
  return room;
}

int ppoll(struct pollfd *files, nfds_t count, const struct timespec *wait, const sigset_t *signals) {
  return (int)returned(KERNEL(SYS_ppoll, files, count, shortened(wait, ROOM), signals, SIGNAL_SET_BYTES));
}

int poll(struct pollfd *files, nfds_t count, int millis) {
  return ppoll(files, count, from_millis(millis, ROOM), NULL);
}

/* The names of poll and ppoll in programs built with _FORTIFY_SOURCE. */
int __poll_chk(struct pollfd *files, nfds_t count, int millis, size_t size) {
  return size / sizeof *files < count ? (abort(), -1) : poll(files, count, millis);
}

int __ppoll_chk(struct pollfd *files, nfds_t count, const struct timespec *wait, const sigset_t *signals, size_t size) {
  return size / sizeof *files < count ? (abort(), -1) : ppoll(files, count, wait, signals);
}

/* Kernels before 5.11 and the system call filters of some containers have no epoll_pwait2, which takes nanoseconds. */
static long wait_in_millis(int epoll, struct epoll_event *events, int count, nanos wait, const sigset_t *signals) {
  nanos millis = wait < 0 ? -1 : (wait + 999999) / 1000000;
  if (millis > INT32_MAX) millis = INT32_MAX;
  return KERNEL(SYS_epoll_pwait, epoll, events, count, millis, signals, SIGNAL_SET_BYTES);
}

int epoll_pwait2(int epoll, struct epoll_event *events, int count, const struct timespec *wait, const sigset_t *mask) {
  static atomic_bool unavailable;
  wait = shortened(wait, ROOM);
  if (!atomic_load_explicit(&unavailable, memory_order_relaxed)) {
    long result = KERNEL(SYS_epoll_pwait2, epoll, events, count, wait, mask, SIGNAL_SET_BYTES);
    if (result != -ENOSYS && result != -EPERM) return (int)returned(result);
    atomic_store_explicit(&unavailable, true, memory_order_relaxed);
  }
  return (int)returned(wait_in_millis(epoll, events, count, wait ? to_nanos(*wait) : -1, mask));
}

int epoll_pwait(int epoll, struct epoll_event *events, int count, int millis, const sigset_t *signals) {
  return epoll_pwait2(epoll, events, count, from_millis(millis, ROOM), signals);
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int millis) {
  return epoll_pwait(epoll, events, count, millis, NULL);
}

/* Like pselect, but the kernel writes the rest of the real wait into `real`. */
static int select_for(int count, fd_set *in, fd_set *out, fd_set *err, struct timespec *real, const sigset_t *signals) {
  const struct { const sigset_t *set; size_t bytes; } mask = {signals, SIGNAL_SET_BYTES};
  return (int)returned(KERNEL(SYS_pselect6, count, in, out, err, real, &mask));
}

int pselect(int count, fd_set *in, fd_set *out, fd_set *err, const struct timespec *wait, const sigset_t *signals) {
  return select_for(count, in, out, err, shortened(wait, ROOM), signals);
}

int select(int count, fd_set *in, fd_set *out, fd_set *err, struct timeval *wait) {
  struct timespec room, *real = NULL;
  if (wait) {
    room = (struct timespec){wait->tv_sec + wait->tv_usec / 1000000, wait->tv_usec % 1000000 * 1000};
    real = shortened(&room, &room);
  }
  int ready = select_for(count, in, out, err, real, NULL);
  if (wait && is_valid(real)) {
    nanos left = lengthen(to_nanos(*real));
    *wait = (struct timeval){left / SECOND, left % SECOND / 1000};
  }
  return ready;
}

int sigtimedwait(const sigset_t *signals, siginfo_t *info, const struct timespec *wait) {
  return (int)returned(KERNEL(SYS_rt_sigtimedwait, signals, info, shortened(wait, ROOM), SIGNAL_SET_BYTES));
}

/* ---- Waiting for other threads: libc's own function with the real deadline ---- */

#define CONDITION pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex
#define DEADLINE const struct timespec *restrict deadline

int pthread_cond_timedwait(CONDITION, DEADLINE) {
  return LIBC(pthread_cond_timedwait)(condition, mutex, to_real(deadline, NEARER, ROOM));
}

int pthread_cond_clockwait(CONDITION, clockid_t clock, DEADLINE) {
  return LIBC(pthread_cond_clockwait)(condition, mutex, clock, to_real(deadline, family(clock), ROOM));
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, DEADLINE) {
  return LIBC(pthread_mutex_timedlock)(mutex, to_real(deadline, CLOCK_REALTIME, ROOM));
}

int sem_timedwait(sem_t *restrict semaphore, DEADLINE) {
  return LIBC(sem_timedwait)(semaphore, to_real(deadline, CLOCK_REALTIME, ROOM));
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, DEADLINE) {
  return LIBC(sem_clockwait)(semaphore, clock, to_real(deadline, family(clock), ROOM));
}

/* ---- Timers ---- */

/* The timer to give to the kernel. A value of zero disarms the timer on every clock, so it stays zero. */
static const struct itimerspec *real_timer(const struct itimerspec *timer, bool absolute, struct itimerspec *room) {
  if (!timer) return NULL;
  bool disarms = timer->it_value.tv_sec == 0 && timer->it_value.tv_nsec == 0;
  *room = *timer;
  shortened(&timer->it_interval, &room->it_interval);
  if (absolute && !disarms)
    room->it_value = *to_real(&timer->it_value, NEARER, ROOM);
  else
    shortened(&timer->it_value, &room->it_value);
  return room;
}

static int sandbox_timer(int result, struct itimerspec *timer) {
  if (result == 0 && timer) {
    timer->it_value = to_timespec(lengthen(to_nanos(timer->it_value)));
    timer->it_interval = to_timespec(lengthen(to_nanos(timer->it_interval)));
  }
  return result;
}

int timerfd_settime(int file, int flags, const struct itimerspec *timer, struct itimerspec *old) {
  struct itimerspec real;
  timer = real_timer(timer, flags & TFD_TIMER_ABSTIME, &real);
  return sandbox_timer((int)returned(KERNEL(SYS_timerfd_settime, file, flags, timer, old)), old);
}

int timerfd_gettime(int file, struct itimerspec *timer) {
  return sandbox_timer((int)returned(KERNEL(SYS_timerfd_gettime, file, timer)), timer);
}

int timer_settime(timer_t id, int flags, const struct itimerspec *restrict timer, struct itimerspec *restrict old) {
  struct itimerspec real;
  timer = real_timer(timer, flags & TIMER_ABSTIME, &real);
  return sandbox_timer(LIBC(timer_settime)(id, flags, timer, old), old);
}

int timer_gettime(timer_t id, struct itimerspec *timer) { return sandbox_timer(LIBC(timer_gettime)(id, timer), timer); }

/* Rounds up to microseconds, so that a short wait never becomes 0, which would disarm the timer or mean "no limit". */
static struct timeval real_timeval(struct timeval wait) {
  if (wait.tv_sec < 0 || wait.tv_usec < 0 || wait.tv_usec >= 1000000) return wait;
  nanos micros = (shorten(to_nanos((struct timespec){wait.tv_sec, wait.tv_usec * 1000})) + 999) / 1000;
  return (struct timeval){micros / 1000000, micros % 1000000};
}

static struct timeval sandbox_timeval(struct timeval left) {
  nanos wait = lengthen(to_nanos((struct timespec){left.tv_sec, left.tv_usec * 1000}));
  return (struct timeval){wait / SECOND, wait % SECOND / 1000};
}

int setitimer(__itimer_which_t which, const struct itimerval *restrict timer, struct itimerval *restrict old) {
  struct itimerval real;
  if (which == ITIMER_REAL && timer) {
    real = (struct itimerval){real_timeval(timer->it_interval), real_timeval(timer->it_value)};
    timer = &real;
  }
  int result = (int)returned(KERNEL(SYS_setitimer, which, timer, old));
  if (result == 0 && which == ITIMER_REAL && old)
    *old = (struct itimerval){sandbox_timeval(old->it_interval), sandbox_timeval(old->it_value)};
  return result;
}

unsigned alarm(unsigned seconds) {
  struct itimerval timer = {.it_value = {seconds, 0}}, old = {0};
  setitimer(ITIMER_REAL, &timer, &old);
  return (unsigned)(old.it_value.tv_sec + (old.it_value.tv_usec > 0));
}

/* ---- Socket timeouts ---- */

int setsockopt(int file, int level, int option, const void *value, socklen_t size) {
  struct timeval real;
  bool is_timeout = level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO);
  if (is_timeout && value && size >= sizeof real) {
    real = real_timeval(*(const struct timeval *)value);
    value = &real;
  }
  return (int)returned(KERNEL(SYS_setsockopt, file, level, option, value, size));
}

/* ---- syscall(): V8 waits on futexes with it, and some C++ runtimes read the clock with it ---- */

static long timed_futex(long word, long operation, long value, const struct timespec *wait, long word2, long value3) {
  struct timespec room;
  long command = operation & FUTEX_CMD_MASK;
  clockid_t clock = operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  if (wait && command == FUTEX_WAIT) wait = shortened(wait, &room);
  if (wait && command == FUTEX_WAIT_BITSET) wait = to_real(wait, clock, &room);
  return returned(KERNEL(SYS_futex, word, operation, value, wait, word2, value3));
}

long syscall(long number, ...) {
  va_list list;
  long a[6];
  va_start(list, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(list, long);
  va_end(list);
  switch (number) {
    case SYS_clock_gettime: return clock_gettime((clockid_t)a[0], (struct timespec *)a[1]);
    case SYS_gettimeofday: return gettimeofday((struct timeval *)a[0], (void *)a[1]);
    case SYS_nanosleep: return nanosleep((const struct timespec *)a[0], (struct timespec *)a[1]);
    case SYS_futex: return timed_futex(a[0], a[1], a[2], (const struct timespec *)a[3], a[4], a[5]);
    default: return returned(kernel(number, a[0], a[1], a[2], a[3], a[4], a[5]));
  }
}
