export { cacheRoot, ensureVenv } from '@springtide/platform';
