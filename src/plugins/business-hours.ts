import { deny, readOptions, type Access, type OptionNames, type Plugin } from '../core/index.js';
import { demand } from './option.js';

const plugin = 'business-hours';
const week = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export type Weekday = (typeof week)[number];

export interface BusinessHours {
  /** An IANA time zone, such as `Europe/Paris`. */
  readonly timeZone: string;
  /** Local hours: `from` is the first that is open, `to` the first that is not. Default 8 and 18. */
  readonly from?: number;
  readonly to?: number;
  /** Default Monday to Friday. */
  readonly days?: readonly Weekday[];
  /** Which access is held to the hours; default `write` only. */
  readonly access?: readonly Access[];
  /** Wall clock, epoch milliseconds. */
  readonly now?: () => number;
}

const names: OptionNames<BusinessHours> = { timeZone: true, from: true, to: true, days: true, access: true, now: true };

/** Denies, outside local business hours, to open a session and to run a statement in one. Throws CONFIG_INVALID for invalid options. */
export function businessHours(options: BusinessHours): Plugin {
  const { timeZone, from = 8, to = 18, days = week.slice(0, 5), access = ['write'], now = Date.now } = readOptions<BusinessHours>(options, names, plugin);
  demand(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= 24, plugin, 'from and to are whole hours, 0 to 24, from before to');
  demand(Array.isArray(days) && days.length > 0 && days.every((day) => week.includes(day)), plugin, 'days are Mon to Sun, at least one');
  demand(Array.isArray(access) && access.length > 0 && access.every((each) => each === 'read' || each === 'write'), plugin, 'access lists read, write or both');
  const open = new Set<string>(days);
  const held = new Set<Access>(access);
  const local = formatOf(timeZone);
  const hint = `Ask again between ${from}:00 and ${to}:00 (${timeZone}), ${days.join(', ')}.`;
  return {
    name: plugin,
    setup(host) {
      host.guard('scope', ({ scope }) => {
        if (!held.has(scope.access)) return undefined;
        const parts = new Map(local.formatToParts(now()).map(({ type, value }) => [type, value]));
        const hour = Number(parts.get('hour'));
        return open.has(parts.get('weekday') ?? '') && hour >= from && hour < to ? undefined : deny('GUARDED', 'It is outside business hours.', { hint });
      });
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  // Without this an undefined zone would silently be the machine's.
  demand(typeof timeZone === 'string', plugin, 'timeZone is an IANA time zone');
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' });
  } catch {
    return demand(false, plugin, 'timeZone is an IANA time zone') as never;
  }
}
