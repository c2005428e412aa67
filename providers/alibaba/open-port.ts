import type { ProviderContext } from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import { Acs3Port } from './acs3-port.js';
import type { AlibabaPort } from './port.js';
import { RpcPort } from './rpc-port.js';

/** The account says which signature its deployment knows. */
export function openPort(account: AlibabaAccount, context: ProviderContext): AlibabaPort {
  return account.signature === 'rpc'
    ? new RpcPort(account.credentials, context)
    : new Acs3Port(account.credentials, context);
}
