import { useEffect, useState } from 'react';

/** Changes with the shape of a draft: what an older console kept is not taken for one of today. */
const SHAPE = 2;

type Kept = Readonly<{ shape: number; draft: unknown }>;

export type KeptDraft<T> = Readonly<{
  draft: T;
  change: (draft: T) => void;
  /** It was entered earlier, before the page was left or loaded again. */
  restored: boolean;
  /** Begins anew. */
  discard: () => void;
  /** Lets go of it: it was saved. */
  forget: () => void;
}>;

/**
 * What somebody types survives a page that is left, loaded again or signed out of, for as long as the browser tab lives.
 * @param initial the same object each time.
 */
export function useKeptDraft<T>(owner: string, subject: string, initial: T): KeptDraft<T> {
  const place = `springtide.draft.${owner}.${subject}`;
  // Of this subject and this shape, so that it is what was kept under them.
  const [kept] = useState(() => readKept(place) as T | undefined);
  const [draft, setDraft] = useState<T>(kept ?? initial);
  const [restored, setRestored] = useState(kept !== undefined);
  useEffect(() => {
    if (draft !== initial) sessionStorage.setItem(place, JSON.stringify({ shape: SHAPE, draft }));
  }, [place, draft, initial]);
  return {
    draft,
    change: setDraft,
    restored,
    discard: () => {
      sessionStorage.removeItem(place);
      setDraft(initial);
      setRestored(false);
    },
    forget: () => sessionStorage.removeItem(place),
  };
}

function readKept(place: string): unknown {
  const text = sessionStorage.getItem(place);
  if (text === null) return undefined;
  const { shape, draft } = JSON.parse(text) as Kept;
  return shape === SHAPE ? draft : undefined;
}
