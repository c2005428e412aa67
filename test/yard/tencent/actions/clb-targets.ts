import { startTask, type Balancer, type Listener, type Rule, type Target } from '../cloud/balancer.js';
import type { Region } from '../cloud/region.js';
import { WireError } from '../wire/wire-error.js';
import { type ActionCall, type Actions } from './action.js';
import { balancerOf, hostAware, listenerOf } from './clb-lookup.js';

const MOST_IN_BATCH = 500;
const USUAL_WEIGHT = 10;

type TargetWish = Readonly<{
  Port: number;
  InstanceId?: string;
  EniIp?: string;
  Weight?: number;
  Tag?: string;
}>;

type Place = Readonly<{ LocationId?: string; Domain?: string; Url?: string }>;

type Holder = Pick<Listener | Rule, 'targets'>;

/** Part of a change: what it does to the targets of one listener or rule. */
type Step = Readonly<{ holder: Holder; change: (targets: readonly Target[]) => Target[] }>;

/** Members of load balancers and their weights. All of it takes effect when the task is done, at once. */
export const clbTargetActions: Actions = {
  'clb/RegisterTargets': (call) => single(call, (wishes) => adding(call, wishes)),
  'clb/DeregisterTargets': (call) => single(call, (wishes, holder) => removing(call, wishes, holder)),
  'clb/ModifyTargetWeight': (call) =>
    single(call, (wishes, holder) =>
      weighing(call, wishes, holder, call.params['Weight'] as number | undefined),
    ),
  'clb/BatchRegisterTargets': (call) => {
    batch(call, 'Targets', (wish) => adding(call, [wish]));
    return { FailListenerIdSet: [], Message: '' };
  },
  'clb/BatchDeregisterTargets': (call) => {
    batch(call, 'Targets', (wish, holder) => removing(call, [wish], holder));
    return { FailListenerIdSet: [], Message: '' };
  },
  'clb/BatchModifyTargetWeight': (call) => {
    const balancer = balancerOf(call);
    const list = call.params['ModifyList'] as readonly (Place &
      Readonly<{ ListenerId: string; Targets: readonly TargetWish[]; Weight?: number }>)[];
    checkBatch(list.reduce((sum, { Targets }) => sum + Targets.length, 0));
    const steps = list.map((part): Step => {
      const holder = holderOf(balancer, listenerOf(balancer, part.ListenerId), part);
      return { holder, change: weighing(call, part.Targets, holder, part.Weight) };
    });
    accept(call, balancer, steps);
    return {};
  },
};

function single(
  call: ActionCall,
  changeOf: (wishes: readonly TargetWish[], holder: Holder) => Step['change'],
): Readonly<Record<string, unknown>> {
  const balancer = balancerOf(call);
  const listener = listenerOf(balancer, String(call.params['ListenerId']));
  const holder = holderOf(balancer, listener, call.params);
  const change = changeOf(call.params['Targets'] as readonly TargetWish[], holder);
  accept(call, balancer, [{ holder, change }]);
  return {};
}

function batch(
  call: ActionCall,
  name: string,
  changeOf: (wish: TargetWish, holder: Holder) => Step['change'],
): void {
  const balancer = balancerOf(call);
  const wishes = call.params[name] as readonly (TargetWish & Place & Readonly<{ ListenerId: string }>)[];
  checkBatch(wishes.length);
  const steps = wishes.map((wish): Step => {
    const holder = holderOf(balancer, listenerOf(balancer, wish.ListenerId), wish);
    return { holder, change: changeOf(wish, holder) };
  });
  accept(call, balancer, steps);
}

function accept({ cloud, region, requestId }: ActionCall, balancer: Balancer, steps: readonly Step[]): void {
  startTask(cloud, region(), balancer, requestId, () => {
    for (const { holder, change } of steps) holder.targets = change(holder.targets);
  });
}

function holderOf(balancer: Balancer, listener: Listener, place: Place): Holder {
  if (!hostAware(listener)) return listener;
  const { LocationId, Domain, Url } = place;
  if (LocationId === undefined && (Domain === undefined || Url === undefined)) {
    throw new WireError(
      'MissingParameter',
      'A listener of this protocol needs LocationId, or Domain and Url.',
    );
  }
  const rule = listener.rules.find(({ id, domain, url }) =>
    LocationId === undefined ? domain === Domain && url === Url : id === LocationId,
  );
  if (rule !== undefined) return rule;
  throw new WireError(
    'InvalidParameter.LocationNotFound',
    `The rule \`${LocationId ?? `${Domain}${Url}`}\` is not found in \`${balancer.id}\`.`,
  );
}

function adding(call: ActionCall, wishes: readonly TargetWish[]): Step['change'] {
  const added = wishes.map((wish) => targetOf(call, wish));
  return (targets) => {
    const known = new Set(added.map(keyOf));
    return [...targets.filter((target) => !known.has(keyOf(target))), ...added];
  };
}

function removing(call: ActionCall, wishes: readonly TargetWish[], holder: Holder): Step['change'] {
  const gone = new Set(wishes.map((wish) => registered(call, wish, holder)));
  return (targets) => targets.filter((target) => !gone.has(keyOf(target)));
}

function weighing(
  call: ActionCall,
  wishes: readonly TargetWish[],
  holder: Holder,
  common: number | undefined,
): Step['change'] {
  const weights = new Map(
    wishes.map((wish) => [registered(call, wish, holder), weightOf(wish.Weight ?? common)] as const),
  );
  return (targets) =>
    targets.map((target) => ({ ...target, weight: weights.get(keyOf(target)) ?? target.weight }));
}

function targetOf({ cloud, region }: ActionCall, wish: TargetWish): Target {
  const weight = weightOf(wish.Weight);
  const { machineId, ip } = whoIs(region(), wish);
  return { machineId, ip, port: wish.Port, weight, label: wish.Tag ?? '', registeredAt: cloud.now() };
}

/** @throws WireError for a target that is not registered. */
function registered({ region }: ActionCall, wish: TargetWish, holder: Holder): string {
  const wanted = holder.targets.find(
    (target) =>
      target.port === wish.Port &&
      (wish.InstanceId === undefined ? target.ip === wish.EniIp : target.machineId === wish.InstanceId),
  );
  if (wanted !== undefined) return keyOf(wanted);
  const who = wish.InstanceId ?? wish.EniIp ?? whoIs(region(), wish).ip;
  throw new WireError('InvalidParameterValue', `The target \`${who}:${wish.Port}\` is not registered.`);
}

function whoIs(
  region: Region,
  { InstanceId, EniIp }: TargetWish,
): Readonly<{ machineId: string; ip: string }> {
  if ((InstanceId === undefined) === (EniIp === undefined)) {
    throw new WireError('InvalidParameter', 'A target has either an InstanceId or an EniIp.');
  }
  if (InstanceId === undefined) return { machineId: '', ip: EniIp ?? '' };
  const machine = region.machines.get(InstanceId);
  if (machine !== undefined) return { machineId: machine.id, ip: machine.address };
  throw new WireError('InvalidParameterValue', `The instance \`${InstanceId}\` is not found.`);
}

function weightOf(weight = USUAL_WEIGHT): number {
  if (weight >= 0 && weight <= 100) return weight;
  throw new WireError('InvalidParameterValue.Range', 'Weight must be from 0 to 100.');
}

function keyOf({ ip, port }: Target): string {
  return `${ip}:${port}`;
}

function checkBatch(size: number): void {
  if (size <= MOST_IN_BATCH) return;
  throw new WireError('InvalidParameterValue.Length', `More than ${MOST_IN_BATCH} targets are named.`);
}
