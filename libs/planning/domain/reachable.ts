/** Machines of one kind: what each takes of a limit, and how many there are at most. */
type Kind = Readonly<{ weight: number; most: number }>;

/** Beyond this many units of a limit the part that whole machines cannot fill is too small to matter. */
const MOST_UNITS = 20_000;

/**
 * The most of a limit that whole machines can take: 40 vCPUs of quota are 32 where machines have 16. Limits and
 * weights that are no whole numbers stay as they are.
 */
export function reachable(free: number, kinds: readonly Kind[]): number {
  const units = Math.floor(free + 1e-9);
  if (units > MOST_UNITS || !kinds.every(({ weight }) => Number.isInteger(weight))) return free;
  let filled = new Uint8Array(units + 1);
  filled[0] = 1;
  for (const kind of kinds) filled = withKind(filled, kind);
  return filled.lastIndexOf(1);
}

/** Which sums can be reached when machines of this kind may be added. */
function withKind(filled: Uint8Array<ArrayBuffer>, { weight, most }: Kind): Uint8Array<ArrayBuffer> {
  const next = filled.slice();
  const needed = new Uint32Array(filled.length);
  for (let sum = weight; sum < next.length; sum += 1) {
    if (next[sum] === 1 || next[sum - weight] !== 1) continue;
    const machines = (needed[sum - weight] ?? 0) + 1;
    if (machines > most) continue;
    next[sum] = 1;
    needed[sum] = machines;
  }
  return next;
}
