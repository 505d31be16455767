/** Labels of a section's parts, in English and Romanian, by their canonical English name. */
const knownLabels: Readonly<Record<string, readonly string[]>> = {
  Symptoms: ['symptom', 'signs', 'simptome', 'simptom', 'semne'],
  Diagnosis: ['diagnostic', 'diagnostics', 'diagnose', 'investigation', 'diagnosticare', 'investigare', 'investigatie'],
  Causes: [
    'cause',
    'root cause',
    'root causes',
    'common causes',
    'common causes and solutions',
    'causes and solutions',
    'cauze',
    'cauza',
    'cauze comune',
    'cauze posibile',
    'cauze comune si solutii',
    'cauze si solutii',
  ],
  Solution: ['solutions', 'fix', 'resolution', 'remediation', 'solutie', 'solutii', 'rezolvare', 'remediere'],
  Procedure: ['procedures', 'steps', 'procedura', 'proceduri', 'pasi'],
  Verification: ['verify', 'validation', 'check', 'verificare', 'verificari', 'validare'],
  Rollback: ['roll back', 'revert', 'revenire'],
  Prerequisites: ['prerequisite', 'requirements', 'cerinte', 'preconditii'],
  Escalation: ['escalate', 'escaladare'],
  Prevention: ['prevent', 'prevenire', 'prevenție'],
};

/** Gives the canonical English name of a label in a known language, or undefined. */
export type LabelReader = (text: string) => string | undefined;

/**
 * @param extra more words by canonical name, e.g. `{ Solution: ['Lösung'], Mitigation: ['Milderung'] }`. They take
 * precedence
 *   over the known words.
 */
export function createLabelReader(extra: Readonly<Record<string, readonly string[]>> = {}): LabelReader {
  const byWord = new Map<string, string>();
  for (const table of [knownLabels, extra]) {
    for (const [canonical, words] of Object.entries(table)) {
      for (const word of [canonical, ...words]) byWord.set(foldText(word), canonical);
    }
  }
  return (text) =>
    byWord.get(foldText(text)) ?? byWord.get(foldText(text.replace(/\([^()]*\)/g, ' ').replace(/^\s*\d+[.)]\s*/, '')));
}

/** A heading or label without case, accents, punctuation and pictures, for comparison. */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/&/g, ' and ')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
