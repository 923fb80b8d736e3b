import { deny, type Plugin } from 'sallyport';

/** Sessions that may write are opened in working hours only (UTC). A plugin can refuse; it can never permit. */
export function workingHours({ from = 8, to = 18, now = () => new Date() } = {}): Plugin {
  return {
    name: 'working-hours',
    setup(host) {
      host.guard('scope', ({ scope }) => {
        const hour = now().getUTCHours();
        if (scope.access === 'read' || (hour >= from && hour < to)) return undefined;
        return deny('GUARDED', 'It is outside working hours.', {
          hint: `Ask for read access, or ask again from ${from}:00 UTC.`,
        });
      });
    },
  };
}
