package main

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
)

var saltForm = regexp.MustCompile(`\A[A-Za-z0-9_-]{43}\z`)

// sqltext is one line of the text of a statement.
type sqltext struct {
	version            int64
	event, role        string
	part, of, at       int64
	session, statement *string
	salt, text         string
	identity           digest
	place              place
}

func readText(given any) (*sqltext, error) {
	s := shapeOf(given)
	t := &sqltext{
		version:   s.version(),
		part:      s.integer("part", 1),
		of:        s.integer("of", 1),
		at:        s.integer("at", 0),
		session:   s.optionalName("session"),
		statement: s.optionalName("statement"),
		text:      s.text("text"),
	}
	end := fmt.Sprintf(".%d", t.part)
	if t.version > 1 {
		s.closed([]string{"v", "id", "event", "role", "at", "part", "of", "salt", "text"}, "session", "statement")
		t.role, t.salt = s.oneOf("role", "", "run", "asked"), s.form(saltForm, "salt")
		end = "." + t.role + end
	} else {
		s.closed([]string{"v", "id", "at", "part", "of", "text"}, "session", "statement", "role")
		if t.role = s.oneOf("role", "run", "asked"); t.role == "asked" {
			end = ".asked" + end
		}
	}
	id := s.name("id")
	t.event = strings.TrimSuffix(id, end)
	s.need(t.part <= t.of && t.event != id && t.event != "" && units(t.text) <= 32_768)
	s.need(t.version == 1 || s.text("event") == t.event)
	if s.err != nil {
		return nil, s.err
	}
	t.identity = sha256.Sum256(canonical(given))
	return t, nil
}
