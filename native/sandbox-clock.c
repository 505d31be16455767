/*
 * The sandbox clock: a preloaded library that makes time run faster for one program, so that a fleet keeps its
 * production values (30 s locks, `sleep 60`, limits a minute) and still finishes within a CI run. The rate may change
 * while programs run; 0 stops the clock. clock-record.h has the formula and the record that all processes share.
 *
 * "real" is the host's monotonic clock, for the sandbox's wall clock too. If the host's wall clock steps during a run,
 * the sandbox does not see it. Otherwise the sandbox's clock would leap by the rate times that step, away from the
 * harness, which computes sandbox time with the same formula.
 *
 * - Every process of a sandbox maps the same record, so their clocks agree no matter when each one started.
 * - A clock is mapped when a program reads it, and a wait lasts until the sandbox's clock reaches its end.
 * - Time that a call reports as left is in sandbox units.
 *
 * Rules the code keeps:
 * - Reading a clock needs no allocation, no dlsym and no lock: jemalloc asks for the time before any constructor ran.
 * - No process sees its clock go back.
 * - A wait is rounded up, never down to nothing. Otherwise a caller that polls until its deadline would spin.
 * - While the rate may change, a wait is done in slices that are no longer than the notice of a change (SLICE).
 *   Signals are blocked between the slices, so that each one still interrupts the wait.
 * - A condition variable or futex whose slice is over returns as if it had been woken. Waiting on within our function
 *   would lose a signal that is sent between two slices.
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
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "clock-record.h"

#define DEFAULT_CLOCK_FILE "/drillbook/clock"
#define SIGNAL_SET_BYTES (_NSIG / 8)
/* The harness publishes a change this long before it takes effect. A wait that looks as often misses none. */
#ifndef SLICE
#define SLICE (20 * SECOND / 1000)
#endif

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

/* ---- The shared record ---- */

/* NULL until it was looked for, then the mapped file, or `absent` if there is none that can be used. */
static _Atomic(const struct clock_file *) shared;
static const struct clock_file absent;

/* The harness looks for this text in the library before it starts a sandbox with it. */
__attribute__((used)) static const char layout[] = CLOCK_FILE_MAGIC;

/* If the file is missing or malformed, the program runs in real time. */
static const struct clock_file *map_file(void) {
  const char *path = getenv("DRILLBOOK_CLOCK");
  const struct clock_file *found = &absent, *earlier = NULL;
  struct clock_copy record;
  struct stat about;
  long file = KERNEL(SYS_openat, AT_FDCWD, path ? path : DEFAULT_CLOCK_FILE, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    long at = -1;
    /* Reading beyond the end of a mapped file would kill the program. */
    if (KERNEL(SYS_fstat, file, &about) == 0 && about.st_size >= (off_t)sizeof *found)
      at = KERNEL(SYS_mmap, 0, sizeof *found, PROT_READ, MAP_SHARED, file, 0);
    KERNEL(SYS_close, file);
    if (at > 0 || at < -4095) found = (const struct clock_file *)at;
    bool usable = found != &absent && memcmp(found->magic, layout, sizeof found->magic) == 0;
    for (int tries = 0; usable && !take_record(found, &record); tries++) usable = tries < 1000;
    if (found != &absent && !(usable && is_sound(&record))) {
      KERNEL(SYS_munmap, found, sizeof *found);
      found = &absent;
    }
  }
  /* Threads may race here. The first one wins, and the others drop their mapping. */
  if (atomic_compare_exchange_strong(&shared, &earlier, found)) return found;
  if (found != &absent) KERNEL(SYS_munmap, found, sizeof *found);
  return earlier;
}

/* NULL if this process runs in real time. */
static const struct clock_file *clock_file(void) {
  const struct clock_file *file = atomic_load_explicit(&shared, memory_order_acquire);
  if (!file) file = map_file();
  return file == &absent ? NULL : file;
}

static bool is_mapped(void) { return clock_file() != NULL; }

/* ---- Arithmetic ---- */

/* Memory for a time to pass on. It lives until the end of the enclosing block. */
#define ROOM (&(struct timespec){0, 0})

static nanos to_nanos(struct timespec time) {
  return time.tv_sec >= LONGEST / SECOND ? LONGEST : time.tv_sec * SECOND + time.tv_nsec;
}

static struct timespec to_timespec(nanos time) { return (struct timespec){time / SECOND, time % SECOND}; }

static bool is_valid(const struct timespec *time) {
  return time->tv_sec >= 0 && time->tv_nsec >= 0 && time->tv_nsec < SECOND;
}

static nanos least(nanos a, nanos b) { return a < b ? a : b; }
static nanos distance(nanos a, nanos b) { return a > b ? a - b : b - a; }

/* ---- Clocks ---- */

#define NOT_MAPPED (-1)
#define NEARER (-2)

/*
 * The sandbox clock that a clock follows. Coarse clocks are read as fine ones: at rate 20 their steps of 4 ms would be
 * 80 ms. Clocks of CPU time stay real.
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

static __typeof__(&clock_gettime) quick_clock_gettime; /* libc's, which needs no system call; NULL until `start` ran */

__attribute__((constructor)) static void start(void) {
  clock_file();
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

/* The largest value of the sandbox's monotonic clock that this process has seen. */
static _Atomic nanos floor_seen;

static nanos not_below_floor(nanos value) {
  nanos seen = atomic_load_explicit(&floor_seen, memory_order_relaxed);
  while (value > seen)
    if (atomic_compare_exchange_weak_explicit(&floor_seen, &seen, value, memory_order_relaxed, memory_order_relaxed))
      return value;
  return seen;
}

/* One look at the clock: the record, the host's monotonic clock, and the sandbox's. */
struct look {
  struct clock_copy record;
  nanos host, monotonic;
};

/* A record that is still the newest after the clock was read was valid at that moment: changes are dated ahead. */
static struct look look(const struct clock_file *file) {
  struct look look;
  for (;;) {
    if (!take_record(file, &look.record)) continue;
    look.host = host_now(CLOCK_MONOTONIC);
    if (is_newest(file, &look.record)) break;
  }
  look.monotonic = not_below_floor(sandbox_at(&look.record, look.host));
  return look;
}

/* How far the sandbox's wall clock is ahead of its monotonic clock. No change of the rate alters it. */
static nanos wall_offset(const struct look *look) { return look->record.realtime - look->record.monotonic; }

/*
 * The same as `look`, but it copies no record: most readings lie in the record's first piece. False if this one does
 * not, or if a record was published meanwhile.
 */
static bool quick_now(const struct clock_file *file, clockid_t clock, nanos *value) {
  int newest = newest_copy(file);
  if (newest < 0) return false;
  const struct clock_copy *record = &file->copies[newest];
  uint64_t last = load_word(&record->last, memory_order_acquire);
  nanos monotonic = record->monotonic, offset = record->realtime - monotonic, start = record->pieces[0].start;
  nanos next = record->pieces[1].start, host = host_now(CLOCK_MONOTONIC);
  double rate = record->pieces[0].rate;
  if (host >= next) return false;
  atomic_thread_fence(memory_order_acquire);
  if (load_word(&record->first, memory_order_relaxed) != last) return false;
  if (load_word(&file->copies[1 - newest].last, memory_order_relaxed) == last + 1) return false;
  *value = not_below_floor(monotonic + scaled(host - start, rate)) + (clock == CLOCK_REALTIME ? offset : 0);
  return true;
}

/* The sandbox time of one of the two families. */
static nanos now(clockid_t clock) {
  nanos value;
  const struct clock_file *file = clock_file();
  if (!file) return host_now(clock);
  if (quick_now(file, clock, &value)) return value;
  struct look seen = look(file);
  return seen.monotonic + (clock == CLOCK_REALTIME ? wall_offset(&seen) : 0);
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

/* ---- Deadlines and slices ---- */

/* All deadlines are times of the sandbox's monotonic clock. */
static nanos deadline_after(nanos wait) {
  nanos from = now(CLOCK_MONOTONIC);
  return wait < LONGEST - from ? from + wait : LONGEST;
}

/* Real time until the next look at the clock, and whether that is the whole wait. */
struct slice {
  nanos real;
  bool whole;
};

static struct slice slice_until(nanos deadline) {
  const struct look seen = look(clock_file());
  if (seen.monotonic >= deadline) return (struct slice){0, true};
  nanos real = real_at(&seen.record, deadline);
  nanos left = real > seen.host ? real - seen.host : 1;
  bool whole = seen.record.steady == 1;
  return (struct slice){whole ? least(left, LONGEST - seen.host) : least(left, SLICE), whole};
}

static nanos left_until(nanos deadline) {
  nanos left = deadline - now(CLOCK_MONOTONIC);
  return left > 0 ? left : 0;
}

/* One call of the kernel that waits at most this long. Its result is 0 if the time was over. */
typedef long attempt(const void *call, const struct timespec *real, const void *signals);

/*
 * Waits until the deadline, in slices if the rate may change meanwhile. Only the kernel lets signals in, while it
 * waits: one that arrives between two slices ends the next one at once.
 * @param signals the mask that the caller wants during the wait; NULL keeps the present one
 */
static long wait_until(nanos deadline, attempt *attempt, const void *call, const void *signals) {
  const uint64_t every_signal = ~UINT64_C(0);
  uint64_t before;
  struct timespec room;
  struct slice slice = slice_until(deadline);
  room = to_timespec(slice.real);
  if (slice.whole) return attempt(call, &room, signals);
  KERNEL(SYS_rt_sigprocmask, SIG_SETMASK, &every_signal, &before, SIGNAL_SET_BYTES);
  long result;
  do {
    room = to_timespec(slice.real);
    result = attempt(call, &room, signals ? signals : &before);
    slice = slice_until(deadline);
  } while (result == 0 && slice.real > 0);
  KERNEL(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, SIGNAL_SET_BYTES);
  return result;
}

/* NULL (no limit) and invalid waits (the kernel answers EINVAL) are passed on as they are. */
static long wait_for(const struct timespec *wait, attempt *attempt, const void *call, const void *signals) {
  if (!wait || !is_valid(wait) || !is_mapped()) return attempt(call, wait, signals);
  return wait_until(deadline_after(to_nanos(*wait)), attempt, call, signals);
}

/* The deadline of a caller that gives a clock and a time. */
struct target {
  bool mapped;
  clockid_t clock;
  nanos deadline;
};

/*
 * For condition variables and timers we cannot know the clock they use, because glibc keeps it in a different place in
 * each release. The two clocks are decades apart, so the nearer one must be the right one.
 */
static struct target target_of(const struct timespec *time, clockid_t clock) {
  const struct clock_file *file = clock_file();
  if (!file || clock == NOT_MAPPED || !is_valid(time)) return (struct target){false, clock, 0};
  const struct look seen = look(file);
  nanos wanted = to_nanos(*time), wall = seen.monotonic + wall_offset(&seen);
  bool near = distance(wanted, wall) < distance(wanted, seen.monotonic);
  if (clock == NEARER) clock = near ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  return (struct target){true, clock, clock == CLOCK_REALTIME ? wanted - wall_offset(&seen) : wanted};
}

static bool is_over(const struct target *target) {
  return !target->mapped || now(CLOCK_MONOTONIC) >= target->deadline;
}

/*
 * The time of the host's clock at which libc or the kernel should return: the deadline, or sooner the end of a slice.
 * The kernel compares with the host's own wall clock, so its present distance is added. A step shifts this one slice.
 */
static const struct timespec *host_deadline(const struct target *target, const struct timespec *given, bool in_slices,
                                            struct timespec *room) {
  if (!target->mapped) return given;
  const struct look seen = look(clock_file());
  nanos real = least(real_at(&seen.record, target->deadline), LONGEST);
  if (in_slices && seen.record.steady != 1) real = least(real, seen.host + SLICE);
  if (target->clock == CLOCK_REALTIME) {
    nanos ahead = host_now(CLOCK_REALTIME) - host_now(CLOCK_MONOTONIC);
    real = real < LONGEST - ahead ? real + ahead : LONGEST;
  }
  *room = to_timespec(real);
  return room;
}

/* ---- Sleeping ---- */

/* A slice is slept with poll, because poll can let signals in for its own duration. */
static long sleep_slice(const void *call, const struct timespec *real, const void *signals) {
  (void)call;
  if (!signals) return KERNEL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, real, NULL);
  struct timespec room = *real;
  return KERNEL(SYS_ppoll, NULL, 0, &room, signals, SIGNAL_SET_BYTES);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wait, struct timespec *left) {
  bool absolute = flags & TIMER_ABSTIME;
  if (family(clock) == NOT_MAPPED || !is_mapped() || !wait || !is_valid(wait))
    return (int)-KERNEL(SYS_clock_nanosleep, clock, flags, wait, left);
  nanos deadline = absolute ? target_of(wait, family(clock)).deadline : deadline_after(to_nanos(*wait));
  long result = wait_until(deadline, sleep_slice, NULL, NULL);
  if (result == -EINTR && left && !absolute) *left = to_timespec(left_until(deadline));
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

struct poll_call {
  struct pollfd *files;
  nfds_t count;
};

/* The kernel writes the rest of the wait into its argument, so each of these calls gets a copy. */
static long poll_slice(const void *call, const struct timespec *real, const void *signals) {
  const struct poll_call *poll = call;
  struct timespec room = real ? *real : (struct timespec){0, 0};
  return KERNEL(SYS_ppoll, poll->files, poll->count, real ? &room : NULL, signals, SIGNAL_SET_BYTES);
}

int ppoll(struct pollfd *files, nfds_t count, const struct timespec *wait, const sigset_t *signals) {
  return (int)returned(wait_for(wait, poll_slice, &(struct poll_call){files, count}, signals));
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

struct epoll_call {
  int epoll;
  struct epoll_event *events;
  int count;
};

/* Kernels before 5.11 and the system call filters of some containers have no epoll_pwait2, which takes nanoseconds. */
static long epoll_slice(const void *call, const struct timespec *real, const void *signals) {
  static atomic_bool unavailable;
  const struct epoll_call *wait = call;
  if (!atomic_load_explicit(&unavailable, memory_order_relaxed)) {
    long result = KERNEL(SYS_epoll_pwait2, wait->epoll, wait->events, wait->count, real, signals, SIGNAL_SET_BYTES);
    if (result != -ENOSYS && result != -EPERM) return result;
    atomic_store_explicit(&unavailable, true, memory_order_relaxed);
  }
  nanos millis = real ? (to_nanos(*real) + 999999) / 1000000 : -1;
  if (millis > INT32_MAX) millis = INT32_MAX;
  return KERNEL(SYS_epoll_pwait, wait->epoll, wait->events, wait->count, millis, signals, SIGNAL_SET_BYTES);
}

int epoll_pwait2(int epoll, struct epoll_event *events, int count, const struct timespec *wait, const sigset_t *mask) {
  return (int)returned(wait_for(wait, epoll_slice, &(struct epoll_call){epoll, events, count}, mask));
}

int epoll_pwait(int epoll, struct epoll_event *events, int count, int millis, const sigset_t *signals) {
  return epoll_pwait2(epoll, events, count, from_millis(millis, ROOM), signals);
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int millis) {
  return epoll_pwait(epoll, events, count, millis, NULL);
}

/* The descriptors of a `select`. The kernel empties the sets when its time is over, so the wanted ones are kept. */
struct select_call {
  int count;
  size_t bytes;
  fd_set *sets[3];
  const char *wanted[3];
};

static long select_slice(const void *call, const struct timespec *real, const void *signals) {
  const struct select_call *select = call;
  const struct { const void *set; size_t bytes; } mask = {signals, SIGNAL_SET_BYTES};
  struct timespec room = real ? *real : (struct timespec){0, 0};
  for (int i = 0; i < 3; i++)
    if (select->sets[i] && select->wanted[i]) memcpy(select->sets[i], select->wanted[i], select->bytes);
  return KERNEL(SYS_pselect6, select->count, select->sets[0], select->sets[1], select->sets[2], real ? &room : NULL,
                &mask);
}

/* Sets of more descriptors than this are not kept, so such a wait is not sliced and follows no change of the rate. */
#define MOST_SELECTED 8192

int pselect(int count, fd_set *in, fd_set *out, fd_set *err, const struct timespec *wait, const sigset_t *signals) {
  char wanted[3][MOST_SELECTED / 8];
  size_t bytes = ((size_t)(count > 0 ? count : 0) + 63) / 64 * 8;
  struct select_call call = {count, bytes, {in, out, err}, {NULL, NULL, NULL}};
  if (!wait || !is_valid(wait) || !is_mapped()) return (int)returned(select_slice(&call, wait, signals));
  nanos deadline = deadline_after(to_nanos(*wait));
  if (count > MOST_SELECTED) {
    const struct look seen = look(clock_file());
    nanos real = real_at(&seen.record, deadline) - seen.host;
    return (int)returned(select_slice(&call, &(struct timespec){real / SECOND, real % SECOND}, signals));
  }
  for (int i = 0; i < 3; i++)
    if (call.sets[i]) call.wanted[i] = memcpy(wanted[i], call.sets[i], bytes);
  return (int)returned(wait_until(deadline, select_slice, &call, signals));
}

int select(int count, fd_set *in, fd_set *out, fd_set *err, struct timeval *wait) {
  if (!wait) return pselect(count, in, out, err, NULL, NULL);
  struct timespec room = {wait->tv_sec + wait->tv_usec / 1000000, wait->tv_usec % 1000000 * 1000};
  nanos deadline = is_valid(&room) ? deadline_after(to_nanos(room)) : 0;
  int ready = pselect(count, in, out, err, &room, NULL);
  if (is_valid(&room)) {
    nanos left = left_until(deadline);
    *wait = (struct timeval){left / SECOND, left % SECOND / 1000};
  }
  return ready;
}

struct signal_call {
  const sigset_t *signals;
  siginfo_t *info;
};

static long signal_slice(const void *call, const struct timespec *real, const void *signals) {
  (void)signals;
  const struct signal_call *wait = call;
  long result = KERNEL(SYS_rt_sigtimedwait, wait->signals, wait->info, real, SIGNAL_SET_BYTES);
  return result == -EAGAIN ? 0 : result;
}

/* The mask stays as the caller set it: the signals waited for are blocked already and stay pending between slices. */
int sigtimedwait(const sigset_t *signals, siginfo_t *info, const struct timespec *wait) {
  const struct signal_call call = {signals, info};
  if (!wait || !is_valid(wait) || !is_mapped())
    return (int)returned(KERNEL(SYS_rt_sigtimedwait, signals, info, wait, SIGNAL_SET_BYTES));
  nanos deadline = deadline_after(to_nanos(*wait));
  struct slice slice = slice_until(deadline);
  for (;;) {
    long result = signal_slice(&call, &(struct timespec){slice.real / SECOND, slice.real % SECOND}, NULL);
    if (result != 0) return (int)returned(result);
    slice = slice_until(deadline);
    if (slice.real == 0) return (int)returned(-EAGAIN);
  }
}

/* ---- Waiting for other threads: libc's own function with the real deadline ---- */

#define CONDITION pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex
#define DEADLINE const struct timespec *restrict deadline

/* The end of a slice looks like a wake-up: every caller of a condition variable must bear one without a reason. */
static int condition_result(int result, const struct target *target) {
  return result == ETIMEDOUT && !is_over(target) ? 0 : result;
}

int pthread_cond_timedwait(CONDITION, DEADLINE) {
  const struct target target = target_of(deadline, NEARER);
  const struct timespec *until = host_deadline(&target, deadline, true, ROOM);
  return condition_result(LIBC(pthread_cond_timedwait)(condition, mutex, until), &target);
}

int pthread_cond_clockwait(CONDITION, clockid_t clock, DEADLINE) {
  const struct target target = target_of(deadline, family(clock));
  const struct timespec *until = host_deadline(&target, deadline, true, ROOM);
  return condition_result(LIBC(pthread_cond_clockwait)(condition, mutex, clock, until), &target);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, DEADLINE) {
  const struct target target = target_of(deadline, CLOCK_REALTIME);
  for (;;) {
    int result = LIBC(pthread_mutex_timedlock)(mutex, host_deadline(&target, deadline, true, ROOM));
    if (result != ETIMEDOUT || is_over(&target)) return result;
  }
}

int sem_timedwait(sem_t *restrict semaphore, DEADLINE) {
  const struct target target = target_of(deadline, CLOCK_REALTIME);
  for (;;) {
    int result = LIBC(sem_timedwait)(semaphore, host_deadline(&target, deadline, true, ROOM));
    if (result == 0 || errno != ETIMEDOUT || is_over(&target)) return result;
  }
}

int sem_clockwait(sem_t *restrict semaphore, clockid_t clock, DEADLINE) {
  const struct target target = target_of(deadline, family(clock));
  for (;;) {
    int result = LIBC(sem_clockwait)(semaphore, clock, host_deadline(&target, deadline, true, ROOM));
    if (result == 0 || errno != ETIMEDOUT || is_over(&target)) return result;
  }
}

/* ---- Timers of the kernel: set with the rate of the moment, so they follow no later change ---- */

/* The real wait that corresponds to a sandbox wait from now on, as far as the record knows the rate. */
static nanos shorten(nanos wait) {
  const struct clock_file *file = clock_file();
  if (!file || wait <= 0) return wait;
  const struct look seen = look(file);
  nanos deadline = wait < LONGEST - seen.monotonic ? seen.monotonic + wait : LONGEST;
  nanos real = least(real_at(&seen.record, deadline), LONGEST) - seen.host;
  return real > 0 ? real : 1;
}

/* The rate of the sandbox clock at this moment. While it stands, 1: then waits and intervals stay as they are. */
static double present_rate(void) {
  const struct clock_file *file = clock_file();
  if (!file) return 1;
  const struct look seen = look(file);
  double rate = seen.record.pieces[piece_at(&seen.record, seen.host)].rate;
  return rate > 0 ? rate : 1;
}

static nanos lengthen(nanos wait) { return scaled(wait, present_rate()); }

static struct timespec *shortened(const struct timespec *wait, struct timespec *room) {
  *room = is_valid(wait) ? to_timespec(shorten(to_nanos(*wait))) : *wait;
  return room;
}

static struct timespec interval(struct timespec wait) {
  if (!is_valid(&wait)) return wait;
  nanos real = clamp_nanos((double)to_nanos(wait) / present_rate());
  return to_timespec(real > 0 || to_nanos(wait) == 0 ? real : 1);
}

/* The timer to give to the kernel. A value of zero disarms the timer on every clock, so it stays zero. */
static const struct itimerspec *real_timer(const struct itimerspec *timer, bool absolute, struct itimerspec *room) {
  if (!timer) return NULL;
  bool disarms = timer->it_value.tv_sec == 0 && timer->it_value.tv_nsec == 0;
  *room = *timer;
  room->it_interval = interval(timer->it_interval);
  if (absolute && !disarms) {
    const struct target target = target_of(&timer->it_value, NEARER);
    room->it_value = *host_deadline(&target, &timer->it_value, false, ROOM);
  } else
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

/* For settings that last: they get the rate of the moment. */
static struct timeval scaled_timeval(struct timeval wait) {
  if (wait.tv_sec < 0 || wait.tv_usec < 0 || wait.tv_usec >= 1000000) return wait;
  nanos micros = (to_nanos(interval((struct timespec){wait.tv_sec, wait.tv_usec * 1000})) + 999) / 1000;
  return (struct timeval){micros / 1000000, micros % 1000000};
}

static struct timeval sandbox_timeval(struct timeval left) {
  nanos wait = lengthen(to_nanos((struct timespec){left.tv_sec, left.tv_usec * 1000}));
  return (struct timeval){wait / SECOND, wait % SECOND / 1000};
}

int setitimer(__itimer_which_t which, const struct itimerval *restrict timer, struct itimerval *restrict old) {
  struct itimerval real;
  if (which == ITIMER_REAL && timer) {
    real = (struct itimerval){scaled_timeval(timer->it_interval), real_timeval(timer->it_value)};
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
    real = scaled_timeval(*(const struct timeval *)value);
    value = &real;
  }
  return (int)returned(KERNEL(SYS_setsockopt, file, level, option, value, size));
}

/* ---- syscall(): V8 waits on futexes with it, and some C++ runtimes read the clock with it ---- */

static long timed_futex(long word, long operation, long value, const struct timespec *wait, long word2, long value3) {
  long command = operation & FUTEX_CMD_MASK;
  bool relative = command == FUTEX_WAIT;
  clockid_t clock = operation & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  if (!wait || (!relative && command != FUTEX_WAIT_BITSET) || !is_valid(wait) || !is_mapped())
    return returned(KERNEL(SYS_futex, word, operation, value, wait, word2, value3));
  nanos deadline = relative ? deadline_after(to_nanos(*wait)) : target_of(wait, clock).deadline;
  const struct target target = {true, clock, deadline};
  const struct slice slice = slice_until(deadline);
  const struct timespec real = to_timespec(slice.real);
  const struct timespec *until = relative ? &real : host_deadline(&target, wait, true, ROOM);
  long result = KERNEL(SYS_futex, word, operation, value, until, word2, value3);
  /* Every caller of a futex must bear a wake-up without a reason. */
  return returned(result == -ETIMEDOUT && !is_over(&target) ? 0 : result);
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
