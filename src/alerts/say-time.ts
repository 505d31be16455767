/** `45 s`, `11 m 15 s`, `1 h 2 m`: a time for people, rounded to seconds. */
export function seconds(ms: number): string {
  const all = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60), all % 60];
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} m` : `${hours} h`;
  if (minutes > 0) return rest > 0 ? `${minutes} m ${rest} s` : `${minutes} m`;
  return `${rest} s`;
}
