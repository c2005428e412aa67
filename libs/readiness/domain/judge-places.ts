import type { AccountFacts, ImageFact, NetworkFact } from './facts.js';
import { lineOf, type Finding, type FoundLine } from './readiness.js';
import { say } from './sentences.js';
import type { ReadinessSubject } from './subject.js';

/** Addresses and images in the places where one account's machines are to run. */
export function judgePlaces(subject: ReadinessSubject, account: AccountFacts): readonly FoundLine[] {
  const found = [...judgeAddresses(subject, account), ...judgeImages(subject, account)];
  return found.map((finding) => lineOf(subject, finding));
}

type AddressNeed = Readonly<{ region: string; zone: string; subnet: string | null; needed: number }>;

function judgeAddresses(subject: ReadinessSubject, account: AccountFacts): readonly Finding[] {
  return addressNeeds(subject, account.id).map((need) => {
    const name = [account.name, need.region, need.zone, ...(need.subnet === null ? [] : [need.subnet])].join(
      '/',
    );
    const about = { check: 'addresses', id: name, subject: name, by: 'listNetworks' } as const;
    const { networks } = account;
    if (!networks.known) {
      return { ...about, verdict: 'unknown', finding: say('addresses-untold', { why: networks.why }) };
    }
    return { ...about, at: networks.at, ...addressVerdict(need, networks.value) };
  });
}

/** One machine, one address: a fallback in the same zone needs some more. */
const COMFORT = 0.8;

function addressVerdict(
  need: AddressNeed,
  networks: readonly NetworkFact[],
): Pick<Finding, 'verdict' | 'finding' | 'action'> {
  const { needed } = need;
  const usable = networks.filter((one) => {
    if (one.region !== need.region) return false;
    if (need.subnet !== null) return one.id === need.subnet || one.name === need.subnet;
    return one.zone === null || one.zone === need.zone;
  });
  const action = say('enlarge-network', { needed: Math.ceil(needed / COMFORT) });
  if (usable.length === 0) return { verdict: 'red', finding: say('addresses-unnamed', { needed }), action };
  const told = usable.filter((one) => one.freeAddresses !== null);
  const roomiest = told.toSorted((a, b) => (b.freeAddresses ?? 0) - (a.freeAddresses ?? 0))[0];
  if (roomiest === undefined || told.length < usable.length) {
    const why = 'the cloud does not count the addresses of every network';
    if (roomiest === undefined || (roomiest.freeAddresses ?? 0) < needed) {
      return { verdict: 'unknown', finding: say('addresses-untold', { why }), action };
    }
  }
  const free = roomiest.freeAddresses ?? 0;
  const params = { network: roomiest.name, free, needed };
  if (needed <= free * COMFORT) return { verdict: 'green', finding: say('addresses-enough', params) };
  if (needed <= free) return { verdict: 'amber', finding: say('addresses-tight', params), action };
  const all = told.reduce((sum, one) => sum + (one.freeAddresses ?? 0), 0);
  const code = needed <= all ? 'addresses-spread' : 'addresses-short';
  return { verdict: needed <= all ? 'amber' : 'red', finding: say(code, { free: all, needed }), action };
}

/** The most machines at once per zone and network. */
function addressNeeds(subject: ReadinessSubject, accountId: string): readonly AddressNeed[] {
  const needs = new Map<string, AddressNeed & { perPhase: Map<string, number> }>();
  for (const { phase, poolId, machines } of subject.use) {
    const pool = subject.pools.find((one) => one.id === poolId && one.accountId === accountId);
    if (pool === undefined) continue;
    const { region, zone } = pool;
    const subnet = subject.sheets.find((sheet) => sheet.poolId === poolId)?.subnet ?? null;
    const key = [region, zone, subnet ?? ''].join('|');
    const need = needs.get(key) ?? { region, zone, subnet, needed: 0, perPhase: new Map<string, number>() };
    need.perPhase.set(phase, (need.perPhase.get(phase) ?? 0) + machines);
    needs.set(key, need);
  }
  return [...needs.values()].map(({ perPhase, ...need }) => ({
    ...need,
    needed: Math.max(...perPhase.values()),
  }));
}

type ImageNeed = Readonly<{ service: string; region: string; image: string }>;

function judgeImages(subject: ReadinessSubject, account: AccountFacts): readonly Finding[] {
  return imageNeeds(subject, account.id).map(({ service, region, image }) => {
    const name = `${account.name}/${region}/${service}`;
    const about = { check: 'image', id: name, subject: name, by: 'listImages' } as const;
    const { images } = account;
    if (!images.known) {
      return { ...about, verdict: 'unknown', finding: say('image-unlisted', { image, why: images.why }) };
    }
    const there = findImage(images.value, region, image) !== undefined;
    const finding = say(there ? 'image-present' : 'image-missing', { image });
    const action = say('bring-image', { image });
    return { ...about, at: images.at, verdict: there ? 'green' : 'red', finding, action };
  });
}

/** For each service that runs in more than one place: is it the same image everywhere? */
export function judgeSameness(
  subject: ReadinessSubject,
  accounts: readonly AccountFacts[],
): readonly FoundLine[] {
  return subject.services.flatMap(({ name }) => {
    const places = accounts.flatMap((account) =>
      imageNeeds(subject, account.id)
        .filter((need) => need.service === name)
        .map(({ region, image }) => ({
          place: `${account.name}/${region}`,
          digest: account.images.known
            ? (findImage(account.images.value, region, image)?.digest ?? null)
            : null,
        })),
    );
    if (places.length < 2) return [];
    return [lineOf(subject, samenessOf(name, places))];
  });
}

function samenessOf(
  service: string,
  places: readonly Readonly<{ place: string; digest: string | null }>[],
): Finding {
  const about = { check: 'image', id: `same/${service}`, subject: service, by: 'listImages' } as const;
  const digests = new Set(places.flatMap(({ digest }) => (digest === null ? [] : [digest])));
  const untold = places.filter(({ digest }) => digest === null);
  if (digests.size > 1) {
    const text = places.map(({ place, digest }) => `${place} ${digest?.slice(0, 19) ?? '?'}`).join(', ');
    const finding = say('digest-differs', { digests: text });
    return { ...about, verdict: 'red', finding, action: say('rebuild-image') };
  }
  if (untold.length > 0) {
    const finding = say('digest-untold', { places: untold.map(({ place }) => place).join(', ') });
    return { ...about, verdict: 'unknown', finding, action: say('compare-images') };
  }
  return { ...about, verdict: 'green', finding: say('digest-same', { places: places.length }) };
}

function imageNeeds(subject: ReadinessSubject, accountId: string): readonly ImageNeed[] {
  const needs = new Map<string, ImageNeed>();
  for (const { service, poolId, image } of subject.sheets) {
    const pool = subject.pools.find((one) => one.id === poolId && one.accountId === accountId);
    if (pool === undefined) continue;
    needs.set(`${service}|${pool.region}|${image}`, { service, region: pool.region, image });
  }
  return [...needs.values()];
}

function findImage(images: readonly ImageFact[], region: string, wanted: string): ImageFact | undefined {
  return images.find((one) => one.region === region && (one.id === wanted || one.name === wanted));
}
