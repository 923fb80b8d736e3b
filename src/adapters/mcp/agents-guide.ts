import { readFileSync } from 'node:fs';

let guideText: string | undefined;

/** How agents are to ask, and to read a no: docs/agents.md, which comes with the package. */
export const agentsGuide = {
  name: 'agents-guide',
  uri: 'sallyport://guide/agents',
  title: 'Working through Sallyport',
  description: 'How to ask for the least, how to read a denial, and what to do while a person decides.',
  mimeType: 'text/markdown',
  text: (): string => (guideText ??= readFileSync(new URL('../../../docs/agents.md', import.meta.url), 'utf8')),
};
