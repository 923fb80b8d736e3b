package main

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

var refused = []string{
	`{"a":1,"a":2}`, `{"\u0061":1,"a":1}`, `"\ud800"`, `"\udc00\ud800"`, "NaN", "-Infinity", "1e999", "01", "1.", ".5", "+1",
	"[1,]", strings.Repeat("[", 257) + strings.Repeat("]", 257), strings.Repeat("[", 100_000), "\xff", "\"\xed\xa0\x80\"", "\xef\xbb\xbf{}",
	"\"\t\"", "'a'", "", "{} {}", "nul", `"\x"`, "0x10", "1_000", "-", "1e", "[1 2]", `{"a" 1}`, `{1:2}`, `"\u12"`, `"\u00zz"`, `"a`,
}

func TestParseRefusesWhatIsNoIJSON(t *testing.T) {
	for _, each := range refused {
		if _, err := parse([]byte(each)); err == nil {
			t.Errorf("accepted %.20q", each)
		}
	}
}

func TestParseReadsAsDeepAsThePageSays(t *testing.T) {
	if _, err := parse([]byte(strings.Repeat("[", 256) + strings.Repeat("]", 256))); err != nil {
		t.Error(err)
	}
}

func TestCanonical(t *testing.T) {
	for given, want := range map[string]string{
		"-0": "0", "1e-400": "0", "9007199254740993": "9007199254740992", "1E2": "100", "1" + strings.Repeat("0", 300): "1e+300",
		"{\"\u20ac\":1,\"\\r\":2,\"\ufb33\":3,\"1\":4,\"\U0001f600\":5,\"\u0080\":6,\"\u00f6\":7}": "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\U0001f600\":5,\"\ufb33\":3}",
		` [ true , null , "\u000b\/\ud83d\ude00" ] `:                                               "[true,null,\"\\u000b/\U0001f600\"]",
	} {
		value, err := parse([]byte(given))
		if err != nil {
			t.Errorf("%.20q: %v", given, err)
		} else if got := string(canonical(value)); got != want {
			t.Errorf("%.20q: %q, not %q", given, got, want)
		}
	}
}

// RFC 8785, appendix B.
func TestNumber(t *testing.T) {
	table, err := os.ReadFile("../numbers.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Fields(string(table)) {
		digits, want, _ := strings.Cut(line, ",")
		bits, err := strconv.ParseUint(digits, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := number(math.Float64frombits(bits)); got != want {
			t.Errorf("%s: %s, not %s", digits, got, want)
		}
	}
}

func TestLogSize(t *testing.T) {
	if got := logSize([]byte("\"\u202e\U0001d173\u00e9\\n\"")); got != 2+6+12+2+2 {
		t.Error(got)
	}
}
