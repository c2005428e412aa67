import fc from 'fast-check';
import { answerRecord, parseAnswerRecord, type NamedRoute } from './lua-record.js';

const id = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
const route: fc.Arbitrary<NamedRoute> = fc.record({
  port: fc.integer({ min: 1, max: 65_535 }),
  groups: fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?$/),
      milli: fc.integer({ min: 0, max: 100_000 }),
      members: fc.array(fc.record({ id, address: fc.ipV4() }), { minLength: 1, maxLength: 6 }),
    }),
    { maxLength: 4, selector: ({ name }) => name },
  ),
});

describe('the record behind a name', () => {
  it('says all that it was written from, whatever the ids are', () => {
    fc.assert(fc.property(route, (one) => expect(parseAnswerRecord(answerRecord(one))).toEqual(one)));
  });

  it('lets no id out of its comment, and no character that a record would need to escape', () => {
    fc.assert(
      fc.property(route, (one) => {
        const content = answerRecord(one);
        expect(content.match(/\]\]/g)).toHaveLength(1);
        expect(content.slice(3, -1)).not.toMatch(/["\\]/);
      }),
    );
  });

  it('is not recognised once somebody edited it', () => {
    const groups = [{ name: 'home', milli: 100_000, members: [{ id: 'i-1', address: '10.0.0.1' }] }];
    const content = answerRecord({ port: 80, groups });
    for (const edited of [
      content.replace('pickrandom', 'pickhashed'),
      content.replace("n='home'", "n='home',x=1"),
      content.replace('10.0.0.1', '10.0.0.1 '),
      'A "10.0.0.1"',
    ]) {
      expect(parseAnswerRecord(edited)).toBeUndefined();
    }
  });
});
