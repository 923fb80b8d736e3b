package main

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math"
	"regexp"
	"slices"
)

// errForeign: the line is none of the forms.
var errForeign = errors.New("not of a form that is known")

const (
	authorityForm = `[A-Za-z0-9][A-Za-z0-9._-]{0,62}`
	uuidForm      = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`
)

var (
	authorityName = regexp.MustCompile(`\A` + authorityForm + `\z`)
	chainName     = regexp.MustCompile(`\Aw-` + authorityForm + `-` + uuidForm + `\z`)
	digestForm    = regexp.MustCompile(`\A[0-9a-f]{64}\z`)
)

type digest [32]byte

// shape reads members of one object. After the first that is not as it should be, `err` stays set.
type shape struct {
	value map[string]any
	err   error
}

func shapeOf(value any) *shape {
	object, ok := value.(map[string]any)
	s := &shape{value: object}
	s.need(ok)
	return s
}

func (s *shape) need(condition bool) {
	if !condition && s.err == nil {
		s.err = errForeign
	}
}

// closed wants these members and no others.
func (s *shape) closed(required []string, optional ...string) *shape {
	for _, name := range required {
		s.need(s.has(name))
	}
	for name := range s.value {
		s.need(slices.Contains(required, name) || slices.Contains(optional, name))
	}
	return s
}

func (s *shape) has(name string) bool {
	_, there := s.value[name]
	return there
}

// inner is the object under a name.
func (s *shape) inner(name string) *shape {
	inner := shapeOf(s.value[name])
	s.need(inner.err == nil)
	return inner
}

// join takes over the error of an inner object.
func (s *shape) join(inner *shape) { s.need(inner.err == nil) }

func (s *shape) text(name string) string {
	text, ok := s.value[name].(string)
	s.need(ok)
	return text
}

func (s *shape) name(name string) string {
	text := s.text(name)
	s.need(text != "")
	return text
}

// optionalName is nil where the member is absent.
func (s *shape) optionalName(name string) *string {
	if !s.has(name) {
		return nil
	}
	text := s.name(name)
	return &text
}

func (s *shape) integer(name string, least float64) int64 {
	value, ok := s.value[name].(float64)
	if s.need(ok && value == math.Trunc(value) && least <= value && value <= 1<<53-1); s.err != nil {
		return 0
	}
	return int64(value)
}

func (s *shape) form(pattern *regexp.Regexp, name string) string {
	text := s.text(name)
	s.need(pattern.MatchString(text))
	return text
}

func (s *shape) digest(name string) (made digest) {
	if text := s.form(digestForm, name); s.err == nil {
		_, _ = hex.Decode(made[:], []byte(text))
	}
	return made
}

// oneOf is one of these strings; `missing` stands for a member that is absent.
func (s *shape) oneOf(name, missing string, allowed ...string) string {
	if missing != "" && !s.has(name) {
		return missing
	}
	text := s.text(name)
	s.need(slices.Contains(allowed, text))
	return text
}

// version is the member `v`, where this program knows that version.
func (s *shape) version() int64 {
	version := s.integer("v", 1)
	s.need(version <= 2)
	return version
}

// unbase64url gives the bytes of canonical base64url without padding.
func unbase64url(text string) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || base64.RawURLEncoding.EncodeToString(data) != text { // the decoder passes over newlines
		return nil, errForeign
	}
	return data, nil
}

// same compares two optional names.
func same(a, b *string) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
