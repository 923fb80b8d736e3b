import { gatewayHelp } from '../gateway/gateway-options.js';

export const approvalsHelp = `Usage: sallyport approvals list --url URL [--state pending|decided]
       sallyport approvals show TICKET --url URL [--wait SECONDS]
       sallyport approvals approve|reject TICKET --url URL [--digest HEX] [--comment TEXT]

What agents ask of people, at a running gateway. Reviewers list, show and decide; whoever asked can show, and wait.

approve and reject show what would be decided on, and ask for the first 8 characters of its digest. Where nobody can be
asked, because standard input is no terminal, or to answer beforehand: --digest takes the whole digest, 64 characters,
of what was looked at. Something else than what was shown is never decided on.

Options:
${gatewayHelp}
  --state STATE      of list: pending (the default), or decided
  --wait SECONDS     of show: wait so long, at most 86400, for people to answer
  --digest HEX       of approve and reject: the digest of what was looked at
  --comment TEXT     of approve and reject: for the requester to read, at most 1000 characters

What is invisible, or turns the text, is shown as its code: <U+202E>. A line that begins with + goes on from the one before.

Exit codes: 0 listed, shown or decided; with --wait: approved. 1 the gateway said no, nothing was confirmed, what was
shown has changed; with --wait: rejected or over. 2 wrong command line. 3 with --wait: nobody has answered yet. 70 the
gateway cannot be asked, or failed.
`;
