export { fakeClock, type FakeClock } from './fake-clock.js';
export { seedTenant, type SeededTenant, type SeededUser } from './seed-tenant.js';
export { testDatabase, type TestDatabase } from './test-database.js';
