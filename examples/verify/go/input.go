package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var segmentName = regexp.MustCompile(`\Ajournal-([0-9]{8,})\.jsonl\z`)

// readPath reads an input: a directory is a log, anything else an export.
func (r *record) readPath(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return r.readFile(path, nil)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	var segments []string
	for _, each := range entries {
		if segmentName.MatchString(each.Name()) {
			segments = append(segments, each.Name())
		}
	}
	if len(segments) == 0 {
		return errors.New("no journal in " + path)
	}
	slices.SortFunc(segments, bySegment)
	l := &log{seen: map[digest]bool{}}
	r.logs = append(r.logs, l)
	for _, each := range segments {
		if err := r.readFile(filepath.Join(path, each), l); err != nil {
			return err
		}
	}
	l.misplace()
	return nil
}

// bySegment sorts by number, however long.
func bySegment(a, b string) int {
	x := strings.TrimLeft(segmentName.FindStringSubmatch(a)[1], "0")
	y := strings.TrimLeft(segmentName.FindStringSubmatch(b)[1], "0")
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	return strings.Compare(x+a, y+b)
}

func (r *record) readFile(path string, l *log) error {
	source := shown(filepath.Base(path))
	return linesOf(path, func(number int, data []byte, ended bool) error {
		if l == nil && strings.Trim(string(data), blank) == "" {
			return nil
		}
		at := place{source, number}
		r.any = true
		line, err := readLine(data, l != nil)
		switch {
		case err == nil:
			r.known++
			r.take(line, at, l)
		case !ended && len(data) <= longestLine && !isWhole(data, l != nil):
			r.tell(incomplete, "torn", at, "-", 0)
		default:
			r.tell(tampered, "foreign", at, "-", 0)
		}
		return nil
	})
}

// linesOf calls `take` with each line and whether a newline ended it. Of one that is too long only the beginning, which is too long, too.
func linesOf(path string, take func(number int, data []byte, ended bool) error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader := bufio.NewReaderSize(file, 1<<16)
	var line []byte
	for number := 1; ; {
		chunk, err := reader.ReadSlice('\n')
		if room := longestLine + 2 - len(line); len(chunk) > room && room > 0 {
			line = append(line, chunk[:room]...)
		} else if room > 0 {
			line = append(line, chunk...)
		}
		switch {
		case err == nil:
			if len(line) <= longestLine+1 {
				line = line[:len(line)-1]
			}
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case !errors.Is(err, io.EOF):
			return err
		case len(line) == 0:
			return nil
		}
		if stop := take(number, line, err == nil); stop != nil || err != nil {
			return stop
		}
		number, line = number+1, line[:0]
	}
}

// shown is a file name that is safe to print.
func shown(name string) string {
	return strings.Map(func(each rune) rune {
		if each < '!' || each > '~' {
			return '?'
		}
		return each
	}, name)
}
