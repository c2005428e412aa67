import 'reflect-metadata';
import type { DynamicModule, Provider, Type } from '@nestjs/common';

type Token = unknown;
type Part = Type | DynamicModule;

/**
 * The parts of an app as its modules declare them, made on demand and once: what the container does at a start, without a
 * container, which would take longer than a whole simulated campaign.
 * @param instead by name: what a simulated world puts in the place of the real part.
 */
export class Wiring {
  readonly #providers = new Map<Token, Provider>();
  readonly #made = new Map<Token, unknown>();

  constructor(
    root: DynamicModule,
    private readonly instead: Readonly<Record<string, unknown>>,
  ) {
    this.#collect(root, new Set());
  }

  get<T>(token: abstract new (...args: never[]) => T): T {
    return this.#make(token) as T;
  }

  #make(token: Token): unknown {
    const name = typeof token === 'function' ? token.name : String(token);
    if (Object.hasOwn(this.instead, name)) return this.instead[name];
    if (this.#made.has(token)) return this.#made.get(token);
    const provider = this.#providers.get(token);
    if (provider === undefined) throw new Error(`no module provides ${name}`);
    const made = this.#build(provider);
    this.#made.set(token, made);
    return made;
  }

  #build(provider: Provider): unknown {
    if ('useValue' in provider) return provider.useValue as unknown;
    if (!('useFactory' in provider))
      throw new Error(`a part is not made by a factory: ${JSON.stringify(provider)}`);
    const { useFactory, inject = [] } = provider;
    return useFactory(...inject.map((token) => this.#make(token))) as unknown;
  }

  #collect(part: Part, seen: Set<Token>): void {
    const { module, imports = [], providers = [] } = declared(part);
    if (seen.has(part)) return;
    seen.add(part).add(module);
    for (const provider of providers) {
      if (typeof provider === 'object') this.#providers.set(provider.provide, provider);
    }
    for (const each of imports) this.#collect(each as Part, seen);
  }
}

function declared(part: Part): DynamicModule {
  if ('module' in part) return part;
  const read = (key: string) => (Reflect.getMetadata(key, part) ?? []) as never[];
  return { module: part, imports: read('imports'), providers: read('providers') };
}
