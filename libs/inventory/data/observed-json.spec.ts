import type { Image, Machine, Network, Resource } from '@springtide/provider-kit';
import { readObserved } from './observed-json.js';

const AT = '2026-11-11T00:00:00.000Z';
const tags = { installation: 'here', tenant: 't', intent: 'in-1', token: 'k' };
const ownership = { ...tags, campaign: 'c-1', service: 'shop', releaseBy: AT };
const relations = [{ kind: 'attached-to', to: 'machine', id: 'i-1' }] as const;
const named = { id: 'x-1', name: 'x', region: 'r1', zone: 'r1-a' };

/** With everything that a provider may say: `Required` holds this list to the contract. */
const machine: Required<Machine> = {
  ...named,
  ...{ state: 'running', machineType: 'm.large', purchaseOption: 'spot', addresses: ['10.0.0.1'] },
  ...{ image: 'img-1', launchedAt: AT, ownership, labels: { a: 'b' }, relations },
  ...{ stateReason: 'asked for', notice: 'taken back' },
};
const network: Required<Network> = { ...named, cidr: '10.0.0.0/16', freeAddresses: 7, takesUnnamed: true };
const image: Required<Image> = {
  ...{ id: 'img-1', name: 'base', region: 'r1', arch: 'arm64', createdAt: AT, library: 'lib' },
  ...{ digest: 'sha256:00', syncedAt: AT, placedIn: ['r1-a'] },
};
const resource: Required<Resource> = {
  ...{ ...named, kind: 'disk', state: 'in-use', facts: { sizeGib: 20, encrypted: true, type: 'ssd' } },
  ...{ labels: {}, relations, createdAt: AT, ownership },
};

describe('a stored resource', () => {
  // What is stored and not read back would be told as a change whenever anything else changes.
  it.each([
    ['machine', machine],
    ['network', network],
    ['image', image],
    ['disk', resource],
  ] as const)('is read back as a %s with everything that its cloud said', (type, said) => {
    expect(readObserved(type, JSON.parse(JSON.stringify(said)))).toEqual(said);
  });
});
