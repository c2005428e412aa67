import { setTimeout as wait } from 'node:timers/promises';
import {
  ApiProblem,
  createClient,
  routes,
  type AccountBody,
  type ApiClient,
  type UserCreated,
} from '@springtide/contracts';
import type { Engines } from './engines.js';
import { makeOrFind } from './existing.js';
import { patientFetch } from './patient-fetch.js';
import { PRIVATE_TYPE, type PrivateMachine } from './private-cloud.port.js';
import { screen } from './screen.js';

/** The people of the story: nobody approves what they wrote. */
export type People = Readonly<{
  admin: ApiClient;
  operations: ApiClient;
  approver: ApiClient;
  /** Of a person who may read everything and change nothing. */
  readerToken: string;
}>;

export type Stage = Readonly<{
  people: People;
  accounts: Readonly<{ private: AccountBody; public: readonly AccountBody[]; proxy: AccountBody }>;
}>;

export type Fleet = ReadonlyMap<string, readonly PrivateMachine[]>;

/** Standing machines per route: with the burst, and without. The same fleet twice, so that the comparison is fair. */
const STANDING: Readonly<Record<string, number>> = {
  storefront: 2,
  checkout: 1,
  'storefront-alone': 2,
  'checkout-alone': 1,
};

const ADDRESSES_WITHIN_MS = 20_000;

export async function setTheStage(engines: Engines): Promise<Stage> {
  const people = await invite(engines);
  return { people, accounts: await registerAccounts(engines, people.admin) };
}

/** Machines that serve already, before anybody thought of a campaign: made by hand, not by Springtide. */
export async function standUpFleet({ home }: Engines): Promise<Fleet> {
  for (const [route, count] of Object.entries(STANDING)) {
    for (let index = 0; index < count; index += 1) await home.makeByHand(`${route}-${index}`);
  }
  const deadline = performance.now() + ADDRESSES_WITHIN_MS;
  for (;;) {
    const machines = await home.machines();
    const fleet = new Map(
      Object.keys(STANDING).map((route) => [route, machines.filter((one) => routeOf(one) === route)]),
    );
    const addressed = [...fleet].every(
      ([route, members]) => members.filter((one) => one.address !== null).length === STANDING[route],
    );
    if (addressed) return fleet;
    if (performance.now() > deadline)
      throw new Error('the private cloud did not give the standing machines their addresses');
    await wait(250);
  }
}

function routeOf(machine: PrivateMachine): string {
  return machine.name.replace(/-\d+$/, '');
}

export async function declareRoutes(engines: Engines, stage: Stage, fleet: Fleet): Promise<void> {
  for (const [name, machines] of fleet) {
    const body = {
      name,
      accountId: stage.accounts.proxy.id,
      service: name.replace(/-alone$/, ''),
      home: machines.map((machine) => ({
        id: machine.name,
        address: machine.address ?? '',
        port: engines.servicePort,
        machineType: PRIVATE_TYPE.name,
      })),
    };
    const { admin } = stage.people;
    const route = await makeOrFind(
      async () => await admin.call(routes.routeCreate, { body }),
      async () => (await admin.call(routes.routeList)).items.find((one) => one.name === name),
    );
    const [home] = route.live ?? [];
    screen.say(
      `Route ${name}: ${route.entrance}, ${home?.healthy ?? 0} of ${home?.members ?? 0} standing machines healthy.`,
    );
  }
}

async function invite(engines: Engines): Promise<People> {
  const client = (token: string) =>
    createClient({ baseUrl: engines.apiUrl, token, fetch: patientFetch(fetch) });
  const admin = client(engines.adminToken);
  const token = async (name: string, role: string) => (await invitePerson(admin, name, role)).firstToken;
  return {
    admin,
    operations: client(await token('Business operations', 'operations')),
    approver: client(await token('Head of infrastructure', 'approver')),
    readerToken: await token('Guest', 'auditor'),
  };
}

/** A person's first token is shown once: when that answer was lost on the way, the person is invited again. */
async function invitePerson(admin: ApiClient, name: string, role: string): Promise<UserCreated> {
  try {
    return await admin.call(routes.userCreate, { body: { name, roles: [role] } });
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem) || thrown.code !== 'already-exists') throw thrown;
    return await admin.call(routes.userCreate, { body: { name: `${name}, again`, roles: [role] } });
  }
}

async function registerAccounts(engines: Engines, admin: ApiClient): Promise<Stage['accounts']> {
  const { clouds, home, proxy } = engines;
  const register = async (name: string, provider: string, settings: object, secret: object) => {
    const body = { name, provider, settings: { ...settings }, secret: { ...secret } };
    const account = await makeOrFind(
      async () => await admin.call(routes.accountRegister, { body }),
      async () => (await admin.call(routes.accountList)).items.find((one) => one.name === name),
    );
    const product = account.health?.product ?? 'unknown product';
    screen.say(`Account ${name}: ${account.status}, ${product}.`);
    if (account.status !== 'healthy') throw new Error(`${name}: ${account.health?.problem ?? 'not healthy'}`);
    return account;
  };
  const own = await register('private', home.account.provider, home.account.settings, home.account.secret);
  const bought: AccountBody[] = [];
  for (const { name, account } of clouds) {
    bought.push(await register(name, account.provider, account.settings, account.secret));
  }
  const accounts = {
    private: own,
    public: bought,
    proxy: await register('entrance', proxy.providerId, proxy.settings, {}),
  };
  for (const account of [own, ...bought]) {
    await admin.call(routes.inventorySync, { body: { accountId: account.id } });
  }
  return accounts;
}
