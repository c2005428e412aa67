import type { LaunchBatch } from '@springtide/provider-kit';
import { cloneArguments, machineName } from './clone-spec.js';
import { instanceUuid, isUuid } from './instance-uuid.js';
import {
  fromExtraConfig,
  labelsOf,
  marksOf,
  ownershipOf,
  specHash,
  toExtraConfig,
} from './ownership-marks.js';

const batch: LaunchBatch = {
  token: 'token-1',
  region: 'DC0',
  zone: 'DC0_C0',
  machineType: 'm',
  purchaseOption: 'private',
  count: 2,
  minimum: 1,
  namePrefix: 'shop',
  image: 'template',
  securityGroups: [],
  ownership: {
    installation: 'i',
    tenant: 't',
    intent: 'x',
    token: 'token-1',
    campaign: 'double-11',
    service: 'checkout',
    releaseBy: '2026-11-11T02:00:00.000Z',
  },
  labels: { 店铺: '双十一 🌊', empty: '' },
};

const size = { name: 'm', family: 'private', vcpu: 4, memoryMiB: 8_192, pricePerHour: '0.1' };
const ref = (type: string, id: string) => ({ type, id });

describe('the identity of a machine', () => {
  it('follows from token and index alone, as UUID version 5', () => {
    // Python: uuid.uuid5(uuid.UUID('6f0d2c0e-7c3b-5b0e-9a55-0a3d5c1e7f42'), 'token-1/0')
    expect(instanceUuid('token-1', 0)).toBe('ab548a5d-c43f-5a20-a97b-e7455b724d95');
    expect(instanceUuid('token-1', 1)).not.toBe(instanceUuid('token-1', 0));
    expect(instanceUuid('token-1', 1)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
  });

  it('tells UUIDs from other texts', () => {
    expect(isUuid(instanceUuid('a', 0).toUpperCase())).toBe(true);
    expect(['', 'vm-12', `${instanceUuid('a', 0)} `].map(isUuid)).toEqual([false, false, false]);
  });

  it('comes back from extraConfig whole, labels with all their characters', () => {
    const marks = fromExtraConfig([...toExtraConfig(marksOf(batch, 1)), ['svga.present', 'TRUE']]);
    expect(ownershipOf(marks)).toEqual(batch.ownership);
    expect(labelsOf(marks)).toEqual(batch.labels);
    expect(marks['index']).toBe('1');
  });

  it('is ours only with creator mark and intent; spoilt labels are no labels', () => {
    expect(ownershipOf({})).toBeUndefined();
    expect(ownershipOf({ intent: 'x' })).toBeUndefined();
    expect(ownershipOf({ installation: 'i' })).toBeUndefined();
    expect(labelsOf({ labels: '{' })).toEqual({});
    expect(labelsOf({ labels: '{"a":1,"b":"c"}' })).toEqual({ b: 'c' });
  });

  it('counts a renewed lease as the same request, and nothing else', () => {
    const renewed = { ...batch, releaseAt: '2026-11-11T03:00:00.000Z', ownership: { ...batch.ownership } };
    expect(
      specHash({ ...renewed, ownership: { ...renewed.ownership, releaseBy: '2027-01-01T00:00:00.000Z' } }),
    ).toBe(specHash(batch));
    const others: readonly Partial<LaunchBatch>[] = [
      { count: 3 },
      { image: 'other' },
      { zone: 'DC0_C1' },
      { userData: 'x' },
      { labels: {} },
      { ownership: { ...batch.ownership, intent: 'y' } },
    ];
    const hashes = others.map((change) => specHash({ ...batch, ...change }));
    expect(new Set([...hashes, specHash(batch)]).size).toBe(others.length + 1);
  });

  it('is all in the clone call, in the order of the schema', () => {
    const plan = { batch, index: 1, size, datastore: ref('Datastore', 'ds-1'), devices: [] };
    const [folder, name, spec] = cloneArguments({
      ...plan,
      folder: ref('Folder', 'group-v1'),
      resourcePool: ref('ResourcePool', 'pool-1'),
      host: ref('HostSystem', 'host-1'),
    }).map((fragment) => fragment.xml);
    expect([folder, name]).toEqual(['<folder type="Folder">group-v1</folder>', '<name>shop-1</name>']);
    const order = ['<datastore', '<pool', '<host', '<template>', '<instanceUuid>', '<numCPUs>', '<memoryMB>'];
    const positions = [...order, '<extraConfig>', '<powerOn>true'].map((tag) => spec?.indexOf(tag) ?? -1);
    expect(positions.every((position) => position > 0)).toBe(true);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  });

  it('escapes the three characters that vSphere’s paths use', () => {
    expect(machineName({ ...batch, namePrefix: 'a/b\\c%d' }, 3)).toBe('a%2fb%5cc%25d-3');
  });
});
