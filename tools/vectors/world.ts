import { lineOf, parse, sha256, type Facts } from './canonical.js';
import { honest } from './honest.js';
import { claimsOf, first, jwks, jwsOf, second, type Key } from './sign.js';
import { fingerprintOf, named, seal, stampOf, type Line } from './writer.js';

/** The tags of events are a chain and a number: A1. */
export const isEvent = (tag: string): boolean => /^[ABSX]\d+$/.test(tag);

/** A record that can be tampered with: the honest one, until something is done. */
export class World {
  /** The segments of the log; without any there is no directory. */
  segments: Line[][] = honest().map((lines) => [...lines]);
  /** The lines of `export.jsonl`, where there is one. */
  exported: Line[] | undefined;
  /** What stands behind the last line of the log or export. */
  end = '\n';
  anchors: string | undefined;
  anchored: Line[] = [];
  keys: string | undefined = jwks([first]);
  texts = false;
  /** Files as they stand, in place of the ones that are made of lines. */
  readonly given = new Map<string, string>();
  /** Of these the names of those that are base64. */
  readonly binary: string[] = [];

  find(tag: string): Line {
    const found = [...this.segments.flat(), ...(this.exported ?? []), ...this.anchored].find(
      (line) => line.tag === tag,
    );
    if (found === undefined) throw new Error(`no line ${tag}`);
    return found;
  }

  /** Puts lines in the place of one. */
  splice(tag: string, change: (line: Line) => readonly Line[]): void {
    const line = this.find(tag);
    const each = (lines: readonly Line[]): Line[] => lines.flatMap((one) => (one === line ? [...change(one)] : [one]));
    this.segments = this.segments.map(each);
    this.exported &&= each(this.exported);
  }

  replace(tag: string, text: string): void {
    this.splice(tag, (line) => [{ ...line, text }]);
  }

  remove(...tags: readonly string[]): void {
    for (const tag of tags) this.splice(tag, () => []);
  }

  /** Removes the lines from one to another. */
  removeFrom(from: string, to: string): void {
    const all = this.segments.flat().map(({ tag }) => tag);
    this.remove(...all.slice(all.indexOf(from), all.indexOf(to) + 1));
  }

  /** Puts lines behind one. Those without a chain are of none. */
  after(tag: string, ...lines: readonly Line[]): void {
    this.splice(tag, (line) => [line, ...lines]);
  }

  /** Takes a line away and puts it behind another. */
  move(tag: string, behind: string): void {
    const line = this.find(tag);
    this.remove(tag);
    this.after(behind, line);
  }

  /** Changes what a line says, and nothing else. */
  edit(tag: string, change: (said: Facts) => void): void {
    const said = parse(this.find(tag).text);
    change(said);
    this.replace(tag, lineOf(said));
  }

  /** Changes an event and gives it a fingerprint that holds. `chained`: each behind it in its chain, too. */
  forge(tag: string, change: (event: Facts) => void, chained = false): void {
    this.edit(tag, (event) => {
      change(event);
      seal(event);
    });
    if (chained) this.rechain(tag);
  }

  /** Names each event in the one behind it, from one on to the end of its chain. */
  rechain(from: string): void {
    const { chain, sequence = 0 } = this.find(from);
    const behind = this.segments
      .flat()
      .filter((line) => line.chain === chain && (line.sequence as number) > sequence && isEvent(line.tag));
    let last = parse(this.find(from).text);
    for (const { tag } of behind) {
      this.forge(tag, (event) => {
        stampOf(event)['prev_event'] = named(last);
      });
      last = parse(this.find(tag).text);
    }
  }

  jws(tag: string): string {
    const { text } = this.find(tag);
    return text.startsWith('{') ? (parse(text)['checkpoint'] as string) : text;
  }

  /** The key that a checkpoint names. */
  signer(tag: string): Key {
    return (JSON.parse(Buffer.from(this.jws(tag).split('.')[0] as string, 'base64url').toString()) as Facts)['kid'] ===
      first.kid
      ? first
      : second;
  }

  /** Signs a checkpoint anew. `linked`: those behind it name it. */
  resign(
    tag: string,
    change: (claims: Facts) => void,
    key: Key = this.signer(tag),
    { header = {}, linked = true }: { readonly header?: Facts; readonly linked?: boolean } = {},
  ): void {
    const claims = claimsOf(this.jws(tag));
    change(claims);
    const old = sha256(this.jws(tag));
    this.replace(tag, lineOf({ checkpoint: jwsOf(claims, key, header) }));
    const next = linked
      ? this.segments.flat().find((line) => /^C\d$/.test(line.tag) && claimsOf(this.jws(line.tag))['prev'] === old)
      : undefined;
    if (next !== undefined)
      this.resign(next.tag, (its) => {
        its['prev'] = sha256(this.jws(tag));
      });
  }

  /** A checkpoint names its event as it is now. */
  reseal(tag: string, of: string): void {
    this.resign(tag, (claims) => {
      Object.assign(claims, { head: fingerprintOf(parse(this.find(of).text)) });
    });
  }

  /** All as an export of topics: bare checkpoints and texts. The log is gone. */
  toExport(order: (lines: readonly Line[]) => readonly Line[] = (lines) => lines): void {
    this.exported = [...order(this.segments.flat().map(bare))];
    this.segments = [];
  }
}

/** A line as it stands in a topic. */
export function bare(line: Line): Line {
  const said = parse(line.text);
  if ('checkpoint' in said) return { ...line, text: said['checkpoint'] as string };
  return 'sqltext' in said ? { ...line, text: lineOf(said['sqltext']) } : line;
}

export const metadata = (event: Facts): Facts => event['metadata'] as Facts;
export const ours = (event: Facts): Facts => (event['unmapped'] as Facts)['sallyport'] as Facts;
export const data = (event: Facts): Facts => ours(event)['data'] as Facts;
export const sqltext = (line: Facts): Facts => line['sqltext'] as Facts;
