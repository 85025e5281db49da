import { type Checked, checked } from '../../../lib/core/across-runs/index.ts';
import type { Category, Result } from '../../../lib/core/evidence/index.ts';
import type { Cell, Section } from '../document.ts';
import { table, text } from './blocks.ts';

const TITLES: Record<Category, string> = {
  'database-scaling': 'Database scaling',
  'transaction-safety': 'Transaction safety',
  'external-services': 'External service protection',
  monitoring: 'Monitoring and observability',
  'load-testing': 'Load testing',
  'error-recovery': 'Error recovery',
  'rate-limiting': 'Rate limiting',
  'background-processing': 'Background processing',
};

/** What these runs have shown of what a system has to stand; null where none of their tests asks for it. */
export function checklistSection(results: readonly Result[]): Section | null {
  const asked = results.filter(({ checklist }) => checklist);
  if (asked.length === 0) return null;
  const categories = checked(asked);
  const met = categories.filter((one) => one.met).length;
  return {
    id: 'checklist',
    title: 'Checklist',
    blocks: [
      text(`${met} of ${categories.length} categories are shown to be met.`),
      table('Categories, and the evidence for each', ['Category', 'Status', 'Evidence'], categories.map(row)),
    ],
  };
}

function row({ category, met, evidence }: Checked): Cell[] {
  return [
    TITLES[category],
    statusOf(met),
    evidence.map(({ test, text: said }) => `${test}: ${said}`).join('; ') || 'nothing in these runs shows it',
  ];
}

function statusOf(met: boolean | null): Cell {
  if (met === null) return { text: '– no evidence', tone: 'warning' };
  return met ? { text: '✓ met', tone: 'good' } : { text: '✗ not met', tone: 'bad' };
}
