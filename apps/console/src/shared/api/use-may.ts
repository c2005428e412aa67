import { routes, type Permission } from '@springtide/contracts';
import { useAnswer } from './use-answer.js';

/** Whether the roles of who is signed in allow this; `asking` as long as that is not known. The server decides in the end. */
export function useMay(permission: Permission): boolean | 'asking' {
  const me = useAnswer(routes.whoAmI, {});
  if (me.data === undefined) return 'asking';
  return me.data.permissions.some((one) => one === permission || one === '*');
}
