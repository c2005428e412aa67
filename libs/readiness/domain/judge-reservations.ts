import type { AccountFacts, ReservationFact } from './facts.js';
import type { Finding } from './readiness.js';
import { say } from './sentences.js';
import type { ReadinessSubject } from './subject.js';

type Pool = ReadinessSubject['pools'][number];

/** How much of what is bought rests on capacity that the cloud keeps for the account, and how much on luck. */
export function judgeReservation(subject: ReadinessSubject, account: AccountFacts): readonly Finding[] {
  const bought = subject.pools.filter(
    (pool) => pool.accountId === account.id && pool.purchaseOption !== 'private',
  );
  if (bought.length === 0) return [];
  const about = { check: 'reservation', id: account.name, subject: account.name } as const;
  const machines = bought.reduce((sum, pool) => sum + pool.most, 0);
  const { reservationSignal: signal, reservations } = account;
  const action = say('look-at-stock');
  if (!signal.supported || !reservations.known) {
    const why = signal.supported ? (reservations.known ? '' : reservations.why) : signal.reason;
    const finding = say('reservation-untold', { machines, why });
    return [{ ...about, by: 'nothing', verdict: 'unknown', finding, action }];
  }
  const booked = bookedFor(subject, bought, reservations.value);
  const code =
    booked >= machines ? 'reservation-covers' : booked > 0 ? 'reservation-covers-part' : 'reservation-none';
  const finding = say(code, { machines, booked });
  const verdict = booked >= machines ? 'green' : 'amber';
  return [{ ...about, by: 'listReservations', at: reservations.at, verdict, finding, action }];
}

/** Spot machines take no reservation; what ends or begins during the campaign is not there all the time. */
function bookedFor(
  { startsAt, endsAt }: ReadinessSubject,
  pools: readonly Pool[],
  reservations: readonly ReservationFact[],
): number {
  return pools
    .filter(({ purchaseOption }) => purchaseOption === 'on-demand')
    .reduce((sum, pool) => {
      const free = reservations
        .filter(({ region, zone, machineType }) => {
          return region === pool.region && zone === pool.zone && machineType === pool.machineType;
        })
        .filter((one) => one.startsAt <= startsAt && (one.endsAt === null || one.endsAt >= endsAt))
        .reduce((all, one) => all + one.free, 0);
      return sum + Math.min(pool.most, free);
    }, 0);
}
