/*
 * Test program for the sandbox clock. It waits once in every way that the library maps, and prints one line for each:
 *
 *     <name> <sandbox ms it took> <real ms it took> <sandbox ms that the call reported as left, or -1>
 *
 * With a third argument it prints the name before the wait as well, so that a test can act in the middle of it.
 *
 * Real time comes from CLOCK_TAI, which the library does not change.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static long asked_ms;
static double left = -1;
static struct timespec wait_time;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static sem_t semaphore;
static sigset_t alarms;

static double read_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static struct timespec deadline(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  now.tv_sec += wait_time.tv_sec;
  now.tv_nsec += wait_time.tv_nsec;
  if (now.tv_nsec >= 1000000000) now.tv_sec++, now.tv_nsec -= 1000000000;
  return now;
}

/* For the calls that take whole seconds only. */
static unsigned asked_seconds(void) { return (unsigned)((asked_ms + 999) / 1000); }

static void by_nanosleep(void) { nanosleep(&wait_time, NULL); }
static void by_clock_nanosleep(void) { clock_nanosleep(CLOCK_MONOTONIC, 0, &wait_time, NULL); }
static void by_clock_nanosleep_until(void) {
  struct timespec until = deadline(CLOCK_REALTIME);
  clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
}
static void by_clock_nanosleep_until_boottime(void) {
  struct timespec until = deadline(CLOCK_BOOTTIME);
  clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, NULL);
}
static void by_usleep(void) { usleep((useconds_t)asked_ms * 1000); }
static void by_sleep(void) { sleep(asked_seconds()); }
static void by_poll(void) { poll(NULL, 0, (int)asked_ms); }
static void by_ppoll(void) { ppoll(NULL, 0, &wait_time, NULL); }
static void by_select(void) {
  struct timeval wait = {wait_time.tv_sec, wait_time.tv_nsec / 1000};
  select(0, NULL, NULL, NULL, &wait);
  left = wait.tv_sec * 1e3 + wait.tv_usec / 1e3;
}
static void by_pselect(void) { pselect(0, NULL, NULL, NULL, &wait_time, NULL); }
static void by_epoll_wait(void) {
  struct epoll_event event;
  int epoll = epoll_create1(0);
  epoll_wait(epoll, &event, 1, (int)asked_ms);
  close(epoll);
}
static void by_epoll_pwait(void) {
  struct epoll_event event;
  int epoll = epoll_create1(0);
  epoll_pwait(epoll, &event, 1, (int)asked_ms, NULL);
  close(epoll);
}
static void by_condition(clockid_t clock) {
  pthread_condattr_t attributes;
  pthread_cond_t condition;
  struct timespec until = deadline(clock);
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, clock);
  pthread_cond_init(&condition, &attributes);
  pthread_mutex_lock(&mutex);
  while (pthread_cond_timedwait(&condition, &mutex, &until) != ETIMEDOUT) continue;
  pthread_mutex_unlock(&mutex);
}
static void by_condition_realtime(void) { by_condition(CLOCK_REALTIME); }
static void by_condition_monotonic(void) { by_condition(CLOCK_MONOTONIC); }
static void by_condition_clockwait(void) {
  pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
  struct timespec until = deadline(CLOCK_MONOTONIC);
  pthread_mutex_lock(&mutex);
  while (pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &until) != ETIMEDOUT) continue;
  pthread_mutex_unlock(&mutex);
}
static void by_mutex(void) {
  struct timespec until = deadline(CLOCK_REALTIME);
  pthread_mutex_lock(&mutex);
  pthread_mutex_timedlock(&mutex, &until);
  pthread_mutex_unlock(&mutex);
}
static void by_semaphore(void) {
  struct timespec until = deadline(CLOCK_REALTIME);
  sem_timedwait(&semaphore, &until);
}
static void by_semaphore_clockwait(void) {
  struct timespec until = deadline(CLOCK_MONOTONIC);
  sem_clockwait(&semaphore, CLOCK_MONOTONIC, &until);
}
static void by_sigtimedwait(void) { sigtimedwait(&alarms, NULL, &wait_time); }
static void by_alarm(void) {
  int signal;
  alarm(asked_seconds());
  left = alarm(asked_seconds()) * 1e3;
  sigwait(&alarms, &signal);
}
static void by_setitimer(void) {
  int signal;
  struct itimerval timer = {.it_value = {wait_time.tv_sec, wait_time.tv_nsec / 1000}};
  setitimer(ITIMER_REAL, &timer, NULL);
  sigwait(&alarms, &signal);
}
static void by_timer_settime(void) {
  int signal;
  timer_t timer;
  struct itimerspec rest, value = {.it_value = wait_time};
  timer_create(CLOCK_MONOTONIC, &(struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM}, &timer);
  timer_settime(timer, 0, &value, NULL);
  timer_gettime(timer, &rest);
  left = rest.it_value.tv_sec * 1e3 + rest.it_value.tv_nsec / 1e6;
  sigwait(&alarms, &signal);
  timer_delete(timer);
}
static void by_timerfd(clockid_t clock, int flags, struct timespec time) {
  char room[8];
  int file = timerfd_create(clock, 0);
  struct itimerspec value = {.it_value = time};
  timerfd_settime(file, flags, &value, NULL);
  if (read(file, room, sizeof room) < 0) perror("read");
  close(file);
}
static void by_timerfd_relative(void) { by_timerfd(CLOCK_MONOTONIC, 0, wait_time); }
static void by_timerfd_until(clockid_t clock) { by_timerfd(clock, TFD_TIMER_ABSTIME, deadline(clock)); }
static void by_timerfd_until_monotonic(void) { by_timerfd_until(CLOCK_MONOTONIC); }
static void by_timerfd_until_realtime(void) { by_timerfd_until(CLOCK_REALTIME); }
static void by_receive_timeout(void) {
  char room;
  int ends[2];
  struct timeval wait = {wait_time.tv_sec, wait_time.tv_nsec / 1000};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends)) perror("socketpair");
  setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  if (recv(ends[0], &room, 1, 0) >= 0) puts("unexpected data");
}
/* A futex may return without a reason, so the caller waits for the rest. */
static void by_futex(void) {
  int word = 0;
  const struct timespec until = deadline(CLOCK_MONOTONIC);
  struct timespec rest = wait_time;
  while (syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &rest, NULL, 0) == 0) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    rest = (struct timespec){until.tv_sec - now.tv_sec, until.tv_nsec - now.tv_nsec};
    if (rest.tv_nsec < 0) rest.tv_sec--, rest.tv_nsec += 1000000000;
    if (rest.tv_sec < 0) return;
  }
}
static void by_futex_until(void) {
  int word = 0;
  const struct timespec until = deadline(CLOCK_MONOTONIC);
  while (syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 0, &until, NULL, FUTEX_BITSET_MATCH_ANY) == 0) continue;
}

/* A sleep that a signal ends half-way must report the other half as left. */
static void on_alarm(int signal) { (void)signal; }
static void by_interrupted_nanosleep(void) {
  struct timespec rest = {0, 0}, twice = {2 * wait_time.tv_sec, 2 * wait_time.tv_nsec};
  struct itimerval timer = {.it_value = {wait_time.tv_sec, wait_time.tv_nsec / 1000}};
  pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
  setitimer(ITIMER_REAL, &timer, NULL);
  nanosleep(&twice, &rest);
  pthread_sigmask(SIG_BLOCK, &alarms, NULL);
  left = rest.tv_sec * 1e3 + rest.tv_nsec / 1e6;
}

/* The kernel shows a process as sleeping only while it waits in a call. */
static bool sleeps(pid_t process) {
  char path[64], text[256] = "";
  snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
  int file = open(path, O_RDONLY);
  if (file < 0 || read(file, text, sizeof text - 1) < 0) perror(path);
  close(file);
  const char *name_end = strrchr(text, ')');
  return name_end && name_end[2] == 'S';
}

/*
 * Long waits that each signal must end. Another process sends a signal when the next wait has begun, and sends it again
 * if the wait did not end. The number of those is what is left.
 */
static void send_signals(pid_t to, int acks, int lost) {
  char room = 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 0; i < 200; i++) {
    while (!sleeps(to)) continue;
    usleep((useconds_t)(rand() % 200));
    for (kill(to, SIGALRM); poll(&(struct pollfd){acks, POLLIN, 0}, 1, 3000) == 0; kill(to, SIGALRM))
      if (write(lost, &room, 1) != 1) _exit(1);
    if (read(acks, &room, 1) != 1) _exit(1);
  }
  _exit(0);
}
static void by_interrupted_often(void) {
  int acks[2], lost[2], resent = 0;
  char room = 0;
  pid_t sleeper = getpid();
  struct timespec whole = {100000, 0};
  if (pipe(acks) || pipe(lost)) perror("pipe");
  if (fork() == 0) send_signals(sleeper, acks[0], lost[1]);
  prctl(PR_SET_TIMERSLACK, 1);
  pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
  for (int i = 0; i < 200; i++) {
    if (i % 2) poll(NULL, 0, 100000000);
    else nanosleep(&whole, NULL);
    if (write(acks[1], &room, 1) != 1) perror("write");
  }
  pthread_sigmask(SIG_BLOCK, &alarms, NULL);
  close(lost[1]);
  while (read(lost[0], &room, 1) == 1) resent++;
  left = resent;
}

static const struct { const char *name; void (*wait)(void); } ways[] = {
#define WAY(name) {#name, by_##name}
    WAY(nanosleep), WAY(clock_nanosleep), WAY(clock_nanosleep_until), WAY(clock_nanosleep_until_boottime),
    WAY(usleep), WAY(sleep), WAY(poll), WAY(ppoll), WAY(select), WAY(pselect), WAY(epoll_wait), WAY(epoll_pwait),
    WAY(condition_realtime), WAY(condition_monotonic), WAY(condition_clockwait), WAY(mutex), WAY(semaphore),
    WAY(semaphore_clockwait), WAY(sigtimedwait), WAY(alarm), WAY(setitimer), WAY(timer_settime), WAY(timerfd_relative),
    WAY(timerfd_until_monotonic), WAY(timerfd_until_realtime), WAY(receive_timeout), WAY(futex), WAY(futex_until),
    WAY(interrupted_nanosleep),
    WAY(interrupted_often),
};
static const size_t named_only = sizeof ways / sizeof *ways - 1;

/* Usage: wait-probe <ms> [name [announce]]. Without a name it waits in every way, except those that need one. */
int main(int count, char **arguments) {
  asked_ms = strtol(arguments[1], NULL, 10);
  wait_time = (struct timespec){asked_ms / 1000, asked_ms % 1000 * 1000000};
  sigemptyset(&alarms);
  sigaddset(&alarms, SIGALRM);
  signal(SIGALRM, on_alarm);
  pthread_sigmask(SIG_BLOCK, &alarms, NULL);
  sem_init(&semaphore, 0, 0);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    if (count > 2 ? strcmp(arguments[2], ways[i].name) : i >= named_only) continue;
    if (count > 3) puts(ways[i].name), fflush(stdout);
    double sandbox = read_ms(CLOCK_MONOTONIC), real = read_ms(CLOCK_TAI);
    left = -1;
    ways[i].wait();
    printf("%s %.3f %.3f %.3f\n", ways[i].name, read_ms(CLOCK_MONOTONIC) - sandbox, read_ms(CLOCK_TAI) - real, left);
  }
}
