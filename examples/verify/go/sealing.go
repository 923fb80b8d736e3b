package main

import (
	"bytes"
	"cmp"
	"math"
	"slices"
)

const slack = 5000 // milliseconds that a checkpoint may be late

// seal marks the events that are sealed.
func (v *verifier) seal() {
	for chain, good := range v.goodOf() {
		heads := map[int64]map[digest]bool{}
		for _, each := range good {
			if heads[each.sequence] == nil {
				heads[each.sequence] = map[digest]bool{}
			}
			heads[each.sequence][each.head] = true
		}
		v.walk(chain, heads, math.MaxInt64, math.MaxInt64)
	}
	firsts := v.firsts()
	for found := true; found; {
		found = false
		var unsealed []*event
		for _, first := range firsts {
			if !first.sealed {
				unsealed = append(unsealed, first)
				continue
			}
			end := first.before
			v.walk(end.chain, map[int64]map[digest]bool{end.sequence: {end.fingerprint: true}}, end.sequence, end.sealed)
			found = true
		}
		firsts = unsealed
	}
}

// walk goes down from `end`: what a head or a sealed event names. Marks numbers up to `most`.
func (v *verifier) walk(chain string, heads map[int64]map[digest]bool, end, most int64) {
	all, named, behind := sortedNumbers(v.chains[chain]), map[digest]bool{}, int64(0)
	slices.Reverse(all)
	for _, number := range all {
		if number > end {
			continue
		}
		if behind != number+1 {
			clear(named)
		}
		for head := range heads[number] {
			named[head] = true
		}
		next := map[digest]bool{}
		for _, each := range v.contents(chain, number) {
			if !named[each.fingerprint] || each.stub {
				continue
			}
			each.sealed = each.sealed || number <= most
			if each.previous != nil {
				next[each.previous.fingerprint] = true
			}
		}
		named, behind = next, number
	}
}

// goodOf is the good checkpoints of each chain, by number.
func (v *verifier) goodOf() map[string][]*checkpoint {
	found := map[string][]*checkpoint{}
	for _, each := range v.checkpoints {
		if each.good() {
			found[each.chain] = append(found[each.chain], each)
		}
	}
	for _, each := range found {
		slices.SortFunc(each, func(a, b *checkpoint) int {
			return cmp.Or(cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.at, b.at), bytes.Compare(a.identity[:], b.identity[:]))
		})
	}
	return found
}

// checkTimes: no event is later than the first checkpoint over it.
func (v *verifier) checkTimes() {
	for chain, good := range v.goodOf() {
		at := 0
		for _, number := range sortedNumbers(v.chains[chain]) {
			for at < len(good) && good[at].sequence < number {
				at++
			}
			if at == len(good) {
				break
			}
			for _, each := range v.contents(chain, number) {
				if !each.stub && good[at].version > 1 && each.time > good[at].at {
					v.tellEvent(tampered, "time", each)
				}
			}
		}
	}
}

// checkAbsent tells of checkpoints over chains that are absent.
func (v *verifier) checkAbsent(removals []*event) {
	latest := map[string]int64{}
	for _, each := range v.checkpoints {
		if !each.bad && v.chains[each.chain] != nil {
			latest[each.authority] = max(each.at, latest[each.authority])
		}
	}
	for _, each := range v.checkpoints {
		went := slices.ContainsFunc(removals, func(one *event) bool {
			return one.authority == each.authority && one.removed.chain == each.chain && one.removed.sequence >= each.sequence
		})
		switch {
		case each.bad || v.chains[each.chain] != nil || went:
		case each.at < latest[each.authority]:
			v.tell(incomplete, "missing", place{source: "-"}, each.chain, 0)
		default:
			v.tellCheckpoint(tampered, "cut", each)
		}
	}
}

// standsBehindAnother: an event of another chain stands before it in the log. Retention removes from the front.
func (e *event) standsBehindAnother(l *log) bool {
	at := slices.IndexFunc(l.marks, func(mark any) bool { return mark == any(e) })
	return at > 0 && slices.ContainsFunc(l.marks[:at], func(mark any) bool {
		other, is := mark.(*event)
		return is && other.chain != e.chain
	})
}

// checkBeginnings tells what is absent, and of which the writer does not say that it went.
func (v *verifier) checkBeginnings(removals []*event) {
	says := func(authority, chain string, sequence int64, fingerprint digest) bool {
		return slices.ContainsFunc(removals, func(one *event) bool {
			r := one.removed
			return one.authority == authority && r.chain == chain && r.sequence == sequence && r.fingerprint == fingerprint
		})
	}
	for chain, of := range v.chains {
		first := sortedNumbers(of)[0]
		told := first == 1
		for _, one := range v.contents(chain, first) {
			told = told || (one.previous != nil && says(one.authority, chain, first-1, one.previous.fingerprint))
		}
		if !told {
			front := v.front(chain, first)
			if slices.ContainsFunc(v.logs, front.standsBehindAnother) {
				v.tellEvent(tampered, "gap", front)
			} else {
				v.tellEvent(incomplete, "start", front)
			}
		}
	}
	for _, first := range v.firsts() {
		end := first.before
		if v.chains[end.chain] == nil && !says(first.authority, end.chain, end.sequence, end.fingerprint) {
			v.tell(incomplete, "missing", place{source: "-"}, end.chain, 0)
		}
	}
}

// checkEnds: no more stands without a seal than the writer promises.
func (v *verifier) checkEnds() {
	newest, vouched, good := map[string]*checkpoint{}, map[string]int64{}, v.goodOf()
	for _, each := range v.checkpoints {
		if each.good() && (newest[each.authority] == nil || newest[each.authority].before(each)) {
			newest[each.authority] = each
		}
	}
	for _, first := range v.firsts() {
		if first.sealed {
			vouched[first.before.chain] = max(first.before.sealed, vouched[first.before.chain])
		}
	}
	for chain, of := range v.chains {
		var first, end *event
		for _, number := range sortedNumbers(of) {
			if stands := v.contents(chain, number); len(stands) > 0 && !stands[0].stub {
				if end = stands[0]; first == nil {
					first = end
				}
			}
		}
		var last *checkpoint
		if all := good[chain]; len(all) > 0 {
			last = all[len(all)-1]
		}
		if end != nil && v.isUnsealed(first, end, last, newest[v.writer(chain)], vouched[chain]) {
			v.tellEvent(incomplete, "unsealed", end)
		}
	}
}

func (v *verifier) isUnsealed(first, end *event, last, newest *checkpoint, vouched int64) bool {
	if last == nil && newest == nil {
		return true
	}
	number, time, promised := first.sequence-1, first.time, interval{}
	if last != nil {
		number, time, promised = last.sequence, last.at, last.interval
	} else {
		promised = newest.interval
	}
	if vouched > number {
		number = vouched
		if stands := v.contents(end.chain, vouched); len(stands) > 0 && !stands[0].stub {
			time = stands[0].time
		}
	}
	late := end.sequence > number && end.time > time+promised.ms+slack
	return late || end.sequence-number > promised.events || (end.stopped && !end.sealed)
}
