import { expect, test } from 'vitest';

import { changesOf, inNode } from './testing/mutants-of.ts';

const all = ['half', 'double', 'plus-10-percent', 'minus-10-percent'];

test('halves, doubles and shifts a number in a shell word', async () => {
  expect(await changesOf('sleep 30', ...all)).toEqual([
    'half:6 sleep 15',
    'double:6 sleep 60',
    'plus-10-percent:6 sleep 33',
    'minus-10-percent:6 sleep 27',
  ]);
});

test('finds numbers behind =, in defaults, with units, and after a dash', async () => {
  const code = [
    'WINDOW="${2:-60}"',
    'docker compose logs --tail=100 mail | tail -20',
    'redis-cli config set maxmemory 8gb',
    'if [ "$n" -ge 12 ]; then sleep "$n"; fi',
  ].join('\n');
  expect(await changesOf(code, 'double')).toEqual([
    'double:6 WINDOW="${2:-120}"',
    'double:7 docker compose logs --tail=200 mail | tail -20',
    'double:7#2 docker compose logs --tail=100 mail | tail -40',
    'double:8 redis-cli config set maxmemory 16gb',
    'double:9 if [ "$n" -ge 24 ]; then sleep "$n"; fi',
  ]);
});

test('leaves names, versions, ports, exit codes, redirections, prompts and printed text alone', async () => {
  const code = [
    'docker run redis:8.4.0 worker-2 mail2 v3',
    'curl -p 6379 --port 64000 http://localhost:64000/metrics 2>&1',
    'PORT=5432',
    'read -p "Go on in 10 s?" -n 1 -r',
    'kill -9 "$pid" || exit 12',
    'echo "waits 30 s"',
    '# sleep 40',
    'chmod 755 file',
    'docker compose logs mail | grep -c 429',
  ].join('\n');
  expect(await changesOf(code, ...all)).toEqual([]);
});

test('changes numbers in the program of node, and neither its strings nor its connection', async () => {
  const code = inNode(
    'const redis = new Redis({ host: "redis", maxRetriesPerRequest: 4, port: 6379 });',
    'const [next] = await redis.scan(cursor, "COUNT", 1000); // 50 at a time',
    'if (Date.now() - job.processedOn > 1800000) console.log("after 30 minutes", `${job.id} 20`);',
    'await queue.getFailed(0, -5);',
    'process.exit(3);',
  );
  expect(await changesOf(code, ...all)).toEqual([
    'half:9 if (Date.now() - job.processedOn > 900000) console.log("after 30 minutes", `${job.id} 20`);',
    'double:9 if (Date.now() - job.processedOn > 3600000) console.log("after 30 minutes", `${job.id} 20`);',
    'plus-10-percent:9 if (Date.now() - job.processedOn > 1980000) console.log("after 30 minutes", `${job.id} 20`);',
    'minus-10-percent:9 if (Date.now() - job.processedOn > 1620000) console.log("after 30 minutes", `${job.id} 20`);',
  ]);
});

test('leaves out a change that rounding undoes, and one that leaves nothing', async () => {
  expect(await changesOf(inNode('await queue.setGlobalConcurrency(1);', 'f(0, 3);'), ...all)).toEqual([
    'double:7 await queue.setGlobalConcurrency(2);',
    'half:8 f(0, 1);',
    'double:8 f(0, 6);',
  ]);
});

test('changes a program in a here-document, unless the shell expands it', async () => {
  const code = (word: string): string => `docker compose exec -T api node - <<${word}\nf(40); // 50\nJS\nsleep 1`;
  expect(await changesOf(code("'JS'"), 'half')).toEqual(['half:7 f(20); // 50']);
  expect(await changesOf(code('JS'), 'half')).toEqual([]);
  expect(await changesOf("cat <<'JS'\nf(40)\nJS", 'half')).toEqual([]);
});

test('leaves numbers in other notations alone', async () => {
  expect(await changesOf(inNode('f(08, 0b11, 0x40, 1e3, 4n);'), ...all)).toEqual([]);
  expect(await changesOf('sleep 0.5; date -d 08', 'double')).toEqual(['double:6 sleep 1; date -d 08']);
});

test('changes a program in an indented block at the right place', async () => {
  expect(await changesOf('  sleep 8\n  sleep 20', 'half')).toEqual(['half:6 sleep 4', 'half:7 sleep 10']);
});
