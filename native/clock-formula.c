/*
 * Test program for the formula of the sandbox clock. It maps the clock file that its argument names and answers
 * questions from its input, one a line:
 *
 *     s <host ns>       what the sandbox's monotonic clock shows then
 *     r <sandbox ns>    when the sandbox's monotonic clock shows that; `never` if it stops before
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#include "clock-record.h"

int main(int count, char **arguments) {
  char what;
  long long time;
  struct clock_copy record;
  const struct clock_file *file =
      mmap(NULL, sizeof *file, PROT_READ, MAP_SHARED, open(arguments[count - 1], O_RDONLY), 0);
  if (file == MAP_FAILED || memcmp(file->magic, CLOCK_FILE_MAGIC, sizeof file->magic) != 0) return 1;
  if (!take_record(file, &record) || !is_sound(&record)) return 2;
  while (scanf(" %c %lld", &what, &time) == 2) {
    nanos answer = what == 's' ? sandbox_at(&record, time) : real_at(&record, time);
    if (answer == NEVER)
      puts("never");
    else
      printf("%lld\n", (long long)answer);
  }
  return 0;
}
