import { canonicalQuery, flatten } from './parameters.js';

describe('flatten', () => {
  it('numbers lists from one and names the fields of structures', () => {
    expect(
      flatten({
        Amount: 2,
        DryRun: false,
        MinAmount: undefined,
        SecurityGroupIds: ['sg-1', 'sg-2'],
        Tag: [{ Key: 'k', Value: '' }],
        DefaultActions: [
          { Type: 'ForwardGroup', ForwardGroupConfig: { ServerGroupTuples: [{ Weight: 5 }] } },
        ],
      }),
    ).toEqual({
      Amount: '2',
      DryRun: 'false',
      'SecurityGroupIds.1': 'sg-1',
      'SecurityGroupIds.2': 'sg-2',
      'Tag.1.Key': 'k',
      'Tag.1.Value': '',
      'DefaultActions.1.Type': 'ForwardGroup',
      'DefaultActions.1.ForwardGroupConfig.ServerGroupTuples.1.Weight': '5',
    });
  });
});

describe('canonicalQuery', () => {
  it('sorts by name and encodes what encodeURIComponent leaves', () => {
    expect(canonicalQuery({ b: "*'()!", a: '~ /' })).toBe('a=~%20%2F&b=%2A%27%28%29%21');
  });
});
