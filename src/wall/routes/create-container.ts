import { serviceLabel } from '../boundary.ts';
import { findContainerProblem, withLabels } from '../compare-creation.ts';
import { refuse } from '../refusal.ts';
import { textOf, type Call, type Reply } from '../route.ts';
import type { ContainerEntry } from '../sandbox-objects.ts';

/**
 * Creates a container as the compose file says.
 * @throws Refusal if the body differs, or the service already has two containers
 */
export async function createContainer({
  request,
  body = {},
  boundary,
  creations,
  project,
  ceiling,
  labels,
  reportTouched,
  engine,
  target,
}: Call): Promise<Reply> {
  const name = request.query.get('name') ?? '';
  const service = textOf((body['Labels'] as Record<string, unknown> | null | undefined)?.[serviceLabel]);
  const what = `create a container${service === '' ? '' : ` of ${service}`} from ${textOf(body['Image'])}`;
  boundary.mustBeFleet({ service }, what);
  const siblings = (await boundary.containers()).filter(({ Labels }) => Labels[serviceLabel] === service);
  const inherited = await inheritedMounts(siblings, engine);
  const problem = findContainerProblem({ name, body }, creations, { project, ...ceiling, inherited });
  if (problem !== undefined) throw refuse(what, problem);
  // A second container is allowed: `compose run` adds one, and a recreation has two for a moment.
  if (siblings.length > 1) throw refuse(what, `${service} already has ${siblings.length} containers`);
  reportTouched(service);
  const answer = await engine.json({
    method: 'POST',
    target: target(['containers', 'create']),
    body: withLabels(body, labels),
  });
  return { kind: 'value', status: 201, value: answer };
}

/** The anonymous volumes that the service's containers have now. */
async function inheritedMounts(
  siblings: readonly ContainerEntry[],
  engine: Call['engine'],
): Promise<readonly { readonly volume: string; readonly target: string }[]> {
  interface Mount {
    readonly Type: string;
    readonly Name?: string;
    readonly Destination: string;
  }
  const found = await Promise.all(
    siblings.map(
      async ({ Id }) =>
        (
          (await engine.json({ method: 'GET', target: `/containers/${Id}/json` })) as {
            readonly Mounts: readonly Mount[];
          }
        ).Mounts,
    ),
  );
  // Only anonymous volumes, whose names are 64 hexadecimal digits.
  return found
    .flat()
    .flatMap(({ Type, Name, Destination }) =>
      Type === 'volume' && Name !== undefined && /^[0-9a-f]{64}$/.test(Name)
        ? [{ volume: Name, target: Destination }]
        : [],
    );
}
