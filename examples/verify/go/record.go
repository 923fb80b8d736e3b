package main

import "slices"

type problem struct {
	place
	kind, chain string
	sequence    int64 // 0: none
	verdict     string
}

// log is one directory: what stands where.
type log struct {
	seen      map[digest]bool // the contents of its lines
	marks     []any           // its events and checkpoints in order, but copies, stubs and what is altered
	begun     []string        // its chains in order, found later
	pending   []*sqltext      // texts since the last other line
	misplaced []*sqltext      // texts that do not stand directly before their event
}

// misplace: the texts that wait for their event do not stand before it.
func (l *log) misplace() {
	l.misplaced = append(l.misplaced, l.pending...)
	l.pending = nil
}

// late is a problem of a text, whose event is found later.
type late struct {
	kind string
	line *sqltext
}

type numbers map[int64][]*event

// record is all inputs together. Of an event little more than its fingerprint stays in memory, of a text a running digest.
type record struct {
	problems    map[problem]bool
	chains      map[string]numbers
	checkpoints map[digest]*checkpoint
	wordings    map[wordingOf]*wording
	logs        []*log
	late        []late
	names       map[string]string // each once in memory
	read        int               // events
	any         bool              // a line was read
	known       int               // lines that are a record's
}

func newRecord() *record {
	return &record{
		problems:    map[problem]bool{},
		chains:      map[string]numbers{},
		checkpoints: map[digest]*checkpoint{},
		wordings:    map[wordingOf]*wording{},
		names:       map[string]string{},
	}
}

// isNone: no record was read. In a directory a strange line is tampering; a file may just be another one than was meant.
func (r *record) isNone() bool { return !r.any || (len(r.logs) == 0 && r.known == 0) }

// once gives the same string in the memory that it has already.
func (r *record) once(name string) string {
	if _, there := r.names[name]; !there {
		r.names[name] = name
	}
	return r.names[name]
}

func (r *record) tell(verdict, kind string, at place, chain string, sequence int64) {
	r.problems[problem{at, kind, chain, sequence, verdict}] = true
}

func (r *record) tellEvent(verdict, kind string, e *event) {
	r.tell(verdict, kind, e.place, e.chain, e.sequence)
}

func (r *record) tellCheckpoint(verdict, kind string, c *checkpoint) {
	r.tell(verdict, kind, c.place, c.chain, c.sequence)
	c.tampered = c.tampered || verdict == tampered
}

func (r *record) take(line any, at place, l *log) {
	switch line := line.(type) {
	case *event:
		line.place = at
		if l.repeats(line.identity) {
			r.tellEvent(tampered, "copied", line)
			return
		}
		r.takeEvent(line, l)
	case *checkpoint:
		line.place = at
		if l.repeats(line.identity) {
			r.tell(tampered, "copied", at, line.chain, line.sequence)
			return
		}
		if r.checkpoints[line.identity] == nil {
			r.checkpoints[line.identity] = line
		}
		if l != nil {
			l.misplace()
			l.marks = append(l.marks, r.checkpoints[line.identity])
		}
	case *sqltext:
		line.place = at
		if l.repeats(line.identity) {
			r.late = append(r.late, late{"copied", line})
		} else if line.version > 1 {
			r.takeText(line, l)
		}
	}
}

// repeats: the line stands in the log before. It is remembered.
func (l *log) repeats(identity digest) bool {
	if l == nil || l.seen[identity] {
		return l != nil
	}
	l.seen[identity] = true
	return false
}

func (r *record) takeEvent(e *event, l *log) {
	if l != nil && e.stub {
		e.altered = true // it holds its number, and says nothing
		r.tellEvent(tampered, "stub", e)
	}
	known := r.keep(e)
	if l == nil {
		return
	}
	for _, each := range l.pending {
		if each.event != e.uid {
			l.misplaced = append(l.misplaced, each)
		}
	}
	l.pending = nil
	if !e.altered {
		l.marks = append(l.marks, known)
	}
}

// keep gives the event, or the one of the same content that was there.
func (r *record) keep(e *event) *event {
	if r.chains[e.chain] == nil {
		r.chains[e.chain] = numbers{}
	}
	contents := r.chains[e.chain][e.sequence]
	for _, each := range contents {
		if each.identity == e.identity {
			return each
		}
	}
	if e.altered && !e.stub {
		r.tellEvent(tampered, "altered", e)
	} else if !e.stub && slices.ContainsFunc(contents, func(one *event) bool { return !one.mute() }) {
		r.tellEvent(tampered, "fork", e)
	}
	r.read++
	e.read = r.read
	if e.texts == nil {
		e.session, e.statement = nil, nil // nobody asks
	}
	e.chain, e.authority = r.once(e.chain), r.once(e.authority)
	r.chains[e.chain][e.sequence] = append(contents, e)
	return e
}

func (r *record) takeText(line *sqltext, l *log) {
	if l != nil {
		if len(l.pending) > 0 && l.pending[0].event != line.event {
			l.misplace()
		}
		l.pending = append(l.pending, line)
	}
	at := wordingOf{line.event, line.role}
	if r.wordings[at] == nil {
		r.wordings[at] = newWording(line.salt)
	}
	r.wordings[at].add(line)
}
