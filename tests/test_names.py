"""Repository names: modules, definitions and variables are called by the terms of the field.

Who knows language servers and machine learning finds a thing here under the name that it has
elsewhere. A name that is refused has the term to use instead beside it.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "dlm_lsp"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOT = PACKAGE.parent
OWN_CODE = MODULES + [
    module
    for folder in ("bench", "examples", "scripts", "tests")
    for module in sorted((ROOT / folder).rglob("*.py"))
]

# "Folding ranges: what can be folded away.": one to four words, then a colon.
TERM_FIRST = re.compile(r"[A-Z][^\s:]*(?: [^\s:]+){0,3}: \S")
QUESTION_WORDS = ("What", "How", "Which", "Whether", "Where", "Who", "Whose", "When", "Why")
NO_TERMS = (*QUESTION_WORDS, "A", "An", "The", "It", "This", "Everything", "Something")

# What is said twice on purpose, with the reason.
DEFINED_TWICE = {
    "main": "the entry point of each program",
    "synthesize": "the same function for code that awaits (`aio`) and code that does not (`api`)",
    "apply": "as `synthesize`",
    "revert": "as `synthesize`",
    "check": "as `synthesize`",
    "train": "as `synthesize`",
}

FLAG = re.compile(r"(?<![\w-])--[a-z][\w-]*")
OWN_FLAGS = {
    # Flags of pip, pipx and uv.
    "dlm_lsp.install_hint": ["--editable", "--force", "--python"],
    "dlm_lsp.local.packaged": ["--no-deps"],
    "dlm_lsp.server.main": [
        "--version",
        "--stdio",
        "--tcp",
        "--host",
        "--port",
        "--socket-file",
        "--clientProcessId",
        "--log-file",
        "--log-level",
    ],
    "dlm_lsp.synth.options": ["--help"],
}

UNUSUAL_MODULES = {
    "document": (
        "allowed closest dedup difference grounded numerals older_version pieces rows spoken turns"
        " untrainable words"
    ),
    "ide": (
        "about actions doubts findings folding keys lenses links navigation origin second_look"
        " selection symbols token tokens turns when"
    ),
    "store": "error sources",
    "synth": (
        "around asking asks backslashes edited gates leaning place replies session settle split"
        " usable"
    ),
    "teachers": (
        "answer_first bounded english english_moulds failure german german_moulds hf languages"
        " mould obstacle open_moulds own_adapter question_first refused reply_parts select"
        " sentences"
    ),
    "local": (
        "constrain devices encode error finite fits margin memory prefix process recipe template"
        " train training watch"
    ),
    "server": (
        "actions answers chosen encode encode_answers features knowledge names obstacle on_disk"
        " request slices unless workarounds"
    ),
    "cli": "each failure live opened staged",
}

UNUSUAL_NAMES = {
    "Answered": "TeacherResult",
    "Answering": "ChatOptions",
    "Ask": "PairRequest",
    "Asking": "RequestRunner",
    "Draw": "SamplingParams",
    "Facts": "ModelInfo",
    "Finding": "Diagnostic",
    "Left": "Unplaced",
    "Machine": "DeviceCapabilities",
    "Mould": "QuestionTemplate",
    "Pieces": "IncrementalDocument",
    "Placing": "InsertionPlan",
    "SecondLook": "PairChecks",
    "Spent": "Usage",
    "Subject": "TrainingInput",
    "Wanted": "PlannedRequest",
    "Wishes": "SynthRequest or TrainRequest",
    "_hopeless": "_fatal_error",
    "_patience": "timeout",
    "carry_out": "run",
    "foreign": "language_mismatch",
    "judged_out": "judge_verdict",
    "kept": "candidates, or what it is that was kept",
    "leans": "not_self_contained",
    "likeliest": "detect_language",
    "one": "the noun: candidate, section, row, ...",
    "ones": "the noun in the plural",
    "owed": "pending_apply",
    "rung": "format_index",
    "settle": "select_pairs",
    "told": "the noun: message, answer, reason, ...",
    "uncounted": "ungrounded_number",
    "usable": "parse_candidates",
}


USUAL = {name.strip("_"): term for name, term in UNUSUAL_NAMES.items()}


def parsed(module: Path) -> ast.Module:
    return ast.parse(module.read_text(encoding="utf-8"))


def dotted(module: Path) -> str:
    return ".".join(module.relative_to(PACKAGE.parent).with_suffix("").parts)


def names_of(target: ast.expr) -> Iterator[str]:
    """The names that an assignment to `target` binds."""
    return (node.id for node in ast.walk(target) if isinstance(node, ast.Name))


def top_level_names(tree: ast.Module) -> Iterator[str]:
    """The public names that a module defines; what it imports is another's."""
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names: Iterator[str] = iter((node.name,))
            case ast.Assign():
                names = (name for target in node.targets for name in names_of(target))
            case ast.AnnAssign():
                names = names_of(node.target)
            case _:
                continue
        yield from (name for name in names if not name.startswith("_"))


def bound_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every name that a module gives to something, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node.lineno
            case ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
                | ast.MatchMapping(rest=str(name))
            ):
                yield name, node.lineno
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                for alias in aliases:
                    if alias.asname:
                        yield alias.asname, node.lineno


@pytest.mark.parametrize("module", MODULES, ids=dotted)
def test_a_module_docstring_begins_with_its_term(module):
    docstring = ast.get_docstring(parsed(module)) or ""
    first_line = docstring.partition("\n")[0]
    assert TERM_FIRST.match(first_line), (
        f"{dotted(module)} begins with {first_line!r}; begin with a term of one to four words and"
        ' a colon, such as "Folding ranges: what can be folded away."'
    )
    assert first_line.partition(":")[0].split()[0] not in NO_TERMS


def test_a_public_name_is_defined_in_one_module():
    homes: dict[str, set[str]] = defaultdict(set)
    for module in MODULES:
        for name in top_level_names(parsed(module)):
            homes[name].add(dotted(module))
    twice = {name: sorted(modules) for name, modules in homes.items() if len(modules) > 1}
    assert {name: twice[name] for name in sorted(twice.keys() - DEFINED_TWICE)} == {}


def test_modules_are_called_by_terms_of_the_field():
    present = [
        f"{room}/{name}.py"
        for room, names in UNUSUAL_MODULES.items()
        for name in names.split()
        if (PACKAGE / room / f"{name}.py").exists() or (PACKAGE / room / name).is_dir()
    ]
    assert present == []


@pytest.mark.parametrize(
    "module", [m for m in MODULES if not m.is_relative_to(PACKAGE / "cli")], ids=dotted
)
def test_only_the_shell_speaks_of_flags(module):
    flags = [
        f"line {node.lineno}: {flag}"
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for flag in FLAG.findall(node.value)
        if flag not in OWN_FLAGS.get(dotted(module), [])
    ]
    assert flags == []


@pytest.mark.parametrize("module", OWN_CODE, ids=dotted)
def test_definitions_and_variables_are_called_by_terms_of_the_field(module):
    unusual = [
        f"line {line}: {name}; say {USUAL[name.strip('_')]}"
        for name, line in bound_names(parsed(module))
        if name.strip("_") in USUAL
    ]
    assert unusual == []
