import { Command } from 'commander';
import { alignColumns } from '../report/format.ts';
import { listTests } from '../run/bundle.ts';
import { mainProductOf } from '../run/test-name.ts';
import { config } from '../support/config.ts';
import { EXIT } from '../support/problem.ts';
import { paint } from '../support/terminal.ts';
import { runChecks } from './doctor-checks.ts';
import { processEnvironment } from './environment.ts';
import { PRODUCT, productArgument } from './names.ts';

const MARKS = {
  ok: { mark: '✓', colour: 'green' },
  note: { mark: '·', colour: 'dim' },
  problem: { mark: '✗', colour: 'red' },
} as const;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is there and what is missing, with the mend for each')
    .argument(...productArgument('whose tests are to run: folder of the product'))
    .addHelpText(
      'after',
      `\nIt ends with 2 where something needs mending.\n\nExamples:\n  npm run doctor\n  npm run doctor -- ${PRODUCT}\n  TEST_ENV=staging API_URL=https://api.staging.example.com npm run doctor`,
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
  const lines = findings.map(({ status, mend }, i) => {
    const { mark, colour } = MARKS[status];
    return `${paint(colour, mark)} ${rows[i]}${mend ? `\n    ${mend}` : ''}`;
  });
  const problems = findings.filter(({ status }) => status === 'problem').length;
  process.stdout.write(`${lines.join('\n')}\n\n${conclusion(problems, product)}\n`);
  process.exitCode = problems === 0 ? EXIT.ok : EXIT.usage;
}

const conclusion = (problems: number, product: string) =>
  problems === 0
    ? `Ready: ${product === config.mainProduct ? 'npm run test:smoke' : `npm run suite -- run ${product}/smoke`}`
    : `${problems} ${problems === 1 ? 'thing needs' : 'things need'} mending.`;
