/** One thing that the doctor examined. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** What the user should do about it. */
  readonly next?: string;
}
