import { createHash } from 'node:crypto';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ids as the vendor forms them, eight letters and digits after a prefix; the same ones again for the same seed. */
export class IdSource {
  #count = 0;

  constructor(private readonly seed: string) {}

  next(prefix: string): string {
    this.#count += 1;
    return `${prefix}-${letters(`${this.seed}/${this.#count}`)}`;
  }

  uuid(): string {
    this.#count += 1;
    return uuidOf(`${this.seed}/${this.#count}`);
  }

  number(): number {
    this.#count += 1;
    return 1_000_000_000 + this.#count;
  }
}

/** An id that depends on nothing but the words. */
export function fixedId(prefix: string, words: string): string {
  return `${prefix}-${letters(words)}`;
}

function letters(words: string): string {
  const bytes = createHash('sha256').update(words).digest();
  return [...bytes.subarray(0, 8)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

function uuidOf(words: string): string {
  const hex = createHash('sha256').update(words).digest('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
  return groups.join('-');
}
