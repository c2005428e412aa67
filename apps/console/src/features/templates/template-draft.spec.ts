import type { TemplateBody } from '@springtide/contracts';
import { documentOf, draftOf, faultsIn, namesIn, NEW_TEMPLATE } from './template-draft.js';

const measured = { latencyTargetMs: 250, evidence: 'load test 7' };
const template: TemplateBody = {
  ...{ id: '0190a0b0-0000-7000-8000-000000000001', name: 'shop', version: 4, hash: 'h' },
  ...{ createdAt: '2026-11-11T00:00:00Z', createdBy: 'me' },
  services: [
    {
      ...{ name: 'storefront', route: 'storefront', group: 'home', port: 8080, healthPath: '/healthz' },
      image: { default: 'base', providers: { aws: 'ami-1' }, accounts: { east: 'img-2' } },
      capacityModel: [
        { machineType: 'c6i.large', requestsPerSecond: 36, ...measured },
        { family: 'c6i', vcpu: 8, requestsPerSecond: 140.5, ...measured },
        { family: 'c7g', requestsPerSecondPerVcpu: 18, ...measured },
      ],
      ...{ warmUpSeconds: 30, headroom: 0.29, minimumMachines: 2, zoneLossFraction: 0.7, spotMax: 0 },
      userData: '#cloud-config\n',
      reaches: [{ name: 'orders', host: 'orders.internal', port: 5432 }],
      homeKbitPerRequest: 40,
    },
  ],
};

describe('the next version of a template', () => {
  it('says what the one before said, where nothing was changed', () => {
    const { name, services } = template;
    expect(JSON.parse(documentOf(draftOf(template), 5))).toEqual({ name, version: 5, services });
    expect(faultsIn(draftOf(template)).size).toBe(0);
  });

  it('has shares as they were typed, without the noise of binary fractions', () => {
    const draft = draftOf(template);
    expect(draft.services[0]).toMatchObject({ headroom: '29', zoneLossFraction: '70' });
    const typed = draft.services.map((service) => ({ ...service, headroom: '12.5', spotMax: '7' }));
    const { services } = JSON.parse(documentOf({ ...draft, services: typed }, 5)) as TemplateBody;
    expect(services[0]).toMatchObject({ headroom: 0.125, spotMax: 0.07 });
  });
});

describe('a new template', () => {
  it('asks for what must be there', () => {
    expect([...faultsIn(NEW_TEMPLATE).keys()]).toEqual([
      ...['name', 'services.0.name', 'services.0.route', 'services.0.images.0'],
      ...['name', 'evidence', 'requestsPerSecond', 'latencyTargetMs'].map(
        (field) => `services.0.capacityModel.0.${field}`,
      ),
    ]);
  });

  it('tells numbers from words', () => {
    const draft = draftOf(template);
    const services = draft.services.map((service) => ({ ...service, port: 'many', headroom: '1,5' }));
    expect(Object.fromEntries(faultsIn({ ...draft, services }))).toEqual({
      ...{ 'services.0.port': 'number', 'services.0.headroom': 'number' },
    });
  });

  it('has a field for every place that the server names', () => {
    const names = namesIn(draftOf(template));
    for (const place of ['name', 'services.0.name', 'services.0.image', 'services.0.capacityModel.2']) {
      expect(names).toContain(place);
    }
  });
});
