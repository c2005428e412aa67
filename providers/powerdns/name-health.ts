import { Resolver } from 'node:dns/promises';
import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import type { CallOptions } from '@springtide/provider-kit';
import { NOBODY } from './lua-record.js';

const LONGEST_MS = 3_000;
/** No such name, or none of the type: nobody was checked yet. */
const EMPTY: ReadonlySet<string> = new Set(['ENODATA', 'ENOTFOUND']);

/** Whom PowerDNS finds healthy, asked of itself in an ordinary query. */
export class NameHealth {
  constructor(
    private readonly nameServer: string,
    private readonly clock: Clock,
  ) {}

  /** Addresses that are up, by the record that tells them. */
  async up(name: string, options: CallOptions): Promise<ReadonlySet<string>> {
    const leftMs = parseInstant(options.deadline).getTime() - this.clock.now().getTime();
    const resolver = new Resolver({ timeout: Math.max(1, Math.min(LONGEST_MS, leftMs)), tries: 2 });
    resolver.setServers([this.nameServer]);
    try {
      const addresses = new Set(await resolver.resolve4(name));
      return addresses.has(NOBODY) ? new Set() : addresses;
    } catch (cause) {
      const { code = 'unknown' } = cause as NodeJS.ErrnoException;
      if (EMPTY.has(code)) return new Set();
      throw new SpringtideError(
        code === 'ETIMEOUT' ? 'timeout' : 'unavailable',
        `the name server ${this.nameServer} did not say who is healthy behind ${name} (${code}); no traffic was moved by asking`,
        {
          effect: 'none',
          retry: 'same',
          cause,
          nextStep: 'Check `nameServer` in the account settings, and that PowerDNS answers queries there.',
        },
      );
    }
  }
}
