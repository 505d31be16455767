import { describe, expect, test } from 'vitest';

import { planEngine } from './engine.mjs';
import { SetupError, formatSetupError } from './errors.mjs';
import { describeHost } from './host.mjs';

const debian = 'ID=debian\nVERSION_CODENAME=bookworm\n';
const root = /** @type {const} */ ({ env: {}, uid: 0, platform: 'linux', osRelease: debian });

describe('whether set-up may install', () => {
  test('may install as root on Debian', () => {
    expect(describeHost(root)).toMatchObject({ mayInstall: true, whyNot: '', codename: 'bookworm', noInstall: false });
  });

  test.each([
    { facts: { ...root, env: { DRILLBOOK_NO_INSTALL: '1' } }, whyNot: 'DRILLBOOK_NO_INSTALL is set' },
    { facts: { ...root, uid: 1000 }, whyNot: 'this user is not root' },
    {
      facts: { ...root, osRelease: 'ID=ubuntu\n' },
      whyNot: 'set-up installs packages on Debian only (this is ubuntu)',
    },
    {
      facts: { ...root, osRelease: '', platform: /** @type {const} */ ('darwin') },
      whyNot: 'set-up installs packages on Debian only (this is darwin)',
    },
  ])('may not install if $whyNot', ({ facts, whyNot }) => {
    expect(describeHost(facts)).toMatchObject({ mayInstall: false, whyNot });
  });

  test('may install with DRILLBOOK_NO_INSTALL=0', () => {
    expect(describeHost({ ...root, env: { DRILLBOOK_NO_INSTALL: '0' } }).mayInstall).toBe(true);
  });
});

describe('if no engine answers', () => {
  const facts = {
    env: {},
    daemonInstalled: false,
    clientInstalled: true,
    answer: 'Cannot connect to the Docker daemon',
  };

  test('installs or starts one if that is allowed', () => {
    const host = describeHost(root);
    expect(planEngine({ ...facts, host })).toEqual({ install: true });
    expect(planEngine({ ...facts, host, daemonInstalled: true })).toEqual({ install: false });
  });

  test('otherwise says in one line what to do', () => {
    const plan = planEngine({ ...facts, host: describeHost({ ...root, osRelease: 'ID=ubuntu\n' }) });
    expect('error' in plan && formatSetupError(plan.error)).toBe(
      'Cannot connect to the Docker daemon\n' +
        'drillbook: no Docker engine answers on the default socket, and set-up installs packages on Debian only (this is ubuntu); ' +
        'run `sudo apt-get install -y docker.io docker-compose-v2` and `sudo systemctl start docker` [NO_ENGINE]',
    );
  });

  test('never replaces an engine that the user names', () => {
    const plan = planEngine({ ...facts, host: describeHost(root), env: { DOCKER_HOST: 'tcp://build-box:2375' } });
    expect('error' in plan && plan.error).toBeInstanceOf(SetupError);
    expect('error' in plan && plan.error.message).toBe('no Docker engine answers on tcp://build-box:2375');
  });
});
