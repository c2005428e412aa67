import { settingsSchema } from './account.js';
import { withMembers, withProof, withWeights, EMPTY_ROUTE } from './desired-route.js';
import { dynamicConfiguration, routeServices } from './dynamic-configuration.js';

const ROUTE = { entryPoint: 'shop', entrance: 'http://127.0.0.1:8000' };
const account = settingsSchema.parse({
  apiUrl: 'http://127.0.0.1:9000',
  folder: '/etc/traefik/dynamic',
  routes: { shop: ROUTE },
});
const member = (id: string, host: number) => ({ id, address: `127.0.0.${host}`, port: 80 });

describe('dynamic configuration', () => {
  const joined = withMembers(withMembers(EMPTY_ROUTE, 'home', [member('h1', 1), member('h2', 2)]), 'burst', [
    member('b1', 3),
    member('b2', 4),
  ]);
  const proved = withProof(joined, (_group, { id }) => id !== 'b2');
  const shared = withWeights(proved, { home: 60, burst: 40 });

  it('parks a group without a share, so that it is checked and gets no traffic', () => {
    const services = routeServices('shop', joined);
    expect(services.weighted).toEqual([]);
    expect(services.loadBalancers.map(({ name, live }) => [name, live])).toEqual([
      ['shop_burst', false],
      ['shop_home', false],
    ]);
  });

  it('sends shares to proven members only and parks the others of the group', () => {
    const { weighted, loadBalancers } = routeServices('shop', shared);
    expect(weighted).toEqual([
      { name: 'shop_burst', weight: 40 },
      { name: 'shop_home', weight: 60 },
    ]);
    expect(loadBalancers.map(({ name, urls, live }) => [name, urls.length, live])).toEqual([
      ['shop_burst', 1, true],
      ['shop_burst_joining', 1, false],
      ['shop_home', 2, true],
    ]);
  });

  it('lets clients meet the entrance router alone', () => {
    const body = dynamicConfiguration(routeServices('shop', shared), ROUTE, account);
    expect(body).toMatchObject({
      http: {
        routers: {
          shop: { entryPoints: ['shop'], service: 'shop' },
          shop_burst_joining_parked: {
            entryPoints: ['traefik'],
            rule: 'Host(`shop.burst.joining.parked.invalid`)',
          },
        },
        services: { shop: { weighted: { healthCheck: {} } } },
      },
    });
  });

  it('keeps what is known of a member that stays, and nothing of one that moved', () => {
    const again = withMembers(shared, 'home', [member('h1', 1), member('h2', 9), member('h3', 5)]);
    const home = again.groups.find(({ name }) => name === 'home');
    expect(home?.weight).toBe(60);
    expect(home?.members.map(({ id, proven }) => [id, proven])).toEqual([
      ['h1', true],
      ['h2', false],
      ['h3', false],
    ]);
  });

  it('forgets a group that is emptied, its share included', () => {
    expect(withMembers(shared, 'burst', []).groups.map(({ name }) => name)).toEqual(['home']);
  });

  it('writes finer shares in thousandths', () => {
    const fine = withWeights(proved, { home: 66.6, burst: 33.4 });
    expect(routeServices('shop', fine).weighted.map(({ weight }) => weight)).toEqual([33_400, 66_600]);
  });
});
