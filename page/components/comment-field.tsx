import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface CommentFieldProps {
  readonly label: string;
  readonly required?: boolean;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Room for a person's own words, at most 1,000 characters. */
export function CommentField({ label, required = false, text, onChange: set }: CommentFieldProps): JSX.Element {
  const id = useId();
  return (
    <div class="comment">
      <label for={id}>
        {label}
        {required ? '' : ' (if you like)'}
      </label>
      <textarea
        id={id}
        rows={3}
        maxLength={1_000}
        required={required}
        value={text}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </div>
  );
}
