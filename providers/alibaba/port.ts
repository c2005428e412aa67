import type { Product } from './products.js';

/** One call as it goes out: RPC style has its action as a parameter or header, ROA style a path and a method. */
export type WireRequest = Readonly<{
  product: Product;
  action: string;
  version: string;
  /** `scheme://host[:port]`. */
  endpoint: string;
  style: 'rpc' | 'roa';
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query: Readonly<Record<string, string>>;
  /** Parameters that the vendor takes in the body. */
  form?: Readonly<Record<string, string>>;
  /** Body of a ROA call. */
  json?: unknown;
  /** How long an answer may take. */
  timeoutMs: number;
}>;

/** What came back, good or bad; `body` is undefined when it was no JSON. */
export type WireAnswer = Readonly<{ status: number; body: unknown; date?: string }>;

/** The one way to the vendor. Sends once, signs, and throws only when there was no answer. */
export interface AlibabaPort {
  send(request: WireRequest): Promise<WireAnswer>;
  close(): Promise<void>;
}

export type Credentials = Readonly<{
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string | undefined;
}>;
