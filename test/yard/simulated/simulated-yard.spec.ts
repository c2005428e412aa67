import { examplePublicCloud } from '../../../providers/simulated/index.js';
import { startSimulatedYard, type SimulatedYard } from './simulated-yard.js';

describe('the server of simulated clouds', () => {
  let yard: SimulatedYard;

  beforeEach(async () => {
    yard = await startSimulatedYard({ clouds: { shop: examplePublicCloud({ behaviour: { bootMs: 0 } }) } });
  });
  afterEach(async () => yard.close());

  it('shows the boot agent every machine of every cloud, whatever faults the provider meets', async () => {
    await send('PUT', '/clouds/home', { like: 'private-cloud', seed: 'x' });
    await send('POST', '/clouds/shop/admin', { action: 'hide-new', forMs: 60_000 });
    await send('POST', '/clouds/shop/admin', { action: 'create-foreign' });
    await send('POST', '/clouds/home/admin', { action: 'create-foreign' });
    const machines = (await (await fetch(`${yard.url}/machines`)).json()) as Record<string, unknown>[];
    expect(
      machines.map(({ cloud, machineType, address, state, labels }) => {
        return { cloud, machineType, address, state, labels };
      }),
    ).toEqual([
      {
        cloud: 'shop',
        machineType: 'c2.large',
        address: '127.30.0.2',
        state: 'running',
        labels: { owner: 'somebody' },
      },
      {
        cloud: 'home',
        machineType: 'vm.2',
        address: '127.31.0.2',
        state: 'pending',
        labels: { owner: 'somebody' },
      },
    ]);
    const ofShop = (await (await fetch(`${yard.endpointOf('shop')}/machines`)).json()) as unknown[];
    expect(ofShop).toHaveLength(1);
  });

  it('makes a machine of somebody else as it is described', async () => {
    await send('PUT', '/clouds/home', { like: 'private-cloud' });
    const wish = { action: 'create-foreign', machineType: 'vm.4', name: 'till', labels: { fleet: 'shop' } };
    await send('POST', '/clouds/home/admin', wish);
    const machines = (await (await fetch(`${yard.endpointOf('home')}/machines`)).json()) as unknown[];
    expect(machines).toMatchObject([{ name: 'till-0', machineType: 'vm.4', labels: { fleet: 'shop' } }]);
  });

  it.each([
    ['GET', '/nowhere', undefined, 404],
    ['POST', '/clouds/none/v1/Login', {}, 404],
    ['POST', '/clouds/shop/v1/Login', { accessKey: 'x', secretKey: 'y' }, 401],
    ['POST', '/clouds/shop/v1/ListQuotas', { region: 'sim-east' }, 401],
    ['POST', '/clouds/shop/admin', { action: 'melt-down' }, 400],
    ['POST', '/clouds/shop/admin', { action: 'delete-outside', id: 'm-0' }, 404],
    ['POST', '/clouds/shop/admin', { action: 'create-foreign', machineType: 'none' }, 404],
    ['PUT', '/clouds/bad', { like: 'public-cloud', currency: 'yuan' }, 400],
    ['DELETE', '/clouds/shop/v1/Login', {}, 405],
  ])('%s %s is refused as it should', async (method, path, body, status) => {
    expect((await send(method, path, body)).status).toBe(status);
  });

  it('refuses what is not JSON, and a body of ten megabytes, and lives on', async () => {
    const url = `${yard.endpointOf('shop')}/v1/Login`;
    expect((await fetch(url, { method: 'POST', body: '{' })).status).toBe(400);
    const huge = await fetch(url, { method: 'POST', body: 'x'.repeat(10_000_000) }).then(
      (response) => response.status,
      () => 'cut',
    );
    expect([400, 'cut']).toContain(huge);
    expect((await fetch(`${yard.url}/health`)).status).toBe(200);
  });

  it('loses the answer of a call that it has carried out', async () => {
    const login = await send('POST', '/clouds/shop/v1/Login', examplePublicCloud().credentials);
    const { session } = (await login.json()) as { session: string };
    await send('POST', '/clouds/shop/admin', { action: 'inject', operation: 'ListQuotas', effect: 'lose' });
    const headers = { authorization: `Bearer ${session}` };
    const lost = send('POST', '/clouds/shop/v1/ListQuotas', { region: 'sim-east' }, headers);
    await expect(lost).rejects.toThrow(/fetch failed/);
    const next = await send('POST', '/clouds/shop/v1/ListQuotas', { region: 'sim-east' }, headers);
    expect(next.status).toBe(200);
  });

  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    return fetch(`${yard.url}${path}`, { method, headers, ...text });
  }
});
