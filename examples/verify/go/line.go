package main

import (
	"bytes"
	"regexp"
)

var (
	bareJWS  = regexp.MustCompile(`\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\z`)
	wholeJWS = regexp.MustCompile(`\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}\z`)
)

const blank = " \t\r"

// readLine gives an *event, a *checkpoint or a *sqltext, or an error where the line is none. `inLog`: it stands in a log.
func readLine(data []byte, inLog bool) (any, error) {
	if len(data) > longestLine {
		return nil, errForeign
	}
	data = bytes.Trim(data, blank)
	if !inLog && bareJWS.Match(data) {
		return wrap(readCheckpoint(string(data)))
	}
	parsed, err := parse(data)
	if err != nil {
		return nil, errForeign
	}
	value, ok := parsed.(map[string]any)
	if !ok {
		return nil, errForeign
	}
	if jws, there := value["checkpoint"]; there && len(value) == 1 {
		text, _ := jws.(string)
		return wrap(readCheckpoint(text))
	}
	if inner, there := value["sqltext"]; there && len(value) == 1 {
		return wrap(readText(inner))
	}
	if _, there := value["text"]; there && !inLog {
		return wrap(readText(value))
	}
	return wrap(readEvent(value))
}

// wrap keeps a nil pointer from becoming something that is not nil.
func wrap[T any](made *T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return made, nil
}

// isWhole: a last line without its newline has its end.
func isWhole(data []byte, inLog bool) bool {
	if !inLog && wholeJWS.Match(bytes.Trim(data, blank)) {
		return true
	}
	_, err := parse(data)
	return err == nil
}
