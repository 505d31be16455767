import { InvalidArgumentError } from 'commander';

import { herringKinds, type HerringKind } from '../history/events.ts';
import { parseDuration } from '../kernel/duration.ts';
import { robotNames, type RobotName } from '../drill/robots/robot.ts';
import { parsePrometheusDuration } from '../runbook/prometheus-duration.ts';

export function readText(text: string): string {
  return text;
}

/** Sandbox seconds per real second. */
export function readTimeScale(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 60)) throw new InvalidArgumentError('expected a number from 1 to 60.');
  return value;
}

/** A person cannot read at sixty times the speed. */
export function readDrillTimeScale(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 10)) throw new InvalidArgumentError('expected a number from 1 to 10.');
  return value;
}

export function readLevel(text: string): number {
  const value = Number(text);
  if (![1, 2, 3].includes(value)) throw new InvalidArgumentError('expected a level from 1 to 3.');
  return value;
}

export function readPort(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('expected a port from 0 to 65535.');
  return value;
}

export function readRobot(text: string): RobotName {
  const name = robotNames.find((one) => one === text);
  if (name === undefined) throw new InvalidArgumentError(`expected one of ${robotNames.join(', ')}.`);
  return name;
}

export function readHerring(text: string): HerringKind {
  const kind = herringKinds.find((one) => one === text);
  if (kind === undefined) throw new InvalidArgumentError(`expected one of ${herringKinds.join(', ')}.`);
  return kind;
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

/** `500..10000`, or one number. */
export function readRange(text: string): { readonly from: number; readonly to: number } {
  return readEnds(
    text,
    (end) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(end) ? Number(end) : NaN),
    'a range such as 500..10000',
  );
}

/** `1m..15m`, or one duration, as Prometheus writes them. In ms. */
export function readDurationRange(text: string): { readonly from: number; readonly to: number } {
  return readEnds(text, (end) => parsePrometheusDuration(end) ?? NaN, 'a range such as 1m..15m');
}

function readEnds(
  text: string,
  read: (end: string) => number,
  expected: string,
): { readonly from: number; readonly to: number } {
  const [from = NaN, to = from, ...more] = text.split('..').map(read);
  if (!Number.isFinite(from) || !Number.isFinite(to) || more.length > 0)
    throw new InvalidArgumentError(`expected ${expected}.`);
  if (from > to) throw new InvalidArgumentError('the range must begin with the smaller end.');
  return { from, to };
}

/** Values on each axis of a sweep. */
export function readSteps(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 2 || value > 40)
    throw new InvalidArgumentError('expected a whole number from 2 to 40.');
  return value;
}
