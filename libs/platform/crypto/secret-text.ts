import { inspect } from 'node:util';

/**
 * A secret as a type: logs, JSON, string conversion and error dumps show `[secret]`. Only `reveal` gives it away,
 * so that every place that does can be found by its name.
 */
export class SecretText {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
