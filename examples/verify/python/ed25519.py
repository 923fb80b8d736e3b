"""Verifies Ed25519 signatures as RFC 8032, section 5.1.7, without the cofactor. Nothing here is secret, so nothing is in constant time."""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # of -1


def _x(y, odd):
    """The x of a point, or None: x^2 = (y^2 - 1) / (d y^2 + 1)."""
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * ROOT % P
        if (v * x * x - u) % P:
            return None
    if x == 0 and odd:
        return None
    return P - x if x & 1 != odd else x


def _point(data):
    """Extended coordinates (X, Y, Z, T) of an encoded point, or None."""
    whole = int.from_bytes(data, "little")
    y, odd = whole & (2**255 - 1), whole >> 255
    x = None if y >= P else _x(y, odd)
    return None if x is None else (x, y, 1, x * y % P)


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _double(p):
    a, b, c = p[0] * p[0] % P, p[1] * p[1] % P, 2 * p[2] * p[2] % P
    h = a + b
    e, g = (h - (p[0] + p[1]) ** 2) % P, a - b
    f = c + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _encode(p):
    inverse = pow(p[2], -1, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def verify(key, signature, message):
    """True where the 64 bytes are the signature of the 32-byte key over the message."""
    point = _point(key)
    s = int.from_bytes(signature[32:], "little")
    if point is None or len(signature) != 64 or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    minus = (P - point[0], point[1], 1, P - point[3])
    steps = (None, BASE, minus, _add(BASE, minus))
    sum_ = (0, 1, 1, 0)  # s B - k A, both in one pass
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        sum_ = _double(sum_)
        step = steps[(s >> bit & 1) | (k >> bit & 1) << 1]
        if step is not None:
            sum_ = _add(sum_, step)
    return _encode(sum_) == signature[:32]
