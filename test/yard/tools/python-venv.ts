export { cacheRoot, ensureVenv, type VenvRequest } from '@springtide/platform';
