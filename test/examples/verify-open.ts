/**
 * The vectors of which our own verifier does not tell yet what the page says. Each name that is mended goes from here; none may come.
 * `verdict`: another verdict. `problems`: the same verdict, another problem or place. `sealed`: the same problems, another count of what is sealed.
 */
const names = {
  verdict: `
    anchor-cut anchor-everything anchor-rewritten chain-unconnected checkpoint-begun-anew checkpoint-without-prev
    foreign-claim foreign-header foreign-no-interval input-anchor-event input-anchors resealed-moved rewritten-id
    unsealed-all-without-keys
  `,
  problems: `
    altered-before altered-number-of-event appended-export appended-many appended-one chain-inserted
    chain-inserted-export chain-removed checkpoint-fork checkpoint-of-another-writer copied-text cut-both cut-chain
    cut-end cut-everything foreign-alg fork-forged-first link-authority link-type missing-chain
    missing-chain-with-checkpoints missing-notice-of-less reordered-segments resealed-older restart-at-the-end
    rewritten-chain rewritten-end rewritten-export rewritten-tail text-far-out-of-place text-out-of-place
    text-second-content
  `,
  sealed: `
    altered-actor-added altered-content altered-fingerprint altered-first altered-link altered-number
    altered-prototype altered-texts altered-time altered-unicode altered-unseen foreign-comment foreign-control
    foreign-deep-enough foreign-infinite foreign-not-a-number foreign-surrogate foreign-surrogate-name foreign-twice
    foreign-twice-escaped gap-export gap-many gap-one link-content link-first resealed-ended-chain restart-inside
    stub-alone stub-begins stub-fingerprint stub-in-a-log stub-says-nothing stub-small stub-two
  `,
};

const listed = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((name) => name !== ''));

export const open = { verdict: listed(names.verdict), problems: listed(names.problems), sealed: listed(names.sealed) };
