import { fieldsOf, shapeOf } from './shape.js';
import { fieldNames, missingFields, objectOf, shapeDraft, shapeValue } from './shape-draft.js';

/** A cloud that this console has never heard of. */
const strange = {
  type: 'object',
  properties: {
    note: { type: 'string', description: 'Anything.' },
    regions: { type: 'array', items: { type: 'string' } },
    certificate: { type: 'string', pattern: '^-----BEGIN CERTIFICATE-----.*' },
    tags: { type: 'boolean', default: true },
    launch: { enum: ['one', 'many'], type: 'string', default: 'one' },
    limits: { type: 'object', additionalProperties: { type: 'integer' } },
    types: {
      type: 'array',
      items: {
        type: 'object',
        properties: { name: { type: 'string' }, vcpu: { type: 'integer' } },
        required: ['name'],
      },
    },
    routes: {
      type: 'object',
      additionalProperties: {
        oneOf: [
          {
            type: 'object',
            properties: { kind: { const: 'listener', type: 'string' }, arn: { type: 'string' } },
            required: ['kind', 'arn'],
          },
          {
            type: 'object',
            properties: { kind: { const: 'name', type: 'string' }, port: { type: 'integer', default: 443 } },
            required: ['kind'],
          },
        ],
      },
    },
    prices: {
      anyOf: [
        { const: 'api', type: 'string' },
        { type: 'object', properties: {} },
      ],
    },
    clusters: {
      type: 'object',
      properties: { role: { type: 'string' }, node: { type: 'string' } },
      required: ['role', 'node'],
    },
  },
  required: ['regions', 'types'],
};

const shape = shapeOf(strange);
const kindOf = (name: string) => fieldsOf(strange).find((field) => field.name === name)?.shape;

const stored = {
  note: 'n',
  regions: ['r1', 'r2'],
  tags: false,
  launch: 'many',
  limits: { r1: 5 },
  types: [{ name: 'big', vcpu: 8 }, { name: 'small' }],
  routes: { shop: { kind: 'listener', arn: 'arn:1' }, pay: { kind: 'name', port: 8443 } },
  prices: { c6i: '0.1' },
};

describe('the form of a schema', () => {
  it('asks first for what must be given', () => {
    expect(
      fieldsOf(strange)
        .map(({ name, required }) => [name, required])
        .slice(0, 3),
    ).toEqual([
      ['regions', true],
      ['types', true],
      ['note', false],
    ]);
    expect(fieldsOf({ type: 'string' })).toEqual([]);
    expect(fieldsOf({ type: 'object' })).toEqual([]);
  });

  it('has a control for every kind of value', () => {
    expect(kindOf('note')).toEqual({ kind: 'text', number: false, long: false });
    expect(kindOf('certificate')).toEqual({ kind: 'text', number: false, long: true });
    expect(kindOf('tags')).toEqual({ kind: 'choice', options: ['true', 'false'], flag: true });
    expect(kindOf('launch')).toEqual({ kind: 'choice', options: ['one', 'many'], flag: false });
    expect(kindOf('regions')).toEqual({ kind: 'lines', number: false });
    expect(kindOf('limits')).toMatchObject({ kind: 'entries', value: { kind: 'text', number: true } });
    expect(kindOf('types')).toMatchObject({ kind: 'list', item: { kind: 'object' } });
    expect(kindOf('routes')).toMatchObject({ value: { kind: 'variants', by: 'kind' } });
    expect(kindOf('prices')).toEqual({ kind: 'json' });
  });

  it('tells what holds when nothing is entered, and what the schema says of a field', () => {
    const told = fieldsOf(strange).map(({ name, preset, description }) => [name, preset, description]);
    expect(told).toContainEqual(['launch', 'one', '']);
    expect(told).toContainEqual(['tags', 'true', '']);
    expect(told).toContainEqual(['note', '', 'Anything.']);
  });
});

describe('what is typed', () => {
  it('of what is stored is what is stored', () => {
    expect(shapeValue(shape, shapeDraft(shape, stored))).toEqual(stored);
  });

  it('leaves out what nobody began', () => {
    expect(shapeValue(shape, { note: '  ' })).toBeUndefined();
    expect(shapeValue(shape, { note: ' x ' })).toEqual({ note: 'x', regions: [], types: [] });
    expect(shapeValue(shape, { note: 'x', routes: [{ key: '', value: '' }] })).not.toHaveProperty('routes');
  });

  it('goes as it is where it is no number and no JSON, so that its place is told', () => {
    const typed = { limits: [{ key: 'r1', value: 'many' }], prices: '{' };
    expect(shapeValue(shape, typed)).toMatchObject({ limits: { r1: 'many' }, prices: '{' });
  });

  it('is asked for where it must be given, also inside what was begun', () => {
    const fields = fieldsOf(strange);
    expect(missingFields(fields, {}, 'settings')).toEqual(['settings.regions', 'settings.types']);
    const begun = { regions: 'r1', types: [{ name: 'a' }], clusters: { role: 'x' } };
    expect(missingFields(fields, begun, 'settings')).toEqual(['settings.clusters.node']);
  });

  it('has a name for every place that something can be told at', () => {
    const names = fieldNames(shape, shapeDraft(shape, stored), 'settings');
    expect(names).toEqual(
      expect.arrayContaining([
        ...['settings.regions', 'settings.limits.r1', 'settings.types.1.name'],
        ...['settings.routes.shop.kind', 'settings.routes.shop.arn', 'settings.routes.pay.port'],
      ]),
    );
    expect(names).not.toContain('settings.routes.pay.arn');
  });

  it('of another kind replaces the fields of the one before', () => {
    const draft = objectOf(shapeDraft(shape, stored));
    const routes = [{ key: 'pay', value: { kind: 'listener', port: '8443', arn: 'arn:2' } }];
    expect(shapeValue(shape, { ...draft, routes })).toMatchObject({
      routes: { pay: { kind: 'listener', arn: 'arn:2' } },
    });
    expect(JSON.stringify(shapeValue(shape, { ...draft, routes }))).not.toContain('8443');
  });
});
