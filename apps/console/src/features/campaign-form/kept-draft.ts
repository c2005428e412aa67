import { useEffect, useState } from 'react';
import type { Draft } from './draft.js';

/** Changes with the shape of a draft: what an older console kept is not taken for one of today. */
const SHAPE = 2;

type Kept = Readonly<{ shape: number; draft: Draft }>;

export type KeptDraft = Readonly<{
  draft: Draft;
  change: (draft: Draft) => void;
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
export function useKeptDraft(owner: string, subject: string, initial: Draft): KeptDraft {
  const place = `springtide.draft.${owner}.${subject}`;
  const [kept] = useState(() => readKept(place));
  const [draft, setDraft] = useState(kept ?? initial);
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

function readKept(place: string): Draft | undefined {
  const text = sessionStorage.getItem(place);
  if (text === null) return undefined;
  const { shape, draft } = JSON.parse(text) as Kept;
  return shape === SHAPE ? draft : undefined;
}
