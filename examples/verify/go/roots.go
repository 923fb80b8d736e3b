package main

// groups says which checkpoints are of one log: a union-find over chains, logs and checkpoints.
type groups map[any]any

func (g groups) find(one any) any {
	for {
		parent, there := g[one]
		if !there {
			return one
		}
		if above, there := g[parent]; there {
			g[one] = above
		}
		one = parent
	}
}

func (g groups) join(one, other any) {
	if a, b := g.find(one), g.find(other); a != b {
		g[a] = b
	}
}

func (v *verifier) groups() groups {
	g := groups{}
	for _, first := range v.firsts() {
		g.join(first.chain, first.before.chain)
	}
	for _, each := range v.checkpoints {
		if past := v.predecessor(each); past != nil {
			g.join(each, past)
		}
		if !each.bad {
			g.join(each, each.chain)
		}
	}
	for _, l := range v.logs {
		for _, each := range l.marks {
			if e, ok := each.(*event); ok {
				g.join(l, e.chain)
			} else if c := each.(*checkpoint); !c.bad {
				g.join(l, c.chain)
			}
		}
	}
	return g
}

// checkRoots: the first checkpoint of a log may have a predecessor that is gone; no other may. Gives these first ones.
func (v *verifier) checkRoots() []*checkpoint {
	g, first := v.groups(), map[any]*checkpoint{}
	var roots, firsts []*checkpoint
	for _, each := range v.checkpoints {
		if each.bad || v.predecessor(each) != nil {
			continue
		}
		roots = append(roots, each)
		if of := g.find(each); first[of] == nil || each.before(first[of]) {
			first[of] = each
		}
	}
	for _, each := range roots {
		if first[g.find(each)] == each {
			firsts = append(firsts, each)
		} else {
			v.tellCheckpoint(tampered, "checkpoint", each)
		}
	}
	return firsts
}

// checkFirsts: the predecessor of the first may have been removed.
func (v *verifier) checkFirsts(firsts []*checkpoint, removals []*event) {
	for _, first := range firsts {
		told := first.previous == nil
		for _, one := range removals {
			named := one.removed.checkpoint
			told = told || (one.authority == first.authority && named != nil && *named == *first.previous)
		}
		if !told {
			v.tellCheckpoint(incomplete, "start", first)
		}
	}
}
