import { SpringtideError } from '@springtide/kernel';
import { request } from 'undici';

type Counted = Readonly<{ method: string; count: number }>;

/** The yard's admin port. A rule waits for the next `count` calls of its method. */
export class VsphereAdmin {
  readonly #url: string;

  constructor(adminUrl: string) {
    this.#url = adminUrl;
  }

  /** The connection is cut before or after the call is executed. */
  async drop(rule: Counted & Readonly<{ phase: 'before' | 'after' }>): Promise<void> {
    await this.#post('/drop', rule);
  }

  /** The call itself is refused with a SOAP fault. */
  async fault(rule: Counted & Readonly<{ fault: string }>): Promise<void> {
    await this.#post('/faults', rule);
  }

  /** The call is accepted, its task ends in this fault; `leaves`: with a machine left behind, powered off. */
  async taskFault(rule: Counted & Readonly<{ fault: string; leaves?: boolean }>): Promise<void> {
    await this.#post('/task-faults', rule);
  }

  /** The call is answered with this HTTP status, not executed. */
  async status(rule: Counted & Readonly<{ status: number }>): Promise<void> {
    await this.#post('/status', rule);
  }

  /** The call is executed and answered so much later. */
  async delay(rule: Counted & Readonly<{ delayMs: number }>): Promise<void> {
    await this.#post('/delay', rule);
  }

  /** Leaves exactly so much free memory in the cluster, on one host; null gives the hosts their own size back. */
  async leaveRoom(cluster: string, freeMiB: number | null): Promise<void> {
    await this.#post('/room', { cluster, freeMiB: freeMiB ?? -1 });
  }

  /** So much is free on the datastore from now on, whatever is written to it; null: all of it. */
  async leaveSpace(datastore: string, freeMiB: number | null): Promise<void> {
    await this.#post('/space', { datastore, freeMiB: freeMiB ?? -1 });
  }

  async maintainDatastore(datastore: string, inMaintenance: boolean): Promise<void> {
    await this.#post('/datastore-maintenance', { datastore, inMaintenance });
  }

  /** Everything that vSphere says in JSON, tags among it, is answered with 503. */
  async breakRest(broken: boolean): Promise<void> {
    await this.#post('/rest-interface', { broken });
  }

  async skewClock(skewMs: number): Promise<void> {
    await this.#post('/clock', { skewMs });
  }

  async expireSessions(): Promise<number> {
    const { expired } = (await this.#post('/expire-sessions', {})) as { expired: number };
    return expired;
  }

  /** Every fault and every count back to nothing. */
  async reset(): Promise<void> {
    await this.#post('/reset', {});
  }

  /** How often each SOAP method was called since the last reset. */
  async calls(): Promise<Readonly<Record<string, number>>> {
    const response = await request(`${this.#url}/calls`);
    return (await response.body.json()) as Record<string, number>;
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const response = await request(`${this.#url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    const text = await response.body.text();
    if (response.statusCode === 200) return JSON.parse(text);
    throw new SpringtideError('internal', `the yard refused ${path}: ${text.trim()}`);
  }
}
