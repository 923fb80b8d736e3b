package main

import (
	"crypto/ed25519"
	"math"
	"os"
)

type key struct {
	publicKey
	authority    string  // signs for this writer only; empty: for any
	since, until float64 // epoch seconds
}

// readKeys reads a JWK set. An error is one of the input.
func readKeys(path string) ([]key, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	value, err := parse(data)
	if err != nil {
		return nil, err
	}
	list, ok := shapeOf(value).value["keys"].([]any)
	if !ok {
		return nil, errForeign
	}
	made := []key{}
	for _, each := range list {
		jwk := shapeOf(each)
		if jwk.need(!jwk.has("d") && !jwk.has("k")); jwk.err != nil {
			return nil, jwk.err
		}
		if !fits(each) {
			continue
		}
		one := readKey(jwk)
		if jwk.err != nil {
			return nil, jwk.err
		}
		made = append(made, one)
	}
	return made, nil
}

// fits: keys for something else are passed over.
func fits(given any) bool {
	jwk := shapeOf(given)
	jwk.oneOf("kty", "", "OKP")
	jwk.oneOf("crv", "", "Ed25519")
	jwk.oneOf("alg", "EdDSA", "EdDSA", "Ed25519")
	jwk.oneOf("use", "sig", "sig")
	return jwk.err == nil
}

func readKey(jwk *shape) key {
	one := key{publicKey: readPublic(jwk), since: math.Inf(-1), until: math.Inf(1)}
	if jwk.has("authority") {
		one.authority = jwk.form(authorityName, "authority")
	}
	for name, bound := range map[string]*float64{"nbf": &one.since, "exp": &one.until} {
		if jwk.has(name) {
			value, ok := jwk.value[name].(float64)
			jwk.need(ok)
			*bound = value
		}
	}
	return one
}

type replacement struct {
	authority string
	x         [32]byte
}

// keyring has the keys of a set, and those that rotations announce. Checkpoints have to be asked for in their order.
type keyring struct {
	given     []key
	announced map[string][]key // by writer
	replaced  map[replacement]*checkpoint
}

// fault is `signature`, `key` or nothing. `follows`: the checkpoint stands behind that rotation by `prev`.
func (k *keyring) fault(c *checkpoint, follows func(rotation *checkpoint) bool) string {
	known, may := false, []key{}
	holds := false
	for _, list := range [][]key{k.given, k.announced[c.authority]} {
		for _, each := range list {
			if each.kid != c.kid {
				continue
			}
			known = true
			if !ed25519.Verify(each.x[:], []byte(c.signed), c.signature) {
				continue
			}
			holds = true
			if k.may(each, c, follows) {
				may = append(may, each)
			}
		}
	}
	switch {
	case known && !holds:
		return "signature"
	case len(may) == 0:
		return "key"
	}
	if c.announced != nil {
		k.announced[c.authority] = append(k.announced[c.authority], key{*c.announced, "", float64(c.at) / 1000, math.Inf(1)})
		for _, old := range may {
			if at := (replacement{c.authority, old.x}); k.replaced[at] == nil {
				k.replaced[at] = c
			}
		}
	}
	return ""
}

func (k key) binds(c *checkpoint) bool {
	at := float64(c.at) / 1000
	return (k.authority == "" || k.authority == c.authority) && at >= k.since && at < k.until
}

func (k *keyring) may(one key, c *checkpoint, follows func(*checkpoint) bool) bool {
	if !one.binds(c) {
		return false
	}
	// What the set says of these bytes holds for an announced key, too.
	same, bound := false, false
	for _, each := range k.given {
		if each.x == one.x {
			same = true
			bound = bound || each.binds(c)
		}
	}
	if same && !bound {
		return false
	}
	rotation := k.replaced[replacement{c.authority, one.x}]
	return rotation == nil || (c.at <= rotation.at && !follows(rotation))
}
