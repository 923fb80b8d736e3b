import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface CommentProps {
  readonly label: string;
  readonly required?: boolean;
  readonly text: string;
  readonly set: (text: string) => void;
}

/** Room for a person's own words, at most 1,000 characters. */
export function Comment({ label, required = false, text, set }: CommentProps): JSX.Element {
  const id = useId();
  return (
    <div class="comment">
      <label for={id}>{label}{required ? '' : ' (if you like)'}</label>
      <textarea id={id} rows={3} maxLength={1_000} required={required} value={text} onInput={(event) => set(event.currentTarget.value)} />
    </div>
  );
}
