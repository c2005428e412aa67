import { startTencentYard, type RegionAccess, type TencentYard } from './tencent-yard.js';
import { callWire, type WireAnswer, type WireRequest } from './wire-client.js';
import { WireError } from './wire/wire-error.js';

export const ZONE = 'ap-guangzhou-3';
export const TYPE = 'S5.LARGE8';

const REGION = 'ap-guangzhou';
const START = Date.UTC(2026, 10, 10, 15, 0, 0);
const DAY = 24 * 3_600_000;

const VERSIONS: Readonly<Record<string, string>> = {
  ...{ cvm: '2017-03-12', cbs: '2017-03-12', vpc: '2017-03-12', clb: '2018-03-17', dnspod: '2021-03-23' },
  ...{ tke: '2018-05-25', sts: '2018-08-13', tag: '2018-08-13', billing: '2018-07-09' },
  ...{ cloudaudit: '2019-03-19' },
};

export type CallDetails = Partial<WireRequest> & { secret?: object };

/** A yard whose clock stands still unless it is told to go on. */
export class YardBench {
  #now = START;
  #yard: TencentYard | undefined;

  get now(): number {
    return this.#now;
  }

  get yard(): TencentYard {
    if (this.#yard === undefined) throw new Error('the bench is not open');
    return this.#yard;
  }

  get region(): RegionAccess {
    const region = this.yard.regions[REGION];
    if (region === undefined) throw new Error(`the seed has no ${REGION}`);
    return region;
  }

  async open(): Promise<void> {
    this.#yard = await startTencentYard({ clock: { now: () => new Date(this.#now) } });
  }

  async close(): Promise<void> {
    await this.yard.stop();
  }

  /** Everything as after the start, a day later. */
  async renew(): Promise<void> {
    this.#now += DAY;
    await this.yard.admin.reset();
  }

  /** What is due happens. */
  async pass(ms: number): Promise<void> {
    this.#now += ms;
    await this.yard.admin.passTime(0);
  }

  async passUntil(at: number): Promise<void> {
    await this.pass(at - this.#now);
  }

  /** `product/Action`. @throws WireError as the cloud answers it */
  call(what: string, params: unknown = {}, { secret, ...more }: CallDetails = {}): Promise<WireAnswer> {
    const [product = '', action = ''] = what.split('/');
    const request = { version: VERSIONS[product] ?? '', action, params, at: this.#now, ...more };
    return callWire({ ...this.yard, ...secret }, request);
  }

  order(more: object = {}): object {
    return { Placement: { Zone: ZONE }, ImageId: this.region.imageId, InstanceType: TYPE, ...more };
  }

  async launch(more: object = {}): Promise<readonly string[]> {
    return (await this.call('cvm/RunInstances', this.order(more)))['InstanceIdSet'] as readonly string[];
  }

  async states(): Promise<readonly string[]> {
    const { InstanceStatusSet } = await this.call('cvm/DescribeInstancesStatus', { Limit: 100 });
    return (InstanceStatusSet as readonly { InstanceState: string }[]).map(
      ({ InstanceState }) => InstanceState,
    );
  }
}

/** `accepted`, or the code of the refusal. */
export function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (thrown: unknown) => (thrown instanceof WireError ? thrown.code : String(thrown)),
  );
}
