"""Lazy types of the protocol: the same classes, of which the start finishes few."""

import json
import subprocess
import sys
from functools import cache

import pytest
from server.test_lenient_reading import CLIENTS

LAZILY = "from dlm_lsp.server.lazy_types import import_lazy_types; import_lazy_types()"
CLASSES = """
from lsprotocol import types
classes = [value for value in vars(types).values() if isinstance(value, type)]
classes = [value for value in classes if "__attrs_attrs__" in vars(value)]
finished = [value for value in classes if isinstance(vars(value)["__attrs_attrs__"], tuple)]
"""
DESCRIBE = """
import attrs, inspect, json, re
from lsprotocol.converters import get_converter
get_converter()
LAYOUT = {"__annotations__", "__dict__", "__weakref__", "__slots__", "__getstate__", "__setstate__"}
def described(class_):
    fields = attrs.fields(class_)
    parameters = inspect.signature(class_).parameters.values()
    return {
        "fields": [re.sub(" at 0x[0-9a-f]+", "", repr(field)) for field in fields],
        "parameters": [[it.name, it.kind, repr(it.default)] for it in parameters],
        "methods": sorted(
            name
            for name in {*vars(class_)} - LAYOUT - {field.name for field in fields}
            if not name.startswith("__attrs_")
        ),
    }
"""


def python(code: str, *, given: object = None) -> object:
    """What code prints as JSON in a process of its own, given some."""
    command = [sys.executable, "-c", code]
    ran = subprocess.run(
        command, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(ran.stdout)


@cache
def descriptions(first: str) -> dict[str, dict[str, object]]:
    print_all = "print(json.dumps({class_.__name__: described(class_) for class_ in classes}))"
    return python("\n".join((first, DESCRIBE, CLASSES, print_all)))


def test_every_class_is_there() -> None:
    assert len(descriptions(LAZILY)) > 500
    assert descriptions(LAZILY).keys() == descriptions("").keys()


@pytest.mark.parametrize("of", ["fields", "parameters", "methods"])
def test_every_class_has_the_same(of: str) -> None:
    lazy = {name: described[of] for name, described in descriptions(LAZILY).items()}
    assert lazy == {name: described[of] for name, described in descriptions("").items()}


def test_what_editors_send_is_read_and_written_as_ever() -> None:
    read = """
import json, sys
from lsprotocol import types
from dlm_lsp.server.lenient_reading import message_converter, read_leniently
answers = []
for params in json.load(sys.stdin):
    message = {"id": 1, "jsonrpc": "2.0", "method": "initialize", "params": params}
    read = read_leniently(message_converter(), message, types.InitializeRequest)
    again = read_leniently(message_converter(), message, types.InitializeRequest)
    assert read == again and not read.dropped
    answers.append([repr(read.message), message_converter().unstructure(read.message)])
print(json.dumps(answers))
"""
    lazy = python(f"{LAZILY}\n{read}", given=CLIENTS)
    assert lazy == python(read, given=CLIENTS)
    assert len(lazy) == len(CLIENTS) > 3


def test_the_start_finishes_few_classes() -> None:
    start = f"{LAZILY}\nimport dlm_lsp.server.lifecycle\ndlm_lsp.server.lifecycle.create_server()"
    few, all_ = python(f"{start}\n{CLASSES}\nprint([len(finished), len(classes)])")
    assert few < all_ / 10


def test_the_command_uses_them() -> None:
    serve = """
import os, sys
from dlm_lsp.server.main import main
sys.argv, os._exit = ["dlm-lsp"], lambda code: None
main()
"""
    few, all_ = python(f"{serve}\n{CLASSES}\nprint([len(finished), len(classes)])")
    assert few < all_ / 10


def test_a_class_finished_by_many_threads_at_once_is_whole_in_each() -> None:
    code = """
import sys, attrs
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
sys.setswitchinterval(1e-6)
barrier = Barrier(4)
def look(class_):
    barrier.wait()
    return [str(field.type) for field in attrs.fields(class_)]
with ThreadPoolExecutor(4) as pool:
    looks = [list(pool.map(look, [class_] * 4)) for class_ in classes]
print(sum(look != those[0] for those in looks for look in those))
"""
    assert python(f"{LAZILY}\n{CLASSES}\n{code}") == 0


def test_lsprotocol_that_is_imported_already_stays_as_it_is() -> None:
    first = "import lsprotocol.types"
    code = f"{first}\n{LAZILY}\n{CLASSES}\nprint(len(classes) - len(finished))"
    assert python(code) == 0
    assert descriptions(f"{first}\n{LAZILY}") == descriptions("")
