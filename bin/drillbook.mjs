#!/usr/bin/env node
import { existsSync } from 'node:fs';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `drillbook: Node 24 or later is needed, this is ${process.version}; install it, or use \`npm run drillbook\` in a checkout, which brings its own [NODE_TOO_OLD]\n`,
  );
  process.exit(64);
}

// The published package carries compiled code; a checkout runs its sources as they are.
const compiled = new URL('../dist/cli/main.js', import.meta.url);
await import((existsSync(compiled) ? compiled : new URL('../src/cli/main.ts', import.meta.url)).href);
