export { fakeClock, type FakeClock } from './fake-clock.js';
export { FakeGround, type FakePhase, type FakeTarget, type GroundCall } from './fake-ground.js';
export { seedTenant, type SeededTenant, type SeededUser } from './seed-tenant.js';
export { testDatabase, type TestDatabase } from './test-database.js';
export { workflowBundle } from './workflow-bundle.js';
export { startWorkflowDriver, type WorkflowDriver } from './workflow-driver.js';
