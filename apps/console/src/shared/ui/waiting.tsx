import { Spin } from 'antd';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/language.js';
import { ProblemNote } from './problem-note.js';

type Props<T> = Readonly<{ answer: UseQueryResult<T>; children: (data: T) => ReactNode }>;

/** Waits, then shows; a later failure stands above what was known before. */
export function Waiting<T>({ answer, children }: Props<T>) {
  const text = useText();
  return (
    <>
      {answer.error && <ProblemNote error={answer.error} />}
      {answer.isPending && <Spin aria-label={text('common.loading')} />}
      {answer.data !== undefined && children(answer.data)}
    </>
  );
}
