import { inspect } from 'node:util';
import { collect } from '../../client/listing.js';
import { RESOURCE_KINDS, type Relation, type Resource, type ResourceKind } from '../../contract/resources.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

export const resourceRules: readonly Rule[] = [
  {
    id: 'P-82',
    level: 'MUST',
    title: 'resources of every kind are listed to the end, each once, in the words of the contract',
    why: 'the inventory removes what a complete listing does not have',
    facets: ['compute', 'resources'],
    check: async (bench) => {
      await bench.running();
      for (const kind of bench.client.resources.kinds) {
        const found = await listed(bench, kind);
        const ids = found.map((resource) => resource.id);
        expect([kind, ids.length]).toEqual([kind, new Set(ids).size]);
        for (const each of found) {
          expect(each).toMatchObject({ kind, region: bench.region, id: expect.stringMatching(/./) });
          expect(each.state ?? '').toBe((each.state ?? '').toLowerCase());
        }
      }
    },
  },
  {
    id: 'P-83',
    level: 'MUST',
    title: 'the kinds are honest: others are unsupported, and an unknown region is an error',
    why: 'an empty list is read as: there is none',
    facets: ['resources'],
    check: async (bench) => {
      const { resources } = bench.client;
      expect(resources.kinds.length).toBeGreaterThan(0);
      expect(new Set(resources.kinds).size).toBe(resources.kinds.length);
      for (const kind of RESOURCE_KINDS.filter((each) => !resources.kinds.includes(each))) {
        const error = await bench.refusal(async () => listed(bench, kind));
        expect([kind, error.code]).toEqual([kind, 'unsupported']);
      }
      for (const kind of resources.kinds) {
        const scope = { region: 'no-such-region-9', kind };
        const error = await bench.refusal(async () => collect(resources.listResources(scope)));
        expect(error.code).not.toBe('internal');
      }
    },
  },
  {
    id: 'P-84',
    level: 'MUST',
    title: 'relations of machines and resources point at what can be listed, or at kinds that cannot',
    why: 'a picture of what hangs on what must not have loose ends',
    facets: ['compute', 'resources'],
    check: async (bench) => {
      await bench.running();
      await bench.passVisibilityLag();
      const known = await everythingOf(bench);
      const loose = [...known.values()].flatMap(({ name, relations }) =>
        relations.filter((relation) => isLoose(known, relation)).map((relation) => ({ name, ...relation })),
      );
      expect(loose).toEqual([]);
    },
  },
  {
    id: 'P-85',
    level: 'MUST',
    title: 'no machine or resource shows a secret: neither the account’s nor what a machine was started with',
    why: 'an inventory is read by many who may not read that',
    facets: ['compute', 'resources'],
    check: async (bench) => {
      const canary = `canary-${bench.installation}`;
      await bench.running(bench.batch({ userData: `#cloud-config\n# ${canary}\n` }));
      const shown = inspect([...(await everythingOf(bench)).values()], { depth: 12, maxArrayLength: null });
      for (const secret of [canary, ...secretsOf(bench.target.account.secret)]) {
        expect(shown.includes(secret)).toBe(false);
      }
    },
  },
];

type Thing = Readonly<{ name: string; kind: string; relations: readonly Relation[]; shown: unknown }>;

async function listed(bench: Bench, kind: ResourceKind): Promise<readonly Resource[]> {
  const listing = bench.client.resources.listResources({ ...bench.scope, kind });
  const { items, complete } = await collect(listing);
  expect([kind, complete]).toEqual([kind, true]);
  return items;
}

/** By `kind/id`; kinds that cannot be listed have no entry at all. */
async function everythingOf(bench: Bench): Promise<ReadonlyMap<string, Thing>> {
  const { client, scope } = bench;
  const things = new Map<string, Thing>();
  const add = (kind: string, each: { id: string; name: string; relations?: readonly Relation[] }) => {
    const { id, name, relations = [] } = each;
    things.set(`${kind}/${id}`, { name: `${kind} ${name}`, kind, relations, shown: each });
  };
  for (const machine of await bench.list()) add('machine', machine);
  for (const kind of client.resources.kinds) for (const each of await listed(bench, kind)) add(kind, each);
  if (client.offers('network')) {
    for (const each of (await collect(client.network.listNetworks(scope))).items) add('network', each);
  }
  if (client.offers('images')) {
    for (const each of (await collect(client.images.listImages(scope))).items) add('image', each);
  }
  return things;
}

/** Images may have been withdrawn since a machine was made from them. */
function isLoose(things: ReadonlyMap<string, Thing>, { kind, to, id }: Relation): boolean {
  if (kind === 'made-from' || things.has(`${to}/${id}`)) return false;
  return [...things.values()].some((thing) => thing.kind === to);
}

function secretsOf(secret: unknown): string[] {
  if (typeof secret === 'string') return secret.length < 8 ? [] : [secret];
  return secret !== null && typeof secret === 'object' ? Object.values(secret).flatMap(secretsOf) : [];
}
