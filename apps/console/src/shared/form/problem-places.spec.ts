import { ApiProblem } from '@springtide/contracts';
import { problemPlaces } from './problem-places.js';

const problem = { type: 't', title: 'T', status: 400, code: 'invalid-argument', detail: 'd', nextStep: null };
const fields = new Set(['name', 'settings.regions', 'settings.routes.shop.port']);

describe('what the server finds wrong', () => {
  it('is told at its field, or at the nearest that holds it, and nothing is lost', () => {
    const errors = [
      { path: 'settings.regions.0', message: 'a' },
      { path: 'settings.regions.1', message: 'b' },
      { path: 'settings.routes.shop.port', message: 'c' },
      { path: 'secret.key', message: 'd' },
      { path: 'names', message: 'e' },
    ];
    const { byField, rest } = problemPlaces(
      new ApiProblem({ ...problem, correlationId: 'r', errors }),
      fields,
    );
    expect(Object.fromEntries([...byField].map(([name, { words }]) => [name, words]))).toEqual({
      ...{ 'settings.regions': 'a; b', 'settings.routes.shop.port': 'c' },
    });
    expect(rest).toBeInstanceOf(ApiProblem);
    expect((rest as ApiProblem).problem).toMatchObject({
      detail: 'd',
      errors: [
        { path: 'secret.key', message: 'd' },
        { path: 'names', message: 'e' },
      ],
    });
  });

  it('is shown whole where it is no problem of the server, and nothing where nothing is wrong', () => {
    const broken = new Error('no network');
    expect(problemPlaces(broken, fields)).toEqual({ byField: new Map(), rest: broken });
    expect(problemPlaces(null, fields).rest).toBeNull();
  });
});
