import { asSpringtideError, type SpringtideError } from '@springtide/kernel';

type Work = Readonly<{
  /** Does it for all of these ids or fails for all of them. */
  send(ids: readonly string[]): Promise<void>;
  /** Whether this error may be the fault of single ids. Others end the whole. */
  separates(error: SpringtideError): boolean;
  /** How the cloud writes an id where its error names one; with the flag `g`. */
  idPattern: RegExp;
  /** Called for an id that fails even alone, or that the error names. */
  settle(id: string, error: SpringtideError): void;
}>;

/** For clouds that fail a whole call for one bad id: finds the bad ones and does the work for the others. */
export async function eachOrSeparately(ids: readonly string[], work: Work): Promise<void> {
  const heaps: (readonly string[])[] = ids.length === 0 ? [] : [ids];
  for (let heap = heaps.pop(); heap !== undefined; heap = heaps.pop()) {
    try {
      await work.send(heap);
    } catch (thrown) {
      const error = asSpringtideError(thrown);
      if (!work.separates(error)) throw error;
      heaps.push(...withoutBad(heap, error, work));
    }
  }
}

/** What is still to be done: the ids that the error does not name, or both halves when it names none. */
function withoutBad(heap: readonly string[], error: SpringtideError, work: Work): (readonly string[])[] {
  const named = new Set(error.message.match(work.idPattern));
  const bad = heap.length === 1 ? heap : heap.filter((id) => named.has(id));
  for (const id of bad) work.settle(id, error);
  if (bad.length > 0) {
    const rest = heap.filter((id) => !bad.includes(id));
    return rest.length === 0 ? [] : [rest];
  }
  const middle = Math.ceil(heap.length / 2);
  return [heap.slice(0, middle), heap.slice(middle)];
}
