import type { IncomingHttpHeaders } from 'node:http';

/** A request as it came in, before anybody knows what it asks for. */
export type WireRequest = Readonly<{
  method: string;
  path: string;
  /** Still encoded, without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The address on which it came in: endpoints of regions have their own. */
  localAddress: string;
}>;

/** What a signature claims. The secret decides whether it is true. */
export type SignedClaim = Readonly<{
  accessKeyId: string;
  securityToken?: string;
  nonce: string;
  /** ISO 8601, as sent. */
  timestamp: string;
  signature: string;
  /** With the secret of that key, what the signature should be, and the text that it covers. */
  expected(secret: string): Readonly<{ signature: string; signedText: string }>;
}>;

export function headerOf(request: WireRequest, name: string): string {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? '');
}
