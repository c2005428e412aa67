import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  PRIVATE_GONE,
  PRIVATE_TYPE,
  rateCard,
  type DemoCurrency,
  type PrivateCloud,
  type PrivateMachine,
} from './private-cloud.port.js';
import { screen } from './screen.js';
import type { Supervisor } from './supervisor.js';
import { keepYardProgram } from './yard-program.js';

const CLOUD = 'home';
const IMAGE = 'yard-template';
/** One host: room for the two standing fleets of three and for four machines more. */
const PLACES = 10;
const INSTALLATION_TAG = 'springtide/installation';

type Listed = Readonly<{
  id: string;
  name: string;
  address: string;
  labels: Readonly<Record<string, string>>;
}>;

/** The simulated private cloud over HTTP, where no vSphere can be had. `why` is told in the report. */
export async function startSimulatedPrivateCloud(
  supervisor: Supervisor,
  logFolder: string,
  currency: DemoCurrency,
  why: string,
): Promise<PrivateCloud> {
  const secret = { accessKey: 'demo', secretKey: randomBytes(18).toString('base64url') };
  const file = join(logFolder, 'private-cloud.json');
  await writeFile(file, JSON.stringify({ [CLOUD]: planWith(secret, currency) }), { mode: 0o600 });
  const { endpoints } = await keepYardProgram<{ endpoints: Readonly<Record<string, string>> }>(
    supervisor,
    {
      name: 'private-cloud',
      place: 'test/yard/simulated',
      entry: 'simulated-cloud.main',
      args: ['--clouds', file],
      logFolder,
    },
    { irreplaceable: PRIVATE_GONE },
  );
  const endpoint = endpoints[CLOUD];
  if (endpoint === undefined) throw new Error('the simulated private cloud did not say where it listens');
  screen.say(`The private cloud answers at ${endpoint} (simulated, ${why}).`);
  return {
    engine: `simulated private cloud, not vSphere (${why})`,
    endpoints: [endpoint],
    image: IMAGE,
    account: { provider: 'simulated', settings: { endpoint, kind: 'private-cloud' }, secret },
    watched: { kind: 'simulated', name: 'private', url: `${endpoint}/machines` },
    asked: 'its own listing',
    makeByHand: async (name) => await makeByHand(endpoint, name),
    machines: async () => await list(endpoint),
  };
}

function planWith(credentials: Readonly<{ accessKey: string; secretKey: string }>, currency: DemoCurrency) {
  const { pricePerHour, ...size } = rateCard(currency);
  const hosts = { count: 1, vcpu: size.vcpu * PLACES, memoryMiB: size.memoryMiB * PLACES };
  return {
    like: 'private-cloud',
    seed: 'flash-sale',
    product: 'Springtide simulated private cloud',
    currency,
    credentials,
    regions: [
      {
        id: 'dc-1',
        zones: [{ id: 'cluster-a', hosts }],
        networks: [{ id: 'vlan-10', cidr: '127.31.0.0/16', addresses: 4_000 }],
      },
    ],
    machineTypes: [
      { ...size, family: 'private', minimumBillingSeconds: 0, offers: [{ option: 'private', pricePerHour }] },
    ],
    images: [{ id: IMAGE, name: 'shop runtime' }],
    behaviour: { addressRange: '127.31.0.0/16', bootMs: 1_500, terminateMs: 1_000 },
  };
}

async function makeByHand(endpoint: string, name: string): Promise<void> {
  const wish = {
    action: 'create-foreign',
    machineType: PRIVATE_TYPE.name,
    name,
    labels: { 'made-for': name },
  };
  const answer = await fetch(`${endpoint}/admin`, { method: 'POST', body: JSON.stringify(wish) });
  if (!answer.ok)
    throw new Error(`the private cloud refused the standing machine ${name}: ${await answer.text()}`);
}

/** The cloud's own book: every machine there is, without lag, which no provider ever sees. */
async function list(endpoint: string): Promise<readonly PrivateMachine[]> {
  const answer = await fetch(`${endpoint}/machines`);
  if (!answer.ok) throw new Error(`the private cloud did not list its machines: HTTP ${answer.status}`);
  const machines = (await answer.json()) as readonly Listed[];
  return machines.map(({ id, name, address, labels }) => ({
    name: labels['made-for'] ?? name,
    address: address === '' ? null : address,
    ours: INSTALLATION_TAG in labels,
    identity: id,
  }));
}
