import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Refusal } from '../api.js';
import { Comment } from './comment.js';
import { Trouble } from './trouble.js';

export interface AskProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** What the button says that does it. */
  readonly does: string;
  readonly grave?: boolean;
  /** What the comment is for. */
  readonly comment: string;
  readonly required?: boolean;
  readonly act: (comment: string) => Promise<void>;
  readonly close: () => void;
}

/** Asks once more, with room for words, before something is done. Escape leaves it; the browser keeps the focus inside (HTML, modal dialogs). */
export function Ask({ title, children, does, grave = false, comment, required = false, act, close }: AskProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const go = async (): Promise<void> => {
    setBusy(true);
    try {
      await act(text.trim());
      close();
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, {}));
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={close}>
      <form onSubmit={(event) => { event.preventDefault(); void go(); }}>
        <h2 id={heading}>{title}</h2>
        {children}
        <Comment label={comment} required={required} text={text} set={setText} />
        {refusal !== undefined && <Trouble refusal={refusal} />}
        <div class="buttons">
          <button type="submit" class={grave ? 'grave' : 'good'} disabled={busy}>{does}</button>
          <button type="button" onClick={close}>Leave it</button>
        </div>
      </form>
    </dialog>
  );
}
