/** A JSON Schema, as the API tells it of a provider. */
type Schema = Readonly<Record<string, unknown>>;

/**
 * What a person is asked for, read from a schema: no field of any cloud is known here, so that the form fits clouds that
 * this console has never heard of.
 */
export type Shape =
  | Readonly<{ kind: 'text'; number: boolean; long: boolean }>
  | Readonly<{ kind: 'choice'; options: readonly string[]; flag: boolean }>
  /** Several texts, one per line. */
  | Readonly<{ kind: 'lines'; number: boolean }>
  | Readonly<{ kind: 'object'; fields: readonly FieldShape[] }>
  /** One of several objects, told apart by one field. */
  | Readonly<{ kind: 'variants'; by: string; variants: Readonly<Record<string, readonly FieldShape[]>> }>
  /** Values under names that people choose. */
  | Readonly<{ kind: 'entries'; value: Shape }>
  | Readonly<{ kind: 'list'; item: Shape }>
  /** What has no form of its own is entered as JSON. */
  | Readonly<{ kind: 'json' }>;

export type FieldShape = Readonly<{
  name: string;
  required: boolean;
  shape: Shape;
  /** What holds when nothing is entered. */
  preset: string;
  description: string;
}>;

export function shapeOf(schema: unknown): Shape {
  if (!isSchema(schema)) return { kind: 'json' };
  const options = choices(schema);
  if (options !== undefined) return { kind: 'choice', options, flag: false };
  switch (schema['type']) {
    case 'string':
      return { kind: 'text', number: false, long: isLong(schema) };
    case 'integer':
    case 'number':
      return { kind: 'text', number: true, long: false };
    case 'boolean':
      return { kind: 'choice', options: ['true', 'false'], flag: true };
    case 'array':
      return listShape(shapeOf(schema['items']));
    case 'object':
      return objectShape(schema);
    default:
      return unionShape(schema);
  }
}

/** The fields of an object, those that must be given first. */
export function fieldsOf(schema: unknown): readonly FieldShape[] {
  const shape = shapeOf(schema);
  return shape.kind === 'object'
    ? shape.fields.toSorted((a, b) => Number(b.required) - Number(a.required))
    : [];
}

function choices({ enum: many, const: one }: Schema): readonly string[] | undefined {
  const all: unknown = many ?? (typeof one === 'string' ? [one] : undefined);
  return Array.isArray(all) && all.every((value) => typeof value === 'string') ? all : undefined;
}

/** Certificates and kubeconfigs have lines. */
function isLong({ pattern, maxLength }: Schema): boolean {
  if (typeof pattern === 'string' && pattern.includes('BEGIN')) return true;
  return typeof maxLength === 'number' && maxLength > 8_192;
}

function listShape(item: Shape): Shape {
  if (item.kind === 'text' || item.kind === 'choice') {
    return { kind: 'lines', number: item.kind === 'text' && item.number };
  }
  return { kind: 'list', item };
}

function objectShape(schema: Schema): Shape {
  const { properties, additionalProperties } = schema;
  if (isSchema(properties)) return { kind: 'object', fields: propertiesOf(schema, properties) };
  if (isSchema(additionalProperties)) return { kind: 'entries', value: shapeOf(additionalProperties) };
  return { kind: 'object', fields: [] };
}

function propertiesOf(schema: Schema, properties: Schema): readonly FieldShape[] {
  const required: unknown = schema['required'];
  return Object.entries(properties).map(([name, value]) => ({
    name,
    required: Array.isArray(required) && required.includes(name),
    shape: shapeOf(value),
    preset: isSchema(value) ? presetText(value['default']) : '',
    description: isSchema(value) && typeof value['description'] === 'string' ? value['description'] : '',
  }));
}

function presetText(preset: unknown): string {
  if (Array.isArray(preset)) return preset.join(', ');
  if (typeof preset === 'string') return preset;
  return typeof preset === 'number' || typeof preset === 'boolean' ? String(preset) : '';
}

function unionShape(schema: Schema): Shape {
  const any: unknown = schema['oneOf'] ?? schema['anyOf'];
  if (!Array.isArray(any) || any.length === 0) return { kind: 'json' };
  const shapes = any.map(shapeOf);
  if (shapes.every(({ kind }) => kind === 'text')) return { kind: 'text', number: false, long: false };
  return variantsOf(shapes) ?? { kind: 'json' };
}

function variantsOf(shapes: readonly Shape[]): Shape | undefined {
  const objects = shapes.flatMap((shape) => (shape.kind === 'object' ? [shape.fields] : []));
  if (objects.length < shapes.length) return undefined;
  const by = objects[0]?.find((field) =>
    objects.every((fields) => mark(fields, field.name) !== undefined),
  )?.name;
  if (by === undefined) return undefined;
  const variants = objects.map((fields) => {
    return [mark(fields, by) ?? '', fields.filter(({ name }) => name !== by)] as const;
  });
  return { kind: 'variants', by, variants: Object.fromEntries(variants) };
}

/** The only value that a field of a variant can have. */
function mark(fields: readonly FieldShape[], name: string): string | undefined {
  const shape = fields.find((field) => field.name === name)?.shape;
  return shape?.kind === 'choice' && shape.options.length === 1 ? shape.options[0] : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
