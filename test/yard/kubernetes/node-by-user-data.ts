import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListedMachine } from '../machines/machine-source.js';
import type { MachineRole } from '../machines/machine-role.js';
import { ClusterAdmin } from './cluster-admin.js';
import { ensureControlPlane } from './control-plane-binary.js';
import { joinByUserData, type JoinableCluster } from './joining-machine.js';

const JOINS = /^\s*kind: JoinConfiguration$/m;

/**
 * A machine whose user data says so is a node of the yard's cluster for as long as its cloud runs it. Taking the node away
 * with its machine is what a cloud's own controller does in a real cluster.
 */
export function nodeByUserData(cluster: JoinableCluster): MachineRole {
  const pathOf = (machine: ListedMachine) => `/api/v1/nodes/${nodeName(machine)}`;
  return {
    concerns: ({ userData }) => userData !== undefined && JOINS.test(userData),
    begin: async (machine) => {
      // A kubelet that starts again finds its node; so does an agent.
      if ((await cluster.admin.call('GET', pathOf(machine))).status === 200) return;
      await joinByUserData(cluster, nodeName(machine), machine.userData ?? '');
    },
    end: async (machine) => {
      const { status } = await cluster.admin.call('DELETE', pathOf(machine));
      if (status !== 200 && status !== 404) {
        throw new Error(`node ${nodeName(machine)} could not be taken away: HTTP ${status}`);
      }
    },
  };
}

/** The same for an agent in a process of its own, which knows the yard by its folder. */
export async function nodesOfYard(yard: Readonly<{ url: string; folder: string }>): Promise<MachineRole> {
  const admin = await ClusterAdmin.open(await ensureControlPlane(), yard.folder, yard.url);
  const caPem = await readFile(join(yard.folder, 'ca.crt'), 'utf8');
  return nodeByUserData({ url: yard.url, caPem, admin });
}

function nodeName({ id }: ListedMachine): string {
  return id.toLowerCase();
}
