import { asSpringtideError, SpringtideError } from '@springtide/kernel';
import type { LaunchBatch, LaunchItem, LaunchReceipt } from '@springtide/provider-kit';
import { z } from 'zod';
import { boundedMap } from './bounded-map.js';
import type { Openstack } from './openstack-session.js';
import type { At } from './openstack-api.js';
import { marksIn } from './machine-record.js';
import { marksOf, specHash, tagOf, tagsOf, toMetadata } from './ownership-marks.js';
import type { Flavor, Zone } from './place-book.js';
import { findServers } from './server-search.js';
import { placesIn } from './stock.js';

type Outcome =
  | Readonly<{ kind: 'accepted'; id: string }>
  | Readonly<{ kind: 'refused'; error: SpringtideError }>
  | Readonly<{ kind: 'unknown'; error: SpringtideError }>;

type Ground = Readonly<{
  openstack: Openstack;
  batch: LaunchBatch;
  at: At;
  flavor: Flavor;
  zone: Zone;
  network: string;
}>;

const createdSchema = z.object({ server: z.object({ id: z.string() }) });

/**
 * Nova makes one server per call here and knows no tokens. The promise of the contract is kept by looking first (what
 * carries this token exists already) and by a lock per token, so that no second call looks while the first one makes.
 */
export async function launchBatch(openstack: Openstack, batch: LaunchBatch, at: At): Promise<LaunchReceipt> {
  if (batch.purchaseOption !== 'private') {
    throw new SpringtideError(
      'invalid-argument',
      `OpenStack has no ${batch.purchaseOption} machines; nothing was created`,
    );
  }
  const { places } = openstack;
  const [flavor, zones, network] = await Promise.all([
    places.flavor(at, batch.machineType),
    places.zones(at),
    places.network(at, batch.subnet),
  ]);
  const zone = zones.find(({ name }) => name === batch.zone);
  if (zone === undefined) {
    throw new SpringtideError(
      'invalid-argument',
      `OpenStack has no zone "${batch.zone}" in ${batch.region}; nothing was created`,
    );
  }
  return openstack.lanes.inTurn(batch.token, async () =>
    locked({ openstack, batch, at, flavor, zone, network }),
  );
}

async function locked(ground: Ground): Promise<LaunchReceipt> {
  const { openstack, batch, at } = ground;
  let earlier: ReadonlyMap<number, string> = new Map();
  const finished = async (): Promise<boolean> => {
    earlier = await machinesOfToken(ground);
    return earlier.size >= batch.count;
  };
  const key = { intent: batch.ownership.intent, token: batch.token };
  const held = await openstack.lock.take(at, key, finished);
  if (held === undefined) return receiptOf(accepted(earlier));
  let open = false;
  try {
    const [done, stock] = await Promise.all([finished(), openstack.stock.read(at)]);
    if (done) return receiptOf(accepted(earlier));
    return await launchMissing(ground, earlier, placesIn(ground.zone, ground.flavor, stock));
  } catch (thrown) {
    open = asSpringtideError(thrown).effect === 'maybe';
    throw thrown;
  } finally {
    // What is open may still come into being: until then nobody else may launch this token.
    if (!open) await held.release();
  }
}

async function launchMissing(
  ground: Ground,
  earlier: ReadonlyMap<number, string>,
  places: number | undefined,
): Promise<LaunchReceipt> {
  const { openstack, batch } = ground;
  const missing = Array.from({ length: batch.count }, (_, index) => index).filter(
    (index) => !earlier.has(index),
  );
  const room = places ?? missing.length;
  const able = missing.slice(0, Math.max(0, room));
  if (earlier.size + able.length < batch.minimum) throw full(ground, room);
  const outcomes = new Map<number, Outcome>(accepted(earlier));
  for (const index of missing.slice(able.length)) {
    outcomes.set(index, { kind: 'refused', error: full(ground, room) });
  }
  await boundedMap(able, openstack.account.concurrentCreates, async (index) => {
    outcomes.set(index, await createServer(ground, index));
  });
  return settle(ground, outcomes, earlier);
}

/** Anything open makes the whole answer open: a receipt is never a guess. Below the minimum nothing stays. */
async function settle(
  ground: Ground,
  outcomes: ReadonlyMap<number, Outcome>,
  earlier: ReadonlyMap<number, string>,
): Promise<LaunchReceipt> {
  const all = [...outcomes.values()];
  const unknown = all.flatMap((outcome) => (outcome.kind === 'unknown' ? [outcome.error] : []));
  if (unknown[0] !== undefined) throw openEnd(unknown[0], unknown.length, all.length);
  const made = all.flatMap((outcome) => (outcome.kind === 'accepted' ? [outcome.id] : []));
  const refusal = all.find((outcome) => outcome.kind === 'refused');
  if (refusal !== undefined && made.length < ground.batch.minimum) {
    const old = new Set(earlier.values());
    await takeBack(
      ground,
      made.filter((id) => !old.has(id)),
    );
    throw refusal.error;
  }
  return receiptOf(outcomes);
}

async function createServer(ground: Ground, index: number): Promise<Outcome> {
  const { openstack, batch, at } = ground;
  try {
    const answer = await openstack.api.change(at, {
      service: 'compute',
      path: '/servers',
      method: 'POST',
      body: { server: serverOrder(ground, index) },
      doing: `the creation of ${batch.namePrefix}-${index}`,
    });
    const { id } = createdSchema.parse(answer.body).server;
    openstack.recent.remember(id, batch, index);
    return { kind: 'accepted', id };
  } catch (thrown) {
    const error = asSpringtideError(thrown);
    return { kind: error.effect === 'maybe' ? 'unknown' : 'refused', error };
  }
}

function serverOrder(ground: Ground, index: number): Readonly<Record<string, unknown>> {
  const { batch, flavor, network, openstack } = ground;
  return {
    name: `${batch.namePrefix}-${index}`,
    imageRef: batch.image,
    flavorRef: flavor.id,
    availability_zone: batch.zone,
    networks: [{ uuid: network }],
    metadata: toMetadata(marksOf(batch, index)),
    tags: tagsOf(batch),
    ...(batch.securityGroups.length === 0
      ? {}
      : { security_groups: batch.securityGroups.map((name) => ({ name })) }),
    ...(batch.userData === undefined ? {} : { user_data: Buffer.from(batch.userData).toString('base64') }),
    ...(openstack.account.configDrive ? { config_drive: true } : {}),
  };
}

/** Index → id. @throws conflict when the token was used before with other parameters. */
async function machinesOfToken(ground: Ground): Promise<ReadonlyMap<number, string>> {
  const { openstack, batch, at } = ground;
  const servers = await findServers(openstack, at, [tagOf('token', batch.token)]);
  const seen = servers
    .map((server) => ({ id: server.id, marks: marksIn(server) }))
    .filter(({ marks }) => marks['token'] === batch.token)
    .map(({ id, marks }) => ({ id, index: Number(marks['index']), spec: marks['spec'] }));
  const recent = openstack.recent
    .ofToken(batch.token)
    .map(({ machine, index, spec }) => ({ id: machine.id, index, spec }));
  const wanted = specHash(batch);
  if ([...seen, ...recent].some(({ spec }) => spec !== wanted)) {
    throw new SpringtideError(
      'conflict',
      'this launch token was used before with other parameters; nothing was created',
      { retry: 'never', nextStep: 'Use a new token for a new request.' },
    );
  }
  return new Map([...recent, ...seen].map(({ index, id }) => [index, id]));
}

async function takeBack(ground: Ground, ids: readonly string[]): Promise<void> {
  const { openstack, at, batch } = ground;
  try {
    await boundedMap(ids, openstack.account.concurrentCreates, async (id) => {
      await openstack.api.change(at, {
        service: 'compute',
        path: `/servers/${id}`,
        method: 'DELETE',
        doing: `taking back ${id}`,
      });
      openstack.recent.forget(id);
    });
  } catch (cause) {
    throw new SpringtideError(
      'unknown',
      `fewer than ${batch.minimum} machines could be made, and taking them back failed; some may run and cost`,
      { cause, nextStep: 'Find them by their intent and terminate them.' },
    );
  }
}

function accepted(ids: ReadonlyMap<number, string>): ReadonlyMap<number, Outcome> {
  return new Map([...ids].map(([index, id]) => [index, { kind: 'accepted', id }]));
}

function receiptOf(outcomes: ReadonlyMap<number, Outcome>): LaunchReceipt {
  const items = [...outcomes]
    .toSorted(([a], [b]) => a - b)
    .map(([, outcome]): LaunchItem =>
      outcome.kind === 'accepted'
        ? { outcome: 'accepted', machineId: outcome.id }
        : { outcome: 'refused', error: outcome.error },
    );
  return { items };
}

function openEnd(error: SpringtideError, unknown: number, all: number): SpringtideError {
  return new SpringtideError(
    error.code,
    `what became of ${unknown} of ${all} machines is not known: ${error.message}`,
    { effect: 'maybe', retry: 'same', cause: error, nextStep: 'Find by intent what OpenStack really has.' },
  );
}

function full(ground: Ground, room: number): SpringtideError {
  const { batch } = ground;
  return new SpringtideError(
    'insufficient-capacity',
    `the zone ${batch.zone} has room for ${room} more machines of type ${batch.machineType}; it was asked for ${batch.count}`,
    { facts: { zone: batch.zone, room, asked: batch.count } },
  );
}
