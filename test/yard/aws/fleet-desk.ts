import type { Market } from './cloud-book.js';
import type { LaunchDesk, Refusal } from './launches.js';
import { errorAnswer, xmlAnswer, type WireAnswer, type WireCall } from './query-protocol.js';
import type { Upstream } from './upstream.js';
import { documentText, parseXml, XmlElement } from './xml-element.js';

const NAMESPACE = { xmlns: 'http://ec2.amazonaws.com/doc/2016-11-15/' };
const OVERRIDE = 'LaunchTemplateConfigs.1.Overrides.1';
const NOT_OF_THE_FLEET = /UnauthorizedOperation|AuthFailure/;

/**
 * Instant fleets with one override: the emulator starts the machines; tokens, stock, quota, partial fulfilment and the
 * errors inside the answer are the yard's.
 */
export class FleetDesk {
  constructor(
    private readonly upstream: Upstream,
    private readonly launches: LaunchDesk,
  ) {}

  async create(call: WireCall): Promise<WireAnswer> {
    if (call.params.get('DryRun') === 'true') return this.upstream.forward(call);
    if (call.params.get('Type') !== 'instant' || call.params.has('LaunchTemplateConfigs.1.Overrides.2')) {
      return errorAnswer(
        'ec2',
        400,
        'InvalidParameterValue',
        'The yard has instant fleets with one override.',
      );
    }
    const zone = this.#zoneOf(call);
    if (zone === undefined)
      return fleetAnswer([], { code: 'InvalidParameterValue', message: 'Invalid zone' });
    const [answer] = await this.launches.once(call, zone, () => this.#create(call, zone));
    return answer;
  }

  async #create(call: WireCall, zone: string): Promise<WireAnswer> {
    const { params } = call;
    const market: Market =
      params.get('TargetCapacitySpecification.DefaultTargetCapacityType') === 'spot' ? 'spot' : 'on-demand';
    const options = market === 'spot' ? 'SpotOptions' : 'OnDemandOptions';
    const wanted = Number(params.get('TargetCapacitySpecification.TotalTargetCapacity') ?? '1');
    const minimum = Number(params.get(`${options}.MinTargetCapacity`) ?? '1');
    const machineType = params.get(`${OVERRIDE}.InstanceType`) ?? '';
    const kind = await this.launches.kindOf(machineType, zone, market, call.region);
    const granted = this.launches.grant(kind, minimum, wanted);
    if (typeof granted !== 'number') return fleetAnswer([], granted);
    const answer = await this.upstream.forward(call, this.#completed(params, zone, granted));
    if (answer.status >= 300) return refusedByEmulator(answer);
    const root = parseXml(String(answer.body));
    const ids = root
      .list('fleetInstanceSet')
      .flatMap((item) => item.list('instanceIds').map(({ text }) => text));
    await this.launches.register(call.region, await this.#instances(call.region, ids), kind);
    const refusal = granted < wanted ? this.launches.grant(kind, 1, 1) : undefined;
    return fleetAnswer(ids, typeof refusal === 'number' ? undefined : refusal, market);
  }

  /** The emulator places by subnet only. */
  #completed(params: ReadonlyMap<string, string>, zone: string, granted: number): Map<string, string> {
    const completed = new Map(params).set('TargetCapacitySpecification.TotalTargetCapacity', String(granted));
    completed.delete(`${OVERRIDE}.AvailabilityZone`);
    return completed.set(`${OVERRIDE}.SubnetId`, this.launches.subnetOf(zone));
  }

  #zoneOf({ params }: WireCall): string | undefined {
    const subnet = params.get(`${OVERRIDE}.SubnetId`);
    const zone = params.get(`${OVERRIDE}.AvailabilityZone`) ?? '';
    if (subnet !== undefined) return this.launches.zoneOfSubnet(subnet);
    return this.launches.subnetOf(zone) === '' ? undefined : zone;
  }

  async #instances(region: string, ids: readonly string[]): Promise<readonly XmlElement[]> {
    const params: Record<string, string> = { Action: 'DescribeInstances' };
    ids.forEach((id, n) => (params[`InstanceId.${n + 1}`] = id));
    const root = await this.upstream.query('ec2', region, params);
    return root.list('reservationSet').flatMap((reservation) => reservation.list('instancesSet'));
  }
}

/** What the emulator refuses of a launch, a fleet tells inside its answer. */
function refusedByEmulator(answer: WireAnswer): WireAnswer {
  const error = parseXml(String(answer.body)).at('Errors', 'Error');
  const code = error?.textAt('Code') ?? '';
  if (code === '' || NOT_OF_THE_FLEET.test(code)) return answer;
  return fleetAnswer([], { code, message: error?.textAt('Message') ?? '' });
}

function fleetAnswer(
  ids: readonly string[],
  refusal?: Omit<Refusal, 'status'>,
  market: Market = 'on-demand',
): WireAnswer {
  const instances = new XmlElement('item', {}, [
    XmlElement.leaf('lifecycle', market),
    new XmlElement(
      'instanceIds',
      {},
      ids.map((id) => XmlElement.leaf('item', id)),
    ),
  ]);
  const errors =
    refusal === undefined
      ? []
      : [
          new XmlElement('item', {}, [
            XmlElement.leaf('lifecycle', market),
            XmlElement.leaf('errorCode', refusal.code),
            XmlElement.leaf('errorMessage', refusal.message),
          ]),
        ];
  const root = new XmlElement('CreateFleetResponse', NAMESPACE, [
    XmlElement.leaf('requestId', 'yard'),
    XmlElement.leaf('fleetId', 'fleet-of-the-yard'),
    new XmlElement('errorSet', {}, errors),
    new XmlElement('fleetInstanceSet', {}, ids.length === 0 ? [] : [instances]),
  ]);
  return xmlAnswer(documentText(root));
}
