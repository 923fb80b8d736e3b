package main

import (
	"crypto/sha256"
	"slices"
)

const large = 8192 // bytes: smaller events are never cut

type place struct {
	source string
	line   int
}

// named is an event as another one names it.
type named struct {
	uid         string
	typeUID     int64
	fingerprint digest
}

// ending is where a chain ended for the one behind it.
type ending struct {
	chain       string
	sequence    int64
	uid         string
	fingerprint digest
	sealed      int64
}

type promise struct {
	parts  int64
	sha256 digest
}

type removal struct {
	chain       string
	sequence    int64
	fingerprint digest
	checkpoint  *digest
}

type event struct {
	version            int64
	chain, authority   string
	sequence           int64
	uid                string
	typeUID, time      int64
	stopped            bool // the code is gateway.stopped
	session, statement *string
	fingerprint        digest // as it says; of an event that is not altered the one of its content
	previous           *named
	before             *ending
	texts              map[string]promise
	removed            *removal

	place        place
	read         int // the how manyth event that was read
	altered      bool
	stub         bool
	smallStub    bool
	sealed       bool
	identity     digest  // equal for equal contents
	stubIdentity *digest // of the stub that may stand for this event
}

// mute: nothing is taken from it but its number.
func (e *event) mute() bool { return e.altered || e.stub }

func readEvent(value map[string]any) (*event, error) {
	top := &shape{value: value}
	for _, name := range []string{"checkpoint", "sqltext", "v", "text"} {
		top.need(!top.has(name))
	}
	meta, unmapped := top.inner("metadata"), top.inner("unmapped")
	ocsf := meta.name("version")
	home, other := top, unmapped
	if slices.Contains([]string{"1.1.0", "1.3.0", "1.8.0"}, ocsf) {
		home, other = unmapped, top
	}
	list, _ := home.value["attestation_list"].([]any)
	top.need(len(list) == 1 && !other.has("attestation_list"))
	if top.err != nil {
		return nil, top.err
	}
	stamp := shapeOf(list[0]).closed([]string{"authority_uid", "chain_uid", "fingerprint"}, "prev_event")
	ours := unmapped.inner("sallyport")
	e := &event{
		version:     readVersion(ours),
		chain:       stamp.form(chainName, "chain_uid"),
		authority:   stamp.form(authorityName, "authority_uid"),
		sequence:    meta.integer("sequence", 1),
		uid:         meta.name("uid"),
		typeUID:     top.integer("type_uid", 0),
		time:        top.integer("time", 0),
		session:     meta.optionalName("correlation_uid"),
		statement:   ours.optionalName("statement"),
		fingerprint: readFingerprint(stamp),
	}
	readNamed(e, stamp, ours)
	readCode(e, meta.name("event_code"), ours)
	for _, each := range []*shape{meta, unmapped, ours, stamp} {
		top.join(each)
	}
	if top.err != nil {
		return nil, top.err
	}
	return e, weigh(e, value, stamp.value, flagsOf(ocsf, meta, unmapped))
}

// flagsOf is where a stub says that it is one.
func flagsOf(ocsf string, meta, unmapped *shape) *shape {
	if ocsf == "1.1.0" || ocsf == "1.3.0" {
		return unmapped
	}
	return meta
}

func readVersion(ours *shape) int64 {
	version := ours.version()
	optional := []string{"statement", "connection", "scope", "who", "trace_id", "span_id", "before"}
	if version > 1 {
		optional = append(optional, "texts")
	}
	ours.closed([]string{"v", "instance", "data"}, optional...)
	ours.name("instance")
	ours.inner("data")
	return version
}

func readFingerprint(stamp *shape) digest {
	inner := stamp.inner("fingerprint").closed([]string{"algorithm_id", "encoding_id", "serialization_id", "value"})
	inner.need(inner.integer("algorithm_id", 0) == 3 && inner.integer("encoding_id", 0) == 1 && inner.integer("serialization_id", 0) == 2)
	value := inner.digest("value")
	stamp.join(inner)
	return value
}

// readNamed reads what the event says of others: prev_event, before, texts.
func readNamed(e *event, stamp, ours *shape) {
	if stamp.has("prev_event") {
		inner := stamp.inner("prev_event").closed([]string{"fingerprint", "type_uid", "uid"})
		e.previous = &named{inner.name("uid"), inner.integer("type_uid", 0), readFingerprint(inner)}
		stamp.join(inner)
	}
	if ours.has("before") {
		members := []string{"chain", "sequence", "id", "fingerprint"}
		inner := ours.inner("before")
		e.before = &ending{inner.form(chainName, "chain"), inner.integer("sequence", 1), inner.name("id"), inner.digest("fingerprint"), 0}
		if e.version > 1 {
			members = append(members, "sealed")
			e.before.sealed = inner.integer("sealed", 0)
		}
		inner.closed(members).need(e.before.sealed <= e.before.sequence && e.sequence == 1)
		ours.join(inner)
	}
	if ours.has("texts") {
		texts := ours.inner("texts").closed(nil, "run", "asked")
		texts.need(len(texts.value) > 0)
		e.texts = map[string]promise{}
		for role := range texts.value {
			inner := texts.inner(role).closed([]string{"parts", "sha256"})
			e.texts[role] = promise{inner.integer("parts", 1), inner.digest("sha256")}
			texts.join(inner)
		}
		ours.join(texts)
	}
}

func readCode(e *event, code string, ours *shape) {
	e.stopped = code == "gateway.stopped"
	if code != "audit.removed" {
		return
	}
	data := ours.inner("data")
	e.removed = &removal{data.form(chainName, "chain"), data.integer("sequence", 1), data.digest("fingerprint"), nil}
	if data.has("checkpoint") {
		checkpoint := data.digest("checkpoint")
		e.removed.checkpoint = &checkpoint
	}
	ours.join(data)
}

// weigh holds an event against its fingerprint, and finds what its stub would be.
func weigh(e *event, value, stamp map[string]any, flags *shape) error {
	if flags.value["is_truncated"] == true {
		e.stub = true
		e.smallStub = flags.integer("untruncated_size", 0)*1000 <= large && e.version > 1
		e.identity = sha256.Sum256(canonical(value))
		return flags.err
	}
	stated := stamp["fingerprint"]
	delete(stamp, "fingerprint")
	covered := canonical(value)
	computed := digest(sha256.Sum256(covered))
	stamp["fingerprint"] = stated
	e.altered = computed != e.fingerprint
	e.identity = sha256.Sum256(slices.Concat(computed[:], e.fingerprint[:]))
	if e.altered {
		return nil
	}
	size := logSize(covered) + len(canonical(map[string]any{"fingerprint": stated})) - 1 // a comma for two braces
	if size > large || e.version == 1 {
		cut(value, flags.value, size)
		identity := digest(sha256.Sum256(canonical(value)))
		e.stubIdentity = &identity
	}
	return nil
}

// cut makes a stub of the event.
func cut(value, flags map[string]any, size int) {
	delete(value, "authorizations")
	if query, ok := value["query_info"].(map[string]any); ok {
		if _, there := query["query_string"]; there {
			query["query_string"] = "[withheld]"
		}
	}
	data := value["unmapped"].(map[string]any)["sallyport"].(map[string]any)["data"].(map[string]any)
	for name, each := range data {
		switch each := each.(type) {
		case map[string]any, []any:
			delete(data, name)
		case string:
			if units(each) > 256 {
				delete(data, name)
			}
		}
	}
	flags["is_truncated"], flags["untruncated_size"] = true, float64((size+999)/1000)
}
