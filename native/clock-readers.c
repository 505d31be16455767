/*
 * Test program for the sandbox clock: reads it from several processes while another program changes its rate,
 * until its input ends.
 *
 *     clock-readers <processes> <folder>
 *
 * Each process writes a file <folder>/<n> of triples of 64-bit numbers: the host's monotonic clock, then the sandbox's
 * monotonic clock, then the host's again. Each process has two threads, and each of them also checks that neither
 * sandbox clock goes back. The exit status is 1 if one did.
 *
 * The host's clock is read with libc's own function, which the preloaded library does not replace in libc itself.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST 200000

static __typeof__(&clock_gettime) host_gettime;
static atomic_int *stopped; /* shared with the forked processes */
static int went_back;
static int64_t readings[2][MOST][3];
static int kept[2];

static int64_t nanos(__typeof__(&clock_gettime) read, clockid_t clock) {
  struct timespec time;
  read(clock, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void *read_on(void *which) {
  int thread = (int)(intptr_t)which;
  unsigned seed = (unsigned)getpid() + (unsigned)thread;
  int64_t steady_before = 0, wall_before = 0, next = 0;
  while (!atomic_load(stopped)) {
    int64_t before = nanos(host_gettime, CLOCK_MONOTONIC);
    int64_t steady = nanos(clock_gettime, CLOCK_MONOTONIC);
    int64_t after = nanos(host_gettime, CLOCK_MONOTONIC);
    int64_t wall = nanos(clock_gettime, CLOCK_REALTIME);
    if (steady < steady_before || wall < wall_before) went_back = 1;
    steady_before = steady, wall_before = wall;
    sched_yield();
    if (after < next || kept[thread] >= MOST) continue;
    int64_t *reading = readings[thread][kept[thread]++];
    reading[0] = before, reading[1] = steady, reading[2] = after;
    next = after + (int64_t)(rand_r(&seed) % 200000);
  }
  return NULL;
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  int failed = 0, status;
  host_gettime = (__typeof__(host_gettime))dlsym(dlopen("libc.so.6", RTLD_LAZY), "clock_gettime");
  stopped = mmap(NULL, sizeof *stopped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (long i = strtol(arguments[1], NULL, 10); i > 0; i--) {
    if (fork() > 0) continue;
    char path[4096];
    pthread_t other;
    pthread_create(&other, NULL, read_on, (void *)1);
    read_on(NULL);
    pthread_join(other, NULL);
    snprintf(path, sizeof path, "%s/%ld", arguments[2], i);
    FILE *file = fopen(path, "w");
    for (int thread = 0; thread < 2; thread++)
      fwrite(readings[thread], sizeof *readings[thread], (size_t)kept[thread], file);
    return fclose(file) != 0 || went_back;
  }
  while (getchar() != EOF) continue;
  atomic_store(stopped, 1);
  while (wait(&status) > 0) failed |= status != 0;
  return failed;
}
