import { READINESS_WORDS, type ReadinessCode, type Reason } from '@springtide/contracts';

type Params = Readonly<Record<string, string | number>>;

/** A finding or a piece of advice, with its text in English; readers of other languages have it by its code. */
export function say(code: ReadinessCode, params: Params = {}): Reason {
  const text = READINESS_WORDS[`ready.${code}`].replaceAll(/\{(\w+)(?::\w+)?\}/g, (_hole, name: string) =>
    String(params[name] ?? '?'),
  );
  return { code, params: { ...params }, text };
}
