import type { FieldShape, Shape } from './shape.js';

/** What is typed: texts, and objects and lists of them. Entries are a list of objects with `key` and `value`. */
export type ShapeDraft = string | readonly ShapeDraft[] | DraftFields;
export type DraftFields = Readonly<{ [name: string]: ShapeDraft }>;

export function textOf(draft: ShapeDraft | undefined): string {
  return typeof draft === 'string' ? draft : '';
}

export function listOf(draft: ShapeDraft | undefined): readonly ShapeDraft[] {
  return isList(draft) ? draft : [];
}

export function objectOf(draft: ShapeDraft | undefined): DraftFields {
  return typeof draft === 'object' && !isList(draft) ? draft : {};
}

/** The fields that are asked for now: of the chosen variant only. */
export function shownFields(shape: Shape, draft: ShapeDraft | undefined): readonly FieldShape[] {
  if (shape.kind === 'object') return shape.fields;
  return shape.kind === 'variants' ? (shape.variants[textOf(objectOf(draft)[shape.by])] ?? []) : [];
}

/** What is stored, as it is edited. */
export function shapeDraft(shape: Shape, value: unknown): ShapeDraft {
  if (value === undefined || value === null) return '';
  switch (shape.kind) {
    case 'text':
    case 'choice':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'lines':
      return Array.isArray(value) ? value.join('\n') : '';
    case 'list':
      return Array.isArray(value) ? value.map((item) => shapeDraft(shape.item, item)) : [];
    case 'entries':
      return Object.entries(value).map(([key, one]) => ({ key, value: shapeDraft(shape.value, one) }));
    case 'json':
      return JSON.stringify(value);
    case 'object':
    case 'variants':
      return fieldsDraft(shape, value);
  }
}

function fieldsDraft(shape: Shape, value: unknown): DraftFields {
  const given = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const by = shape.kind === 'variants' ? { [shape.by]: String(given.get(shape.by) ?? '') } : {};
  const fields = shownFields(shape, by);
  return {
    ...by,
    ...Object.fromEntries(
      fields.map((field) => [field.name, shapeDraft(field.shape, given.get(field.name))]),
    ),
  };
}

/** What is sent; undefined is left out. What cannot be read is sent as it was typed, so that the server names its place. */
export function shapeValue(shape: Shape, draft: ShapeDraft | undefined): unknown {
  switch (shape.kind) {
    case 'text':
      return shape.number ? numberOf(textOf(draft)) : given(textOf(draft));
    case 'choice':
      return shape.flag && textOf(draft) !== '' ? textOf(draft) === 'true' : given(textOf(draft));
    case 'lines':
      return linesValue(textOf(draft), shape.number);
    case 'list':
      return some(listOf(draft).map((item) => shapeValue(shape.item, item) ?? empty(shape.item)));
    case 'entries':
      return entriesValue(shape.value, listOf(draft));
    case 'json':
      return jsonOf(textOf(draft));
    case 'object':
    case 'variants':
      return fieldsValue(shape, objectOf(draft));
  }
}

/** An object is there as soon as something in it is. */
export function fieldsValue(shape: Shape, draft: DraftFields): Readonly<Record<string, unknown>> | undefined {
  const by = shape.kind === 'variants' ? given(textOf(draft[shape.by])) : undefined;
  const values = shownFields(shape, draft).map(({ name, shape: inner, required }) => {
    return [name, shapeValue(inner, draft[name]) ?? (required ? empty(inner) : undefined)] as const;
  });
  const told = values.filter(([, value]) => value !== undefined);
  const typed = shownFields(shape, draft).some(({ name, shape: inner }) => {
    return shapeValue(inner, draft[name]) !== undefined;
  });
  if (!typed && by === undefined) return undefined;
  return {
    ...(by !== undefined && shape.kind === 'variants' ? { [shape.by]: by } : {}),
    ...Object.fromEntries(told),
  };
}

/** Names of all fields on the page, by which what is wrong is led to them. */
export function fieldNames(shape: Shape, draft: ShapeDraft | undefined, path: string): readonly string[] {
  switch (shape.kind) {
    case 'list':
      return [path, ...listOf(draft).flatMap((item, at) => fieldNames(shape.item, item, `${path}.${at}`))];
    case 'entries':
      return [
        path,
        ...listOf(draft).flatMap((entry) => {
          const { key, value } = objectOf(entry);
          return fieldNames(shape.value, value, `${path}.${textOf(key)}`);
        }),
      ];
    case 'object':
    case 'variants': {
      const inner = shownFields(shape, draft).flatMap((field) => {
        return fieldNames(field.shape, objectOf(draft)[field.name], `${path}.${field.name}`);
      });
      return [path, ...(shape.kind === 'variants' ? [`${path}.${shape.by}`] : []), ...inner];
    }
    case 'text':
    case 'choice':
    case 'lines':
    case 'json':
      return [path];
  }
}

/** Fields that must be filled in and are not; those of an object that nobody began are not asked for. */
export function missingFields(
  fields: readonly FieldShape[],
  draft: DraftFields,
  path: string,
): readonly string[] {
  return fields.flatMap(({ name, required, shape }) => {
    const at = `${path}.${name}`;
    const typed = draft[name];
    const isEmpty = shapeValue(shape, typed) === undefined;
    if (isEmpty) return required && shape.kind !== 'entries' ? [at] : [];
    return shape.kind === 'object' ? missingFields(shape.fields, objectOf(typed), at) : [];
  });
}

function given(text: string): string | undefined {
  return text.trim() === '' ? undefined : text.trim();
}

function numberOf(text: string): number | string | undefined {
  const plain = text.trim();
  if (plain === '') return undefined;
  return Number.isFinite(Number(plain)) ? Number(plain) : plain;
}

function linesValue(text: string, number: boolean): readonly unknown[] | undefined {
  const lines = text.split('\n').flatMap((line) => given(line) ?? []);
  return some(number ? lines.map(numberOf) : lines);
}

function entriesValue(shape: Shape, entries: readonly ShapeDraft[]): unknown {
  const pairs = entries.map(objectOf).flatMap(({ key, value }) => {
    const typed = shapeValue(shape, value);
    const name = textOf(key).trim();
    return name === '' && typed === undefined ? [] : [[name, typed ?? empty(shape) ?? ''] as const];
  });
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function jsonOf(text: string): unknown {
  const plain = given(text);
  if (plain === undefined) return undefined;
  try {
    return JSON.parse(plain);
  } catch {
    return plain;
  }
}

function empty(shape: Shape): unknown {
  if (shape.kind === 'lines' || shape.kind === 'list') return [];
  return shape.kind === 'text' || shape.kind === 'choice' || shape.kind === 'json' ? undefined : {};
}

function some<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

function isList(draft: ShapeDraft | undefined): draft is readonly ShapeDraft[] {
  return Array.isArray(draft);
}
