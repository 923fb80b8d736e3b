package main

import (
	"bytes"
	"crypto/sha256"
	"strings"
)

type interval struct{ events, ms int64 }

type publicKey struct {
	kid string
	x   [32]byte
}

type checkpoint struct {
	version          int64
	authority, chain string
	sequence         int64
	head             digest
	headUID          string
	at               int64
	interval         interval
	previous         *digest
	announced        *publicKey
	kid              string
	signed           string // header and claims
	signature        []byte
	identity         digest // SHA-256 of the JWS
	place            place
	bad              bool // its signature or its key: it says nothing else
	tampered         bool // something that is tampered is told at it
}

func (c *checkpoint) good() bool { return !c.tampered }

// before is the order of `at`, `seq` and SHA-256.
func (c *checkpoint) before(other *checkpoint) bool {
	if c.at != other.at {
		return c.at < other.at
	}
	if c.sequence != other.sequence {
		return c.sequence < other.sequence
	}
	return bytes.Compare(c.identity[:], other.identity[:]) < 0
}

func readCheckpoint(jws string) (*checkpoint, error) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return nil, errForeign
	}
	header, claims := readPart(parts[0]), readPart(parts[1])
	signature, err := unbase64url(parts[2])
	version := claims.version()
	c := &checkpoint{
		version:   version,
		authority: claims.form(authorityName, "authority"),
		chain:     claims.form(chainName, "chain"),
		sequence:  claims.integer("seq", 1),
		head:      claims.digest("head"),
		headUID:   claims.name("head_uid"),
		at:        claims.integer("at", 0),
		interval:  readInterval(claims, version),
		kid:       header.name("kid"),
		signed:    parts[0] + "." + parts[1],
		signature: signature,
		identity:  sha256.Sum256([]byte(jws)),
	}
	readHeader(header, version)
	if claims.has("prev") {
		previous := claims.digest("prev")
		c.previous = &previous
	}
	reason := claims.oneOf("reason", "", "count", "time", "close", "rotation")
	claims.need((reason == "rotation") == claims.has("next"))
	if claims.has("next") {
		c.announced = readNext(claims)
	}
	claims.join(header)
	claims.need(err == nil && len(signature) == 64)
	return c, claims.err
}

// readPart reads the header or the claims.
func readPart(text string) *shape {
	data, err := unbase64url(text)
	if err != nil {
		return &shape{err: err}
	}
	value, err := parse(data)
	if err != nil {
		return &shape{err: errForeign}
	}
	return shapeOf(value)
}

func readHeader(header *shape, version int64) {
	header.closed([]string{"alg", "kid", "typ"})
	header.oneOf("typ", "", "audit-checkpoint+jws")
	if version > 1 {
		header.oneOf("alg", "", "Ed25519", "EdDSA")
	} else {
		header.oneOf("alg", "", "Ed25519")
	}
}

func readInterval(claims *shape, version int64) interval {
	members := []string{"v", "authority", "chain", "seq", "head", "head_uid", "at", "reason"}
	if version < 2 {
		claims.closed(members, "prev", "next")
		return interval{1256, 60_000}
	}
	claims.closed(append(members, "interval"), "prev", "next")
	inner := claims.inner("interval").closed([]string{"events", "ms"})
	made := interval{inner.integer("events", 1), inner.integer("ms", 1)}
	claims.join(inner)
	return made
}

func readNext(claims *shape) *publicKey {
	inner := claims.inner("next").closed([]string{"kty", "crv", "x", "kid"}, "alg", "use")
	inner.oneOf("kty", "", "OKP")
	inner.oneOf("crv", "", "Ed25519")
	inner.oneOf("alg", "EdDSA", "EdDSA", "Ed25519")
	inner.oneOf("use", "sig", "sig")
	key := readPublic(inner)
	claims.join(inner)
	return &key
}

func readPublic(jwk *shape) publicKey {
	key := publicKey{kid: jwk.name("kid")}
	x, err := unbase64url(jwk.text("x"))
	if jwk.need(err == nil && len(x) == 32); jwk.err == nil {
		copy(key.x[:], x)
	}
	return key
}
