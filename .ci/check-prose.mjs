#!/usr/bin/env node
// Plain English (CONTRIBUTING.md), as far as a script can see it: listed words, comment lines wider than 120 columns, and
// commit subjects over 72 characters. `.ci/prose-offences.json` holds the offences that each file still has. The list may
// only shrink: a file with more offences than listed fails, and so does one with fewer, until `--update` writes the list again.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const list = new URL('prose-offences.json', import.meta.url);
const maxWidth = 120;
const maxSubject = 72;

/** Each with the rule of CONTRIBUTING that it breaks and what to write instead. */
const words = [
  [/\b(?:whoever|whosoever|somebody|nobody)\b/giu, 'name the actor: the engine, the worker, the caller'],
  [/\banew\b/giu, 'write "again", or "recreate"'],
  [/\b(?:thereof|therein|wherein|whereof|whereby|hither|lest|albeit)\b/giu, 'use a modern word'],
  [/\b(?:comes?|came|coming) to be\b/giu, 'write "appears", "is created" or "exists"'],
  [/\b(?:is|are|was|were|be) to be had\b/giu, 'write "is available"'],
  [
    /, for (?:it|they|he|there|what|its|their|nothing|only|then|a|an|the|that|this|these|those) \w+ (?:is|are|was|were|has|have|can|could|may|must|would)\b/giu,
    'write "because"',
  ],
  [/\b(?:tells? of|tells? nothing|told of|tell it apart)\b/giu, 'write "report", "record" or "print"'],
];

const update = process.argv.includes('--update');
const known = JSON.parse(readFileSync(list, 'utf8'));
const found = {};
const lines = [];
for (const file of gitLines('ls-files', '--cached', '--others', '--exclude-standard').filter(isProse)) {
  const offences = [];
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    for (const [pattern, advice] of words) {
      for (const [text] of line.matchAll(pattern)) offences.push(`${file}:${index + 1}: "${text}": ${advice}`);
    }
    if (isComment(file, line) && line.length > maxWidth) {
      offences.push(`${file}:${index + 1}: a comment line of ${line.length} columns; at most ${maxWidth}`);
    }
  }
  if (offences.length > 0) found[file] = offences.length;
  const allowed = known.files[file] ?? 0;
  if (offences.length > allowed) lines.push(...offences, `${file}: ${offences.length} offences, ${allowed} listed`);
}
const fewer = Object.entries(known.files).filter(([file, count]) => (found[file] ?? 0) < count);
const subjects = gitLines('log', '--format=%s', '--no-merges', `${known.commitsSince}..HEAD`);
for (const subject of subjects.filter((text) => text.length > maxSubject)) {
  lines.push(`commit subject of ${subject.length} characters, at most ${maxSubject}: ${subject}`);
}

const total = Object.values(found).reduce((sum, count) => sum + count, 0);
if (update) writeFileSync(list, `${JSON.stringify({ ...known, files: found }, undefined, 2)}\n`);
else if (fewer.length > 0 && lines.length === 0) {
  lines.push(
    `fewer offences than listed in ${fewer.map(([file]) => file).join(', ')}: run "node .ci/check-prose.mjs --update"`,
  );
}
for (const line of lines) console.error(line);
console.log(`prose: ${total} offences in ${Object.keys(found).length} files`);
process.exitCode = lines.length > 0 && !update ? 1 : 0;

/** @param {string} file */
function isProse(file) {
  if (
    /^(?:LICENSE|\.ci\/(?:prose-offences\.json|check-prose\.mjs))$|package-lock\.json$|^fixtures\/runbooks-broken\//.test(
      file,
    )
  )
    return false;
  return /\.(?:ts|mjs|cjs|c|sh|md|yml|json)$|Dockerfile$|^\.ci\/|^images\//.test(file);
}

/**
 * @param {string} file
 * @param {string} line
 */
function isComment(file, line) {
  if (file.endsWith('.md')) return false;
  return /\.(?:ts|mjs|cjs|c)$/.test(file) ? /^\s*(?:\/\/|\/\*|\*)|\s\/\/ /.test(line) : /^\s*#/.test(line);
}

/** @param {readonly string[]} args */
function gitLines(...args) {
  const { status, stdout, stderr } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr}`);
  return stdout.split('\n').filter((line) => line !== '');
}
