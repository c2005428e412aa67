import { MemoryEffectStore } from './data/memory-effect-store.js';
import { describeLedger } from './testing/ledger-contract.js';

describeLedger('memory', async () => await Promise.resolve(new MemoryEffectStore()));
