type Seconds = number | bigint | Readonly<{ toString(): string }>;
type ProtoDuration = Readonly<{ seconds?: Seconds | null; nanos?: number | null }> | null | undefined;

/** Milliseconds of a duration as the SDK writes it; 0 for none. */
export function millisOf(duration: ProtoDuration): number {
  if (duration === null || duration === undefined) return 0;
  return Number((duration.seconds ?? 0).toString()) * 1_000 + Math.round((duration.nanos ?? 0) / 1_000_000);
}
