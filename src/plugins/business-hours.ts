import { deny, readOptions, type Access, type OptionNames, type Plugin } from '../core/index.js';
import { assertOption } from './assert-option.js';

const pluginName = 'business-hours';
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export type Weekday = (typeof weekdays)[number];

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

const optionNames: OptionNames<BusinessHours> = {
  timeZone: true,
  from: true,
  to: true,
  days: true,
  access: true,
  now: true,
};

/**
 * Denies, outside local business hours, to open a session and to run a statement in one. Throws CONFIG_INVALID for
 * invalid options.
 */
export function businessHours(options: BusinessHours): Plugin {
  const {
    timeZone,
    from = 8,
    to = 18,
    days = weekdays.slice(0, 5),
    access = ['write'],
    now = Date.now,
  } = readOptions<BusinessHours>(options, optionNames, pluginName);
  assertOption(
    Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from < to && to <= 24,
    pluginName,
    'from and to are whole hours, 0 to 24, from before to',
  );
  assertOption(
    Array.isArray(days) && days.length > 0 && days.every((day) => weekdays.includes(day)),
    pluginName,
    'days are Mon to Sun, at least one',
  );
  assertOption(
    Array.isArray(access) && access.length > 0 && access.every((each) => each === 'read' || each === 'write'),
    pluginName,
    'access lists read, write or both',
  );
  const open = new Set<string>(days);
  const held = new Set<Access>(access);
  const local = createFormat(timeZone);
  const hint = `Ask again between ${from}:00 and ${to}:00 (${timeZone}), ${days.join(', ')}.`;
  return {
    name: pluginName,
    setup(host) {
      host.guard('scope', ({ scope }) => {
        if (!held.has(scope.access)) return undefined;
        const parts = new Map(local.formatToParts(now()).map(({ type, value }) => [type, value]));
        const hour = Number(parts.get('hour'));
        return open.has(parts.get('weekday') ?? '') && hour >= from && hour < to
          ? undefined
          : deny('GUARDED', 'It is outside business hours.', { hint });
      });
    },
  };
}

function createFormat(timeZone: string): Intl.DateTimeFormat {
  // Without this an undefined zone would silently be the machine's.
  assertOption(typeof timeZone === 'string', pluginName, 'timeZone is an IANA time zone');
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' });
  } catch {
    return assertOption(false, pluginName, 'timeZone is an IANA time zone') as never;
  }
}
