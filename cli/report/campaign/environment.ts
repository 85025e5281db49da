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

/** As each run found it, and not as somebody says it is. */
const FACTS: FactReaders = {
  Environment: ({ run }) => run.environment,
  ...TARGET_FACTS,
  'Processes under PM2': ({ resources }) => figureOverRun(resources.pm2, maximum(PM2_COLUMNS.processes)),
  ...TOOL_FACTS,
  Seed: ({ run }) => String(run.seed),
  Scale: ({ run: { scale } }) => formatScale(scale),
};

/** What was tested, where, and with what. */
export function environmentSection({ settings }: Campaign, tests: readonly CampaignTestResult[]): Section {
  const ran = testsThatRan(tests);
  const given = [
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
            'As measured',
            ['What', 'Value', 'In'],
            [
              ['Target', targetOf(settings, ran), 'all tests'],
              ...given.map((fact) => [...fact, 'all tests']),
              ...Object.entries(FACTS).flatMap(([name, fact]) => factRows(name, fact, ran)),
            ],
          ),
          ...(unknown.length > 0 ? [textBlock('Not measured:'), listBlock(unknown)] : []),
        ],
  );
}

/** A service of its own has another port in every run. */
const targetOf = ({ apiUrl, environment }: Campaign['settings'], [first]: readonly RanTest[]): string =>
  apiUrl === null && environment === 'local'
    ? 'a reference service of its own for each test'
    : (apiUrl ?? first?.result.run.target ?? '');

/** One row where all tests agree, else one for each value. */
function factRows(name: string, fact: FactReaders[string], ran: readonly RanTest[]): CellValue[][] {
  const values = new Set(ran.map(({ result }) => fact(result)).filter((value) => value !== null));
  return [...values].map((value) => {
    const having = ran.filter(({ result }) => fact(result) === value);
    return [
      name,
      value,
      having.length === ran.length ? 'all tests' : having.map(({ test }) => test).join(', '),
    ];
  });
}

/** How to do it again, and where everything is. */
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
          `Begun ${formatInstant(startedAt)}, ${endedAt ? `ended ${formatInstant(endedAt)}` : 'broken off'}. Folders are given from that of this report; each holds result.json and the reports of its run.`,
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
  textBlock('The campaign:'),
  code([campaignCommandLine(campaign)]),
  ...(campaign.endedAt === null
    ? [textBlock('What is left of it:'), code([resumeCommandLine(campaign)])]
    : []),
  textBlock('Each test alone:'),
  code(campaign.tests.map(({ test }) => testCommandLine(campaign, test))),
];

const code = (lines: string[]): Block => ({ kind: 'code', text: lines.join('\n') });

/** Names and what they mean: what they were set to may be secret. */
const variablesTable = ({ variables: names, productVariables = [] }: Campaign): Block =>
  tableBlock(
    'Set for this campaign, or taken by its tests',
    ['Variable', 'Meaning', 'Secret'],
    names.map((name) => {
      const variable: (Pick<Variable<unknown>, 'description'> & { secret?: boolean }) | undefined =
        isVariableName(name) ? SUITE_VARIABLES[name] : productVariables.find((one) => one.name === name);
      return variable ? [name, variable.description, variable.secret ? 'yes' : 'no'] : [name, null, null];
    }),
  );

const ROLES = ['Test engineer', 'Operations', 'Technical lead'];

export const signOffSection = (): Section =>
  section('sign-off', 'Sign-off', [
    tableBlock(
      'Read and decided',
      ['Role', 'Name', 'Decision', 'Date', 'Signature'],
      ROLES.map((role) => [role, '', '', '', '']),
    ),
  ]);
