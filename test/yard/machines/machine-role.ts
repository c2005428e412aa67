import type { ListedMachine } from './machine-source.js';

/** What its user data makes of a machine, beside answering HTTP, for as long as its cloud runs it. */
export interface MachineRole {
  concerns(machine: ListedMachine): boolean;
  /** May be repeated. @throws when it could not be done: tried again later. */
  begin(machine: ListedMachine): Promise<void>;
  /** May be repeated. @throws when it could not be done: tried again later. */
  end(machine: ListedMachine): Promise<void>;
}
