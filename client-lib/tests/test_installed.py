"""What is installed is enough: programs are built against a prefix of its own, as a distribution's package has it."""

import os
import subprocess
from pathlib import Path

import pytest

from harness.daemon import binary_directory
from harness.machine import Machine
from servers.behaviours import File
from servers.content import Content
from servers.scripted import ScriptedServer

pytestmark = pytest.mark.lengthy

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]

CMAKE_LISTS = """\
cmake_minimum_required(VERSION 3.25)
project(consumer CXX)
find_package(haul REQUIRED)
add_executable(consumer consumer.cpp)
target_compile_options(consumer PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Werror)
target_link_libraries(consumer PRIVATE haul::haul)
"""


def run(*argv: object, **environment: str) -> str:
    done = subprocess.run([str(word) for word in argv], env={"PATH": os.environ["PATH"], **environment}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prefix = tmp_path_factory.mktemp("prefix")
    run("cmake", "--install", binary_directory().parent, "--prefix", prefix)
    return prefix


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_a_program_is_built_by_pkg_config(compiler: str, prefix: Path, tmp_path: Path, machine: Machine,
                                          server: ScriptedServer) -> None:
    pkg_config, = prefix.rglob("haul.pc")
    flags = run("pkg-config", "--cflags", "--libs", "haul", PKG_CONFIG_PATH=str(pkg_config.parent)).split()
    assert all(str(prefix) in str(Path(flag[2:]).resolve()) for flag in flags if flag[:2] in ("-I", "-L"))
    program = tmp_path / "program"
    run(compiler, "-std=c++20", *WARNINGS, EXAMPLES / "progress_tracker.cpp", "-o", program, *flags)
    library, = prefix.rglob("libhaul.so")
    content = Content(3, 10_000)
    said = run(program, machine.bus.address, machine.downloads, server.serve(File(content), name="file").url,
               LD_LIBRARY_PATH=str(library.parent))
    assert said.endswith("100 % completed\n")
    content.check(machine.downloads / "file")


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
def test_a_program_is_built_by_cmake(compiler: str, prefix: Path, tmp_path: Path) -> None:
    (tmp_path / "CMakeLists.txt").write_text(CMAKE_LISTS)
    (tmp_path / "consumer.cpp").write_text((EXAMPLES / "await.cpp").read_text())
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_CXX_COMPILER={compiler}", "-DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=ON")
    run("cmake", "--build", tmp_path / "build")
    library, = prefix.rglob("libhaul.so")
    assert str(library.parent) in run("ldd", tmp_path / "build/consumer")


def test_each_header_stands_alone_and_names_no_library_below(prefix: Path, tmp_path: Path) -> None:
    headers = sorted((prefix / "include/haul").glob("*.hpp"))
    assert headers
    for header in headers:
        text = header.read_text()
        assert not any(word in text for word in ("sdbus", "systemd/", "curl/", "sqlite")), header.name
    source = tmp_path / "header.cpp"
    for header in headers:
        source.write_text(f"#include <haul/{header.name}>\n#include <haul/{header.name}>\n")
        run("g++", "-std=c++20", *WARNINGS, "-fsyntax-only", f"-I{prefix}/include", source)


def test_the_library_exports_its_api_alone(prefix: Path) -> None:
    library, = prefix.rglob("libhaul.so")
    symbols = run("nm", "--dynamic", "--demangle", "--defined-only", library).splitlines()
    names = [line.split(maxsplit=2)[2] for line in symbols]
    assert any(name.startswith("haul::Session::open(") for name in names)
    foreign = [name for name in names if not name.removeprefix("typeinfo for ").removeprefix("typeinfo name for ")
               .removeprefix("vtable for ").startswith("haul::")]
    assert foreign == []
    assert [name for name in names if name.startswith("haul::detail::")] == []


def test_the_library_has_a_version(prefix: Path) -> None:
    library, = prefix.rglob("libhaul.so")
    assert library.is_symlink() and library.resolve().name.startswith("libhaul.so.0.")
    assert "SONAME" in run("objdump", "-p", library) and "libhaul.so.0\n" in run("objdump", "-p", library)
