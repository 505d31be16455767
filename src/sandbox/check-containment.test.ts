import { expect, test } from 'vitest';

import { findOpenings } from './check-containment.ts';
import type { ComposeModel, ComposeService } from './compose-override.ts';

const projectDir = '/home/me/fleet';
const openingsOf = (model: Partial<ComposeModel>): readonly string[] =>
  findOpenings({ services: {}, ...model }, projectDir).map(({ service, text }) =>
    service === undefined ? text : `${service}: ${text}`,
  );
const bind = (source: string, readOnly = false): ComposeService => ({
  volumes: [{ type: 'bind', source, target: '/x', ...(readOnly ? { read_only: true } : {}) }],
});

test.each<[string, ComposeService]>([
  ['privileged: true', { privileged: true }],
  ['use_api_socket: true', { use_api_socket: true }],
  ['network_mode: host', { network_mode: 'host' }],
  ['network_mode: container:x', { network_mode: 'container:x' }],
  ['network_mode: bridge', { network_mode: 'bridge' }],
  ['network_mode: default', { network_mode: 'default' }],
  ['pid: host', { pid: 'host' }],
  ['pid: container:x', { pid: 'container:x' }],
  ['ipc: host', { ipc: 'host' }],
  ['uts: host', { uts: 'host' }],
  ['userns_mode: host', { userns_mode: 'host' }],
  ['cgroup: host', { cgroup: 'host' }],
  ['cap_add: SYS_ADMIN', { cap_add: ['CHOWN', 'SYS_ADMIN'] }],
  ['cap_add: cap_net_admin', { cap_add: ['cap_net_admin'] }],
  ['security_opt: seccomp=unconfined', { security_opt: ['seccomp=unconfined'] }],
  ['security_opt: seccomp:unconfined', { security_opt: ['seccomp:unconfined'] }],
  ['security_opt: label=disable', { security_opt: ['label=disable'] }],
  ['devices', { devices: [{ source: '/dev/sda' }] }],
  ['device_cgroup_rules', { device_cgroup_rules: ['a *:* rwm'] }],
  ['a mount of /', bind('/', true)],
  ['a mount of /var/run/docker.sock', bind('/var/run/docker.sock', true)],
  ['a mount of /home/me/podman.sock', bind('/home/me/podman.sock', true)],
  ['a mount of /run', bind('/run')],
  ['a mount of /proc/sys', bind('/proc/sys')],
  ['a mount of /dev', bind('/dev')],
  ['a mount of /sys/fs/cgroup', bind('/sys/fs/cgroup', true)],
  ['a mount of /var/lib/docker/volumes', bind('/var/lib/docker/volumes', true)],
  ['a writable mount of /home/me/fleet', bind('/home/me/fleet')],
  ['a writable mount of /home/me', bind('/home/me')],
])('%s leads out', (text, service) => {
  expect(openingsOf({ services: { redis: {}, worker: service } })).toEqual([`worker: ${text}`]);
});

test.each<[string, Partial<ComposeModel>]>([
  ['the external network shared', { networks: { out: { external: true, name: 'shared' } } }],
  ['the external volume data', { volumes: { data: { external: true } } }],
  ['network lan with the driver macvlan', { networks: { lan: { driver: 'macvlan' } } }],
  ['volume data binds /', { volumes: { data: { driver_opts: { type: 'none', o: 'rw,bind', device: '/' } } } }],
  ['volume data binds /', { volumes: { data: { driver_opts: { o: 'rbind', device: '/' } } } }],
])('%s', (text, model) => {
  expect(openingsOf(model)).toEqual([text]);
});

test.each<[string, Partial<ComposeModel>]>([
  ['a plain service', { services: { worker: { image: 'x', privileged: false, cap_add: ['CHOWN'] } } }],
  ['another service’s network', { services: { worker: { network_mode: 'service:api', ipc: 'service:api' } } }],
  ['no network', { services: { worker: { network_mode: 'none', ipc: 'private', pid: 'service:api' } } }],
  ['a readable mount of the project', { services: { worker: bind('/home/me/fleet', true) } }],
  ['a writable folder within the project', { services: { worker: bind('/home/me/fleet/data') } }],
  ['a folder that only sounds alike', { services: { worker: bind('/home/me/fle') } }],
  ['a folder named like one of the kernel’s', { services: { worker: bind('/srv/proc') } }],
  ['a named volume', { services: { worker: { volumes: [{ type: 'volume', source: 'data', target: '/' }] } } }],
  [
    'networks and volumes of its own',
    { networks: { default: null, a: { driver: 'bridge' } }, volumes: { data: null } },
  ],
  ['a volume in memory', { volumes: { data: { driver_opts: { type: 'tmpfs', o: 'size=1m', device: 'tmpfs' } } } }],
  ['hardening', { services: { worker: { security_opt: ['no-new-privileges:true'], devices: [] } } }],
])('%s stays inside', (_what, model) => {
  expect(openingsOf(model)).toEqual([]);
});
