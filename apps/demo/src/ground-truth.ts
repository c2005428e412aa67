import { askOracle } from '../../../test/yard/aws/oracle.js';
import { askVsphereOracle } from '../../../test/yard/vsphere/oracle.js';
import type { Engines } from './engines.js';

/** What the clouds themselves say of us, asked with other people's clients, never with our own. */
export type GroundTruth = Readonly<{
  leftover: number;
  duplicated: number;
  /** Machines the public cloud ever made for us. */
  everMade: number;
  detail: string;
}>;

export async function askTheClouds(engines: Engines): Promise<GroundTruth> {
  const [aws, vsphere] = await Promise.all([askOracle(engines.aws), askVsphereOracle(engines.vsphere)]);
  const ours = vsphere.filter((machine) => !machine.template && Object.keys(machine.marks).length > 0);
  const leftovers = [...aws.machines, ...aws.disks, ...aws.interfaces].map((one) => one.id);
  return {
    leftover: leftovers.length + ours.length,
    duplicated: aws.duplicatedTokens.length + repeatedUuids(ours),
    everMade: aws.machines.length + aws.terminated.length,
    detail: `boto3 lists ${leftovers.length} of ours (${aws.terminated.length} terminated), pyvmomi lists ${ours.length}.`,
  };
}

function repeatedUuids(machines: readonly Readonly<{ instanceUuid: string }>[]): number {
  return machines.length - new Set(machines.map((machine) => machine.instanceUuid)).size;
}
