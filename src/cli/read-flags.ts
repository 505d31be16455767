import { InvalidArgumentError } from 'commander';

import { parseDuration } from '../kernel/duration.ts';

export function readText(text: string): string {
  return text;
}

/** Sandbox seconds per real second. */
export function readTimeScale(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 60)) throw new InvalidArgumentError('expected a number from 1 to 60.');
  return value;
}

/** A span of real time, in ms. */
export function readDuration(text: string): number {
  const value = parseDuration(text);
  if (value === undefined || value === 0) throw new InvalidArgumentError('expected a duration such as 90m or 5h.');
  return value;
}

/** The greatest age that counts, in ms. With 0 nothing is new enough. */
export function readAge(text: string): number {
  const value = parseDuration(text);
  if (value === undefined) throw new InvalidArgumentError('expected an age such as 24h, or 0s.');
  return value;
}

export function readVersion(text: string): string {
  if (!/^\d+\.\d+\.\d+$/.test(text)) throw new InvalidArgumentError('expected a version such as 5.66.5.');
  return text;
}

export function readCount(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number, 1 or more.');
  return value;
}

export function readSeed(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number, 0 or more.');
  return value;
}
