"""Rows of the scheduled query in checkpoint_missing_query.yml: chains with holes. Each row is an alert."""


def rule(row):
    return (row.get("missing") or 0) > 0


def title(row):
    return f"Sallyport's chain {row.get('chain_uid')} lacks {row.get('missing')} events"


def dedup(row):
    return row.get("chain_uid") or ""
