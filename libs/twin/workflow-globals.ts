import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Outside its sandbox the workflow SDK replaces what its cancellation scopes stand on by an empty class. Here its code
 * runs in this process, so it gets the real one. To be imported before anything that imports the SDK.
 */
Object.assign(globalThis, { AsyncLocalStorage });
