import type { FetchLike } from '@springtide/contracts';

/** Everything the commands touch outside themselves; tests give their own. */
export type Terminal = Readonly<{
  /** Data, and nothing else. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  env: Readonly<Record<string, string | undefined>>;
  readText(path: string): Promise<string>;
  readStdin(): Promise<string>;
  /** Only the user may read it. */
  writeSecretText(path: string, text: string): Promise<void>;
  writeFile(path: string, content: Uint8Array): Promise<void>;
  fetch: FetchLike;
  now(): Date;
  sleep(ms: number): Promise<void>;
  newKey(): string;
}>;
