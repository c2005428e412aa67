export {
  SimulatedCloud,
  closeSimulatedCloud,
  examplePrivateCloud,
  examplePublicCloud,
  openSimulatedCloud,
  type CloudPlanInput,
  type TrueMachine,
  type TrueSatellite,
} from './cloud/index.js';
export { manifest } from './manifest.js';
