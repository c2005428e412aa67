import { SpringtideError, money, type Money } from '@springtide/kernel';
import type { Machine, MachineId } from '@springtide/provider-kit';
import type { AwsAccount } from './account.js';
import type { AwsApi, AwsScope } from './aws-api.js';

/** What EC2 says of a spot request whose machine it is about to take back, or has. */
const TAKEN_BACK = [
  'marked-for-termination',
  'instance-terminated-by-price',
  'instance-terminated-no-capacity',
];

/** By `zone machineType`: the price of this moment. */
export async function spotPrices(
  account: AwsAccount,
  api: AwsApi,
  at: AwsScope,
  now: Date,
): Promise<ReadonlyMap<string, Money>> {
  const prices = new Map<string, Money>();
  if (account.spot === undefined) return prices;
  let next: string | undefined;
  do {
    await at.more?.();
    const answer = await api.describeSpotPriceHistory(at, {
      // From now on means: the one price that holds now.
      StartTime: now,
      InstanceTypes: [...account.machineTypes] as never[],
      ProductDescriptions: ['Linux/UNIX', 'Linux/UNIX (Amazon VPC)'],
      ...(next === undefined ? {} : { NextToken: next }),
    });
    next = answer.NextToken;
    for (const { AvailabilityZone = '', InstanceType = '', SpotPrice } of answer.SpotPriceHistory ?? []) {
      if (SpotPrice === undefined || Number(SpotPrice) <= 0) continue;
      prices.set(`${AvailabilityZone} ${InstanceType}`, money('USD', SpotPrice));
    }
  } while (next);
  return prices;
}

/** Chance per hour that AWS takes a machine of the type back: it publishes no number, so the account says one. */
export function interruptionsOf(account: AwsAccount, machineType: string): number {
  const { spot } = account;
  return spot?.interruptionsOf[machineType] ?? spot?.interruptionPerHour ?? 0;
}

/** Adds EC2's notice to the machines that it is about to take back: two minutes before it does. */
export async function withNotices(
  api: AwsApi,
  at: AwsScope,
  machines: ReadonlyMap<MachineId, Machine | 'gone'>,
): Promise<ReadonlyMap<MachineId, Machine | 'gone'>> {
  const spot = [...machines.values()].filter(
    (machine): machine is Machine => machine !== 'gone' && machine.purchaseOption === 'spot',
  );
  if (spot.length === 0) return machines;
  const notices = await readNotices(
    api,
    at,
    spot.map(({ id }) => id),
  );
  return new Map(
    [...machines].map(([id, machine]) => {
      const notice = notices.get(id);
      return [
        id,
        notice === undefined || machine === 'gone' ? machine : { ...machine, stateReason: notice, notice },
      ];
    }),
  );
}

async function readNotices(
  api: AwsApi,
  at: AwsScope,
  ids: readonly MachineId[],
): Promise<ReadonlyMap<MachineId, string>> {
  const notices = new Map<MachineId, string>();
  for (let from = 0; from < ids.length; from += FILTER_VALUES) {
    await at.more?.();
    const answer = await api
      .describeSpotInstanceRequests(at, {
        Filters: [
          { Name: 'instance-id', Values: ids.slice(from, from + FILTER_VALUES) },
          { Name: 'status-code', Values: TAKEN_BACK },
        ],
      })
      .catch((thrown: unknown) => {
        // Without this right a machine is described as before; `verify` shows the right as missing.
        if (thrown instanceof SpringtideError && thrown.code === 'permission-denied') return undefined;
        throw thrown;
      });
    for (const { InstanceId = '', Status } of answer?.SpotInstanceRequests ?? []) {
      notices.set(InstanceId, `${Status?.Code ?? ''}: ${Status?.Message ?? 'AWS takes this machine back'}`);
    }
  }
  return notices;
}

const FILTER_VALUES = 200;
