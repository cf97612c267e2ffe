"""Servers that name the file: into the directory that the client chose, under a name that deceives nobody."""

from hostile.entity import CONTENT
from hostile.row import Finished, Row, Stage, both_ways, play
from servers.behaviours import File, redirect
from servers.scripted import Resource


def named(disposition: str) -> tuple:
    return (File(CONTENT, etag='"one"', headers=(("Content-Disposition", disposition),)),)


def sent(name: str, disposition: str, file: str) -> Row:
    return Row(name, named(disposition), Finished(CONTENT, name=file), into_directory=True, resource_name="from-url.bin",
               requests=1)


def from_url(name: str, path: str, file: str) -> Row:
    return Row(name, (File(CONTENT),), Finished(CONTENT, name=file), into_directory=True, resource_name=path, requests=1)


def behind_redirect(stage: Stage) -> Resource:
    return stage.server.serve(redirect(stage.server.serve(File(CONTENT), name="target.bin").url), name="start.bin")


ROWS = [
    sent("a name with a path is its last part", 'attachment; filename="../../escaped"', "escaped"),
    sent("an absolute name is its last part", 'attachment; filename="/tmp/escaped"', "escaped"),
    sent("a name with backslashes is its last part", r'attachment; filename="..\\..\\evil.exe"', "evil.exe"),
    sent("an encoded name with a path is its last part", "attachment; filename*=UTF-8''..%2F..%2Fescaped", "escaped"),
    sent("a name of two dots is none", 'attachment; filename=".."', "download"),
    sent("a name that would be hidden is not", 'attachment; filename=".bashrc"', "_bashrc"),
    sent("a name that looks like a part file is not hidden",
         'attachment; filename=".haul.abcdefgh.1.part"', "_haul.abcdefgh.1.part"),
    sent("an encoded NUL is not part of a name", "attachment; filename*=UTF-8''a%00b.txt", "ab.txt"),
    sent("control characters are not part of a name", "attachment; filename*=UTF-8''a%1B%5B31mb%0A.txt", "a[31mb.txt"),
    sent("a name that turns the direction of writing does not",
        "attachment; filename*=UTF-8''invoice%E2%80%AEfdp.exe", "invoicefdp.exe"),
    sent("a name of five thousand characters is cut before its extension",
        f'attachment; filename="{"x" * 5000}.tar"', "x" * 196 + ".tar"),
    sent("an encoded name that is no UTF-8 is none", "attachment; filename*=UTF-8''caf%E9.txt", "from-url.bin"),
    sent("a name that is no UTF-8 is Latin-1", 'attachment; filename="caf\xe9.txt"', "café.txt"),
    sent("an empty name is none", 'attachment; filename=""', "from-url.bin"),
    sent("a disposition that never ends its quotes gives no name", 'attachment; filename="open', "from-url.bin"),
    sent("a disposition of noise gives no name", "\x80;;;==\"", "from-url.bin"),
    sent("a name that a shell would mind is only a name", 'attachment; filename="$(reboot);`id`|x"', "$(reboot);`id`|x"),
    sent("a name that another system reserves is left alone", 'attachment; filename="CON"', "CON"),
    from_url("an encoded slash in a URL is no door", "..%2f..%2fescaped", "escaped"),
    from_url("an encoded NUL in a URL is not part of a name", "a%00b.bin", "ab.bin"),
    Row("behind a redirect the last URL gives the name", behind_redirect, Finished(CONTENT, ("redirected",), "target.bin"),
        into_directory=True, requests=1),
]


@both_ways(ROWS)
def test_names(stage: Stage, row: Row, killed: bool) -> None:
    play(stage, row, killed)
