import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routes } from '@springtide/contracts';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { readSeries } from './demand.js';
import { ROUTES, startBootAgent, startEngines } from './engines.js';
import { askTheClouds } from './ground-truth.js';
import { startLoad } from './load.js';
import { readOptions, type DemoOptions } from './options.js';
import { assemble, showReport, writeReport, type DemoReport } from './report.js';
import { screen } from './screen.js';
import {
  arm,
  declareRoutes,
  planAndApprove,
  putOnCalendar,
  setTheStage,
  standUpFleet,
  type Stage,
} from './story.js';
import { Supervisor } from './supervisor.js';
import { watchRun } from './watch.js';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const supervisor = new Supervisor();
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('interrupted'));
  });
  try {
    const outcome = await Promise.race([tellStory(supervisor, options), interrupted]);
    if (outcome === 'interrupted') return 130;
    if (!options.exit) {
      screen.step(`The console stays open at ${outcome.apiUrl} until Ctrl-C.`);
      screen.say(`Sign in with this token: ${outcome.token}`);
      await interrupted;
    }
    return outcome.report.passed ? 0 : 1;
  } finally {
    screen.say('Stopping everything that was started …');
    await supervisor.stop();
  }
}

type Outcome = Readonly<{ report: DemoReport; apiUrl: string; token: string }>;

async function tellStory(supervisor: Supervisor, options: DemoOptions): Promise<Outcome> {
  screen.step('Starting the engines');
  const engines = await startEngines(supervisor, options);
  screen.step('Setting the stage');
  const stage = await setTheStage(engines);
  const fleet = await standUpFleet(engines);
  await startBootAgent(supervisor, engines);
  await declareRoutes(stage, fleet);
  const series = readSeries(await readFile(join(projectRoot(), 'config/demo/demand/flash-sale.csv'), 'utf8'));
  screen.step('Putting the flash sale on the calendar');
  const campaign = await putOnCalendar(engines, stage, series);
  await planAndApprove(stage, campaign);
  const run = await arm(stage, campaign);
  screen.step('The run is armed; demand starts soon');
  const entrances = Object.fromEntries(ROUTES.map((name) => [name, engines.proxy.entrances[name] ?? '']));
  const load = await startLoad(campaign, entrances, series);
  await watchRun(stage.people.operations, run.id, supervisor, options.killWorkerAt);
  const measured = await load.result;
  screen.step('Asking the clouds themselves what is left');
  const truth = await askTheClouds(engines);
  const report = assemble(
    await campaignReport(stage, campaign.id),
    measured,
    truth,
    engines,
    supervisor.restarts(),
  );
  showReport(report);
  screen.say(`Written to ${await writeReport(report)}`);
  return { report, apiUrl: engines.apiUrl, token: stage.people.approverToken };
}

async function campaignReport(stage: Stage, id: string) {
  return await stage.people.operations.call(routes.campaignReport, { params: { id } });
}

main().then(
  (status) => process.exit(status),
  (thrown: unknown) => {
    process.stderr.write(
      `The demo ended early: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`,
    );
    process.stderr.write('The logs of every process are in var/demo.\n');
    process.exit(1);
  },
);
