type Tagged = Readonly<{
  id: string;
  tags?: Readonly<Record<string, string>>;
  labels?: Readonly<Record<string, string>>;
}>;

const EVERY_MS = 400;
const OUR_MARK = /^springtide[:/]/;

/**
 * Every machine of ours that a cloud ever showed, whatever became of it: clouds that forget what was released cannot be
 * asked afterwards how many there were.
 */
export class Census {
  readonly #seen = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly url: string) {
    // A look that fails is no finding: the next one comes soon, and machines live for many of them.
    this.#timer = setInterval(() => void this.#look().catch(() => undefined), EVERY_MS);
    this.#timer.unref();
  }

  /** @throws when the cloud cannot be asked a last time. */
  async everMade(): Promise<number> {
    await this.#look();
    clearInterval(this.#timer);
    return this.#seen.size;
  }

  async #look(): Promise<void> {
    const answer = await fetch(this.url, { signal: AbortSignal.timeout(2_000) });
    if (!answer.ok) throw new Error(`${this.url} did not list its machines: HTTP ${answer.status}`);
    for (const { id, tags, labels } of (await answer.json()) as readonly Tagged[]) {
      if (Object.keys({ ...tags, ...labels }).some((key) => OUR_MARK.test(key))) this.#seen.add(id);
    }
  }
}
