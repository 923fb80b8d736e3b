package main

import "container/heap"

// waiting is a heap of checkpoints in their order.
type waiting []*checkpoint

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, j int) bool { return w[i].before(w[j]) }
func (w waiting) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *waiting) Push(one any)      { *w = append(*w, one.(*checkpoint)) }
func (w *waiting) Pop() any {
	last := len(*w) - 1
	one := (*w)[last]
	*w = (*w)[:last]
	return one
}

// predecessor is the checkpoint that `prev` names, or nil.
func (v *verifier) predecessor(c *checkpoint) *checkpoint {
	if c.previous == nil {
		return nil
	}
	return v.checkpoints[*c.previous]
}

// checkKeys asks each checkpoint behind its predecessor, of several the oldest first.
func (v *verifier) checkKeys(given []key) {
	ring := &keyring{given, map[string][]key{}, map[replacement]*checkpoint{}}
	next := &waiting{}
	for _, each := range v.checkpoints {
		if v.predecessor(each) == nil {
			heap.Push(next, each)
		}
	}
	for next.Len() > 0 {
		each := heap.Pop(next).(*checkpoint)
		if fault := ring.fault(each, func(rotation *checkpoint) bool { return v.follows(each, rotation) }); fault != "" {
			each.bad = true
			v.tellCheckpoint(tampered, fault, each)
		}
		for _, follower := range v.followers[each.identity] {
			heap.Push(next, follower)
		}
	}
}

func (v *verifier) follows(c, other *checkpoint) bool {
	for c = v.predecessor(c); c != nil; c = v.predecessor(c) {
		if c == other {
			return true
		}
	}
	return false
}

// checkOrder looks how each follows its predecessor.
func (v *verifier) checkOrder() {
	left := map[*checkpoint]*checkpoint{} // the nearest one behind which it stands that is of another chain
	var stack []*checkpoint
	for _, each := range v.checkpoints {
		if v.predecessor(each) == nil {
			stack = append(stack, each)
		}
	}
	for len(stack) > 0 {
		each := stack[len(stack)-1]
		stack = append(stack[:len(stack)-1], v.followers[each.identity]...)
		past := v.predecessor(each)
		if past != nil {
			left[each] = left[past]
			if past.chain != each.chain && !past.bad {
				left[each] = past
			}
		}
		if !each.bad {
			v.checkFollows(each, past, left)
		}
	}
	for _, each := range v.checkpoints {
		v.checkFollowers(each)
	}
}

// checkFollowers: only the first is its successor.
func (v *verifier) checkFollowers(c *checkpoint) {
	var first *checkpoint
	for _, each := range v.followers[c.identity] {
		if !each.bad && (first == nil || each.before(first)) {
			first = each
		}
	}
	for _, each := range v.followers[c.identity] {
		if !each.bad && each != first {
			v.tellCheckpoint(tampered, "checkpoint", each)
		}
	}
}

func (v *verifier) checkFollows(each, past *checkpoint, left map[*checkpoint]*checkpoint) {
	if writer := v.writer(each.chain); writer != "" && writer != each.authority {
		v.tellCheckpoint(tampered, "checkpoint", each)
	}
	if past == nil || past.bad {
		return
	}
	if past.authority != each.authority {
		v.tellCheckpoint(tampered, "checkpoint", each)
	}
	if each.at < past.at || (each.chain == past.chain && each.sequence < past.sequence) {
		v.tellCheckpoint(tampered, "resealed", each)
	}
	if each.chain != past.chain && (hadLeft(each, past, left) || v.standsBefore(each.chain, past.chain)) {
		v.tellCheckpoint(tampered, "resealed", each)
	}
}

// hadLeft: a checkpoint behind which it stands was of its chain, and a later one of another.
func hadLeft(each, past *checkpoint, left map[*checkpoint]*checkpoint) bool {
	for ; past != nil; past = left[past] {
		if past.chain == each.chain {
			return true
		}
	}
	return false
}

// checkHeads looks what each says of the event it names. Of chains that are absent checkAbsent tells.
func (v *verifier) checkHeads() {
	for _, each := range v.checkpoints {
		if each.bad || v.chains[each.chain] == nil {
			continue
		}
		if each.sequence > v.last(each.chain) {
			v.tellCheckpoint(tampered, "cut", each)
		}
		stands := v.contents(each.chain, each.sequence)
		if len(stands) > 0 && !holds(stands, each.head, each.headUID) {
			v.tellCheckpoint(tampered, "rewritten", each)
		}
	}
}

func holds(stands []*event, fingerprint digest, uid string) bool {
	for _, one := range stands {
		if one.fingerprint == fingerprint && one.uid == uid {
			return true
		}
	}
	return false
}

// checkPositions tells in each log what does not stand where it was written.
func (v *verifier) checkPositions() {
	for _, l := range v.logs {
		p := &position{v: v, l: l, highest: map[string]int64{}, sealed: map[string]int64{}, successors: map[digest]bool{}}
		for _, each := range l.marks {
			switch each := each.(type) {
			case *event:
				p.event(each)
			case *checkpoint:
				if !each.bad {
					p.checkpoint(each)
				}
			}
		}
	}
}

// position is how far a log was read.
type position struct {
	v               *verifier
	l               *log
	highest, sealed map[string]int64 // by chain
	successors      map[digest]bool  // what the checkpoints named
}

// ended: another chain has begun behind this one.
func (p *position) ended(chain string) bool {
	_, begun := p.highest[chain]
	return begun && p.l.begun[len(p.l.begun)-1] != chain
}

func (p *position) event(e *event) {
	if e.sequence < p.highest[e.chain] || e.sequence <= p.sealed[e.chain] || p.ended(e.chain) {
		p.v.tellEvent(tampered, "reordered", e)
	}
	if _, begun := p.highest[e.chain]; !begun {
		p.l.begun = append(p.l.begun, e.chain)
	}
	p.highest[e.chain] = max(e.sequence, p.highest[e.chain])
}

func (p *position) checkpoint(c *checkpoint) {
	if p.successors[c.identity] {
		p.v.tellCheckpoint(tampered, "reordered", c)
	}
	if p.ended(c.chain) {
		p.v.tellCheckpoint(tampered, "resealed", c)
	}
	if c.previous != nil {
		p.successors[*c.previous] = true
	}
	p.sealed[c.chain] = max(c.sequence, p.sealed[c.chain])
}
