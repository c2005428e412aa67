import { addMs, toInstant, type Instant } from '@springtide/kernel';
import type { Deed, TrailQuery } from '@springtide/provider-kit';
import type { Vsphere } from './machine-search.js';
import { readReference } from './soap/soap-connection.js';
import { childOf, childrenOf, textOf, type XmlElement } from './soap/xml-reader.js';
import { element } from './soap/xml-writer.js';

/** What people and programs do to machines. vCenter wants every type by its name. */
const EVENTS = [
  ...['VmCreatedEvent', 'VmClonedEvent', 'VmDeployedEvent', 'VmRegisteredEvent', 'VmRemovedEvent'],
  ...['VmPoweredOnEvent', 'VmPoweredOffEvent', 'VmSuspendedEvent', 'VmResettingEvent'],
  ...['VmGuestShutdownEvent', 'VmGuestRebootEvent', 'VmReconfiguredEvent', 'VmRenamedEvent'],
  ...['VmMigratedEvent', 'VmRelocatedEvent'],
];
/** As many as vCenter gives in one answer. */
const MOST_EVENTS = 1_000;
/** The clock of the vCenter may be behind ours. */
const CLOCKS_MS = 60_000;

/**
 * Read from vCenter's event history, which keeps 30 days unless it was told otherwise. An event names its machine by the
 * reference in that vCenter and by its name at the time; the reference of a machine that is gone is known to nobody else.
 */
export async function readTrail(
  { session, sites }: Vsphere,
  query: TrailQuery,
  deadline: Instant,
): Promise<readonly Deed[]> {
  const datacenter = await sites.recent(query.region, deadline);
  const { eventManager } = await session.content(deadline);
  const answer = await session.call({
    method: 'QueryEvents',
    target: eventManager,
    arguments: [
      element('filter', [
        element('time', [element('beginTime', addMs(query.since, -CLOCKS_MS))]),
        ...EVENTS.map((name) => element('eventTypeId', name)),
        element('maxCount', MOST_EVENTS),
      ]),
    ],
    kind: 'read',
    deadline,
  });
  const here = childrenOf(answer, 'returnval').filter(
    (event) => readReference(childOf(event, 'datacenter', 'datacenter'))?.id === datacenter.ref.id,
  );
  const byName = Map.groupBy(here, (event) => textOf(event, 'vm', 'name') ?? '');
  return query.machines
    .flatMap(({ id, name }) =>
      (byName.get(name) ?? []).flatMap((event) => deedOf(id, event, byName.get(name))),
    )
    .toSorted((a, b) => b.at.localeCompare(a.at));
}

/** Nothing where another machine had the same name, or where nobody is named. */
function deedOf(machineId: string, event: XmlElement, all: readonly XmlElement[] = []): readonly Deed[] {
  const machines = new Set(all.map((one) => readReference(childOf(one, 'vm', 'vm'))?.id));
  const who = textOf(event, 'userName') ?? '';
  const at = new Date(textOf(event, 'createdTime') ?? Number.NaN);
  if (machines.size > 1 || who === '' || Number.isNaN(at.getTime())) return [];
  const what = textOf(event, 'fullFormattedMessage') ?? '';
  return [{ machineId, who, what, at: toInstant(at) }];
}
