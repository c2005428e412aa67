type ProtoDuration = Readonly<{ seconds?: unknown; nanos?: number | null }> | null | undefined;

/** Milliseconds of a duration as the SDK writes it; 0 for none. */
export function millisOf(duration: ProtoDuration): number {
  if (duration === null || duration === undefined) return 0;
  return Number(String(duration.seconds ?? 0)) * 1_000 + Math.round((duration.nanos ?? 0) / 1_000_000);
}
