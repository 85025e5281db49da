import { Command, CommanderError } from 'commander';
import { VariableError } from '../lib/core/definition/index.ts';
import { processEnvironment } from './commands/environment.ts';
import { adoptGivenVariables } from './github/given-variables.ts';
import { codeOf, EXIT, Problem } from './support/problem.ts';

/**
 * The loader of each command. Commands are loaded on demand, so that a command such as `compare` does not load the
 * modules for k6, probes and databases.
 */
const COMMANDS: Record<string, () => Promise<Command>> = {
  run: async () => (await import('./commands/run.ts')).runCommand(),
  all: async () => (await import('./commands/all.ts')).allCommand(),
  campaign: async () => (await import('./commands/campaign.ts')).campaignCommand(),
  report: async () => (await import('./commands/report.ts')).reportCommand(),
  compare: async () => (await import('./commands/compare.ts')).compareCommand(),
  reference: async () => (await import('./commands/reference.ts')).referenceCommand(),
  ab: async () => (await import('./commands/ab.ts')).abCommand(),
  history: async () => (await import('./commands/history.ts')).historyCommand(),
  cloud: async () => (await import('./commands/cloud.ts')).cloudCommand(),
  cleanup: async () => (await import('./commands/cleanup.ts')).cleanupCommand(),
  list: async () => (await import('./commands/list.ts')).listCommand(),
  k8s: async () => (await import('./commands/k8s.ts')).k8sCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  target: async () => (await import('./commands/target.ts')).targetCommand(),
  ci: async () => (await import('./commands/ci.ts')).ciCommand(),
};

/** Runs a command. The command sets the exit code of the process, or throws an error. */
async function main(argv: readonly string[]): Promise<void> {
  adoptGivenVariables(processEnvironment, (line) => process.stdout.write(`${line}\n`));
  const program = new Command('npm run suite --')
    .description('Load tests with a verdict: will the service hold, and if not, where and why?')
    .exitOverride()
    .showHelpAfterError('(use --help to list commands and options)')
    .addHelpText(
      'afterAll',
      '\nExit codes: docs/reference/exit-codes.md. Environment variables: docs/reference/variables.md.',
    );
  const named = COMMANDS[argv[0] ?? ''];
  for (const load of named ? [named] : Object.values(COMMANDS)) program.addCommand(await load());
  passSettingsOn(program);
  await program.parseAsync(argv, { from: 'user' });
}

function passSettingsOn(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    passSettingsOn(command);
  }
}

/**
 * Ignores EPIPE errors: if the reader of the output, such as `head`, exits early, the command must continue, because a
 * run may be in progress.
 */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error) => {
    if (codeOf(error) !== 'EPIPE') throw error;
  });

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}

/**
 * Prints the message of an error that the user can fix. Any other error is a bug in load-suite, so its stack trace is
 * printed. Returns the exit code.
 */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const problem = error instanceof VariableError ? new Problem(error.message) : error;
  if (problem instanceof Problem) {
    process.stderr.write(`${problem.message}\n`);
    return problem.exitCode;
  }
  const detail = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`This is a bug in load-suite. Please report it with the output below:\n${detail}\n`);
  return EXIT.usage;
}
