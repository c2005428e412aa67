export type Parameter =
  string | number | boolean | undefined | readonly Parameter[] | Readonly<{ [name: string]: Parameter }>;

export type Parameters = Readonly<Record<string, Parameter>>;

/** Lists become `Name.1`, structures `Name.Field`, as both of the vendor's signatures want them. */
export function flatten(parameters: Parameters): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) add(flat, name, value);
  return flat;
}

function add(flat: Record<string, string>, name: string, value: Parameter): void {
  if (value === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, item] of (value as readonly Parameter[]).entries()) {
      add(flat, `${name}.${index + 1}`, item);
    }
  } else if (typeof value === 'object') {
    for (const [field, item] of Object.entries(value)) add(flat, `${name}.${field}`, item);
  } else {
    flat[name] = String(value);
  }
}

/** RFC 3986: encodeURIComponent leaves five characters that the vendor's signatures encode. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.codePointAt(0)?.toString(16).toUpperCase() ?? ''}`,
  );
}

/** Sorted by name, as it is signed; what is signed is also what is sent. */
export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .toSorted()
    .map((name) => `${percentEncode(name)}=${percentEncode(query[name] ?? '')}`)
    .join('&');
}

export function canonicalPath(path: string): string {
  return path.split('/').map(percentEncode).join('/');
}
