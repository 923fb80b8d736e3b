package main

import (
	"errors"
	"math"
	"strconv"
	"unicode/utf8"
)

const (
	longestLine = 16_777_216 // bytes, without the newline
	deepest     = 256        // objects and arrays within each other
)

var errJSON = errors.New("not I-JSON")

// reader reads I-JSON (RFC 7493). encoding/json lets through what that forbids: members that stand twice, lone surrogates.
type reader struct {
	data  []byte
	at    int
	depth int
}

// parse gives what the bytes say: nil, bool, float64, string, []any or map[string]any.
func parse(data []byte) (any, error) {
	if !utf8.Valid(data) {
		return nil, errJSON
	}
	r := &reader{data: data}
	value, err := r.value()
	if err != nil {
		return nil, err
	}
	r.space()
	if r.at != len(data) {
		return nil, errJSON
	}
	return value, nil
}

func (r *reader) space() {
	for r.at < len(r.data) && (r.data[r.at] == ' ' || r.data[r.at] == '\t' || r.data[r.at] == '\r' || r.data[r.at] == '\n') {
		r.at++
	}
}

// take passes over the byte, where it is the next one.
func (r *reader) take(b byte) bool {
	if r.at < len(r.data) && r.data[r.at] == b {
		r.at++
		return true
	}
	return false
}

func (r *reader) value() (any, error) {
	r.space()
	if r.at == len(r.data) {
		return nil, errJSON
	}
	switch r.data[r.at] {
	case '{':
		return r.nested(r.object)
	case '[':
		return r.nested(r.array)
	case '"':
		return r.string()
	case 't':
		return r.word("true", true)
	case 'f':
		return r.word("false", false)
	case 'n':
		return r.word("null", nil)
	}
	return r.number()
}

func (r *reader) nested(read func() (any, error)) (any, error) {
	if r.depth == deepest {
		return nil, errJSON
	}
	r.depth++
	r.at++
	value, err := read()
	r.depth--
	return value, err
}

func (r *reader) word(text string, value any) (any, error) {
	if len(r.data)-r.at < len(text) || string(r.data[r.at:r.at+len(text)]) != text {
		return nil, errJSON
	}
	r.at += len(text)
	return value, nil
}

func (r *reader) object() (any, error) {
	made := map[string]any{}
	if r.space(); r.take('}') {
		return made, nil
	}
	for {
		r.space()
		name, err := r.string()
		if err != nil {
			return nil, err
		}
		if _, twice := made[name.(string)]; twice {
			return nil, errJSON
		}
		if r.space(); !r.take(':') {
			return nil, errJSON
		}
		if made[name.(string)], err = r.value(); err != nil {
			return nil, err
		}
		if r.space(); r.take('}') {
			return made, nil
		}
		if !r.take(',') {
			return nil, errJSON
		}
	}
}

func (r *reader) array() (any, error) {
	made := []any{}
	if r.space(); r.take(']') {
		return made, nil
	}
	for {
		value, err := r.value()
		if err != nil {
			return nil, err
		}
		made = append(made, value)
		if r.space(); r.take(']') {
			return made, nil
		}
		if !r.take(',') {
			return nil, errJSON
		}
	}
}

func (r *reader) digits() bool {
	from := r.at
	for r.at < len(r.data) && '0' <= r.data[r.at] && r.data[r.at] <= '9' {
		r.at++
	}
	return r.at > from
}

func (r *reader) number() (any, error) {
	from := r.at
	r.take('-')
	if !r.take('0') && !r.digits() {
		return nil, errJSON
	}
	if r.take('.') && !r.digits() {
		return nil, errJSON
	}
	if r.take('e') || r.take('E') {
		if !r.take('+') {
			r.take('-')
		}
		if !r.digits() {
			return nil, errJSON
		}
	}
	value, err := strconv.ParseFloat(string(r.data[from:r.at]), 64)
	if err != nil || math.IsInf(value, 0) {
		return nil, errJSON
	}
	return value, nil
}
