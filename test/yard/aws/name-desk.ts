import { randomUUID } from 'node:crypto';
import { NameServer, type NameBook, type WeightedAddress } from '../names/name-server.js';
import type { WireAnswer, WireCall } from './query-protocol.js';
import type { Upstream } from './upstream.js';

const API = '/2013-04-01';
const DOMAIN = 'example.test';

export type YardNames = Readonly<{
  hostedZoneId: string;
  domain: string;
  /** `address:port` of the name server that answers from the zone. */
  server: string;
}>;

/** The emulator keeps Route 53's books; a name server answers real queries from them. */
export class NameDesk {
  #server: NameServer | undefined;
  #zone = '';

  constructor(private readonly upstream: Upstream) {}

  async open(): Promise<YardNames> {
    this.#server ??= await NameServer.start();
    const made = await this.upstream.rest(
      'POST',
      `${API}/hostedzone`,
      'route53',
      `<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>${DOMAIN}</Name><CallerReference>${randomUUID()}</CallerReference></CreateHostedZoneRequest>`,
    );
    this.#zone = made.textAt('HostedZone', 'Id').replace('/hostedzone/', '');
    return { hostedZoneId: this.#zone, domain: DOMAIN, server: this.#server.server };
  }

  async answer(call: WireCall): Promise<WireAnswer> {
    const answer = await this.upstream.forward(call);
    if (call.method !== 'GET' && answer.status < 300) this.#server?.apply(await this.#book());
    return answer;
  }

  async close(): Promise<void> {
    await this.#server?.stop();
  }

  async #book(): Promise<NameBook> {
    const path = `${API}/hostedzone/${this.#zone}/rrset?maxitems=300`;
    const found = await this.upstream.rest('GET', path, 'route53');
    const book: Record<string, { ttlSeconds: number; addresses: WeightedAddress[] }> = {};
    for (const record of found.list('ResourceRecordSets', 'ResourceRecordSet')) {
      if (record.textAt('Type') !== 'A') continue;
      const name = record.textAt('Name').replace(/\.$/, '').toLowerCase();
      const [value] = record.list('ResourceRecords', 'ResourceRecord');
      const own = (book[name] ??= { ttlSeconds: Number(record.textAt('TTL')), addresses: [] });
      const weight = Number(record.textAt('Weight'));
      own.addresses.push({
        id: record.textAt('SetIdentifier'),
        type: 'A',
        address: value?.textAt('Value') ?? '',
        weight,
      });
    }
    return book;
  }
}
