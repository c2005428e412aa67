import { SENTENCES } from '../../../../libs/readiness/domain/sentences.js';
import { readinessEnUS } from './readiness.en-US.js';

describe('readiness sentences', () => {
  it('are the server’s own in English, so that no finding is left untranslated', () => {
    const known = Object.entries(readinessEnUS).flatMap(([key, sentence]) =>
      key.startsWith('readiness.say.') ? [[key.slice('readiness.say.'.length), sentence]] : [],
    );
    expect(Object.fromEntries(known)).toEqual(SENTENCES);
  });
});
