import { Command } from 'commander';
export function doctorCommand(): Command {
  return new Command('doctor').description('say what is there and what is missing, with the mend for each');
}
