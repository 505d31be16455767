import type Docker from 'dockerode';

import { serviceLabel, singleRunLabel } from '../wall/boundary.ts';
import { findDifferences, findMiscounted, type ContainerBaselines } from './container-baseline.ts';
import { sandboxLabel } from './engine.ts';
import { runCompose, type ComposeFiles } from './run-compose.ts';
import type { ContainerRepair } from './sandbox.ts';

export interface RepairParts {
  readonly docker: Docker;
  /** The sandbox's id. */
  readonly id: string;
  readonly compose: ComposeFiles;
  readonly pristine: ContainerBaselines;
  /** Services that procedures may have changed; empty after each repair. */
  readonly touched: Set<string>;
}

export function repairContainers({ docker, id, compose, pristine, touched }: RepairParts): ContainerRepair {
  const recreate = async (service: string): Promise<void> => {
    await runCompose(compose, ['up', '-d', '--force-recreate', '--no-deps', '-t', '1', service], 60_000);
  };
  const remove = async (further: string): Promise<void> => {
    const label = [`${sandboxLabel}=${id}`, further];
    for (const { Id } of await docker.listContainers({ all: true, filters: { label } }))
      await docker.getContainer(Id).remove({ force: true, v: true });
  };
  return {
    recreate,
    differences: () => findDifferences(docker, id, touched, pristine),
    async restore() {
      await remove(`${singleRunLabel}=True`);
      const miscounted = await findMiscounted(docker, id, pristine);
      for (const { service } of miscounted) {
        // If there are two containers, Compose may keep the second, which has another name.
        await remove(`${serviceLabel}=${service}`);
        await recreate(service);
      }
      const changed = await findDifferences(docker, id, touched, pristine);
      for (const { service } of changed) await recreate(service);
      touched.clear();
      return [...miscounted, ...changed];
    },
  };
}
