"""I-JSON (RFC 7493) in, the canonical form of RFC 8785 out. Strict where Python's own module is not."""

import json
import re

LONGEST_LINE = 16_777_216  # bytes, without the newline
DEEPEST = 256  # objects and arrays within each other

# What RFC 8785 leaves as it is and the log writes as \uXXXX: Cc, Cf, Zl and Zp.
UNSEEN = re.compile(
    "[\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
)
ESCAPED = re.compile('[\x00-\x1f"\\\\]')
SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class NotJson(ValueError):
    """The text is not I-JSON."""


def _number(text):
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise NotJson("a number that no double holds")
    return value


def _object(pairs):
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotJson("a member stands twice")
    return made


def _constant(name):
    raise NotJson(f"{name} is not JSON")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_constant
)


def parse(data):
    """What the bytes say. All numbers are floats. Raises NotJson."""
    try:
        text = data.decode("utf-8")
        value = _decoder.decode(text)  # strict: no controls in strings
    except NotJson:
        raise
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from None
    _check(value, 0)
    return value


def _check(value, depth):
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise NotJson("a lone surrogate") from None
    elif isinstance(value, (dict, list)):
        if depth == DEEPEST:
            raise NotJson("nested too deep")
        if isinstance(value, dict):
            for name in value:
                _check(name, depth)
            value = value.values()
        for each in value:
            _check(each, depth + 1)


def number(value):
    """A double as ECMAScript writes it: the shortest digits that read as the same double."""
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # The value is 0.DIGITS times ten to the power of `point`.
    point = int(exponent or 0) + len(whole) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = point - 1
    rest = "." + digits[1:] if count > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'+' if power > 0 else '-'}{abs(power)}"


def _string(text):
    return '"' + ESCAPED.sub(lambda found: SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}", text) + '"'


def _write(value, out):
    if value is None:
        out.append("null")
    elif value is True:
        out.append("true")
    elif value is False:
        out.append("false")
    elif isinstance(value, str):
        out.append(_string(value))
    elif isinstance(value, float):
        out.append(number(value))
    elif isinstance(value, list):
        out.append("[")
        for index, each in enumerate(value):
            if index:
                out.append(",")
            _write(each, out)
        out.append("]")
    else:
        out.append("{")
        # RFC 8785 sorts by UTF-16 code units, which is not the order of code points.
        for index, name in enumerate(sorted(value, key=lambda name: name.encode("utf-16-be"))):
            out.append(("," if index else "") + _string(name) + ":")
            _write(value[name], out)
        out.append("}")


def canonical(value):
    """The bytes of RFC 8785."""
    out = []
    _write(value, out)
    return "".join(out).encode("utf-8")


def _escape(found):
    units = found[0].encode("utf-16-be").hex()
    return "".join("\\u" + units[at : at + 4] for at in range(0, len(units), 4))


def log_size(form):
    """How many bytes the canonical form has as the log writes it."""
    return len(UNSEEN.sub(_escape, form.decode("utf-8")).encode("utf-8"))


def units(text):
    """The length in UTF-16 units."""
    return len(text.encode("utf-16-be")) // 2
