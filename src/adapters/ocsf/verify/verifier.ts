import { readOptions, type OptionNames, type LineSource } from '../../../core/index.js';
import { Chain } from './chain.js';
import { Anchors, type AnchorLine } from './anchors.js';
import { closeChain, createChainReport } from './chain-end.js';
import { FindingCollector, selectWorse } from './findings.js';
import { IntentTracker } from './intent-tracker.js';
import type { VerificationKey } from './verification-key.js';
import { Keyring, type SignatureStatus } from './keyring.js';
import { checkAgainstState, createVerifierState, findRemembered } from './verifier-state.js';
import { isBlankLine, isWholeLine, parseLine } from '../parse/line.js';
import { RemovalTracker } from './removals.js';
import type { VerifierState, LinePosition, Finding, FindingKind, VerificationReport } from './report.js';
import type { PlacedCheckpoint } from './signed-checkpoint.js';
import { checkEmpty, checkLog, checkSuccession, sealBefore } from './chain-succession.js';
import type { EventClaims } from '../parse/event-claims.js';
import { BoundedHashMap } from './bounded-hash-map.js';
import { TextTracker } from './text-tracker.js';
import { CheckpointTrail } from './checkpoint-trail.js';
import { checkAttested } from './unattested.js';

export interface VerifyOptions {
  /**
   * A JWK set (RFC 7517) of the Ed25519 keys that are trusted. Without one no signature is checked, and the verdict is
   * `incomplete` where there are any.
   */
  readonly keys?: unknown;
  /** What an earlier verification found. */
  readonly memory?: VerifierState;
  /** Checkpoints that somebody else kept: each has to be in the record, unless that begins behind it. */
  readonly anchors?: readonly AnchorLine[];
  /** A text that an event names and that is absent is a problem, too. Default false: texts may be erased. */
  readonly texts?: boolean;
  /** How many problems a chain's report names; the rest are counted. Default 20. */
  readonly limit?: number;
  /**
   * How many events back an event that comes again can be compared, in each chain; 20 bytes each. Default 4,194,304.
   */
  readonly window?: number;
}

const optionNames: OptionNames<VerifyOptions> = {
  keys: true,
  memory: true,
  anchors: true,
  texts: true,
  limit: true,
  window: true,
};

export interface Verifier {
  /**
   * The next line, without its newline; undefined for one that could not even be read as text. `complete` is false for
   * a last line that no newline ends.
   */
  take(line: string | undefined, place: LinePosition, complete?: boolean): Promise<void>;
  /** What was found; call it once, at the end. */
  report(): VerificationReport;
}

/**
 * Checks a record: every event's fingerprint, its place in its chain, the checkpoints' signatures and the links between
 * checkpoints and between chains. Lines may come in
 * any order, more than once and from several logs. In order it keeps a fixed amount of memory; events that come early
 * are kept until the gap before them is filled.
 * Throws CONFIG_INVALID for keys or anchors that cannot be used.
 */
export async function verifier(given: VerifyOptions = {}): Promise<Verifier> {
  const options = readOptions<VerifyOptions>(given, optionNames, 'verifier');
  const keys = options.keys === undefined ? Keyring.empty : await Keyring.fromJwks(options.keys);
  const check = new VerifierRun(options, keys);
  return { take: (line, place, complete = true) => check.addLine(line, place, complete), report: () => check.report() };
}

/** By which rules a line is read there. */
export function resolveLineSource({ log, partition }: LinePosition): LineSource {
  return log !== undefined ? 'log' : partition !== undefined ? 'partition' : 'export';
}

class VerifierRun {
  readonly #options: VerifyOptions;
  readonly #keys: Keyring;
  readonly #limit: number;
  readonly #window: number;
  readonly findings: FindingCollector;
  readonly #chains = new Map<string, Chain>();
  /** The chains of each log that is read in order. */
  readonly #logs = new Map<string, Set<Chain>>();
  /** The one that is being read in each of them. */
  readonly #current = new Map<string, Chain>();
  readonly #intents = new IntentTracker();
  readonly #removals = new RemovalTracker();
  readonly #checkpoints: CheckpointTrail;
  readonly #anchors: Anchors;
  /** Checkpoints that do not hold; a key that they do hold under may be announced yet. */
  #pendingCheckpoints: { readonly stamp: PlacedCheckpoint; readonly held: SignatureStatus }[] = [];
  readonly #texts: TextTracker;
  /** What of a log that can stand in it once only was read. */
  readonly #known: BoundedHashMap;
  /** Checkpoints that were read. */
  #order = 0;
  /** Lines that came again outside a log. */
  #again = 0;

  constructor(options: VerifyOptions, keys: Keyring) {
    this.#options = options;
    this.#keys = keys;
    this.#anchors = new Anchors(options.anchors ?? []);
    this.#limit = options.limit ?? 20;
    this.#window = options.window ?? 4_194_304;
    this.findings = new FindingCollector(this.#limit);
    this.#texts = new TextTracker(
      (problem, chain) => ((chain === undefined ? undefined : this.#chains.get(chain)) ?? this).findings.add(problem),
      this.#window,
    );
    this.#known = new BoundedHashMap(this.#window);
    this.#checkpoints = new CheckpointTrail(({ claims }) => this.#chain(claims));
  }

  async addLine(line: string | undefined, place: LinePosition, complete: boolean): Promise<void> {
    const standing = resolveLineSource(place);
    if (standing === 'export' && line !== undefined && isBlankLine(line)) return;
    const read = line === undefined ? undefined : parseLine(line, standing, true);
    switch (read?.kind) {
      case 'event':
        return this.#event(read.claims, place);
      case 'checkpoint':
        return this.#checkpoint({
          ...read.signed,
          position: place,
          order: (this.#order += 1),
          isBehindEnd: this.#hasEnded(read.signed.claims.chain, place),
        });
      case 'text':
        return this.#texts.addText(read.text, place);
      default:
        if (complete || (line !== undefined && isWholeLine(line, standing)))
          this.findings.add({
            kind: 'foreign',
            verdict: 'tampered',
            message: 'it is no line of a record: changed, or put there by someone else',
            place,
          });
        else
          this.findings.add({
            kind: 'torn',
            verdict: 'incomplete',
            message: 'the last line was not written to its end',
            place,
          });
    }
  }

  report(): VerificationReport {
    for (const { stamp, held } of this.#pendingCheckpoints) {
      this.#checkpoints.addPassed(stamp);
      this.#anchors.met(stamp, false);
      if (held.is === 'refused') this.#addCheckpointFinding(stamp, 'key', held.why);
      else this.#addCheckpointFinding(stamp, 'signature', 'its signature does not hold');
    }
    const { memory } = this.#options;
    const chains = [...this.#chains.values()];
    this.#checkpoints.checkOrder();
    for (const { seals } of chains) seals.settle();
    sealBefore(this.#chains);
    const removals = this.#removals.selectAttested(this.#chains);
    for (const chain of chains) closeChain(chain, removals);
    this.#texts.close(this.#options.texts === true);
    const tell = (problem: Finding): void => (this.#chains.get(problem.chain ?? '') ?? this).findings.add(problem);
    checkEmpty(this.#chains, removals, tell);
    checkSuccession(this.#chains, memory, removals, tell);
    for (const begun of this.#logs.values()) checkLog([...begun]);
    this.#checkpoints.checkBeginnings(removals);
    for (const problem of this.#anchors.absent(this.#checkpoints)) tell(problem);
    if (memory !== undefined) checkAgainstState(memory, chains, this.#checkpoints, this.findings);
    checkAttested(chains);
    if (this.#keys.isEmpty) this.#checkUnchecked(chains);
    return this.#summary(chains);
  }

  #summary(chains: readonly Chain[]): VerificationReport {
    const reports = chains
      .map((chain) => createChainReport(chain, !this.#keys.isEmpty))
      .toSorted((a, b) => (a.chain < b.chain ? -1 : 1));
    const verdict = reports.reduce((sum, each) => selectWorse(sum, each.verdict), this.findings.verdict);
    const sum = (count: (chain: Chain) => number): number => chains.reduce((total, each) => total + count(each), 0);
    return {
      verdict,
      chains: reports,
      keys: this.#keys.reports,
      ...(this.#options.anchors === undefined ? {} : { anchored: this.#anchors.writers }),
      events: sum((each) => each.events),
      duplicates: sum((each) => each.duplicates),
      checkpoints: sum((each) => each.seals.count),
      texts: this.#texts.count,
      again: this.#again + this.#texts.repeated,
      ...this.#intents.counts,
      ...this.findings.list,
      ...(verdict === 'tampered'
        ? {}
        : {
            memory: createVerifierState(
              this.#options.memory,
              chains,
              this.#keys.isEmpty ? [] : this.#checkpoints.tails,
            ),
          }),
    };
  }

  #event(told: EventClaims, place: LinePosition): void {
    const chain = this.#chain(told);
    const { log } = place;
    const current = log === undefined ? chain : (this.#current.get(log) ?? chain);
    const passed = log !== undefined && current !== chain && chain.isIn(log);
    if (log !== undefined && !passed) this.#current.set(log, chain);
    if (log !== undefined && told.computedFingerprint !== told.fingerprint && this.#isCopy(log, told)) {
      return chain.findings.add({
        kind: 'copied',
        verdict: 'tampered',
        message: 'it stands in the log before',
        place,
        sequence: told.sequence,
        id: told.id,
      });
    }
    const begun = this.#begunIn(log);
    if (chain.events === 0) chain.requiresBeginning = begun.size > 0;
    const added = chain.addEvent(told, place, passed);
    if (log !== undefined && chain.isIn(log)) begun.add(chain);
    if (added === 'known') this.#texts.closePending(log, told.id);
    if (added !== 'new') return;
    this.#intents.add(told);
    this.#removals.addEvent(told);
    this.#texts.addEvent(told, place);
  }

  /** The chains whose events were read in this log, in their order. */
  #begunIn(log: string | undefined): Set<Chain> {
    const known = log === undefined ? undefined : this.#logs.get(log);
    const begun = known ?? new Set();
    if (log !== undefined && known === undefined) this.#logs.set(log, begun);
    return begun;
  }

  /** What says nothing is not kept by its chain, but it too stands in a log once. */
  #isCopy(log: string, { computedFingerprint: actual, stubDigest, fingerprint }: EventClaims): boolean {
    const key = `${log}\n${fingerprint} ${actual ?? stubDigest?.() ?? ''}`;
    if (this.#known.has(key)) return true;
    this.#known.set(key);
    return false;
  }

  /** A log has each once, and elsewhere one that came before tells nothing new. */
  async #checkpoint(stamp: PlacedCheckpoint): Promise<void> {
    const { digest, position: place } = stamp;
    const isCopy = place.log !== undefined && this.#known.has(`${place.log}\n${digest}`);
    const isKnown = this.#known.has(digest);
    if (isCopy) this.#addCheckpointFinding(stamp, 'copied', 'it stands in the log before');
    else this.#texts.closePending(place.log);
    if (isKnown && !isCopy) this.#again += 1;
    if (place.log !== undefined) this.#known.set(`${place.log}\n${digest}`);
    this.#known.set(digest);
    if (!isKnown) await this.#verifyCheckpoint(stamp);
  }

  async #verifyCheckpoint(stamp: PlacedCheckpoint): Promise<void> {
    if (this.#keys.isEmpty) return this.#addCheckpoint(stamp);
    const held = await this.#keys.verify(stamp);
    this.#keys.follow(stamp, held.is === 'good' ? held.key : undefined);
    if (held.is !== 'good') return void this.#pendingCheckpoints.push({ stamp, held });
    this.#addCheckpoint(stamp);
    if (stamp.claims.reason === 'rotation') await this.#announce(stamp, held.key);
  }

  /** Events of this chain stand in the log, and behind them another one began. */
  #hasEnded(name: string, { log }: LinePosition): boolean {
    if (log === undefined) return false;
    const [chain, current] = [this.#chains.get(name), this.#current.get(log)];
    return chain?.isIn(log) === true && current !== undefined && current !== chain;
  }

  /** One whose signature holds; where there are no keys to tell, each counts, and nothing is shown as sealed. */
  #addCheckpoint(stamp: PlacedCheckpoint): void {
    this.#anchors.met(stamp, !this.#keys.isEmpty);
    const found = this.#checkpoints.add(stamp);
    if (found === 'again') return;
    const chain = this.#chain(stamp.claims);
    if (stamp.isBehindEnd) chain.seals.tell('resealed', stamp, 'its chain had ended there, and another began');
    chain.seals.add(stamp, found === 'good');
  }

  async #announce(stamp: PlacedCheckpoint, key: VerificationKey): Promise<void> {
    const late = await this.#keys.announce(stamp, key);
    if (late === undefined) return this.#addCheckpointFinding(stamp, 'key', 'it announces a key that cannot be read');
    for (const each of late)
      this.#chain(each.claims).seals.tell('key', each, 'it is signed with a key that had been replaced');
    const { authority, next } = stamp.claims;
    const known = this.#pendingCheckpoints.filter(
      (each) => each.stamp.kid === next?.kid && each.stamp.claims.authority === authority,
    );
    if (known.length === 0) return;
    this.#pendingCheckpoints = this.#pendingCheckpoints.filter((each) => !known.includes(each));
    for (const each of known) await this.#verifyCheckpoint(each.stamp);
  }

  /** What does not hold says nothing, not even of which chain it is. */
  #addCheckpointFinding(stamp: PlacedCheckpoint, kind: FindingKind, message: string): void {
    const chain = this.#chains.get(stamp.claims.chain);
    if (chain !== undefined) chain.seals.tell(kind, stamp, message);
    else
      this.findings.add({
        kind,
        verdict: 'tampered',
        message: `a checkpoint over ${stamp.claims.chain}: ${message}`,
        place: stamp.position,
        chain: stamp.claims.chain,
        sequence: stamp.claims.seq,
      });
  }

  #chain({ chain: name, authority }: Pick<EventClaims, 'chain' | 'authority'>): Chain {
    const known = this.#chains.get(name);
    if (known !== undefined) return known;
    const chain = new Chain(name, authority, {
      limit: this.#limit,
      window: this.#window,
      remembered: findRemembered(this.#options.memory, name),
    });
    this.#chains.set(name, chain);
    return chain;
  }

  #checkUnchecked(chains: readonly Chain[]): void {
    const stamped = chains.reduce((total, each) => total + each.seals.count, 0);
    if (stamped > 0)
      this.findings.add({
        kind: 'unchecked',
        verdict: 'incomplete',
        message: `${stamped === 1 ? 'one checkpoint was' : `${stamped} checkpoints were`} not checked: no keys`,
      });
  }
}
