import { Command, CommanderError } from 'commander';
import { VariableError } from '../lib/core/variables.ts';
import { campaignCommand } from './commands/campaign.ts';
import { doctorCommand } from './commands/doctor.ts';
import { listCommand } from './commands/list.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { targetCommand } from './commands/target.ts';
import { K6Unavailable } from './k6/index.ts';
import { EXIT, Problem } from './problem.ts';

/** Commands set the exit code of the process themselves; what is thrown has no result to speak of. */
async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('npm run suite --')
    .description('Load tests that answer one question: will it hold, and if not, why?')
    .exitOverride()
    .showHelpAfterError('(add --help for what there is)')
    .addCommand(runCommand())
    .addCommand(campaignCommand())
    .addCommand(reportCommand())
    .addCommand(listCommand())
    .addCommand(doctorCommand())
    .addCommand(targetCommand())
    .addHelpText(
      'after',
      '\nWhat an exit code means: docs/exit-codes.md. Environment variables: docs/variables.md.',
    );
  for (const command of program.commands) command.copyInheritedSettings(program);
  await program.parseAsync(argv, { from: 'user' });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = report(error);
}

/** One message for what a person can mend; anything else is a fault of this program, and its stack helps. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof Problem || error instanceof K6Unavailable) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof VariableError) {
    process.stderr.write(`${error.message}\n`);
    return EXIT.usage;
  }
  const detail = error instanceof Error ? error.stack : String(error);
  process.stderr.write(
    `This is a fault of the suite, not of yours. Please report it with these lines:\n${detail}\n`,
  );
  return EXIT.usage;
}
