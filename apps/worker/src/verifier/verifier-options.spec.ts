import { verifierOptions } from './verifier-options.js';

describe('what springtide verify is asked for', () => {
  it.each([
    [[], { everyMs: 60_000, json: false }],
    [['--once'], { everyMs: null, json: false }],
    [['--every', '5m', '--json'], { everyMs: 300_000, json: true }],
    [['--every', '90'], { everyMs: 90_000, json: false }],
  ])('%j', (args, options) => expect(verifierOptions(args)).toEqual(options));

  it.each([[['--once', '--every', '5s']], [['--every', 'soon']], [['--every', '0s']], [['--twice']]])(
    'refuses %j, and says how it is used',
    (args) => {
      expect(() => verifierOptions(args)).toThrow(
        expect.objectContaining({
          code: 'invalid-argument',
          nextStep: expect.stringContaining('--every 60s'),
        }),
      );
    },
  );
});
