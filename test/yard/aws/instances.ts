import type { CloudBook } from './cloud-book.js';
import type { LastAnswers } from './last-answers.js';
import {
  xmlAnswer,
  errorAnswer,
  listParam,
  readFilters,
  withFilters,
  type QueryFilter,
  type WireAnswer,
  type WireCall,
} from './query-protocol.js';
import {
  terminatedShape,
  toYardMachine,
  withReclaimReason,
  withState,
  type YardMachine,
} from './instance-shape.js';
import type { Upstream } from './upstream.js';
import { documentText, parseXml, XmlElement } from './xml-element.js';

const STATE_FILTER = 'instance-state-name';
/** More reservations than a yard ever holds: the emulator's own paging is by reservation, so ours replaces it. */
const EVERYTHING = '1000000';

/** Asks for everything that has not ended: no filter but the one that `forwardedFilters` adds. */
const OF_ALL = /Action=DescribeInstances&(?!.*Filter\.2)(?=.*Filter\.1\.Name=instance-state-name)/;

type Entry = Readonly<{ reservation: XmlElement; instance: XmlElement }>;

/** DescribeInstances and TerminateInstances as the cloud would answer them. */
export class InstanceReader {
  private version = 0;
  private cached: Readonly<{ version: number; machines: readonly YardMachine[] }> | undefined;

  constructor(
    private readonly upstream: Upstream,
    private readonly book: CloudBook,
    private readonly answers: LastAnswers,
  ) {}

  async describe(call: WireCall): Promise<WireAnswer> {
    const ids = listParam(call.params, 'InstanceId');
    const hidden = ids.filter((id) => !this.book.isVisible(id));
    if (hidden.length > 0) return notFound(hidden);
    const filters = readFilters(call.params);
    const states = filters.filter(({ name }) => name === STATE_FILTER).flatMap(({ values }) => values);
    const forwarded = withFilters(call.params, this.forwardedFilters(filters, states));
    forwarded.delete('NextToken');
    if (ids.length === 0) forwarded.set('MaxResults', EVERYTHING);
    const answer = await this.answers.read(call, forwarded);
    if ('refused' in answer) return this.nameAllMissing(answer.refused, ids, call.region);
    const { root } = answer;
    const entries = this.entriesOf(root).filter(
      ({ instance }) => states.length === 0 || states.includes(instance.textAt('instanceState', 'name')),
    );
    return this.page(root, entries, call, ids.length > 0);
  }

  /** One bad id fails the whole call, as in the real service. */
  async terminate(call: WireCall): Promise<WireAnswer> {
    const answer = await this.upstream.forward(call);
    if (answer.status >= 300) return answer;
    const root = parseXml(String(answer.body));
    for (const item of root.list('instancesSet')) {
      const id = item.textAt('instanceId');
      await this.endOf(id, call.region);
      const state = this.book.overlay(id) ?? { code: 48, name: 'terminated' };
      item.at('currentState')?.put(XmlElement.leaf('code', String(state.code)));
      item.at('currentState')?.put(XmlElement.leaf('name', state.name));
    }
    return xmlAnswer(documentText(root));
  }

  /** Books the end; the emulator would leave the primary interface behind, which the real service deletes. */
  async endOf(id: string, region: string): Promise<void> {
    for (const each of this.book.terminate(id)) {
      await this.upstream.query('ec2', region, {
        Action: 'DeleteNetworkInterface',
        NetworkInterfaceId: each,
      });
    }
  }

  /** A launch changes nothing but itself: lists of all machines get what it made, and are not made anew for it. */
  async launch(call: WireCall, work: () => Promise<WireAnswer>): Promise<WireAnswer> {
    const lists = this.answers.known().filter(([key]) => OF_ALL.test(key));
    this.touch();
    const answer = await work();
    this.version += 1;
    const made = answer.status < 300 ? parseXml(String(answer.body)).list('instancesSet') : [];
    const ids = made.map((instance) => instance.textAt('instanceId'));
    await this.answers.touchExcept(ids.length === 0 ? Promise.resolve([]) : this.joined(lists, ids, call));
    return answer;
  }

  private async joined(
    lists: readonly (readonly [string, XmlElement])[],
    ids: readonly string[],
    { region }: WireCall,
  ): Promise<readonly (readonly [string, XmlElement])[]> {
    if (lists.length === 0) return [];
    const asked = Object.fromEntries(ids.map((id, n) => [`InstanceId.${n + 1}`, id]));
    const root = await this.upstream.query('ec2', region, { Action: 'DescribeInstances', ...asked });
    const added = root.list('reservationSet');
    const names = new Set(ids);
    return lists
      .filter(
        ([, list]) => !allEntries(list).some(({ instance }) => names.has(instance.textAt('instanceId'))),
      )
      .map(([key, list]) => {
        const larger = list.copy();
        larger.put(new XmlElement('reservationSet', {}, [...list.list('reservationSet'), ...added]));
        return [key, larger];
      });
  }

  /** To be called before and after everything that may change machines. */
  touch(): void {
    this.version += 1;
    this.answers.touch();
  }

  /**
   * Every machine with its true state, whoever made it and however young it is. The emulator is asked again only after a
   * change: watchers ask every second, and it needs two milliseconds a machine.
   */
  async groundTruth(region: string): Promise<readonly YardMachine[]> {
    if (this.cached?.version !== this.version) {
      const version = this.version;
      const params = { Action: 'DescribeInstances', MaxResults: EVERYTHING };
      const root = await this.upstream.query('ec2', region, params);
      this.cached = { version, machines: allEntries(root).map(({ instance }) => toYardMachine(instance)) };
    }
    return this.cached.machines.map((machine) => {
      const state = this.book.overlay(machine.id)?.name ?? machine.state;
      return { ...machine, state, privateIp: state === 'terminated' ? '' : machine.privateIp };
    });
  }

  /** The state overlay, and no address for a machine that has ended. */
  private dress(instance: XmlElement): XmlElement {
    const id = instance.textAt('instanceId');
    const overlay = this.book.overlay(id);
    if (this.book.isReclaimed(id) && this.book.isTerminated(id)) withReclaimReason(instance);
    if (overlay !== undefined) return withState(instance, overlay);
    return instance.textAt('instanceState', 'name') === 'terminated' ? terminatedShape(instance) : instance;
  }

  /** States are judged here, after the overlay; the emulator only leaves out what has surely ended, to be quicker. */
  private forwardedFilters(filters: readonly QueryFilter[], states: readonly string[]): QueryFilter[] {
    const others = filters.filter(({ name }) => name !== STATE_FILTER);
    if (states.length === 0 || states.includes('terminated') || this.book.anyEnding()) return others;
    return [...others, { name: STATE_FILTER, values: ['pending', 'running', 'stopping', 'stopped'] }];
  }

  /** The emulator names one missing id, the real service all of them. */
  private async nameAllMissing(
    answer: WireAnswer,
    ids: readonly string[],
    region: string,
  ): Promise<WireAnswer> {
    if (!String(answer.body).includes('InvalidInstanceID.NotFound')) return answer;
    const known = new Set((await this.groundTruth(region)).map(({ id }) => id));
    return notFound(ids.filter((id) => !known.has(id)));
  }

  private entriesOf(root: XmlElement): Entry[] {
    return allEntries(root)
      .filter(({ instance }) => this.book.isVisible(instance.textAt('instanceId')))
      .toSorted((a, b) => this.numberOf(a.instance) - this.numberOf(b.instance))
      .map((entry) => ({ ...entry, instance: this.dress(entry.instance.copy()) }));
  }

  private page(root: XmlElement, entries: readonly Entry[], call: WireCall, byId: boolean): WireAnswer {
    const asked = Number(call.params.get('MaxResults') ?? this.book.settings.maxPageSize);
    const size = byId ? entries.length : Math.min(asked, this.book.settings.maxPageSize);
    const after = Number(call.params.get('NextToken') ?? '0');
    const left = entries.filter(({ instance }) => this.numberOf(instance) > after);
    const shown = left.slice(0, size);
    const page = root.copy();
    page.remove('nextToken');
    page.put(new XmlElement('reservationSet', {}, regroup(shown)));
    const last = shown.at(-1);
    if (last !== undefined && size < left.length) {
      page.put(XmlElement.leaf('nextToken', String(this.numberOf(last.instance))));
    }
    return xmlAnswer(documentText(page));
  }

  private numberOf(instance: XmlElement): number {
    return this.book.numberOf(instance.textAt('instanceId'));
  }
}

function allEntries(root: XmlElement): Entry[] {
  return root
    .list('reservationSet')
    .flatMap((reservation) =>
      reservation.list('instancesSet').map((instance) => ({ reservation, instance })),
    );
}

function regroup(entries: readonly Entry[]): XmlElement[] {
  const groups = Map.groupBy(entries, ({ reservation }) => reservation);
  return [...groups].map(([reservation, members]) => {
    const others = reservation.children.filter(({ name }) => name !== 'instancesSet');
    const set = new XmlElement(
      'instancesSet',
      {},
      members.map(({ instance }) => instance),
    );
    return new XmlElement('item', {}, [...others, set]);
  });
}

function notFound(ids: readonly string[]): WireAnswer {
  const text = ids.length === 1 ? `ID '${ids[0]}' does` : `IDs '${ids.join(', ')}' do`;
  return errorAnswer('ec2', 400, 'InvalidInstanceID.NotFound', `The instance ${text} not exist`);
}
