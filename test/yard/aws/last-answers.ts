import { formBody, type WireAnswer, type WireCall } from './query-protocol.js';
import type { Upstream } from './upstream.js';
import { parseXml, type XmlElement } from './xml-element.js';

export type Answered = Readonly<{ root: XmlElement }> | Readonly<{ refused: WireAnswer }>;

/**
 * What the emulator said since the last change: it needs two milliseconds a machine and makes all of a list for each
 * page of it, so pages are cut from one answer. Nobody may change what is kept here.
 */
export class LastAnswers {
  #version = 0;
  readonly #roots = new Map<string, XmlElement>();

  constructor(private readonly upstream: Upstream) {}

  /** To be called before and after everything that may change anything. */
  touch(): void {
    this.#version += 1;
    this.#roots.clear();
  }

  /** Everything known by what was asked: the form of the question, after who asked and where. */
  known(): readonly (readonly [string, XmlElement])[] {
    return [...this.#roots];
  }

  /** As `touch`; these are known all the same, unless something changes while they are made. */
  async touchExcept(made: Promise<readonly (readonly [string, XmlElement])[]>): Promise<void> {
    this.touch();
    const version = this.#version;
    for (const [key, root] of await made) if (this.#version === version) this.#roots.set(key, root);
  }

  /** @param params in place of those of the call. */
  async read(call: WireCall, params: ReadonlyMap<string, string>): Promise<Answered> {
    const version = this.#version;
    const key = `${call.accessKeyId} ${call.region} ${formBody(params).toString()}`;
    const known = this.#roots.get(key);
    if (known !== undefined) return { root: known };
    const answer = await this.upstream.forward(call, params);
    if (answer.status >= 300) return { refused: answer };
    const root = parseXml(String(answer.body));
    if (this.#version === version) this.#roots.set(key, root);
    return { root };
  }
}
