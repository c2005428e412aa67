import { request } from 'undici';
import { z } from 'zod';

const machineSchema = z.array(
  z.object({
    id: z.string(),
    tags: z.record(z.string(), z.string()).default({}),
    labels: z.record(z.string(), z.string()).default({}),
  }),
);

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
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
    this.#timer.unref();
  }

  async everMade(): Promise<number> {
    await this.#look();
    clearInterval(this.#timer);
    return this.#seen.size;
  }

  /** A look that fails is no finding; the next one comes soon, and machines live for many of them. */
  async #look(): Promise<void> {
    const answer = await request(this.url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.statusCode !== 200) return;
    for (const { id, tags, labels } of machineSchema.parse(await answer.body.json())) {
      if (Object.keys({ ...tags, ...labels }).some((key) => OUR_MARK.test(key))) this.#seen.add(id);
    }
  }
}
