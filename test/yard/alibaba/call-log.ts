import type { ReadCall } from './wire/call-reader.js';

const KEPT_CALLS = 20_000;

/** `status` is absent for a call whose connection was cut. */
export type RecordedCall = Readonly<{
  at: string;
  product: string;
  action: string;
  regionId?: string;
  token?: string;
  accessKeyId: string;
  status?: number;
}>;

/** Every call that named a known action, oldest first. */
export class CallLog {
  private calls: RecordedCall[] = [];

  record(read: ReadCall, status: number | undefined): void {
    const regionId = read.parameters.get('RegionId');
    const token = read.parameters.get('ClientToken');
    this.calls.push({
      at: new Date().toISOString(),
      product: read.spec.product,
      action: read.spec.action,
      accessKeyId: read.claim.accessKeyId,
      ...(regionId === undefined ? {} : { regionId }),
      ...(token === undefined ? {} : { token }),
      ...(status === undefined ? {} : { status }),
    });
    if (this.calls.length > KEPT_CALLS) this.calls = this.calls.slice(-KEPT_CALLS / 2);
  }

  list(): readonly RecordedCall[] {
    return this.calls;
  }

  clear(): void {
    this.calls = [];
  }
}
