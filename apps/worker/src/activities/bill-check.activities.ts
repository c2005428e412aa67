import type { BillCheckActivities } from '@springtide/contracts';
import type { BillCheckService } from '@springtide/finance';
import { alive } from './liveness.js';

export function billCheckActivities(bills: BillCheckService): BillCheckActivities {
  return { lookAtBills: async (run) => await alive(async () => await bills.look(run)) };
}
