import { parse } from 'yaml';
import { z } from 'zod';
import { publishedRole } from '../../test/yard/kubernetes/cluster-account.js';
import { NEEDED_RIGHTS, ROUTE_RIGHTS } from './permissions.js';

const roleSchema = z.object({
  rules: z.array(
    z.object({ apiGroups: z.array(z.string()), resources: z.array(z.string()), verbs: z.array(z.string()) }),
  ),
});

it('asks for exactly the rights that the README’s ClusterRole gives', async () => {
  const { rules } = roleSchema.parse(parse(await publishedRole()));
  const given = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((each) => verbs.map((verb) => `${group}/${each} ${verb}`)),
    ),
  );
  const asked = [...NEEDED_RIGHTS, ...ROUTE_RIGHTS].flatMap(({ group, resource, verbs }) =>
    verbs.map((verb) => `${group}/${resource} ${verb}`),
  );
  expect(given.toSorted()).toEqual([...new Set(asked)].toSorted());
});
