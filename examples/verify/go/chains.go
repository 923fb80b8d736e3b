package main

import (
	"cmp"
	"math"
	"slices"
)

// verifier has the record, and what is found of it while it is checked.
type verifier struct {
	*record
	followers map[digest][]*checkpoint // by what they name
	writers   map[string]string
	lasts     map[string]int64
}

func newVerifier(r *record) *verifier {
	v := &verifier{r, map[digest][]*checkpoint{}, map[string]string{}, map[string]int64{}}
	for _, each := range r.checkpoints {
		if each.previous != nil {
			v.followers[*each.previous] = append(v.followers[*each.previous], each)
		}
	}
	return v
}

// contents is what stands under a number and is not altered: the whole events, else the stubs.
func (v *verifier) contents(chain string, number int64) []*event {
	var whole, stubs []*event
	for _, each := range v.chains[chain][number] {
		switch {
		case each.altered:
		case each.stub:
			stubs = append(stubs, each)
		default:
			whole = append(whole, each)
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return stubs
}

// front is where what is wrong with a number is told: the first read of what stands there, sooner one that is not altered.
func (v *verifier) front(chain string, number int64) *event {
	return append(v.contents(chain, number), v.chains[chain][number]...)[0]
}

func sortedNumbers(of numbers) []int64 {
	made := make([]int64, 0, len(of))
	for number := range of {
		made = append(made, number)
	}
	slices.Sort(made)
	return made
}

func (v *verifier) everyEvent(take func(*event)) {
	for _, of := range v.chains {
		for _, contents := range of {
			for _, each := range contents {
				take(each)
			}
		}
	}
}

// everyWhole: the events that say something.
func (v *verifier) everyWhole(take func(*event)) {
	v.everyEvent(func(e *event) {
		if !e.mute() {
			take(e)
		}
	})
}

// writer is whose chain it is, by the lowest number that is there; empty where none is.
func (v *verifier) writer(chain string) string {
	if writer, found := v.writers[chain]; found {
		return writer
	}
	lowest, writer := int64(math.MaxInt64), ""
	for number := range v.chains[chain] {
		if stands := v.contents(chain, number); len(stands) > 0 && number < lowest {
			lowest, writer = number, stands[0].authority
		}
	}
	v.writers[chain] = writer
	return writer
}

// last is the highest number of a chain.
func (v *verifier) last(chain string) int64 {
	if v.lasts[chain] == 0 {
		for number := range v.chains[chain] {
			v.lasts[chain] = max(number, v.lasts[chain])
		}
	}
	return v.lasts[chain]
}

// byUID gives these events; where several have the id, the first read, sooner one that says something.
func (v *verifier) byUID(wanted map[string]bool) map[string]*event {
	found := map[string]*event{}
	v.everyEvent(func(e *event) {
		if !wanted[e.uid] {
			return
		}
		other := found[e.uid]
		if other == nil || (other.mute() && !e.mute()) || (other.mute() == e.mute() && e.read < other.read) {
			found[e.uid] = e
		}
	})
	return found
}

// firsts are the first events that name a chain before theirs, in the order they were read.
func (v *verifier) firsts() (found []*event) {
	v.everyWhole(func(e *event) {
		if e.before != nil {
			found = append(found, e)
		}
	})
	slices.SortFunc(found, func(a, b *event) int { return cmp.Compare(a.read, b.read) })
	return found
}

// standsBefore: the chain is the one before the other, or before that, and so on.
func (v *verifier) standsBefore(chain, other string) bool {
	seen := map[string]bool{}
	for !seen[other] {
		seen[other] = true
		for _, each := range v.contents(other, 1) {
			if each.before != nil && !each.stub {
				other = each.before.chain
				break
			}
		}
		if other == chain {
			return true
		}
	}
	return false
}

// checkLinks looks whether each event stands behind the one before it.
func (v *verifier) checkLinks() {
	for chain, of := range v.chains {
		var last int64
		for _, number := range sortedNumbers(of) {
			if last != 0 && number != last+1 {
				v.tellEvent(tampered, "gap", v.front(chain, number))
			}
			before := v.contents(chain, number-1)
			for _, each := range v.contents(chain, number) {
				v.checkLink(each, before)
			}
			last = number
		}
	}
	for _, l := range v.logs {
		v.checkLogLinks(l)
	}
}

func (v *verifier) checkLink(e *event, before []*event) {
	if e.sequence > 1 && e.previous == nil {
		v.tellEvent(tampered, "restart", e)
	}
	follows := e.previous == nil || len(before) == 0
	for _, one := range before {
		follows = follows || (named{one.uid, one.typeUID, one.fingerprint}) == *e.previous
	}
	if !follows || e.authority != v.writer(e.chain) || (e.sequence == 1 && e.previous != nil) {
		v.tellEvent(tampered, "link", e)
	}
}

// checkLogLinks: in a log each chain names the one that begins before it.
func (v *verifier) checkLogLinks(l *log) {
	expected := map[string]string{}
	for at := 1; at < len(l.begun); at++ {
		expected[l.begun[at]] = l.begun[at-1]
	}
	for _, each := range l.marks {
		e, ok := each.(*event)
		if !ok || e.sequence != 1 || expected[e.chain] == "" {
			continue
		}
		if e.before == nil || e.before.chain != expected[e.chain] {
			v.tellEvent(tampered, "link", e)
		}
	}
}

// checkStubs holds each against the whole, where that is there.
func (v *verifier) checkStubs() {
	v.everyEvent(func(e *event) {
		if !e.stub || e.altered {
			return
		}
		stands := v.contents(e.chain, e.sequence)
		whole, fits := !stands[0].stub, false
		for _, one := range stands {
			fits = fits || (one.stubIdentity != nil && *one.stubIdentity == e.identity)
		}
		if e.smallStub || (whole && !fits) || (!whole && e != stands[0]) {
			v.tellEvent(tampered, "stub", e)
		}
		if !whole && e == stands[0] {
			v.tellEvent(incomplete, "stub", e)
		}
	})
}

// checkSuccessors looks whether each chain ends where the one behind it says.
func (v *verifier) checkSuccessors() {
	names := map[string]string{}
	for _, first := range v.firsts() {
		end := first.before
		if names[end.chain] == "" {
			names[end.chain] = first.chain
		} else if names[end.chain] != first.chain {
			v.tellEvent(tampered, "link", first)
		}
		if of := v.chains[end.chain]; of != nil {
			v.checkEnding(end, of)
		}
	}
}

func (v *verifier) checkEnding(end *ending, of numbers) {
	last, behind := v.last(end.chain), int64(math.MaxInt64)
	if last < end.sequence {
		v.tellEvent(tampered, "cut", v.front(end.chain, last))
	}
	if last > end.sequence {
		for number := range of {
			if number > end.sequence {
				behind = min(behind, number)
			}
		}
		v.tellEvent(tampered, "appended", v.front(end.chain, behind))
	}
	stands := v.contents(end.chain, end.sequence)
	if len(stands) > 0 && !holds(stands, end.fingerprint, end.uid) {
		v.tellEvent(tampered, "rewritten", stands[0])
	}
}
