import { oneLine } from '../kernel/plain-text.ts';
import { clipBands, clipPoints, marksOf, type AlertPicture } from '../alerts/alert-picture.ts';
import { clockText, numberText } from './picture-scale.ts';

/** `queue-paused, control arm` */
export function placeOfPicture({ scenario, arm }: AlertPicture): string {
  return arm === undefined ? oneLine(scenario, 100) : `${oneLine(scenario, 100)}, ${arm} arm`;
}

/** What the picture shows, in sentences. Times are sandbox time since the arm's start. */
export function describePicture(picture: AlertPicture): string {
  const at = (s: number): string => clockText(s - picture.startS);
  const marks = marksOf(picture).map(({ kind, s }) =>
    kind === 'fault' ? `The fault takes effect at ${at(s)}.` : `Recovery is proved at ${at(s)}.`,
  );
  return [describeValues(picture, at), describeBands(picture, at), ...marks].join(' ');
}

type SayTime = (s: number) => string;

function describeValues(picture: AlertPicture, at: SayTime): string {
  const { threshold } = picture;
  const limit = threshold ? `the threshold is ${thresholdText(threshold)}` : 'the rule compares with no number';
  const [first, ...rest] = clipPoints(picture).flatMap(({ s, value }) => (value === undefined ? [] : [{ s, value }]));
  if (!first) return `The expression has no value here; ${limit}.`;
  const highest = rest.reduce((top, point) => (point.value > top.value ? point : top), first);
  const lowest = rest.reduce((low, point) => (point.value < low.value ? point : low), first);
  if (highest.value === lowest.value) return `The value is always ${numberText(first.value)}; ${limit}.`;
  const peak = `${numberText(highest.value)}, which it reaches at ${at(highest.s)}`;
  return `The value lies between ${numberText(lowest.value)} and ${peak}; ${limit}.`;
}

/** At most this many bands have a text. */
const describedBands = 6;

function describeBands(picture: AlertPicture, at: SayTime): string {
  const bands = clipBands(picture);
  if (bands.length === 0) return 'The alert is never pending and never fires.';
  const texts = bands
    .slice(0, describedBands)
    .map(
      ({ state, fromS, toS, untilS }) => `${state} from ${at(fromS)} ${untilS === undefined ? 'on' : `to ${at(toS)}`}`,
    );
  const more = bands.length - texts.length;
  return `The alert is ${texts.join(', ')}${more > 0 ? `, and ${more} more times` : ''}.`;
}

/** `> 5000`: the number as it is, unless that is long. */
export function thresholdText({ operator, value }: NonNullable<AlertPicture['threshold']>): string {
  const exact = String(value);
  return `${oneLine(operator, 10)} ${exact.length <= 7 ? exact : numberText(value)}`;
}
