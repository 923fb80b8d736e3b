package main

import (
	"crypto/sha256"
	"hash"
)

type wordingOf struct{ event, role string }

// wording is the lines of one text: one event, one role. The text itself is not kept.
type wording struct {
	salt  string
	lines []*sqltext
	seen  map[digest]bool
	parts map[int64]digest // the content of the line read first
	hash  hash.Hash
	next  int64
	early map[int64]string // parts that came before their turn
}

func newWording(salt string) *wording {
	w := &wording{salt: salt, seen: map[digest]bool{}, parts: map[int64]digest{}, hash: sha256.New(), next: 1, early: map[int64]string{}}
	w.hash.Write([]byte(salt))
	return w
}

func (w *wording) add(line *sqltext) {
	text := line.text
	line.text = ""
	if w.seen[line.identity] {
		return
	}
	w.seen[line.identity] = true
	w.lines = append(w.lines, line)
	if _, there := w.parts[line.part]; there {
		return
	}
	w.parts[line.part], w.early[line.part] = line.identity, text
	for text, there := w.early[w.next]; there; text, there = w.early[w.next] {
		w.hash.Write([]byte(text))
		delete(w.early, w.next)
		w.next++
	}
}

func (w *wording) has(parts int64) bool { return w.next > parts }

func (w *wording) faulty(line *sqltext, e *event) bool {
	promised, named := e.texts[line.role]
	return !named || line.of != promised.parts || line.at != e.time || !same(line.session, e.session) || !same(line.statement, e.statement) ||
		line.salt != w.salt || w.parts[line.part] != line.identity
}

// checkTexts holds all texts against their events. `asked`: one that is absent is a problem.
func (v *verifier) checkTexts(asked bool) {
	wanted := map[string]bool{}
	for at := range v.wordings {
		wanted[at.event] = true
	}
	for _, each := range v.late {
		wanted[each.line.event] = true
	}
	events := v.byUID(wanted)
	for _, each := range append(v.late, v.textsOutOfPlace()...) {
		if e := events[each.line.event]; e != nil {
			v.tell(tampered, each.kind, each.line.place, e.chain, e.sequence)
		} else {
			v.tell(tampered, each.kind, each.line.place, "-", 0)
		}
	}
	for at, each := range v.wordings {
		v.checkWording(each, at.role, events[at.event], asked)
	}
	if !asked {
		return
	}
	v.everyWhole(func(e *event) {
		for role, promised := range e.texts {
			if w := v.wordings[wordingOf{e.uid, role}]; w == nil || !w.has(promised.parts) {
				v.tellEvent(incomplete, "text", e)
			}
		}
	})
}

// textsOutOfPlace: in a log a text stands directly before its event.
func (v *verifier) textsOutOfPlace() (found []late) {
	for _, l := range v.logs {
		here := map[string]bool{}
		for _, each := range l.marks {
			if e, ok := each.(*event); ok && len(l.misplaced) > 0 {
				here[e.uid] = true
			}
		}
		for _, line := range l.misplaced {
			if here[line.event] {
				found = append(found, late{"foreign", line})
			}
		}
	}
	return found
}

func (v *verifier) checkWording(w *wording, role string, e *event, asked bool) {
	if e == nil {
		for _, line := range w.lines {
			if asked {
				v.tell(incomplete, "text", line.place, "-", 0)
			}
		}
		return
	}
	if e.mute() {
		return
	}
	faulty := false
	for _, line := range w.lines {
		if w.faulty(line, e) {
			faulty = true
			v.tell(tampered, "text", line.place, e.chain, e.sequence)
		}
	}
	if !faulty && w.has(e.texts[role].parts) && digest(w.hash.Sum(nil)) != e.texts[role].sha256 {
		v.tell(tampered, "text", w.lines[0].place, e.chain, e.sequence)
	}
}
