import { routeInService } from './in-service.js';

const member = (address: string, port: number) => ({ id: address, address, port, machineType: 'm' });
const shop = {
  ...{ name: 'shop', entrance: 'https://shop.example.com', home: [member('10.0.0.9', 8080)] },
  release: { groups: [{ name: 'next', share: 5, members: [member('fd00::9', 80)] }], matches: [] },
};

describe('an address that is to be loaded', () => {
  it.each([
    ['https://shop.example.com/items?id=1', 'shop'],
    ['https://SHOP.example.com:443/', 'shop'],
    ['http://10.0.0.9:8080/items', 'shop'],
    ['http://[fd00::9]/', 'shop'],
    ['http://10.0.0.9:9090/', undefined],
    ['http://10.0.0.10:8080/items', undefined],
    ['https://test.example.com/', undefined],
  ])('%s serves %s', (url, route) => {
    expect(routeInService(url, [shop])).toBe(route);
  });

  it('is compared with what is known of an entrance', () => {
    const bare = { ...shop, home: [], entrance: '10.0.0.2:80' };
    expect(routeInService('http://10.0.0.2/', [{ ...bare, entrance: null }, bare])).toBe('shop');
    expect(routeInService('http://10.0.0.2/', [{ ...bare, entrance: null }])).toBeUndefined();
  });
});
