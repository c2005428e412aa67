export {
  SimulatedCloud,
  closeSimulatedCloud,
  examplePrivateCloud,
  examplePublicCloud,
  openSimulatedCloud,
  type CloudPlanInput,
  type TrueMachine,
} from './cloud/index.js';
export { manifest } from './manifest.js';
