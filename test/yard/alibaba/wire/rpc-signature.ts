import { createHmac } from 'node:crypto';
import { canonicalPairs, percentEncode } from './percent-encoding.js';
import type { SignedClaim } from './wire-request.js';
import { WireError } from './wire-error.js';

/** What the older RPC style puts among the parameters of the action. */
export const PROTOCOL_PARAMETERS: ReadonlySet<string> = new Set([
  'Action',
  'Version',
  'Format',
  'AccessKeyId',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
  'SignatureType',
  'Timestamp',
  'Signature',
  'SecurityToken',
]);

/**
 * The older RPC signature: HMAC-SHA1 over the method and all parameters, of the query and of the form, sorted and
 * encoded twice; the key is the secret and an ampersand.
 */
export function readRpcSignature(method: string, pairs: readonly (readonly [string, string])[]): SignedClaim {
  const values = new Map(pairs);
  const signature = values.get('Signature');
  const accessKeyId = values.get('AccessKeyId');
  if (accessKeyId === undefined) {
    throw new WireError(400, 'MissingAccessKeyId', 'AccessKeyId is mandatory for this action.');
  }
  if (signature === undefined) {
    throw new WireError(400, 'IncompleteSignature', 'The request signature does not conform to standards.');
  }
  if (values.get('SignatureMethod') !== 'HMAC-SHA1' || values.get('SignatureVersion') !== '1.0') {
    throw new WireError(400, 'InvalidSignatureMethod', 'Only HMAC-SHA1 in version 1.0 is spoken here.');
  }
  const securityToken = values.get('SecurityToken');
  return {
    accessKeyId,
    ...(securityToken === undefined || securityToken === '' ? {} : { securityToken }),
    nonce: values.get('SignatureNonce') ?? '',
    timestamp: values.get('Timestamp') ?? '',
    signature,
    expected: (secret) => {
      const covered = pairs.filter(([name]) => name !== 'Signature');
      const signedText = `${method}&%2F&${percentEncode(canonicalPairs(covered))}`;
      return {
        signature: createHmac('sha1', `${secret}&`).update(signedText, 'utf8').digest('base64'),
        signedText,
      };
    },
  };
}
