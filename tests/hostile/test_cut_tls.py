from hostile.test_breaks import *  # noqa: F403

ROWS = [
    Row("over TLS a body without a length that ends without a farewell was cut off by somebody",
        over_tls(truncated(body=BODY[:CUT]), File(CONTENT)), Finished(CONTENT, ("resumed-from-zero",)), requests=2),
]


@both_ways(ROWS)
def test_breaks(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
