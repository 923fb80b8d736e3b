import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api.js';
import { CommentField } from './comment-field.js';
import { ErrorNotice } from './error-notice.js';

export interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button says that does it. */
  readonly confirmLabel: string;
  readonly severe?: boolean;
  /** What the comment is for. */
  readonly commentLabel: string;
  readonly required?: boolean;
  readonly onConfirm: (comment: string) => Promise<void>;
  readonly onClose: () => void;
}

/**
 * Asks once more, with room for words, before something is done. Escape leaves it; the browser keeps the focus inside
 * (HTML, modal dialogs).
 */
export function ConfirmDialog({
  title,
  children,
  confirmLabel: does,
  severe: grave = false,
  commentLabel: comment,
  required = false,
  onConfirm: act,
  onClose: close,
}: ConfirmDialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<ApiError>();
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await act(text.trim());
      close();
    } catch (error) {
      setRefusal(error instanceof ApiError ? error : new ApiError(0, {}));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <h2 id={heading}>{title}</h2>
        {children}
        <CommentField label={comment} required={required} text={text} onChange={setText} />
        {refusal !== undefined && <ErrorNotice refusal={refusal} />}
        <div class="buttons">
          <button type="submit" class={grave ? 'grave' : 'good'} disabled={busy}>
            {does}
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
