import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = join(dirname(fileURLToPath(import.meta.url)), 'main.mjs');
let bin = '';
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'drillbook-bin-'));
  symlinkSync(process.execPath, join(bin, 'node'));
});
afterEach(() => rmSync(bin, { recursive: true }));

/**
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: unknown, stdout: string, stderr: string }>}
 */
function start(args, env) {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [main, ...args],
      { env: { HOME: process.env['HOME'], ...env } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('names the next step in one line if there is no engine and nothing may be installed', async () => {
  const { code, stdout, stderr } = await start(['verify'], { PATH: bin, DRILLBOOK_NO_INSTALL: '1' });
  const lines = stderr.trim().split('\n');
  expect(lines.at(-1)).toMatch(
    /^drillbook: no Docker engine answers on the default socket, and DRILLBOOK_NO_INSTALL is set; .+ \[NO_ENGINE\]$/,
  );
  expect({ code, stdout }).toEqual({ code: 70, stdout: '' });
});

test('needs no engine for a command that only reads files', async () => {
  const { code, stdout } = await start(['--version'], { PATH: bin, DRILLBOOK_NO_INSTALL: '1' });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(code).toBe(0);
});
