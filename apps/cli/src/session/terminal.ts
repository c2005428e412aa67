import type { FetchLike } from '@springtide/contracts';

/** Nothing is given up on unless `giveUpMs` says so: a server may think for long. */
type TerminalFetch = (
  url: string,
  init: Parameters<FetchLike>[1] & Readonly<{ giveUpMs?: number }>,
) => ReturnType<FetchLike>;

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
  fetch: TerminalFetch;
  now(): Date;
  sleep(ms: number): Promise<void>;
  newKey(): string;
}>;
