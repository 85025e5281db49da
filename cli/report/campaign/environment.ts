import type { Campaign, CampaignTestResult } from '../../../lib/core/across-runs/index.ts';
import { isVariableName, SUITE_VARIABLES, type Variable } from '../../../lib/core/definition/index.ts';
import { PM2_COLUMNS } from '../../../lib/core/evidence/index.ts';
import { absentBlock, type CellValue, listBlock, section, tableBlock, textBlock } from '../block-builders.ts';
import { formatInstant, formatScale } from '../format.ts';
import type { Block, Section } from '../report-document.ts';
import { type FactReaders, prefixedEntries, TARGET_FACTS, TOOL_FACTS } from '../run/configuration.ts';
import { figureOverRun, maximum } from '../run/sample-figures.ts';
import { campaignCommandLine, resumeCommandLine, testCommandLine } from './command-lines.ts';
import { type RanTest, testsThatRan } from './ran-tests.ts';

/**
 * Facts that each run recorded, such as the version of the database. A recorded fact can differ from the configuration.
 */
const FACTS: FactReaders = {
  Environment: ({ run }) => run.environment,
  ...TARGET_FACTS,
  'Processes under PM2': ({ resources }) => figureOverRun(resources.pm2, maximum(PM2_COLUMNS.processes)),
  ...TOOL_FACTS,
  Seed: ({ run }) => String(run.seed),
  Scale: ({ run: { scale } }) => formatScale(scale),
};

/** Builds the section about the target, the environment and the tools of a campaign. */
export function environmentSection({ settings }: Campaign, tests: readonly CampaignTestResult[]): Section {
  const ran = testsThatRan(tests);
  const configured = [
    ...prefixedEntries('Label', settings.labels),
    ...prefixedEntries('Setting', settings.targetSettings ?? {}),
  ];
  const unknown = Object.entries(FACTS).flatMap(([name, fact]) =>
    ran.every(({ result }) => fact(result) === null) ? [name] : [],
  );
  return section(
    'environment',
    'Environment and configuration',
    ran.length === 0
      ? absentBlock('No test was run.')
      : [
          tableBlock(
            'Measured environment',
            ['Name', 'Value', 'Tests'],
            [
              ['Target', targetOf(settings, ran), 'all tests'],
              ...configured.map((fact) => [...fact, 'all tests']),
              ...Object.entries(FACTS).flatMap(([name, fact]) => factRows(name, fact, ran)),
            ],
          ),
          ...(unknown.length > 0 ? [textBlock('Not measured:'), listBlock(unknown)] : []),
        ],
  );
}

/** Returns a name for the reference service instead of its URL, because its port differs in every run. */
const targetOf = ({ apiUrl, environment }: Campaign['settings'], [first]: readonly RanTest[]): string =>
  apiUrl === null && environment === 'local'
    ? 'a separate reference service for each test'
    : (apiUrl ?? first?.result.run.target ?? '');

/** Returns one row for a fact if its value is the same in all tests, otherwise one row per value. */
function factRows(name: string, fact: FactReaders[string], ran: readonly RanTest[]): CellValue[][] {
  const values = new Set(ran.map(({ result }) => fact(result)).filter((value) => value !== null));
  return [...values].map((value) => {
    const withValue = ran.filter(({ result }) => fact(result) === value);
    return [name, value, withValue.length === ran.length ? 'all tests' : withValue.map(({ test }) => test).join(', ')];
  });
}

/** Builds the appendix: commands that repeat the campaign, variables, and the folder of each run. */
export function appendixSection(campaign: Campaign): Section {
  const { tests, startedAt, endedAt } = campaign;
  return section(
    'appendix',
    'Appendix',
    [],
    [
      section('commands', 'Commands', commands(campaign)),
      section('variables', 'Environment variables', variablesTable(campaign)),
      section('files', 'Files', [
        textBlock(
          `Started ${formatInstant(startedAt)}, ${endedAt ? `ended ${formatInstant(endedAt)}` : 'interrupted'}. Folders are relative to the folder of this report. Each contains result.json and the reports of its run.`,
        ),
        tableBlock(
          'Runs',
          ['Test', 'Run', 'Folder'],
          tests.map(({ test, run }) => [test, run?.id ?? null, run?.folder ?? 'not run']),
        ),
      ]),
    ],
  );
}

const commands = (campaign: Campaign): Block[] => [
  textBlock('Run the campaign:'),
  code([campaignCommandLine(campaign)]),
  ...(campaign.endedAt === null ? [textBlock('Resume the campaign:'), code([resumeCommandLine(campaign)])] : []),
  textBlock('Run a single test:'),
  code(campaign.tests.map(({ test }) => testCommandLine(campaign, test))),
];

const code = (lines: string[]): Block => ({ kind: 'code', text: lines.join('\n') });

/** Lists the names and meanings of the variables, but not their values, because values can be secret. */
const variablesTable = ({ variables: names, productVariables = [] }: Campaign): Block =>
  tableBlock(
    'Variables of this campaign and its tests',
    ['Variable', 'Meaning', 'Secret'],
    names.map((name) => {
      const variable: (Pick<Variable<unknown>, 'description'> & { secret?: boolean }) | undefined = isVariableName(name)
        ? SUITE_VARIABLES[name]
        : productVariables.find((declared) => declared.name === name);
      return variable ? [name, variable.description, variable.secret ? 'yes' : 'no'] : [name, null, null];
    }),
  );

const ROLES = ['Test engineer', 'Operations', 'Technical lead'];

export const signOffSection = (): Section =>
  section('sign-off', 'Sign-off', [
    tableBlock(
      'Approvals',
      ['Role', 'Name', 'Decision', 'Date', 'Signature'],
      ROLES.map((role) => [role, '', '', '', '']),
    ),
  ]);
