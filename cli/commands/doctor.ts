import { Command } from 'commander';
import { alignColumns } from '../report/format.ts';
import { listTests } from '../run/bundle.ts';
import { mainProductOf } from '../run/test-name.ts';
import { config } from '../support/config.ts';
import { EXIT } from '../support/problem.ts';
import { paint } from '../support/terminal.ts';
import { EXAMPLE_PRODUCT, productArgument } from './arguments.ts';
import { runChecks } from './doctor-checks.ts';
import { processEnvironment } from './environment.ts';

const MARKS = {
  ok: { mark: '✓', color: 'green' },
  note: { mark: '·', color: 'dim' },
  problem: { mark: '✗', color: 'red' },
} as const;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('show what is installed, what is missing, and how to fix it')
    .argument(...productArgument('folder of the product to check'))
    .addHelpText(
      'after',
      `\nThe exit code is 2 if something must be fixed.\n\nExamples:\n  npm run doctor\n  npm run doctor -- ${EXAMPLE_PRODUCT}\n  TEST_ENV=staging API_URL=https://api.staging.example.com npm run doctor`,
    )
    .action(doctor);
}

async function doctor(given: string | undefined): Promise<void> {
  const product = given ?? mainProductOf(await listTests());
  const findings = await runChecks(processEnvironment, product);
  const rows = alignColumns(
    findings.map(({ what, found }) => [what, found]),
    2,
  );
  const lines = findings.map(({ status, fix }, i) => {
    const { mark, color } = MARKS[status];
    return `${paint(color, mark)} ${rows[i]}${fix ? `\n    ${fix}` : ''}`;
  });
  const problems = findings.filter(({ status }) => status === 'problem').length;
  process.stdout.write(`${lines.join('\n')}\n\n${conclusion(problems, product)}\n`);
  process.exitCode = problems === 0 ? EXIT.ok : EXIT.usage;
}

const conclusion = (problems: number, product: string) =>
  problems === 0
    ? `Ready: ${product === config.mainProduct ? 'npm run test:smoke' : `npm run suite -- run ${product}/smoke`}`
    : `${problems} ${problems === 1 ? 'problem' : 'problems'} to fix.`;
