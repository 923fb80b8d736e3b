import { UsageError } from '../exit-codes.js';
import { readFileLines } from './file-lines.js';
import { findInputFiles, type InputFile } from './input-files.js';
import type { RecordLine } from './record-line.js';
import { readTopicLines, type KafkaOptionValues } from './kafka-topic.js';

/**
 * The lines of what was named on the command line: files and directories, or a topic, with the `texts` of statements
 * where they are asked for. Throws UsageError, some of it only as the lines are asked for.
 */
export async function openRecordLines(
  named: readonly string[],
  values: KafkaOptionValues,
  texts = false,
): Promise<AsyncIterable<RecordLine>> {
  const { kafka } = values;
  if (kafka !== undefined && named.length > 0) throw new UsageError('name files or a topic, not both');
  if (kafka !== undefined) return readTopicLines({ ...values, kafka }, texts);
  if (named.length === 0) throw new UsageError('name a file or directory, or a topic with --kafka');
  return readRecordLines(await findInputFiles(named));
}

async function* readRecordLines(inputs: readonly InputFile[]): AsyncGenerator<RecordLine> {
  for (const { path, log } of inputs) {
    for await (const { text, number, complete } of readFileLines(path))
      yield { text, complete, position: { source: path, line: number, ...(log === undefined ? {} : { log }) } };
  }
}
