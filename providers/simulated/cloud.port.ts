import type { CallOptions } from '@springtide/provider-kit';

/** What came back, whatever the way. A port throws PortError when nothing did. */
export type PortAnswer = Readonly<{ status: number; body: unknown }>;

/** The narrow way to the cloud: one JSON object out, one back. */
export interface CloudPort {
  send(
    operation: string,
    body: unknown,
    session: string | undefined,
    options: CallOptions,
  ): Promise<PortAnswer>;
  close(): Promise<void>;
}

/** `refused`: nobody took the call. `lost`: it was sent, and no answer came. `late`: none came by the deadline. */
export class PortError extends Error {
  readonly kind: 'refused' | 'lost' | 'late';

  constructor(kind: 'refused' | 'lost' | 'late', message: string) {
    super(message);
    this.kind = kind;
  }
}
