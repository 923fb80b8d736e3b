import { UsageError } from '../exit.js';
import { fileLines } from './file-lines.js';
import { inputsOf, type Input } from './inputs.js';
import type { RecordLine } from './record-line.js';
import { topicLines, type KafkaValues } from './topic.js';

/** The lines of what was named on the command line: files and directories, or a topic, with the `texts` of statements where they are asked for. Throws UsageError, some of it only as the lines are asked for. */
export async function recordLines(named: readonly string[], values: KafkaValues, texts = false): Promise<AsyncIterable<RecordLine>> {
  const { kafka } = values;
  if (kafka !== undefined && named.length > 0) throw new UsageError('name files or a topic, not both');
  if (kafka !== undefined) return topicLines({ ...values, kafka }, texts);
  if (named.length === 0) throw new UsageError('name a file or directory, or a topic with --kafka');
  return linesOf(await inputsOf(named));
}

async function* linesOf(inputs: readonly Input[]): AsyncGenerator<RecordLine> {
  for (const { path, log } of inputs) {
    for await (const { text, number, complete } of fileLines(path)) yield { text, complete, place: { source: path, line: number, ...(log === undefined ? {} : { log }) } };
  }
}
