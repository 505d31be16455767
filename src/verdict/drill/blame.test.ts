import { expect, test } from 'vitest';

import type { EventBody } from '../../history/events.ts';
import { asHistory, playWell, recordDrill, type DrillRecording, type Player } from '../testing/record-drill.ts';
import type { World } from '../testing/world.ts';
import { judgeDrill } from './judge-drill.ts';

const obeyed = (attempt: string, service: string): EventBody => {
  return { type: 'wall', outcome: 'obeyed', attempt, message: 'done', service };
};

interface Misdeed extends DrillRecording {
  readonly what: string;
  /** The line that does it. */
  readonly line: string;
  readonly effect?: (world: World, player: Player) => void;
  readonly kind: 'harm' | 'beyond';
  readonly says: RegExp;
}

/** Nothing but `mail` may be touched. */
const touches = { services: [], queues: ['mail'], redis: [] };

const misdeeds: readonly Misdeed[] = [
  {
    what: 'restarts a healthy service',
    line: 'docker compose restart worker-rest',
    effect: (_, player) => player.say(obeyed('restart the container of worker-rest', 'worker-rest')),
    kind: 'harm',
    says: /worker-rest .* was restarted/,
  },
  {
    what: 'stops a healthy service',
    line: 'docker compose stop worker-rest',
    effect: (world) => (world.restState = 'exited'),
    kind: 'harm',
    says: /worker-rest .* left exited/,
  },
  {
    what: 'kills a healthy service',
    line: 'docker compose kill worker-rest',
    effect: (_, player) => player.say(obeyed('kill the container of worker-rest', 'worker-rest')),
    kind: 'harm',
    says: /was killed/,
  },
  {
    what: 'scales a service up',
    line: 'docker compose up -d --scale worker-rest=2',
    effect: (world) => (world.restContainers = 2),
    kind: 'harm',
    says: /left with 2 containers/,
  },
  {
    what: 'recreates the wrong service with other settings',
    line: 'docker compose up -d worker-rest',
    effect: (world) => (world.restSetUp = { ...world.restSetUp, environment: 'ffff' }),
    kind: 'harm',
    says: /environment/,
  },
  {
    what: 'leaves another queue paused',
    line: 'node pause.js rest',
    effect: (world) => (world.restPaused = true),
    kind: 'harm',
    says: /the queue .*rest.* is left paused/,
  },
  {
    what: 'removes failed jobs of another queue',
    line: 'node clean.js rest failed',
    before: (world) => (world.restFailed = 7),
    effect: (world) => (world.restFailed = 0),
    kind: 'harm',
    says: /7 failed jobs of the queue .*rest/,
  },
  {
    what: 'removes what another queue has done',
    line: 'node obliterate.js rest',
    effect: (world) => (world.restKept = 0),
    kind: 'harm',
    says: /completed jobs of the queue .*rest/,
  },
  {
    what: 'flushes Redis',
    line: 'redis-cli FLUSHALL',
    redisCalls: { flushall: 1 },
    kind: 'harm',
    says: /FLUSHALL/,
  },
  {
    what: 'sets Redis otherwise',
    line: 'redis-cli CONFIG SET maxmemory 1mb',
    redisCalls: { 'config|set': 1 },
    kind: 'harm',
    says: /CONFIG SET/,
  },
  {
    what: 'reaches beyond the sandbox',
    line: 'docker run -v /:/host alpine',
    effect: (_, player) =>
      player.say({ type: 'wall', outcome: 'refused', attempt: 'create a container', message: 'no' }),
    kind: 'beyond',
    says: /tried to create a container/,
  },
];

test.each(misdeeds)('a player who $what is found out once, at the right line and time', async (misdeed) => {
  const { line, effect, kind, says, what: _, ...recording } = misdeed;
  const play = (player: Player): void => {
    player.run('docker compose ps', undefined, { readsOnly: true });
    player.wait(5);
    player.run(line, (world) => effect?.(world, player));
    playWell(player);
  };
  const { actions, commands } = await judgeDrill(asHistory(recordDrill({ plan: { touches }, ...recording, play })));
  expect(actions).toEqual([
    expect.objectContaining({ kind, verdict: 'wrong', command: 1, message: expect.stringMatching(says) as string }),
  ]);
  const [began, seen] = [commands[1]?.at.realMs ?? NaN, actions[0]?.at?.realMs ?? NaN];
  expect(Math.abs(began - seen)).toBeLessThanOrEqual(1000);
});

const words: readonly { readonly what: string; readonly kind: string; readonly recording: DrillRecording }[] = [
  {
    what: 'declares an incident in the quiet time',
    kind: 'false-declaration',
    recording: { quiet: (player) => player.say({ type: 'player.declared' }) },
  },
  {
    what: 'names the wrong branch',
    kind: 'wrong-diagnosis',
    recording: {
      play(player) {
        player.say({ type: 'player.found', section: '3.1', component: 'mail' });
        playWell(player);
      },
    },
  },
  {
    what: 'gives an all-clear too early',
    kind: 'false-all-clear',
    recording: {
      play(player) {
        player.wait(10);
        player.say({ type: 'player.ended', how: 'resolved' });
        player.wait(10);
        player.run('resume mail', (world) => (world.paused = false));
      },
    },
  },
];

test.each(words)('a player who $what is found out once', async ({ kind, recording }) => {
  const { actions } = await judgeDrill(asHistory(recordDrill(recording)));
  expect(actions.map((action) => [action.kind, action.verdict])).toEqual([[kind, 'wrong']]);
});

test('jobs that the player removed are counted, and the fleet is not recovered', async () => {
  const { outcome, reasons } = await judgeDrill(asHistory(recordDrill({ jobs: { removed: 2 } })));
  expect(outcome).toBe('not-recovered');
  expect(reasons.join()).toContain('removed');
});

test('a line that does not name the command, or two that do, are held against no one', async () => {
  for (const lines of [['sh flush.sh'], ['redis-cli flushall', 'redis-cli FLUSHALL']]) {
    const play = (player: Player): void => {
      for (const line of lines) player.run(line);
      playWell(player);
    };
    const { actions } = await judgeDrill(
      asHistory(recordDrill({ plan: { touches }, redisCalls: { flushall: 1 }, play })),
    );
    expect(actions).toMatchObject([{ kind: 'harm', verdict: 'unknown', command: null }]);
  }
});
