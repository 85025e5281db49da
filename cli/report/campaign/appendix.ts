import type { Campaign, CampaignTest } from '../../../lib/core/across-runs/index.ts';
import { isVariableName, type Variable, variables } from '../../../lib/core/definition/index.ts';
import type { Block, Section } from '../document.ts';
import { formatInstant } from '../format.ts';
import { NOTHING, table, text } from '../run/blocks.ts';
import { campaignCommand, resumeCommand, testCommand } from './command-lines.ts';

/** How to do it again, and where everything is. */
export function appendixSection(campaign: Campaign): Section {
  const { tests, startedAt, endedAt } = campaign;
  return {
    id: 'appendix',
    title: 'Appendix',
    blocks: [],
    sections: [
      { id: 'commands', title: 'Commands', blocks: commands(campaign) },
      { id: 'variables', title: 'Environment variables', blocks: [variablesTable(campaign)] },
      {
        id: 'files',
        title: 'Files',
        blocks: [
          text(
            `Begun ${formatInstant(startedAt)}, ${endedAt ? `ended ${formatInstant(endedAt)}` : 'broken off'}. Folders are given from that of this report; each holds result.json and the reports of its run.`,
          ),
          table('Runs', ['Test', 'Run', 'Folder'], tests.map(runRow)),
        ],
      },
    ],
  };
}

const commands = (campaign: Campaign): Block[] => [
  text('The campaign:'),
  code([campaignCommand(campaign)]),
  ...(campaign.endedAt === null ? [text('What is left of it:'), code([resumeCommand(campaign)])] : []),
  text('Each test alone:'),
  code(campaign.tests.map(({ test }) => testCommand(campaign, test))),
];

const code = (lines: string[]): Block => ({ kind: 'code', text: lines.join('\n') });

/** Names and what they mean: what they were set to may be secret. */
const variablesTable = ({ variables: names, productVariables = [] }: Campaign): Block =>
  table(
    'Set for this campaign, or taken by its tests',
    ['Variable', 'Meaning', 'Secret'],
    names.map((name) => {
      const variable: (Pick<Variable<unknown>, 'description'> & { secret?: boolean }) | undefined =
        isVariableName(name) ? variables[name] : productVariables.find((one) => one.name === name);
      return variable
        ? [name, variable.description, variable.secret ? 'yes' : 'no']
        : [name, NOTHING, NOTHING];
    }),
  );

const runRow = ({ test, run }: CampaignTest): string[] => [
  test,
  run?.id ?? NOTHING,
  run?.folder ?? 'not run',
];

const ROLES = ['Test engineer', 'Operations', 'Technical lead'];

export const signOffSection = (): Section => ({
  id: 'sign-off',
  title: 'Sign-off',
  blocks: [
    table(
      'Read and decided',
      ['Role', 'Name', 'Decision', 'Date', 'Signature'],
      ROLES.map((role) => [role, '', '', '', '']),
    ),
  ],
});
