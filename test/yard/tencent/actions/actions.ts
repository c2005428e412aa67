import type { Actions } from './action.js';
import { cvmCatalogActions } from './cvm-catalog.js';
import { cvmMachineActions } from './cvm-machines.js';

/** Everything that this cloud can do, by `product/Action`. */
export const ACTIONS: Actions = { ...cvmMachineActions, ...cvmCatalogActions };
