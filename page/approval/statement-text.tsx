import type { JSX } from 'preact';
import type { ApprovalStatement } from '../api-types.js';
import { Name, Sql } from '../text/safe-text.js';
import { splitCharacters } from '../text/visible-text.js';
import { formatCount } from '../messages.js';

/** The text that would run, whole, with its length said, and the values that go with it. */
export function StatementText({ statement }: { readonly statement: ApprovalStatement }): JSX.Element {
  const { canonical, binds } = statement;
  return (
    <section aria-labelledby="text">
      <h2 id="text">The text that would run</h2>
      {statement.asked !== undefined && <RewrittenFrom statement={statement} />}
      <p class="aside">
        All of it, {formatCount(splitCharacters(canonical).length, 'character')} in{' '}
        {formatCount(canonical.split('\n').length, 'line')}; wrapped, never cut.
      </p>
      <Sql text={canonical} />
      <p class="aside">End of the text.</p>
      {binds.length > 0 && <h3>{formatCount(binds.length, 'value')} for its placeholders, in order</h3>}
      {binds.length > 0 && (
        <ol class="binds">
          {binds.map((value) => (
            <li>
              <BindValue value={value} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** A plugin changed what was asked for: by whom, and from what. */
function RewrittenFrom({
  statement: { asked, rewrites = [] },
}: {
  readonly statement: ApprovalStatement;
}): JSX.Element {
  return (
    <>
      <p>
        This is not what was asked for. It was rewritten by{' '}
        {rewrites.map(({ plugin, obligation, rule }, index) => (
          <>
            {index > 0 && ', '}the plugin <Name text={plugin} /> for the obligation <Name text={obligation} />
            {rule !== undefined && (
              <>
                {' '}
                of the rule <Name text={rule} />
              </>
            )}
          </>
        ))}
        . What was asked for:
      </p>
      <Sql text={asked?.canonical ?? ''} />
      <p class="aside">What would run instead:</p>
    </>
  );
}

function BindValue({ value }: { readonly value: unknown }): JSX.Element {
  if (typeof value === 'string')
    return (
      <>
        <span class="kind">text</span> <Name text={value} />{' '}
        <span class="aside">{formatCount(splitCharacters(value).length, 'character')}</span>
      </>
    );
  return (
    <>
      <span class="kind">{value === null ? 'null' : typeof value}</span>{' '}
      {value === null ? '' : <Name text={JSON.stringify(value)} />}
    </>
  );
}
