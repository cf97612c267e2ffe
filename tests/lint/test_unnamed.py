"""A function in an unnamed namespace is the only one of its name in its room; and the lint sees one that is not."""

import pytest

from lint.sources import REPOSITORY
from lint.unnamed import functions, rooms, shared


@pytest.mark.parametrize("room", rooms(), ids=lambda room: str(room.relative_to(REPOSITORY)))
def test_names_are_one_files(room):
    assert shared(room) == []


@pytest.mark.parametrize("line", [
    "void print(std::string_view text) {",
    "Result<std::vector<Task>> print(const Session& session,",
    "[[nodiscard]] bool print() {",
    "int Desk::* print(int);",
])
def test_functions_are_found(line):
    assert functions(f"namespace {{\n\n{line}\n}}\n\n}}  // namespace\n") == {"print"}


@pytest.mark.parametrize("line", [
    "const auto kTable = make(1);", "    print(text);", "template <typename T>", "// print(text)", "struct Print {",
    "static_assert(kTable[0]);", "bool operator()(int number) {"])
def test_other_lines_are_not(line):
    assert functions(f"namespace {{\n\n{line}\n\n}}  // namespace\n") == set()


def test_functions_outside_are_not():
    assert functions("namespace haul {\nnamespace {\n}  // namespace\nvoid print() {\n}\n}  // namespace haul\n") == set()


@pytest.fixture
def room(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.cpp").write_text("namespace {\nvoid print() {\n}\n}  // namespace\n")
    return tmp_path


def test_shared_names_are_reported(room):
    assert shared(room) == ["print in one.cpp, two.cpp"]


@pytest.mark.parametrize("recipe", [
    "set_source_files_properties(two.cpp\n  PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)",
    "set_target_properties(test_contract PROPERTIES UNITY_BUILD OFF)",
    "add_executable(fuzz_${target} ${target}.cpp)"])
def test_files_that_are_compiled_alone_may_share_names(room, recipe):
    (room / "CMakeLists.txt").write_text(recipe)
    assert shared(room) == []
