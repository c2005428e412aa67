import type { BookedMachine, CloudBook } from './cloud-book.js';
import { readFilters, xmlAnswer, type WireAnswer, type WireCall } from './query-protocol.js';
import type { Upstream } from './upstream.js';
import { documentText, parseXml, XmlElement } from './xml-element.js';

const NAMESPACE = { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/' };

const STATUSES = {
  fulfilled: 'Your Spot request is fulfilled.',
  'marked-for-termination': 'Your Spot Instance is marked for termination.',
  'instance-terminated-no-capacity':
    'Your Spot Instance was terminated because there is no longer enough Spot capacity available.',
} as const;

/** Prices and requests of spot machines: the emulator makes such machines, and knows nothing of how they end. */
export class SpotDesk {
  constructor(
    private readonly upstream: Upstream,
    private readonly book: CloudBook,
  ) {}

  /** The emulator's rows, each with the yard's price instead of its 0.00001. */
  async prices(call: WireCall): Promise<WireAnswer> {
    const answer = await this.upstream.forward(call);
    if (answer.status >= 300) return answer;
    const root = parseXml(String(answer.body));
    for (const item of root.list('spotPriceHistorySet')) {
      item.put(XmlElement.leaf('spotPrice', this.book.settings.spotPrice));
      item.put(XmlElement.leaf('timestamp', this.book.now().toISOString()));
    }
    return xmlAnswer(documentText(root));
  }

  /** Judged by the emulator, answered from the yard's book. */
  async requests(call: WireCall): Promise<WireAnswer> {
    const judged = await this.upstream.forward(call);
    if (judged.status >= 300) return judged;
    const filters = new Map(readFilters(call.params).map(({ name, values }) => [name, values]));
    const items = this.book
      .spotMachines()
      .map((machine) => ({ id: machine.id, code: statusOf(machine) }))
      .filter(({ id }) => filters.get('instance-id')?.includes(id) ?? true)
      .filter(({ code }) => filters.get('status-code')?.includes(code) ?? true)
      .map(({ id, code }) => requestElement(id, code));
    const root = new XmlElement('DescribeSpotInstanceRequestsResponse', NAMESPACE, [
      XmlElement.leaf('requestId', 'yard'),
      new XmlElement('spotInstanceRequestSet', {}, items),
    ]);
    return xmlAnswer(documentText(root));
  }
}

function statusOf({ reclaimedAt, terminatedAt }: BookedMachine): keyof typeof STATUSES {
  if (reclaimedAt === undefined) return 'fulfilled';
  return terminatedAt === undefined ? 'marked-for-termination' : 'instance-terminated-no-capacity';
}

function requestElement(instanceId: string, code: keyof typeof STATUSES): XmlElement {
  return new XmlElement('item', {}, [
    XmlElement.leaf('spotInstanceRequestId', `sir-${instanceId.slice(-8)}`),
    XmlElement.leaf('type', 'one-time'),
    XmlElement.leaf('state', code === 'instance-terminated-no-capacity' ? 'closed' : 'active'),
    XmlElement.leaf('instanceId', instanceId),
    new XmlElement('status', {}, [XmlElement.leaf('code', code), XmlElement.leaf('message', STATUSES[code])]),
  ]);
}
