import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import type { Terminal } from './terminal.js';

const Stored = z.object({
  current: z.string(),
  contexts: z.record(z.string(), z.object({ url: z.url(), token: z.string() })),
});
type Stored = z.infer<typeof Stored>;

export type Endpoint = Readonly<{ url: string; token: string }>;

/** Servers and tokens of this user, in one file that only the user may read. */
export class ContextStore {
  readonly path: string;

  constructor(private readonly terminal: Terminal) {
    const { env } = terminal;
    const base = env['XDG_CONFIG_HOME'] || `${env['HOME'] ?? '.'}/.config`;
    this.path = `${base}/springtide/contexts.yaml`;
  }

  async read(): Promise<Stored> {
    const text = await this.terminal.readText(this.path).catch((thrown: unknown) => {
      if ((thrown as { code?: unknown }).code === 'ENOENT') return undefined;
      throw thrown;
    });
    if (text === undefined) return { current: '', contexts: {} };
    const parsed = Stored.safeParse(parse(text));
    if (parsed.success) return parsed.data;
    throw new CliFailure(`${this.path} cannot be read as a list of contexts.`, EXIT.error, 'Log in again.');
  }

  async save(name: string, endpoint: Endpoint): Promise<void> {
    const { contexts } = await this.read();
    await this.write({ current: name, contexts: { ...contexts, [name]: endpoint } });
  }

  async use(name: string): Promise<void> {
    const stored = await this.read();
    requireContext(stored, name);
    await this.write({ ...stored, current: name });
  }

  /** From --context, else the environment, else the current context. */
  async endpoint(name: string | undefined): Promise<Endpoint> {
    const { SPRINGTIDE_URL: url, SPRINGTIDE_TOKEN: token } = this.terminal.env;
    if (name === undefined && url && token) return { url: trimmed(url), token };
    const stored = await this.read();
    const chosen = name ?? stored.current;
    if (chosen === '') {
      throw new CliFailure(
        'You are not signed in.',
        EXIT.auth,
        'Run "springtide login --url <address>", or set SPRINGTIDE_URL and SPRINGTIDE_TOKEN.',
      );
    }
    const context = requireContext(stored, chosen);
    return { url: trimmed(url || context.url), token: token || context.token };
  }

  private async write(stored: Stored): Promise<void> {
    await this.terminal.writeSecretText(this.path, stringify(stored));
  }
}

function requireContext(stored: Stored, name: string): Endpoint {
  const context = stored.contexts[name];
  if (context) return context;
  const known = Object.keys(stored.contexts).join(', ') || 'none';
  throw new CliFailure(`There is no context "${name}". Known: ${known}.`, EXIT.notFound);
}

export function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}
