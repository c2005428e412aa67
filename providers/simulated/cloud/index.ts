export { adminRequestSchema, type AdminAnswer, type AdminInput } from './administration.js';
export { closeSimulatedCloud, openSimulatedCloud, simulatedCloud } from './cloud-registry.js';
export { examplePrivateCloud, examplePublicCloud } from './example-plans.js';
export { LONGEST_BILL_LAG_MS, LONGEST_READ_LAG_MS, type CloudPlanInput } from './plan.js';
export { SimulatedCloud, type TrueMachine, type TrueSatellite } from './simulated-cloud.js';
export { answerSchemas, errorSchema, type AnswerOf, type Operation, type RequestOf } from './wire.js';
export type { WireCluster, WireMachine, WireOffering, WireResource, WireResourceKind } from './wire.js';
