/**
 * Which facts a sentence tells, each once, as the kinds of things that they are. That a language counts them, or lets a verb
 * agree with them, is its own affair.
 */
export function factsIn(sentence: string): string[] {
  const told = [...sentence.matchAll(/\{(\w+)(?::(\w+))?\}/g)].map(([, name = '', kind = '']) =>
    GRAMMAR.has(kind) || kind === '' ? name : `${name}:${kind}`,
  );
  return [...new Set(told)].toSorted();
}

const GRAMMAR = new Set(['machines', 'satellites', 'steps', 'are', 'were', 'have', 'depend']);
