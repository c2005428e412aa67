export { guard } from './guard/guard.workflow.js';
export { phase } from './phase/phase.workflow.js';
export { plan } from './plan/plan.workflow.js';
export { provision } from './provision/provision.workflow.js';
export { reconcile } from './reconcile/reconcile.workflow.js';
export { run } from './run/run.workflow.js';
export { scaleBack } from './scale-back/scale-back.workflow.js';
export { shift } from './shift/shift.workflow.js';
export { sealAudit, sync, watch } from './sync/sync.workflow.js';
