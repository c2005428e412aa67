import { Resolver } from 'node:dns/promises';
import { NameServer, type WeightedAddress } from './name-server.js';

describe('the body of a cloud’s name service', () => {
  let names: NameServer;
  let resolver: Resolver;

  beforeEach(async () => {
    names = await NameServer.start();
    resolver = new Resolver();
    resolver.setServers([names.server]);
  });

  afterEach(async () => names.stop());

  function at(weights: Readonly<Record<string, number>>): void {
    const addresses = Object.entries(weights).map(([address, weight]): WeightedAddress => {
      return { id: address, type: 'A', address, weight };
    });
    names.apply({ 'shop.example.test': { ttlSeconds: 30, addresses } });
  }

  async function ask(times: number): Promise<Record<string, number>> {
    const seen: Record<string, number> = {};
    for (let asked = 0; asked < times; asked += 1) {
      const [address = ''] = await resolver.resolve4('shop.example.test');
      seen[address] = (seen[address] ?? 0) + 1;
    }
    return seen;
  }

  it('answers by weight, and by the new weights from the next query on', async () => {
    at({ '192.0.2.1': 75, '192.0.2.2': 25 });
    expect(await ask(100)).toEqual({ '192.0.2.1': 75, '192.0.2.2': 25 });
    at({ '192.0.2.1': 0, '192.0.2.2': 100 });
    expect(await ask(10)).toEqual({ '192.0.2.2': 10 });
  });

  it('gives everybody the same chance where nobody has a weight', async () => {
    at({ '192.0.2.1': 0, '192.0.2.2': 0 });
    expect(await ask(10)).toEqual({ '192.0.2.1': 5, '192.0.2.2': 5 });
  });

  it('knows no other name', async () => {
    await expect(resolver.resolve4('else.example.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});
