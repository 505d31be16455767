/*
 * The record that all processes of a sandbox share: how its clock relates to the host's. The harness writes it in place
 * (src/sandbox/clock-file.ts), every process maps it and reads it. The formula here and the one in
 * src/kernel/clock-pieces.ts give the same result to the nanosecond; native/clock-formula.test.ts compares them.
 *
 *     sandbox(host) = base + sum over the pieces of rate * (the host's nanoseconds within the piece)
 *
 * "host" is CLOCK_MONOTONIC, for the sandbox's wall clock too.
 *
 * The file has two copies of the record. The writer always overwrites the older one: its first sequence number, its
 * body, its last sequence number, each with a write of its own. A copy whose two numbers differ is not whole, so a
 * reader takes the other one. A reader never waits for the writer, and a writer that dies half-way harms no reader.
 */
#ifndef DRILLBOOK_CLOCK_RECORD_H
#define DRILLBOOK_CLOCK_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef int64_t nanos;

#define SECOND INT64_C(1000000000)
#define LONGEST (9 * SECOND * SECOND) /* 285 years, the largest time that we compute with; longer ones are cut to it */
#define NEVER INT64_MAX

#define CLOCK_FILE_MAGIC "drbclock-record1"
#define CLOCK_PIECES 4

/* All numbers are little-endian. Offsets: magic 0, copies 128 and 256. */
struct clock_copy {
  uint64_t first;                /* the sequence number, counted from 1 */
  nanos realtime, monotonic;     /* what both sandbox clocks show at the start of the first piece */
  int64_t steady;                /* 1: the rate never changes except where the pieces say so */
  struct { nanos start; double rate; } pieces[CLOCK_PIECES]; /* start: host time. NEVER in the places that are unused */
  uint64_t last;                 /* the sequence number again */
  uint64_t unused[3];
};

struct clock_file {
  char magic[16];
  char unused[112];
  struct clock_copy copies[2];
};

_Static_assert(sizeof(struct clock_copy) == 128 && sizeof(struct clock_file) == 384, "the harness writes these offsets");

static inline uint64_t load_word(const uint64_t *word, memory_order order) {
  return atomic_load_explicit((const _Atomic uint64_t *)word, order);
}

/* Which copy is the newest whole one; -1 if none was whole when we looked. */
static inline int newest_copy(const struct clock_file *file) {
  int newest = -1;
  uint64_t highest = 0;
  for (int i = 0; i < 2; i++) {
    uint64_t last = load_word(&file->copies[i].last, memory_order_acquire);
    uint64_t first = load_word(&file->copies[i].first, memory_order_relaxed);
    if (first == last && last > highest) newest = i, highest = last;
  }
  return newest;
}

/* Copies the newest record. False if the writer was faster; then try again. */
static inline bool take_record(const struct clock_file *file, struct clock_copy *record) {
  int newest = newest_copy(file);
  if (newest < 0) return false;
  const uint64_t *from = (const uint64_t *)&file->copies[newest];
  uint64_t words[sizeof *record / sizeof *from];
  record->last = load_word(&file->copies[newest].last, memory_order_acquire);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) words[i] = load_word(from + i, memory_order_relaxed);
  memcpy(record, words, sizeof words);
  atomic_thread_fence(memory_order_acquire);
  return load_word(&file->copies[newest].first, memory_order_relaxed) == record->last && record->first == record->last;
}

/* Whether no newer record has been published since it was taken. */
static inline bool is_newest(const struct clock_file *file, const struct clock_copy *record) {
  atomic_thread_fence(memory_order_acquire);
  int newest = newest_copy(file);
  return newest >= 0 && load_word(&file->copies[newest].last, memory_order_relaxed) == record->last;
}

static inline bool is_sound(const struct clock_copy *record) {
  if (record->realtime <= 0 || record->monotonic <= 0 || record->pieces[0].start <= 0) return false;
  for (int i = 0; i < CLOCK_PIECES; i++) {
    if (record->pieces[i].start == NEVER && i > 0) break;
    if (!(record->pieces[i].rate >= 0 && record->pieces[i].rate <= 1e6)) return false;
    if (i > 0 && record->pieces[i].start < record->pieces[i - 1].start) return false;
  }
  return true;
}

static inline nanos clamp_nanos(double time) { return time > (double)LONGEST ? LONGEST : (nanos)time; }

/* Sandbox time within a piece. It rounds towards zero, as the harness does. */
static inline nanos scaled(nanos host, double rate) {
  return rate == 1 ? host : clamp_nanos((double)host * rate);
}

static inline nanos end_of_piece(const struct clock_copy *record, int i) {
  return i + 1 < CLOCK_PIECES ? record->pieces[i + 1].start : NEVER;
}

/* The piece that the clock is in. */
static inline int piece_at(const struct clock_copy *record, nanos host) {
  int i = 0;
  while (i + 1 < CLOCK_PIECES && record->pieces[i + 1].start <= host) i++;
  return i;
}

/* What the sandbox's monotonic clock shows when the host's shows `host`. */
static inline nanos sandbox_at(const struct clock_copy *record, nanos host) {
  nanos total = record->monotonic;
  int last = piece_at(record, host);
  for (int i = 0; i <= last; i++) {
    nanos end = i < last ? record->pieces[i + 1].start : host;
    total += scaled(end - record->pieces[i].start, record->pieces[i].rate);
  }
  return total;
}

/* The first host time at which the sandbox's monotonic clock shows `target`. NEVER if it stops before that. */
static inline nanos real_at(const struct clock_copy *record, nanos target) {
  nanos left = target - record->monotonic; /* from the start of the piece on */
  for (int i = 0; i < CLOCK_PIECES; i++) {
    nanos start = record->pieces[i].start, end = end_of_piece(record, i);
    double rate = record->pieces[i].rate;
    if (start == NEVER) break;
    if (left <= 0) return start;
    nanos length = end == NEVER ? LONGEST : scaled(end - start, rate);
    if (left <= length && rate > 0) {
      nanos wait = rate == 1 ? left : clamp_nanos((double)left / rate);
      while (wait < LONGEST && scaled(wait, rate) < left) wait++;
      return wait < LONGEST - start ? start + wait : LONGEST;
    }
    left -= length;
  }
  return NEVER;
}

#endif
