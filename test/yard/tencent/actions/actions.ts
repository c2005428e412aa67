import { accountActions } from './account-actions.js';
import type { Actions } from './action.js';
import { billingActions } from './billing-actions.js';
import { cbsActions } from './cbs-actions.js';
import { cloudauditActions } from './cloudaudit-actions.js';
import { clbActions } from './clb-actions.js';
import { cvmCatalogActions } from './cvm-catalog.js';
import { cvmMachineActions } from './cvm-machines.js';
import { dnspodActions } from './dnspod-actions.js';
import { tkeActions } from './tke-actions.js';
import { vpcActions } from './vpc-actions.js';

/** Everything that this cloud can do, by `product/Action`. */
export const ACTIONS: Actions = {
  ...cvmMachineActions,
  ...cvmCatalogActions,
  ...cbsActions,
  ...vpcActions,
  ...clbActions,
  ...dnspodActions,
  ...tkeActions,
  ...accountActions,
  ...billingActions,
  ...cloudauditActions,
};
