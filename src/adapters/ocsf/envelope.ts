/** What an event's line tells a router: the little that is read of it. */
export interface Envelope {
  readonly time: number;
  readonly class_uid: number;
  readonly metadata: { readonly uid: string; readonly event_code: string; readonly correlation_uid?: string };
  readonly unmapped?: { readonly sallyport?: { readonly trace_id?: string; readonly span_id?: string } };
}

// Members stand in the order of their names (RFC 8785), a quote inside a text never stands without its backslash, and no name before `metadata`, nor
// between it and `unmapped`, is anybody's choice but ours: the first match is the event's own.
const classUid = /,"class_uid":(\d+),/;
const metadata = /,"metadata":\{"correlation_uid":"([^"\\]+)","event_code":"([^"\\]+)",/y;
const ownId = /,"uid":"([^"\\]+)","version"/y;
const time = /,"time":(\d+),"type_/g;
/** At the end of the line, where no plugin's facts are. */
const trace = /"span_id":"([^"\\]+)",(?:"statement":"[^"\\]*",)?"trace_id":"([^"\\]+)","v":1(?:,"who":\{[^{}]*\})?\}\}\}$/y;

/** What a line of a session's event tells, found without reading all of it: that would take longer than to send it. Undefined for any other line. */
export function envelopeOf(line: string): Envelope | undefined {
  const found = matchAt(metadata, line, line.indexOf(',"metadata":{'));
  const id = found === undefined ? undefined : matchAt(ownId, line, line.indexOf(',"uid":"', metadata.lastIndex))?.[1];
  const when = id === undefined ? undefined : matchAt(time, line, ownId.lastIndex)?.[1];
  const uid = classUid.exec(line)?.[1];
  if (found === undefined || id === undefined || uid === undefined || when === undefined) return undefined;
  const [, session, code] = found as readonly string[] as [string, string, string];
  const envelope = { time: Number(when), class_uid: Number(uid), metadata: { uid: id, event_code: code, correlation_uid: session } };
  if (!hasTrace(line)) return envelope;
  const traced = matchAt(trace, line, line.lastIndexOf('"span_id":"'));
  return traced === undefined ? undefined : { ...envelope, unmapped: { sallyport: { span_id: traced[1] as string, trace_id: traced[2] as string } } };
}

/** Whether the last text before our version is a trace: looked for from the end, for it is most often absent. */
function hasTrace(line: string): boolean {
  const name = line.lastIndexOf('":"', line.lastIndexOf(',"v":1'));
  return line.startsWith('"trace_id', name - '"trace_id'.length);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  if (at < 0) return undefined;
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
