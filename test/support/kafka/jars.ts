import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const home = join(tmpdir(), 'sallyport-kafka-4.1.1');

/**
 * The folder with Apache Kafka's jars, fetched once through Maven. Undefined, with a reason, where that cannot be done.
 */
export async function kafkaJars(): Promise<{ readonly jars: string } | { readonly missing: string }> {
  const jars = join(home, 'jars');
  if (existsSync(join(jars, '.whole'))) return { jars };
  try {
    await run('java', ['-version']);
  } catch {
    return { missing: 'there is no java' };
  }
  // Made aside and moved, so that two that fetch at once do not see each other's half.
  const draft = mkdtempSync(join(tmpdir(), 'sallyport-kafka-'));
  try {
    await run(
      'mvn',
      [
        '-q',
        '-B',
        '-f',
        join(import.meta.dirname, 'pom.xml'),
        'dependency:copy-dependencies',
        `-DoutputDirectory=${draft}`,
        '-DincludeScope=runtime',
      ],
      { maxBuffer: 1 << 26 },
    );
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(draft, '.whole'), '');
    mkdirSync(home, { recursive: true });
    if (!existsSync(jars)) renameSync(draft, jars);
    return { jars };
  } catch (error) {
    return {
      missing: `Maven could not fetch Kafka: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`,
    };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
