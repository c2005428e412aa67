import { askOracle } from '../../../test/yard/aws/oracle.js';
import type { Engines } from './engines.js';

/** What the clouds themselves say of us, asked past Springtide. */
export type GroundTruth = Readonly<{
  leftover: number;
  duplicated: number;
  /** Machines the public cloud ever made for us. */
  everMade: number;
  detail: string;
}>;

export async function askTheClouds({ aws, home }: Engines): Promise<GroundTruth> {
  const [bought, own] = await Promise.all([askOracle(aws), home.machines()]);
  const ours = own.filter((machine) => machine.ours);
  const leftovers = [...bought.machines, ...bought.disks, ...bought.interfaces].map((one) => one.id);
  return {
    leftover: leftovers.length + ours.length,
    duplicated: bought.duplicatedTokens.length + repeated(ours.map((machine) => machine.identity)),
    everMade: bought.machines.length + bought.terminated.length,
    detail:
      `In the public cloud, boto3 lists ${leftovers.length} of ours (${bought.terminated.length} terminated); ` +
      `in the private one, ${home.asked} shows ${ours.length}.`,
  };
}

function repeated(identities: readonly string[]): number {
  return identities.length - new Set(identities).size;
}
