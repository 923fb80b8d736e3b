/**
 * The vectors of which our own verifier does not tell yet what the page says. Each name that is mended goes from here; none may come.
 * `verdict`: another verdict. `problems`: the same verdict, another problem or place. `sealed`: the same problems, another count of what is sealed.
 */
const names = {
  verdict: `
    input-anchor-event input-anchors anchor-cut anchor-everything anchor-rewritten chain-unconnected checkpoint-begun-anew
    checkpoint-without-prev resealed-moved rewritten-id
    unsealed-all-without-keys
  `,
  problems: `
    altered-before altered-number-of-event appended-export appended-many appended-one chain-inserted
    chain-inserted-export chain-removed checkpoint-fork checkpoint-of-another-writer copied-text cut-both
    cut-chain cut-end cut-everything fork-forged-first link-authority link-type missing-chain
    missing-chain-with-checkpoints missing-notice-of-less reordered-segments resealed-older restart-at-the-end
    rewritten-chain rewritten-end rewritten-export rewritten-tail text-far-out-of-place text-out-of-place
    text-second-content
  `,
  sealed: `
    resealed-ended-chain
  `,
};

const listed = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((name) => name !== ''));

export const open = { verdict: listed(names.verdict), problems: listed(names.problems), sealed: listed(names.sealed) };
