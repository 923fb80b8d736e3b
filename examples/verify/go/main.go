// Command verify verifies an audit record from its specification alone (docs/record-format.md).
//
//	verify [--jwks FILE] [--texts] [--anchors FILE] PATH...
//
// A directory is a log, a file an export. Exit codes: 0 whole, 1 tampered with, 2 incomplete, 3 wrong command line or an input that cannot be read.
package main

import (
	"bufio"
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	tampered   = "tampered"
	incomplete = "incomplete"
)

func main() {
	code, err := run(os.Args[1:], os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
	}
	os.Exit(code)
}

func run(arguments []string, out io.Writer) (int, error) {
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	jwks := flags.String("jwks", "", "the JWK set of the keys that are trusted")
	texts := flags.Bool("texts", false, "a text that is absent is a problem")
	anchors := flags.String("anchors", "", "copies of checkpoints that were kept elsewhere")
	if err := flags.Parse(arguments); err != nil {
		return 3, err
	}
	if flags.NArg() == 0 {
		return 3, fmt.Errorf("no PATH given")
	}
	var keys []key
	var kept []*checkpoint
	var err error
	if *jwks != "" {
		if keys, err = readKeys(*jwks); err != nil {
			return 3, fmt.Errorf("%s: %w", *jwks, err)
		}
	}
	if *anchors != "" {
		if kept, err = readAnchors(*anchors); err != nil {
			return 3, err
		}
	}
	r := newRecord()
	for _, path := range flags.Args() {
		if err := r.readPath(path); err != nil {
			return 3, err
		}
	}
	if r.isNone() {
		return 3, fmt.Errorf("there is nothing to verify")
	}
	v := newVerifier(r)
	v.verify(keys, *texts, kept)
	return v.report(bufio.NewWriter(out), keys != nil), nil
}

// verify makes the checks in an order in which none needs what a later one finds.
func (v *verifier) verify(keys []key, texts bool, kept []*checkpoint) {
	if keys != nil {
		v.checkKeys(keys)
	} else if len(v.checkpoints) > 0 {
		v.tell(incomplete, "unchecked", place{source: "-"}, "-", 0)
	}
	v.checkOrder()
	v.checkHeads()
	v.checkPositions()
	firsts := v.checkRoots()
	v.checkLinks()
	v.checkSuccessors()
	v.checkStubs()
	v.seal()
	var removals []*event
	v.everyWhole(func(e *event) {
		if e.removed != nil && e.sealed {
			removals = append(removals, e)
		}
	})
	v.checkTimes()
	v.checkAbsent(removals)
	v.checkFirsts(firsts, removals)
	v.checkBeginnings(removals)
	v.checkEnds()
	v.checkTexts(texts)
	v.checkAnchors(kept)
}

// readAnchors gives the checkpoints of the file, each with its line.
func readAnchors(path string) (kept []*checkpoint, err error) {
	source := shown(filepath.Base(path))
	err = linesOf(path, func(number int, data []byte, _ bool) error {
		if strings.Trim(string(data), blank) == "" {
			return nil
		}
		line, err := readLine(data, false)
		c, ok := line.(*checkpoint)
		if err != nil || !ok {
			return fmt.Errorf("%s:%d: no checkpoint", path, number)
		}
		c.place = place{source, number}
		kept = append(kept, c)
		return nil
	})
	return kept, err
}

func (v *verifier) checkAnchors(kept []*checkpoint) {
	first := map[string]int64{}
	for _, each := range v.checkpoints {
		if at, there := first[each.authority]; !each.bad && (!there || each.at < at) {
			first[each.authority] = each.at
		}
	}
	for _, anchor := range kept {
		if v.checkpoints[anchor.identity] == nil && anchor.at >= first[anchor.authority] {
			v.tellCheckpoint(tampered, "anchor", anchor)
		}
	}
}

func (v *verifier) report(out *bufio.Writer, keys bool) int {
	defer out.Flush()
	problems := make([]problem, 0, len(v.problems))
	for each := range v.problems {
		problems = append(problems, each)
	}
	slices.SortFunc(problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.line, b.line), cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.chain, b.chain), cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.verdict, b.verdict))
	})
	code, verdict := 0, "ok"
	for _, each := range problems {
		at := "-"
		if each.line > 0 {
			at = fmt.Sprintf("%s:%d", each.source, each.line)
		}
		fmt.Fprintln(out, each.verdict, each.kind, at, each.chain, sequenceShown(each.sequence))
		if each.verdict == tampered {
			code, verdict = 1, tampered
		} else if code == 0 {
			code, verdict = 2, incomplete
		}
	}
	v.reportChains(out, keys)
	fmt.Fprintln(out, "verdict", verdict)
	return code
}

// sequenceShown is `-` where there is none.
func sequenceShown(sequence int64) string {
	if sequence == 0 {
		return "-"
	}
	return strconv.FormatInt(sequence, 10)
}

func (v *verifier) reportChains(out io.Writer, keys bool) {
	names := make([]string, 0, len(v.chains))
	for name := range v.chains {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all, sealed := sortedNumbers(v.chains[name]), 0
		for _, number := range all {
			if keys && slices.ContainsFunc(v.chains[name][number], func(e *event) bool { return e.sealed }) {
				sealed++
			}
		}
		fmt.Fprintf(out, "chain %s %d-%d sealed %d events %d\n", name, all[0], all[len(all)-1], sealed, len(all))
	}
}
