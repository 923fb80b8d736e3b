import { readOptions, type OptionNames, type Standing } from '../../../core/index.js';
import { Chain } from './chain.js';
import { Anchors, type AnchorLine } from './anchors.js';
import { closeChain, reportOf } from './chain-end.js';
import { Findings, worse } from './findings.js';
import { Intents } from './intents.js';
import type { Key } from './jwks.js';
import { Keyring, type Held } from './keyring.js';
import { checkMemory, memoryOf, recalled } from './memory.js';
import { isEmpty, isWholeLine, readLine } from '../reading/line.js';
import { Removals } from './removals.js';
import type { Memory, Place, Problem, ProblemKind, Report } from './report.js';
import type { Stamp } from './seal.js';
import { checkEmpty, checkLogs, checkSuccession, sealBefore } from './succession.js';
import type { Told } from '../reading/told.js';
import { Marked } from './marked.js';
import { Texts } from './texts.js';
import { Trail } from './trail.js';
import { checkSeals } from './unsealed.js';

export interface VerifyOptions {
  /** A JWK set (RFC 7517) of the Ed25519 keys that are trusted. Without one no signature is checked, and the verdict is `incomplete` where there are any. */
  readonly keys?: unknown;
  /** What an earlier verification found. */
  readonly memory?: Memory;
  /** Checkpoints that somebody else kept: each has to be in the record, unless that begins behind it. */
  readonly anchors?: readonly AnchorLine[];
  /** A text that an event names and that is absent is a problem, too. Default false: texts may be erased. */
  readonly texts?: boolean;
  /** How many problems a chain's report names; the rest are counted. Default 20. */
  readonly limit?: number;
  /** How many events back an event that comes again can be compared, in each chain; 20 bytes each. Default 4,194,304. */
  readonly window?: number;
}

const names: OptionNames<VerifyOptions> = { keys: true, memory: true, anchors: true, texts: true, limit: true, window: true };

export interface Verifier {
  /** The next line, without its newline; undefined for one that could not even be read as text. `complete` is false for a last line that no newline ends. */
  take(line: string | undefined, place: Place, complete?: boolean): Promise<void>;
  /** What was found; call it once, at the end. */
  report(): Report;
}

/**
 * Checks a record: every event's fingerprint, its place in its chain, the checkpoints' signatures and the links between checkpoints and between chains. Lines may come in
 * any order, more than once and from several logs. In order it keeps a fixed amount of memory; events that come early are kept until the gap before them is filled.
 * Throws CONFIG_INVALID for keys or anchors that cannot be used.
 */
export async function verifier(given: VerifyOptions = {}): Promise<Verifier> {
  const options = readOptions<VerifyOptions>(given, names, 'verifier');
  const keys = options.keys === undefined ? Keyring.none : await Keyring.of(options.keys);
  const check = new Check(options, keys);
  return { take: (line, place, complete = true) => check.take(line, place, complete), report: () => check.report() };
}

/** By which rules a line is read there. */
export function standingAt({ log, partition }: Place): Standing {
  return log !== undefined ? 'log' : partition !== undefined ? 'partition' : 'export';
}

class Check {
  readonly #options: VerifyOptions;
  readonly #keys: Keyring;
  readonly #limit: number;
  readonly #window: number;
  readonly findings: Findings;
  readonly #chains = new Map<string, Chain>();
  /** The chains of each log that is read in order. */
  readonly #logs = new Map<string, Chain[]>();
  /** The one that is being read in each of them. */
  readonly #current = new Map<string, Chain>();
  readonly #intents = new Intents();
  readonly #removals = new Removals();
  readonly #trail: Trail;
  readonly #anchors: Anchors;
  /** Checkpoints that do not hold; a key that they do hold under may be announced yet. */
  #strangers: { readonly stamp: Stamp; readonly held: Held }[] = [];
  readonly #texts: Texts;
  /** What of a log that can stand in it once only was read. */
  readonly #seen: Marked;
  /** Lines that came again outside a log. */
  #again = 0;

  constructor(options: VerifyOptions, keys: Keyring) {
    this.#options = options;
    this.#keys = keys;
    this.#anchors = new Anchors(options.anchors ?? []);
    this.#limit = options.limit ?? 20;
    this.#window = options.window ?? 4_194_304;
    this.findings = new Findings(this.#limit);
    this.#texts = new Texts((problem, chain) => ((chain === undefined ? undefined : this.#chains.get(chain)) ?? this).findings.add(problem), this.#window);
    this.#seen = new Marked(this.#window);
    this.#trail = new Trail(({ claims, place }) => this.#chain(claims, place));
  }

  async take(line: string | undefined, place: Place, complete: boolean): Promise<void> {
    const standing = standingAt(place);
    if (standing === 'export' && line !== undefined && isEmpty(line)) return;
    const read = line === undefined ? undefined : readLine(line, standing, true);
    switch (read?.kind) {
      case 'event':
        return this.#event(read.told, place);
      case 'checkpoint':
        return this.#checkpoint({ ...read.signed, place });
      case 'text':
        return this.#texts.take(read.text, place);
      default:
        if (complete || (line !== undefined && isWholeLine(line, standing))) this.findings.add({ kind: 'foreign', verdict: 'tampered', message: 'it is no line of a record: changed, or put there by someone else', place });
        else this.findings.add({ kind: 'torn', verdict: 'incomplete', message: 'the last line was not written to its end', place });
    }
  }

  report(): Report {
    for (const { stamp, held } of this.#strangers) {
      this.#trail.pass(stamp);
      this.#anchors.met(stamp, false);
      if (held.is === 'refused') this.#refuse(stamp, 'key', held.why);
      else this.#refuse(stamp, 'signature', 'its signature does not hold');
    }
    const { memory } = this.#options;
    const chains = [...this.#chains.values()];
    sealBefore(this.#chains);
    const removals = this.#removals.among(this.#chains);
    for (const chain of chains) closeChain(chain, removals);
    this.#texts.close(this.#options.texts === true);
    const tell = (problem: Problem): void => (this.#chains.get(problem.chain ?? '') ?? this).findings.add(problem);
    checkEmpty(this.#chains, removals, tell);
    checkSuccession(this.#chains, memory, removals, tell);
    checkLogs(this.#logs.values());
    this.#trail.close(removals);
    for (const problem of this.#anchors.absent(this.#trail)) tell(problem);
    if (memory !== undefined) checkMemory(memory, chains, this.#trail, this.findings);
    if (this.#keys.empty) this.#checkUnchecked(chains);
    else checkSeals(chains);
    return this.#summary(chains);
  }

  #summary(chains: readonly Chain[]): Report {
    const reports = chains.map((chain) => reportOf(chain)).toSorted((a, b) => (a.chain < b.chain ? -1 : 1));
    const verdict = reports.reduce((sum, each) => worse(sum, each.verdict), this.findings.verdict);
    const sum = (count: (chain: Chain) => number): number => chains.reduce((total, each) => total + count(each), 0);
    return {
      verdict, chains: reports, keys: this.#keys.reports, ...(this.#options.anchors === undefined ? {} : { anchored: this.#anchors.writers }), events: sum((each) => each.events), duplicates: sum((each) => each.duplicates), checkpoints: sum((each) => each.seals.count),
      texts: this.#texts.count, again: this.#again + this.#texts.again, ...this.#intents.counts, ...this.findings.list,
      ...(verdict === 'tampered' ? {} : { memory: memoryOf(this.#options.memory, chains, this.#keys.empty ? [] : this.#trail.tails) }),
    };
  }

  #event(told: Told, place: Place): void {
    const chain = this.#chain(told, place);
    const { log } = place;
    const current = log === undefined ? chain : (this.#current.get(log) ?? chain);
    const passed = log !== undefined && current !== chain && chain.isIn(log);
    if (log !== undefined && !passed) this.#current.set(log, chain);
    if (log !== undefined && told.actual !== told.fingerprint && this.#isCopy(log, told)) {
      return chain.findings.add({ kind: 'copied', verdict: 'tampered', message: 'it stands in the log before', place, sequence: told.sequence, id: told.id });
    }
    const isNew = chain.take(told, place, passed);
    if (isNew) this.#intents.note(told);
    if (isNew) this.#removals.note(told);
    if (isNew) this.#texts.event(told, place);
    else this.#texts.passed(log, told.id);
  }

  /** What says nothing is not kept by its chain, but it too stands in a log once. */
  #isCopy(log: string, { actual, stubDigest, fingerprint }: Told): boolean {
    const key = `${log}\n${fingerprint} ${actual ?? stubDigest?.() ?? ''}`;
    if (this.#seen.has(key)) return true;
    this.#seen.set(key);
    return false;
  }

  /** A log has each once, and elsewhere one that came before tells nothing new. */
  async #checkpoint(stamp: Stamp): Promise<void> {
    const { digest, place } = stamp;
    this.#texts.passed(place.log);
    const isCopy = place.log !== undefined && this.#seen.has(`${place.log}\n${digest}`);
    const isKnown = this.#seen.has(digest);
    if (isCopy) this.#refuse(stamp, 'copied', 'it stands in the log before');
    else if (isKnown) this.#again += 1;
    if (place.log !== undefined) this.#seen.set(`${place.log}\n${digest}`);
    this.#seen.set(digest);
    if (!isKnown) await this.#stamp(stamp);
  }

  async #stamp(stamp: Stamp): Promise<void> {
    if (this.#keys.empty) return this.#accept(stamp, false);
    const held = await this.#keys.judge(stamp);
    this.#keys.follow(stamp, held.is === 'good' ? held.key : undefined);
    if (held.is !== 'good') return void this.#strangers.push({ stamp, held });
    this.#accept(stamp, true);
    if (stamp.claims.reason === 'rotation') await this.#announce(stamp, held.key);
  }

  #accept(stamp: Stamp, trusted: boolean): void {
    this.#anchors.met(stamp, trusted);
    const found = this.#trail.add(stamp);
    if (found === 'again') return;
    const chain = this.#chain(stamp.claims, stamp.place);
    const { log } = stamp.place;
    const current = log === undefined ? undefined : this.#current.get(log);
    if (log !== undefined && current !== undefined && current !== chain && chain.isIn(log)) return chain.seals.tell('resealed', stamp, 'its chain had ended there, and another began');
    chain.seals.add(stamp, trusted && found === 'good');
  }

  async #announce(stamp: Stamp, key: Key): Promise<void> {
    const late = await this.#keys.announce(stamp, key);
    if (late === undefined) return this.#refuse(stamp, 'key', 'it announces a key that cannot be read');
    for (const each of late) this.#chain(each.claims, each.place).seals.tell('key', each, 'it is signed with a key that had been replaced');
    const { authority, next } = stamp.claims;
    const known = this.#strangers.filter((each) => each.stamp.kid === next?.kid && each.stamp.claims.authority === authority);
    if (known.length === 0) return;
    this.#strangers = this.#strangers.filter((each) => !known.includes(each));
    for (const each of known) await this.#stamp(each.stamp);
  }

  /** What does not hold says nothing, not even of which chain it is. */
  #refuse(stamp: Stamp, kind: ProblemKind, message: string): void {
    const chain = this.#chains.get(stamp.claims.chain);
    if (chain !== undefined) chain.seals.tell(kind, stamp, message);
    else this.findings.add({ kind, verdict: 'tampered', message: `a checkpoint over ${stamp.claims.chain}: ${message}`, place: stamp.place });
  }

  #chain({ chain: name, authority }: Pick<Told, 'chain' | 'authority'>, { log }: Place): Chain {
    const known = this.#chains.get(name);
    if (known !== undefined) return known;
    const order = log === undefined ? undefined : (this.#logs.get(log) ?? []);
    const chain = new Chain(name, authority, {
      limit: this.#limit, window: this.#window, remembered: recalled(this.#options.memory, name), mustBegin: order?.some((each) => each.events > 0) === true,
    });
    this.#chains.set(name, chain);
    if (log !== undefined && order !== undefined) this.#logs.set(log, [...order, chain]);
    return chain;
  }

  #checkUnchecked(chains: readonly Chain[]): void {
    const stamped = chains.reduce((total, each) => total + each.seals.count, 0);
    if (stamped === 0) checkSeals(chains);
    else this.findings.add({ kind: 'unchecked', verdict: 'incomplete', message: `${stamped === 1 ? 'one checkpoint was' : `${stamped} checkpoints were`} not checked: no keys` });
  }
}
