import type { TrafficRule } from '../rule.js';
import { groupOf } from '../traffic-bench.js';

export const joiningRules: readonly TrafficRule[] = [
  {
    id: 'T-21',
    title:
      'a member that was named before its service answers takes traffic once it does, without another change',
    why: 'machines boot at different speed, and a target share that is right already is not set again',
    check: async (bench) => {
      const [route] = bench.target.routes;
      const { burst = [] } = await bench.share(route, { home: 1, burst: 1 }, { home: 50, burst: 50 });
      const late = await bench.startDead('burst');
      const members = [...burst, late].map(({ member }) => member);
      await bench.traffic.setMembers(route, 'burst', members);
      expect(groupOf(await bench.readRoute(route), 'burst')?.members).toHaveLength(2);
      await late.up();
      const tally = await bench.sendDuring(route, async () => {
        await bench.until('the late member answers requests', async () => {
          await bench.readRoute(route);
          return (await bench.send(route, 12)).byMember.has(`burst/${late.member.id}`);
        });
      });
      expect(tally.failed).toEqual([]);
    },
  },
];
