import type { AccessKey } from './access-desk.js';
import { invalidParameter, missingParameter } from './wire-error.js';

/** An answer's body before it is written as JSON or XML. */
export type AnswerBody = Record<string, unknown>;

/** One call of one action, its parameters by their flat names as `Tag.1.Key`. */
export class ApiCall {
  readonly product: string;
  readonly action: string;
  /** As the call says, or else as its endpoint does. */
  readonly region: string | undefined;

  constructor(
    of: Readonly<{ product: string; action: string; region?: string }>,
    readonly caller: AccessKey,
    readonly parameters: ReadonlyMap<string, string>,
    /** For actions called by path. */
    readonly path: Readonly<Record<string, string>> = {},
    /** A JSON body; undefined where none was sent. */
    readonly body?: unknown,
  ) {
    this.product = of.product;
    this.action = of.action;
    this.region = of.region;
  }

  text(name: string): string | undefined {
    const value = this.parameters.get(name);
    return value === '' ? undefined : value;
  }

  need(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw missingParameter(name);
    return value;
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : value.toLowerCase() === 'true';
  }

  /** `InstanceId.1`, `InstanceId.2`, …, in order of their numbers. */
  list(name: string): readonly string[] {
    return [...this.elements(name).values()]
      .map((members) => members.get('') ?? '')
      .filter((text) => text !== '');
  }

  /** `Servers.1.ServerId`, …: members by name, in order of the numbers. */
  records(name: string): readonly ReadonlyMap<string, string>[] {
    return [...this.elements(name).values()];
  }

  /** `Tag.1.Key` and `Tag.1.Value`. */
  tags(name = 'Tag'): ReadonlyMap<string, string> {
    return new Map(
      this.records(name).flatMap((tag) => {
        const key = tag.get('Key') ?? tag.get('key');
        return key === undefined ? [] : [[key, tag.get('Value') ?? tag.get('value') ?? ''] as const];
      }),
    );
  }

  /** A JSON array in a string, as `InstanceIds` is. Undefined where it was not sent. */
  jsonList(name: string): readonly string[] | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    try {
      const list: unknown = JSON.parse(value);
      if (isTexts(list)) return list;
    } catch {
      throw invalidParameter(name, 'it must be a JSON array of strings');
    }
    throw invalidParameter(name, 'it must be a JSON array of strings');
  }

  private elements(name: string): ReadonlyMap<number, ReadonlyMap<string, string>> {
    const found = new Map<number, Map<string, string>>();
    const prefix = `${name}.`;
    for (const [key, value] of this.parameters) {
      if (!key.startsWith(prefix)) continue;
      const [number = '', ...rest] = key.slice(prefix.length).split('.');
      const index = Number(number);
      const members = found.get(index) ?? new Map<string, string>();
      members.set(rest.join('.'), value);
      found.set(index, members);
    }
    return new Map([...found].toSorted(([a], [b]) => a - b));
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
