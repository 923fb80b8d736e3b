package main

import (
	"unicode/utf16"
	"unicode/utf8"
)

func (r *reader) string() (any, error) {
	if !r.take('"') {
		return nil, errJSON
	}
	var made []byte
	for r.at < len(r.data) {
		b := r.data[r.at]
		r.at++
		switch {
		case b == '"':
			return string(made), nil
		case b < 0x20:
			return nil, errJSON
		case b != '\\':
			made = append(made, b)
		default:
			c, err := r.escape()
			if err != nil {
				return nil, err
			}
			made = utf8.AppendRune(made, c)
		}
	}
	return nil, errJSON
}

func (r *reader) escape() (rune, error) {
	if r.at == len(r.data) {
		return 0, errJSON
	}
	b := r.data[r.at]
	r.at++
	switch b {
	case '"', '\\', '/':
		return rune(b), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return r.unicode()
	}
	return 0, errJSON
}

// unicode reads the digits of \uXXXX, and of a second one where they are half of a pair.
func (r *reader) unicode() (rune, error) {
	first, err := r.unit()
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	if !r.take('\\') || !r.take('u') {
		return 0, errJSON
	}
	second, err := r.unit()
	if err != nil {
		return 0, err
	}
	if pair := utf16.DecodeRune(first, second); pair != utf8.RuneError {
		return pair, nil
	}
	return 0, errJSON
}

func (r *reader) unit() (rune, error) {
	if len(r.data)-r.at < 4 {
		return 0, errJSON
	}
	var made rune
	for _, b := range r.data[r.at : r.at+4] {
		switch {
		case '0' <= b && b <= '9':
			made = made<<4 | rune(b-'0')
		case 'a' <= b && b <= 'f':
			made = made<<4 | rune(b-'a'+10)
		case 'A' <= b && b <= 'F':
			made = made<<4 | rune(b-'A'+10)
		default:
			return 0, errJSON
		}
	}
	r.at += 4
	return made, nil
}
