import { Command, CommanderError } from 'commander';
import { z } from 'zod';
import { addAccountCommands } from './commands/account.command.js';
import { addCampaignCommands } from './commands/campaign.command.js';
import { addClusterCommands, addNodeCommands } from './commands/cluster.command.js';
import { CommandLine } from './commands/command-line.js';
import { addCalendarCommands, addCapacityCommands, addDemandCommands } from './commands/demand.command.js';
import { addImageCommands } from './commands/image.command.js';
import { addSnapshotCommands } from './commands/snapshot.command.js';
import { addInventoryCommands } from './commands/inventory.command.js';
import { addLinkCommands } from './commands/link.command.js';
import { addLoginCommands } from './commands/login.command.js';
import { addManagedClusterCommands } from './commands/managed-cluster.command.js';
import { addAuditCommands, addCostCommands, addStopSwitchCommands } from './commands/oversight.command.js';
import { addTokenCommands, addUserCommands } from './commands/people.command.js';
import { addRehearsalCommands } from './commands/rehearsal.command.js';
import { addReportCommands } from './commands/report.command.js';
import { addProbeCommands } from './commands/probe.command.js';
import { addReadinessCommands } from './commands/readiness.command.js';
import { addPlanCommands, addRunCommands } from './commands/run.command.js';
import { addScalingCommands } from './commands/scaling.command.js';
import { addStuckCommands } from './commands/stuck.command.js';
import { addRouteCommands, addTemplateCommands } from './commands/template.command.js';
import { addVerifyCommand } from './commands/verify.command.js';
import { addWorkloadCommands } from './commands/workload.command.js';
import { EXIT, type ExitCode } from './output/exit-code.js';
import { describeFailure } from './output/problem-text.js';
import type { Terminal } from './session/terminal.js';

const EXIT_HELP = `
Exit codes: 0 ok, 1 error, 2 usage, 3 not found, 4 not allowed, 5 conflict, 6 timed out while waiting,
7 finished with leftovers. Data goes to standard output, everything else to standard error.`;

/** Runs one command line. @param argv what follows the program's name. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const line = new CommandLine(terminal);
  const program = buildProgram(line);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return line.exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (thrown instanceof z.ZodError) {
      const places = thrown.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
      terminal.err(`Error: ${places.join('; ')}\n`);
      return EXIT.usage;
    }
    const { text, exitCode } = describeFailure(thrown);
    terminal.err(`${text}\n`);
    return exitCode;
  }
}

function buildProgram(line: CommandLine): Command {
  const program = new Command('springtide')
    .description('Plans a peak, buys for it, brings everything back, and accounts for it.')
    .addHelpText('after', EXIT_HELP);
  addLoginCommands(program, line);
  addAccountCommands(program, line);
  addInventoryCommands(program, line);
  addLinkCommands(program, line);
  addImageCommands(program, line);
  addSnapshotCommands(program, line);
  addClusterCommands(program, line);
  addManagedClusterCommands(program, line);
  addNodeCommands(program, line);
  addWorkloadCommands(program, line);
  addTemplateCommands(program, line);
  addRouteCommands(program, line);
  addDemandCommands(program, line);
  addCalendarCommands(program, line);
  addCapacityCommands(program, line);
  addScalingCommands(program, line);
  addCampaignCommands(program, line);
  addPlanCommands(program, line);
  addReadinessCommands(program, line);
  addProbeCommands(program, line);
  addRehearsalCommands(program, line);
  addReportCommands(program, line);
  addRunCommands(program, line);
  addStuckCommands(program, line);
  addCostCommands(program, line);
  addAuditCommands(program, line);
  addStopSwitchCommands(program, line);
  addVerifyCommand(program, line);
  addTokenCommands(program, line);
  addUserCommands(program, line);
  everywhere(program, (command) =>
    command
      .exitOverride()
      .configureOutput({ writeOut: line.terminal.out, writeErr: line.terminal.err })
      .showHelpAfterError('Add --help to see how it is used.'),
  );
  return program;
}

function everywhere(command: Command, apply: (command: Command) => void): void {
  apply(command);
  for (const child of command.commands) everywhere(child, apply);
}
