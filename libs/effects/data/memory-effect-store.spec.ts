import { describeEffectStore } from '../testing/effect-store-contract.js';
import { MemoryEffectStore } from './memory-effect-store.js';

describeEffectStore('MemoryEffectStore', async () => await Promise.resolve(new MemoryEffectStore()));
