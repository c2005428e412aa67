export { freePort } from '@springtide/platform';
