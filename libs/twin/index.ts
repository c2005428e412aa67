export { TwinClouds, type TwinAccount } from './clouds.js';
export { databaseInTurns, type DatabaseFate } from './database-in-turns.js';
export { TwinEngine } from './engine.js';
export type { ActivityFunction, AroundActivity, EngineParts } from './engine-options.js';
export { TwinEntrance, entranceManifest } from './entrance.js';
export { Network, type Passage } from './network.js';
export { seededIds, seededRandom, type SeededRandom } from './seeded-random.js';
export { ProcessEnded, VirtualTime, type Doing, type Process } from './virtual-time.js';
export { Wiring } from './wiring.js';
