import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routes, type CampaignBody, type PlanBody } from '@springtide/contracts';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { arm, leadMs, planAndApprove, putOnCalendar } from './campaign.js';
import { readSeries } from './demand.js';
import { ROUTES, demoFolder, forgetEarlier, startBootAgent, startEngines, type Engines } from './engines.js';
import { beginFamily, endFamily, livingDemo } from './family.js';
import { askTheClouds } from './ground-truth.js';
import { startLoad } from './load.js';
import { count } from './numbers.js';
import { USAGE, UsageError, readOptions, type DemoOptions } from './options.js';
import { assemble, showReport, withVerdict, writeReport, type DemoReport } from './report.js';
import { besideMachines } from './report-kubernetes.js';
import { requirePython } from './requirements.js';
import { screen } from './screen.js';
import { chooseSellOut, scheduleSellOut } from './sell-out.js';
import { declareRoutes, setTheStage, standUpFleet } from './stage.js';
import { Supervisor } from './supervisor.js';
import { scheduleKills, watchRun } from './watch.js';
import { KubernetesStory } from './with-kubernetes.js';

const INTERRUPTED = 130;

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const folder = demoFolder();
  const interrupted = interruption();
  await clearTheWay(folder);
  const supervisor = new Supervisor((message) => screen.warn(message));
  try {
    const outcome = await Promise.race([tellStory(supervisor, options), supervisor.lost, interrupted]);
    if (outcome === 'interrupted') return INTERRUPTED;
    if (!options.exit) {
      screen.step(`The console stays open at ${outcome.apiUrl} until Ctrl-C.`);
      screen.say(`Sign in with this token, which may read everything: ${outcome.readerToken}`);
      await Promise.race([interrupted, supervisor.lost]);
    }
    return outcome.report.passed ? 0 : 1;
  } finally {
    if (Object.keys(supervisor.pids()).length > 0) screen.say('Stopping everything that was started …');
    await supervisor.stop();
    await endFamily(folder);
  }
}

/** Ctrl-C as often as one likes, a polite kill, or the end of the program that started this one. */
async function interruption(): Promise<'interrupted'> {
  return await new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => resolve('interrupted'));
    }
    if (process.channel) process.once('disconnect', () => resolve('interrupted'));
  });
}

async function clearTheWay(folder: string): Promise<void> {
  const other = await livingDemo(folder);
  if (other !== undefined) {
    throw new UsageError(
      `another demo of this folder runs already (pid ${other}); end it with Ctrl-C there first`,
    );
  }
  const ended = await endFamily(folder);
  if (ended > 0)
    screen.say(`Ended ${count(ended, 'process', 'processes')} that an earlier demo had left behind.`);
  await forgetEarlier(folder);
  await beginFamily(folder);
}

type Outcome = Readonly<{ report: DemoReport; apiUrl: string; readerToken: string }>;

/** What the plan counts on is gone when it is wanted: the fallback has to cover it. */
function sellOutOf(campaign: CampaignBody, plan: PlanBody, { clouds }: Engines): void {
  const planned = chooseSellOut(plan, clouds);
  if (planned === undefined) screen.warn('The plan buys nothing more for the peak; no zone is sold out.');
  else scheduleSellOut(campaign, planned);
}

async function tellStory(supervisor: Supervisor, options: DemoOptions): Promise<Outcome> {
  screen.step('Starting the engines');
  await requirePython();
  const engines = await startEngines(supervisor, options);
  scheduleKills(supervisor, options.kills);
  screen.step('Setting the stage');
  const setFrom = performance.now();
  const stage = await setTheStage(engines);
  const fleet = await standUpFleet(engines);
  await startBootAgent(supervisor, engines);
  await declareRoutes(engines, stage, fleet);
  const kubernetes = await KubernetesStory.begin(engines, stage);
  const series = readSeries(await readFile(join(projectRoot(), 'config/demo/demand/flash-sale.csv'), 'utf8'));
  const lead = leadMs(performance.now() - setFrom);
  screen.step('Putting the flash sale on the calendar');
  const campaign = await putOnCalendar(engines, stage, series, lead);
  const plan = await planAndApprove(stage, campaign);
  const run = await arm(stage, campaign);
  kubernetes?.follow(campaign);
  if (options.sellOut) sellOutOf(campaign, plan, engines);
  screen.step('The run is armed; demand starts soon');
  const entrances = Object.fromEntries(ROUTES.map((name) => [name, engines.proxy.entrances[name] ?? '']));
  const load = await startLoad(campaign, entrances, series);
  const { operations } = stage.people;
  await Promise.race([watchRun(operations, campaign, run, supervisor, options.killWorkerAt), load.lost]);
  const measured = await Promise.race([load.result, load.lost]);
  screen.step('Asking the clouds themselves what is left');
  const { pools } = await operations.call(routes.runGet, { params: { id: run.id } });
  const truth = await askTheClouds(engines, pools);
  const own = await operations.call(routes.campaignReport, { params: { id: campaign.id } });
  const ofMachines = assemble(own, measured, truth, engines.names, supervisor.restarts());
  const beside = besideMachines(ofMachines, await kubernetes?.end());
  const report = withVerdict(beside, await engines.verdicts.final());
  showReport(report);
  screen.say(`Written to ${await writeReport(report)}`);
  return { report, apiUrl: engines.apiUrl, readerToken: stage.people.readerToken };
}

main().then(
  (status) => process.exit(status),
  (thrown: unknown) => {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    if (thrown instanceof UsageError) {
      process.stderr.write(`${reason}\nSee npm start -- --help.\n`);
      process.exit(2);
    }
    process.stderr.write(`The demo ended early: ${reason}\nThe logs of every process are in var/demo.\n`);
    process.exit(1);
  },
);
