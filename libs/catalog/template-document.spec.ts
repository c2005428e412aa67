import type { SpringtideError } from '@springtide/kernel';
import fc from 'fast-check';
import { parseTemplate } from './template-document.js';

const shop = `
name: shop
services:
  - name: storefront
    route: shop-entrance
    port: 8080
    healthPath: /healthz
    image: { default: base, providers: { aws: ami-1 } }
    capacityModel:
      - { machineType: m.large, requestsPerSecond: 120, latencyTargetMs: 200, evidence: load test 7 }
      - { family: m, requestsPerSecondPerVcpu: 50.5, latencyTargetMs: 200, evidence: load test 7 }
  - name: checkout
    route: shop-entrance
    group: pay
    port: 8081
    image: base
    capacityModel:
      - { family: m, vcpu: 4, requestsPerSecond: 80, latencyTargetMs: 400, evidence: load test 8 }
    headroom: 0.2
`;

function refusalOf(text: string): string {
  try {
    parseTemplate(text);
  } catch (thrown) {
    return (thrown as Error).message;
  }
  return 'accepted';
}

function placesOf(text: string): readonly string[] {
  try {
    parseTemplate(text);
  } catch (thrown) {
    return (thrown as SpringtideError).places.map(({ path }) => path);
  }
  return ['accepted'];
}

describe('template text', () => {
  it('fills what was left out and keeps what was said', () => {
    const { document, expectedVersion } = parseTemplate(shop);
    expect(expectedVersion).toBeUndefined();
    expect(document.services[0]).toMatchObject({ group: 'storefront', minimumMachines: 1, spotMax: 0 });
    expect(document.services[1]).toMatchObject({
      group: 'pay',
      healthPath: '/',
      image: { default: 'base' },
      headroom: 0.2,
    });
  });

  it('is the same from JSON', () => {
    const { document } = parseTemplate(shop);
    expect(parseTemplate(JSON.stringify({ ...document, version: 3 }))).toEqual({
      document,
      expectedVersion: 3,
    });
  });

  it('names line and column of malformed YAML', () => {
    expect(refusalOf('name: shop\nservices: [\n  {name: a\n')).toMatch(/line [345], column \d+/);
    expect(refusalOf('name: shop\nname: shop2\nservices: []')).toMatch(/line 2, column 1: .*unique/);
  });

  it('leads a form to every wrong value by its path', () => {
    const wrong = shop.replace('port: 8080', 'port: 80800').replace('name: checkout', 'name: Check out');
    expect(placesOf(wrong)).toEqual(['services.0.port', 'services.1.name']);
    expect(placesOf('name: shop\nservices: [\n  {name: a\n')).toEqual([]);
  });

  it('names line, path and rule of every wrong value, all at once', () => {
    const message = refusalOf(
      shop.replace('port: 8080', 'port: 80800').replace('headroom: 0.2', 'headroom: -1'),
    );
    expect(message).toMatch(/line 6, column 11: services\.0\.port/);
    expect(message).toMatch(/line 19, column 15: services\.1\.headroom/);
  });

  it('points at the parent of what is missing, and refuses unknown keys and double names', () => {
    expect(refusalOf(shop.replace('    port: 8081\n', ''))).toMatch(/line 12, column \d+: services\.1\.port/);
    expect(refusalOf(shop.replace('headroom:', 'headrom:'))).toMatch(/headrom/);
    expect(refusalOf(shop.replace('name: checkout', 'name: storefront'))).toMatch(/used twice/);
  });

  it('explains a capacity rule that measures nothing', () => {
    expect(refusalOf(shop.replace('vcpu: 4, requestsPerSecond: 80', 'vcpu: 4'))).toMatch(
      /services\.1\.capacityModel\.0: must name latencyTargetMs/,
    );
  });

  it('explains an image that is none', () => {
    expect(refusalOf(shop.replace('image: base', 'image: [a]'))).toMatch(
      /services\.1\.image: must be an image name/,
    );
    expect(refusalOf(shop.replace('image: base', 'image: {}'))).toMatch(/must name at least one image/);
    expect(refusalOf(shop.replace('image: base', 'image: { __proto__: { default: x } }'))).toMatch(
      /__proto__/,
    );
  });

  it('refuses alias bombs and giant texts without expanding them', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
      .concat(
        'bcdefgh'
          .split('')
          .map((key, i) => `${key}: &${key} [${`*${'abcdefgh'[i]},`.repeat(9).slice(0, -1)}]`),
      )
      .join('\n');
    expect(refusalOf(bomb)).toMatch(/alias/i);
    expect(refusalOf('x'.repeat(10_000_000))).toMatch(/10000000 characters/);
  });

  it('never throws anything but its refusal', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(refusalOf(text)).toMatch(/^(accepted|the template was not stored)/);
      }),
    );
  });
});
