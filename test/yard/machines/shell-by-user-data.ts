import { execFile, type ChildProcess } from 'node:child_process';
import type { ListedMachine } from './machine-source.js';
import type { MachineRole } from './machine-role.js';

/** Only what Springtide itself writes: what others give their machines is not run on this one. */
const OURS = /^#!\/bin\/sh\n# Springtide: /;

/**
 * A machine whose user data is a script of Springtide runs it when it boots, in a shell of this machine, and is cut off when
 * its cloud ends it.
 */
export function shellByUserData(log: (message: string) => void): MachineRole {
  const running = new Map<string, ChildProcess>();
  const cut = (machine: ListedMachine): void => {
    running.get(machine.id)?.kill('SIGKILL');
    running.delete(machine.id);
  };
  return {
    concerns: ({ userData }) => userData !== undefined && OURS.test(userData),
    begin: async (machine) => {
      cut(machine);
      const shell = execFile('/bin/sh', ['-c', machine.userData ?? ''], (error) => {
        if (error !== null && !error.killed) log(`${machine.id}: its user data failed: ${error.message}`);
      });
      running.set(machine.id, shell);
      await Promise.resolve();
    },
    end: async (machine) => {
      cut(machine);
      await Promise.resolve();
    },
  };
}
