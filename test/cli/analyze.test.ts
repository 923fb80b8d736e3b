import { describe, expect, it } from 'vitest';
import { inProcess, sallyport } from './command.js';

const one = (sql: string, ...more: string[]): ReturnType<typeof inProcess> =>
  inProcess(['analyze', '--scope', 'shop.mart', ...more, sql]);

describe('sallyport analyze, one statement', () => {
  it('prints for people what it reads, and that it is allowed', async () => {
    const { code, out, err } = await one('select count(*) from sales s join "Odd name" o on s.id = o.id');
    expect(out).toBe(
      'decision  allow\nkind      read\nreads     SHOP.MART."Odd name", SHOP.MART.SALES\ncalls     COUNT\n          It only reads, inside the scope.\n',
    );
    expect([code, err]).toEqual([0, '']);
  });

  it.each([
    ['update sales set a = 1', 3, 'decision  approval'],
    ['select * from hr.pay.wages', 1, 'HR.PAY.WAGES: outside SHOP.MART.'],
    ['grant role a to user b', 1, 'reason    sql.rights'],
    ['select my_function(1)', 1, 'reason    sql.function'],
  ])('%s ends with %i', async (sql, expected, part) => {
    const { code, out } = await one(sql);
    expect(out).toContain(part);
    expect(code).toBe(expected);
  });

  it('takes functions of the team by name', async () => {
    const { code, out } = await one('select rebate(total) from sales', '--function', 'SHOP.MART.REBATE');
    expect(out).toContain('SHOP.MART.REBATE');
    expect(code).toBe(0);
  });

  it('is a command of its own', async () => {
    expect(await sallyport(['analyze', '--scope', 'SHOP.MART', 'drop table sales'])).toMatchObject({
      code: 3,
      err: '',
      out: expect.stringContaining('writes    SHOP.MART.SALES'),
    });
    expect(await sallyport(['analyse'])).toMatchObject({ code: 2, out: '' });
  });

  it('never repeats a literal', async () => {
    const { out } = await one("select * from sales where card = '4111-secret' and");
    expect(out).not.toContain('4111');
  });
});

describe('the command line', () => {
  it.each(['--help', '-h', 'analyze --help', 'analyze -h'])('%s explains, with exit codes', async (line) => {
    const { code, out, err } = await inProcess(line.split(' '));
    expect(out).toMatch(/^Usage: sallyport[^]*Exit codes/);
    expect([code, err]).toEqual([0, '']);
  });

  it('tells its version', async () => {
    expect((await inProcess(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [[]],
    [['']],
    [['nothing']],
    [['--nothing']],
    [['analyze', '--nothing']],
    [['analyze', 'select 1']],
    [['analyze', '--scope', 'A.B']],
    [['analyze', '--scope', 'A', 'select 1']],
    [['analyze', '--scope', 'A.B', 'select', '1']],
    [['analyze', '--scope', 'A.B', '--function', 'f', 'select 1']],
  ])('%j is wrong, and is told so', async (args) => {
    const { code, out, err } = await inProcess(args);
    expect(err).toMatch(
      args[0] === 'analyze'
        ? /^sallyport: .+\nTry sallyport analyze --help\.\n$/
        : /^sallyport: .+\nTry sallyport --help\.\n$/,
    );
    expect([code, out]).toEqual([2, '']);
  });
});
