"""Servers that send a download elsewhere: nowhere, in circles, to other protocols, or where its secrets must not go."""

from hostile.entity import CONTENT, CUT, FROM_ZERO, OTHER, WHOLE
from hostile.row import Failed, Finished, Kill, Row, Stage, both_ways, play
from servers.behaviours import File, redirect, status
from servers.misbehaviours import spelled
from servers.scripted import Resource

LED = ("redirected",)


def to(location: str) -> tuple:
    return (redirect(location),)


def chain(hops: int):
    def build(stage: Stage) -> Resource:
        target = stage.server.serve(WHOLE)
        for _ in range(hops):
            target = stage.server.serve(redirect(target.url))
        return target
    return build


def circle_of_two(stage: Stage) -> Resource:
    one = stage.server.serve(status(500))
    one.behaviours = (redirect(stage.server.serve(redirect(one.url)).url),)
    return one


def to_http(stage: Stage) -> Resource:
    return stage.tls_server.serve(redirect(stage.server.serve(WHOLE).url))


def https_over_http(stage: Stage) -> Resource:
    """https → http → https: the way back does not heal it."""
    home = stage.tls_server.serve(WHOLE)
    return stage.tls_server.serve(redirect(stage.server.serve(redirect(home.url)).url))


def to_user_info(stage: Stage) -> Resource:
    url = stage.other_server.serve(WHOLE).url.replace("http://", "http://somebody:else@")
    return stage.server.serve(redirect(url))


def to_a_dead_port(stage: Stage) -> Resource:
    return stage.server.serve(redirect("http://127.0.0.1:1/file"), redirect(stage.server.serve(WHOLE).url))


def elsewhere_each_time(stage: Stage) -> Resource:
    """Two places with entities that differ under one entity tag, the second half of which would fit by its length."""
    one = stage.other_server.serve(File(CONTENT, etag='"one"', cut=CUT))
    other = stage.other_server.serve(File(OTHER, etag='"two"'))
    return stage.server.serve(redirect(one.url), redirect(other.url))


def same_file_elsewhere(stage: Stage) -> Resource:
    one = stage.other_server.serve(File(CONTENT, etag='"one"', cut=CUT))
    other = stage.tls_server.serve(WHOLE)
    return stage.server.serve(redirect(one.url), redirect(other.url))


def refused_there(stage: Stage) -> Resource:
    return stage.server.serve(redirect(stage.other_server.serve(status(404)).url))


REFUSED = [
    Row("a redirect without Location leads nowhere", (status(302),), Failed("redirect"), requests=1),
    Row("a redirect with an empty Location leads nowhere",
        (spelled("Location:", "Content-Length: 0", line="HTTP/1.1 302 Found"),), Failed("redirect"), requests=1),
    Row("a redirect to the local file system is refused", to("file:///etc/passwd"), Failed("redirect"), requests=1),
    Row("a redirect to ftp is refused", to("ftp://127.0.0.1/file"), Failed("redirect"), requests=1),
    Row("a redirect to a script is refused", to("javascript:alert(1)"), Failed("redirect"), requests=1),
    Row("a redirect to data is refused", to("data:text/plain,hello"), Failed("redirect"), requests=1),
    Row("a redirect to a socket of the machine is refused",
        to("unix:///run/dbus/system_bus_socket"), Failed("redirect"), requests=1),
    Row("a redirect to no host is refused", to("http://"), Failed("redirect"), requests=1),
    Row("a redirect to a port that no machine has is refused", to("http://127.0.0.1:99999/"), Failed("redirect"), requests=1),
    Row("a redirect with a space in its host is refused", to("http://exa mple/"), Failed("redirect"), requests=1),
    Row("a redirect longer than any URL may be is refused", to("/" + "x" * 20_000), Failed("redirect"), requests=1),
    Row("a redirect from https to http is refused", to_http, Failed("redirect"), requests=1),
    Row("a redirect from https over http to https is refused", https_over_http, Failed("redirect"), requests=1),
    Row("a status of multiple choices is no file",
        (status(300, body=b"choose"),), Failed("http-status"), requests=1),
    Row("a redirect to a proxy is refused", (status(305, ("Location", "http://127.0.0.1:1/")),), Failed("http-status"), requests=1),
]

CIRCLES = [
    Row("a redirect to itself ends after twenty", lambda stage: stage.server.redirect_to_itself(), Failed("redirect"), requests=21),
    Row("a circle of two ends after twenty", circle_of_two, Failed("redirect"), requests=11),
    Row("a chain of twenty redirects is followed", chain(20), Finished(CONTENT, LED), requests=1),
    Row("a chain of twenty-one redirects is refused", chain(21), Failed("redirect"), requests=1),
]

FOLLOWED = [
    Row("a redirect to a URL with somebody else's credentials is followed", to_user_info, Finished(CONTENT, LED), requests=1),
    Row("a redirect to where nobody listens is tried again from the start",
        to_a_dead_port, Finished(CONTENT, LED), kill=Kill(1), requests=2),
    Row("a refusal behind a redirect ends the task", refused_there, Failed("http-status"), requests=1),
    Row("a redirect that leads to another entity the second time starts over",
        elsewhere_each_time, Finished(OTHER, LED + FROM_ZERO + LED), kill=Kill(2), requests=2),
    Row("a redirect that leads to the same entity elsewhere the second time goes on",
        same_file_elsewhere, Finished(CONTENT, LED * 2), kill=Kill(2), requests=2),
]


@both_ways(REFUSED + CIRCLES + FOLLOWED)
def test_redirections(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
