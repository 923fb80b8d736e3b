package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// unseen is what RFC 8785 leaves as it is and the log writes as \uXXXX: Cc, Cf, Zl and Zp.
var unseen = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x7f, 0x9f, 1}, {0xad, 0xad, 1}, {0x600, 0x605, 1}, {0x61c, 0x61c, 1}, {0x6dd, 0x6dd, 1}, {0x70f, 0x70f, 1},
		{0x890, 0x891, 1}, {0x8e2, 0x8e2, 1}, {0x180e, 0x180e, 1}, {0x200b, 0x200f, 1}, {0x2028, 0x202e, 1},
		{0x2060, 0x2064, 1}, {0x2066, 0x206f, 1}, {0xfeff, 0xfeff, 1}, {0xfff9, 0xfffb, 1},
	},
	R32: []unicode.Range32{
		{0x110bd, 0x110bd, 1}, {0x110cd, 0x110cd, 1}, {0x13430, 0x1343f, 1}, {0x1bca0, 0x1bca3, 1},
		{0x1d173, 0x1d17a, 1}, {0xe0001, 0xe0001, 1}, {0xe0020, 0xe007f, 1},
	},
}

// canonical gives the bytes of RFC 8785.
func canonical(value any) []byte { return appendValue(nil, value) }

func appendValue(out []byte, value any) []byte {
	switch value := value.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, value)
	case string:
		return appendString(out, value)
	case float64:
		return append(out, number(value)...)
	case []any:
		out = append(out, '[')
		for index, each := range value {
			if index > 0 {
				out = append(out, ',')
			}
			out = appendValue(out, each)
		}
		return append(out, ']')
	case map[string]any:
		out = append(out, '{')
		for index, name := range sortedNames(value) {
			if index > 0 {
				out = append(out, ',')
			}
			out = append(appendString(out, name), ':')
			out = appendValue(out, value[name])
		}
		return append(out, '}')
	}
	panic("no JSON value")
}

// sortedNames sorts by UTF-16 code units, which is not the order of code points.
func sortedNames(value map[string]any) []string {
	names := make([]string, 0, len(value))
	for name := range value {
		names = append(names, name)
	}
	slices.SortFunc(names, compareUnits)
	return names
}

func compareUnits(a, b string) int {
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	// Bytes are in the order of units, but for the characters from U+E000 on, which stand behind those that need two units.
	if at == len(a) || at == len(b) || (a[at] < 0xee && b[at] < 0xee) {
		return strings.Compare(a[at:], b[at:])
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func appendString(out []byte, text string) []byte {
	out = append(out, '"')
	for at := 0; at < len(text); at++ {
		switch b := text[at]; b {
		case '"', '\\':
			out = append(out, '\\', b)
		case '\b':
			out = append(out, `\b`...)
		case '\t':
			out = append(out, `\t`...)
		case '\n':
			out = append(out, `\n`...)
		case '\f':
			out = append(out, `\f`...)
		case '\r':
			out = append(out, `\r`...)
		default:
			if b < 0x20 {
				out = fmt.Appendf(out, `\u%04x`, b)
			} else {
				out = append(out, b)
			}
		}
	}
	return append(out, '"')
}

// number writes a double as ECMAScript does: the shortest digits that read as the same double.
func number(value float64) string {
	if value == 0 {
		return "0"
	}
	sign := ""
	if value < 0 {
		sign, value = "-", -value
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(value, 'e', -1, 64), "e")
	digits := strings.Replace(mantissa, ".", "", 1)
	power, _ := strconv.Atoi(exponent)
	point, count := power+1, len(digits) // the value is 0.DIGITS times ten to the power of `point`
	switch {
	case count <= point && point <= 21:
		return sign + digits + strings.Repeat("0", point-count)
	case 0 < point && point <= 21:
		return sign + digits[:point] + "." + digits[point:]
	case -6 < point && point <= 0:
		return sign + "0." + strings.Repeat("0", -point) + digits
	}
	rest := ""
	if count > 1 {
		rest = "." + digits[1:]
	}
	return fmt.Sprintf("%s%s%se%+d", sign, digits[:1], rest, power)
}

// logSize is how many bytes the canonical form has as the log writes it.
func logSize(form []byte) int {
	size := len(form)
	for _, each := range string(form) {
		if each >= 0x7f && unicode.Is(unseen, each) {
			size += 6*unitsOf(each) - len(string(each))
		}
	}
	return size
}

func unitsOf(each rune) int {
	if each > 0xffff {
		return 2
	}
	return 1
}

// units is the length in UTF-16 units.
func units(text string) int {
	count := 0
	for _, each := range text {
		count += unitsOf(each)
	}
	return count
}
