import { routes, type ViewBody } from '@springtide/contracts';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import type { Session } from './session.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Named = Readonly<{ id: string; name: string }>;
/** @property seeAll the command that lists them. */
type Kind = Readonly<{ kind: string; seeAll: string }>;

/** People name things; the interface knows ids. A name that fits several things is refused. */
async function resolve(
  { kind, seeAll }: Kind,
  reference: string,
  list: () => Promise<readonly Named[]>,
): Promise<string> {
  if (UUID.test(reference)) return reference;
  const found = (await list()).filter((one) => one.name === reference);
  const [first, second] = found;
  if (first && !second) return first.id;
  if (!first) {
    const nextStep = `See "${seeAll}" for what there is.`;
    throw new CliFailure(`There is no ${kind} "${reference}".`, EXIT.notFound, nextStep);
  }
  const ids = found.map((one) => one.id).join(', ');
  throw new CliFailure(`"${reference}" fits several: ${ids}.`, EXIT.usage, 'Name it by its id.');
}

export async function accountId(session: Session, reference: string): Promise<string> {
  return await resolve({ kind: 'account', seeAll: 'springtide account list' }, reference, () =>
    session.all((cursor) => session.call(routes.accountList, { query: { limit: 200, cursor } })),
  );
}

/** In the inventory: by the cloud's own name or the inventory's id. */
export async function machineId(session: Session, reference: string): Promise<string> {
  return await resolve({ kind: 'machine', seeAll: 'springtide inventory machines list' }, reference, () =>
    session.all((cursor) =>
      session.call(routes.machineList, { query: { limit: 200, search: reference, cursor } }),
    ),
  );
}

export async function clusterId(session: Session, reference: string): Promise<string> {
  return await resolve(
    { kind: 'cluster', seeAll: 'springtide cluster list' },
    reference,
    async () => (await session.call(routes.clusterList)).items,
  );
}

export async function builtClusterId(session: Session, reference: string): Promise<string> {
  return await resolve(
    { kind: 'built cluster', seeAll: 'springtide cluster built list' },
    reference,
    async () => (await session.call(routes.builtClusterList)).items,
  );
}

/** By `namespace/name`. */
export async function workloadId(session: Session, reference: string): Promise<string> {
  return await resolve({ kind: 'workload', seeAll: 'springtide workload list' }, reference, async () => {
    const all = await session.all((cursor) =>
      session.call(routes.workloadList, { query: { limit: 200, cursor } }),
    );
    return all.map(({ id, spec }) => ({ id, name: `${spec.namespace}/${spec.name}` }));
  });
}

export async function templateId(session: Session, reference: string): Promise<string> {
  return await resolve({ kind: 'template', seeAll: 'springtide template list' }, reference, () =>
    session.all((cursor) => session.call(routes.templateList, { query: { limit: 200, cursor } })),
  );
}

export async function routeId(session: Session, reference: string): Promise<string> {
  return await resolve({ kind: 'route', seeAll: 'springtide route list' }, reference, () =>
    session.all((cursor) => session.call(routes.routeList, { query: { limit: 200, cursor } })),
  );
}

export async function demandSeriesId(session: Session, reference: string): Promise<string> {
  return await resolve({ kind: 'demand series', seeAll: 'springtide demand list' }, reference, () =>
    session.all((cursor) => session.call(routes.demandList, { query: { limit: 200, cursor } })),
  );
}

export async function campaignId(session: Session, reference: string): Promise<string> {
  return await resolve({ kind: 'campaign', seeAll: 'springtide campaign list' }, reference, () =>
    session.all((cursor) => session.call(routes.campaignList, { query: { limit: 200, cursor } })),
  );
}

/** A saved view by its name or id; of two with one name, your own. */
export async function viewNamed(session: Session, reference: string): Promise<ViewBody> {
  const views = await session.all((cursor) =>
    session.call(routes.viewList, { query: { limit: 200, cursor } }),
  );
  const fitting = views.filter((view) => view.name === reference || view.id === reference);
  const view = fitting.find(({ mine }) => mine) ?? fitting[0];
  if (view) return view;
  const nextStep = 'See "springtide inventory views list" for what there is.';
  throw new CliFailure(`There is no saved view "${reference}".`, EXIT.notFound, nextStep);
}

/** A run by its id, or the current run of a campaign by the campaign's name. */
export async function runId(session: Session, reference: string): Promise<string> {
  if (UUID.test(reference)) return reference;
  const id = await campaignId(session, reference);
  const campaign = await session.call(routes.campaignGet, { params: { id } });
  if (campaign.currentRunId !== null) return campaign.currentRunId;
  throw new CliFailure(
    `Campaign "${reference}" has no run.`,
    EXIT.notFound,
    `Arm it first: springtide campaign arm ${reference}`,
  );
}
