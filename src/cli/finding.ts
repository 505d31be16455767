/** One thing that the doctor looked at. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  /** What to do when it is not well. */
  readonly next?: string;
}
