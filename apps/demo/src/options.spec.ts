import { UsageError, readOptions } from './options.js';

describe('the options of the demo', () => {
  it('keeps the console open on 8080, on whatever engines there are, unless told otherwise', () => {
    expect(readOptions([])).toEqual({
      help: false,
      exit: false,
      killWorkerAt: null,
      kills: [],
      proxy: 'auto',
      privateCloud: 'auto',
      publicClouds: 'alibaba+tencent',
      with: [],
      sellOut: true,
      port: null,
    });
  });

  it('reads every option', () => {
    const text =
      '--exit --fresh --port 0 --proxy traefik --private simulated --public aws --with kubernetes --no-sell-out --kill-worker-at hold --kill api@12.5 --kill temporal@40';
    expect(readOptions(text.split(' '))).toEqual({
      help: false,
      exit: true,
      killWorkerAt: 'hold',
      kills: [
        { process: 'api', atSeconds: 12.5 },
        { process: 'temporal', atSeconds: 40 },
      ],
      proxy: 'traefik',
      privateCloud: 'simulated',
      publicClouds: 'aws',
      with: ['kubernetes'],
      sellOut: false,
      port: 0,
    });
  });

  it.each([
    [['--kill-worker-at', 'lunch'], '--kill-worker-at is one of provision, hold, scale-back, not "lunch"'],
    [['--kill', 'api'], '--kill wants <process>@<seconds>, for instance api@40, not "api"'],
    [['--kill', 'api@soon'], '--kill wants <process>@<seconds>'],
    [['--kill', 'cloud@3'], '--kill is one of worker, api, postgres, temporal'],
    [['--proxy', 'nginx'], '--proxy is one of auto, haproxy, traefik, not "nginx"'],
    [['--private', 'hyper-v'], '--private is one of auto, vsphere, openstack, simulated'],
    [['--public', 'azure'], '--public is one of alibaba+tencent, alibaba, tencent, aws'],
    [['--with', 'mesos'], '--with is one of kubernetes, not "mesos"'],
    [['--port', '70000'], '--port is not a port: "70000"'],
    [['--port', 'http'], '--port is not a port: "http"'],
    [['--exti'], "Unknown option '--exti'"],
    [['now'], "Unexpected argument 'now'"],
  ])('refuses %j with a reason', (args, reason) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(reason);
  });
});
