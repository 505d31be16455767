/** One rule over one arm, as a picture shows it. The instants are sandbox ms since 1970. */
export interface AlertPicture {
  readonly rule: string;
  readonly expr: string;
  /** As written, e.g. `5m`. */
  readonly for: string | undefined;
  /** Name of the scenario, or of a stretch with a healthy fleet. */
  readonly scenario: string;
  readonly arm: 'treatment' | 'control' | undefined;
  readonly startS: number;
  readonly endS: number;
  /** Real ms since the run's start at `startS`. */
  readonly startT: number;
  /** Sandbox ms for each real ms. */
  readonly timeScale: number;
  /** The value that the rule compares, in the order of time. Undefined if the expression has none. */
  readonly points: readonly PicturePoint[];
  /** Undefined if the rule does not compare with a number. */
  readonly threshold: { readonly operator: string; readonly value: number } | undefined;
  /** In the order of time. */
  readonly bands: readonly PictureBand[];
  /** When the fault took effect. Undefined if the arm breaks nothing. */
  readonly onsetS: number | undefined;
  /** When recovery was proved. Undefined if it was not. */
  readonly overS: number | undefined;
}

export interface PicturePoint {
  readonly s: number;
  readonly value: number | undefined;
}

export interface PictureBand {
  readonly state: 'pending' | 'firing';
  readonly fromS: number;
  /** Undefined if the recording ended before. */
  readonly untilS: number | undefined;
}

/** Real ms since the run's start at an instant of the sandbox. */
export function realTimeAt({ startS, startT, timeScale }: AlertPicture, s: number): number {
  return startT + (s - startS) / timeScale;
}

/** The bands inside the picture, cut at its edges. */
export function clipBands({ bands, startS, endS }: AlertPicture): readonly (PictureBand & { readonly toS: number })[] {
  return bands.flatMap((band) => {
    const fromS = Math.max(startS, band.fromS);
    const toS = Math.min(endS, band.untilS ?? endS);
    return toS > fromS ? [{ ...band, fromS, toS }] : [];
  });
}

/** The points inside the picture. A value that is no finite number is no value. */
export function clipPoints({ points, startS, endS }: AlertPicture): readonly PicturePoint[] {
  return points
    .filter(({ s }) => s >= startS && s <= endS)
    .map(({ s, value }) => ({ s, value: Number.isFinite(value) ? value : undefined }));
}

/** The marks inside the picture. */
export function marksOf({ onsetS, overS, startS, endS }: AlertPicture): readonly PictureMark[] {
  const marks: readonly PictureMark[] = [
    ...(onsetS === undefined ? [] : [{ kind: 'fault', text: 'fault', s: onsetS } as const]),
    ...(overS === undefined ? [] : [{ kind: 'recovery', text: 'recovered', s: overS } as const]),
  ];
  return marks.filter(({ s }) => s >= startS && s <= endS);
}

export interface PictureMark {
  readonly kind: 'fault' | 'recovery';
  readonly text: string;
  readonly s: number;
}
