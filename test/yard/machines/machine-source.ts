import { request } from 'undici';
import { z } from 'zod';

/** A machine as its cloud lists it. Only `running` ones with an address are given a server. */
export type ListedMachine = Readonly<{
  id: string;
  machineType: string;
  /** Empty until the cloud knows. */
  address: string;
  state: string;
  labels: Readonly<Record<string, string>>;
  /** As the machine would read it, where the cloud's admin view tells. */
  userData?: string;
}>;

/** One cloud, watched by its own list or by its simulator's admin view: never by Springtide's word. */
export interface MachineSource {
  readonly name: string;
  /** Everything the cloud has. @throws when the list could not be had whole: nothing is stopped for that. */
  list(): Promise<readonly ListedMachine[]>;
  close(): Promise<void>;
}

const LIST_LIMIT_MS = 5_000;

const yardSchema = z.array(
  z.object({
    id: z.string(),
    machineType: z.string(),
    privateIp: z.string().nullish(),
    address: z.string().nullish(),
    state: z.string(),
    tags: z.record(z.string(), z.string()).default({}),
    labels: z.record(z.string(), z.string()).default({}),
    /** In base64, as it is sent. */
    userData: z.string().optional(),
  }),
);

const simulatedSchema = z.array(
  z.object({
    id: z.string(),
    machineType: z.string(),
    address: z.string().nullish(),
    addresses: z.array(z.string()).default([]),
    state: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    userData: z.string().optional(),
  }),
);

/** The admin view of a public cloud of the yard: `GET {adminUrl}/_yard/machines`. */
export function yardSource(name: string, adminUrl: string): MachineSource {
  return {
    name,
    list: async () =>
      yardSchema.parse(await getJson(`${adminUrl.replace(/\/$/, '')}/_yard/machines`)).map((machine) => ({
        id: machine.id,
        machineType: machine.machineType,
        address: machine.privateIp ?? machine.address ?? '',
        state: machine.state.toLowerCase(),
        labels: { ...machine.tags, ...machine.labels },
        ...(machine.userData === undefined
          ? {}
          : { userData: Buffer.from(machine.userData, 'base64').toString('utf8') }),
      })),
    close: async () => undefined,
  };
}

/** Any address that answers with a JSON list of machines, as the simulated cloud's server does. */
export function simulatedSource(name: string, url: string): MachineSource {
  return {
    name,
    list: async () =>
      simulatedSchema.parse(await getJson(url)).map(({ address, addresses, userData, ...machine }) => ({
        ...machine,
        address: address ?? addresses[0] ?? '',
        ...(userData === undefined ? {} : { userData }),
      })),
    close: async () => undefined,
  };
}

async function getJson(url: string): Promise<unknown> {
  const answer = await request(url, { signal: AbortSignal.timeout(LIST_LIMIT_MS) });
  const text = await answer.body.text();
  if (answer.statusCode !== 200)
    throw new Error(`${url} answered ${answer.statusCode}: ${text.slice(0, 200)}`);
  return JSON.parse(text) as unknown;
}
