import type { RunBody } from '@springtide/contracts';
import type { Engines } from './engines.js';

/** What the clouds themselves say of us, asked past Springtide. */
export type GroundTruth = Readonly<{
  leftover: number;
  /** Machines that a cloud made and our books do not know: an order that was carried out twice. */
  duplicated: number;
  /** Machines the public clouds ever made for us. */
  everMade: number;
  detail: string;
}>;

export async function askTheClouds(
  { clouds, home }: Pick<Engines, 'clouds' | 'home'>,
  pools: RunBody['pools'],
): Promise<GroundTruth> {
  const [holdings, own] = await Promise.all([
    Promise.all(clouds.map(async (cloud) => ({ cloud, ...(await cloud.holding()) }))),
    home.machines(),
  ]);
  const ours = own.filter((machine) => machine.ours);
  const sum = (count: (holding: (typeof holdings)[number]) => number) =>
    holdings.reduce((total, holding) => total + count(holding), 0);
  const sentences = holdings.map(
    ({ cloud, left, everMade }) =>
      `In ${cloud.title}, ${cloud.asked} lists ${left.length} of ours; ${everMade} were ever there.`,
  );
  return {
    leftover: sum(({ left }) => left.length) + ours.length,
    duplicated:
      sum(({ cloud, everMade }) => Math.max(0, everMade - inOurBooks(pools, cloud.name))) +
      repeated(ours.map((machine) => machine.identity)),
    everMade: sum(({ everMade }) => everMade),
    detail: [...sentences, `In the private cloud, ${home.asked} shows ${ours.length}.`].join(' '),
  };
}

/** Machines of an account that the run had, by its own account of it. */
function inOurBooks(pools: RunBody['pools'], account: string): number {
  return pools
    .filter(({ accountName }) => accountName === account)
    .reduce((total, { running, ready, releasing, gone }) => total + running + ready + releasing + gone, 0);
}

function repeated(identities: readonly string[]): number {
  return identities.length - new Set(identities).size;
}
