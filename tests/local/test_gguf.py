"""GGUF conversion: a file of llama.cpp's as a folder of safetensors, once."""

import multiprocessing
import shutil
from pathlib import Path

import pytest
import torch
from support.memory_errors import MEMORY_ERRORS
from support.tiny_gguf import tiny_gguf
from support.tiny_model import CHAT_TEMPLATE
from transformers import AutoModelForCausalLM, AutoTokenizer

from dlm_lsp.errors import ModelError
from dlm_lsp.local import gguf
from dlm_lsp.local.gguf import converted_folder


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setattr(gguf, "user_cache_dir", lambda _: str(tmp_path / "cache"))
    return tmp_path / "cache" / "models"


@pytest.fixture
def file(tmp_path: Path, chat_llama: str) -> Path:
    return tiny_gguf(tmp_path / "tiny.gguf", Path(chat_llama))


def converted(file: Path, stamp: str = "1") -> Path:
    return converted_folder(file.name, "tiny", stamp, lambda _: file)


def folders(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir() if path.is_dir())


def count_and_convert(cache: Path, file: Path) -> None:
    """Do in another process what the fixture and a test do here."""
    save = gguf._save_as_safetensors

    def counted(source: Path, folder: Path) -> None:
        with (cache / "runs").open("a") as runs:
            runs.write("x")
        save(source, folder)

    gguf.user_cache_dir = lambda _: str(cache.parent)
    gguf._save_as_safetensors = counted
    converted(file)


@pytest.mark.usefixtures("cache")
def test_weights_tokens_and_chat_template_come_over(file, chat_llama):
    folder = converted(file)
    read = AutoModelForCausalLM.from_pretrained(folder, dtype="auto")
    original = AutoModelForCausalLM.from_pretrained(chat_llama).to(torch.bfloat16)
    assert read.dtype == torch.bfloat16
    embedding = original.get_input_embeddings().weight
    assert torch.equal(read.get_input_embeddings().weight, embedding)
    tokenizer, its_own = map(AutoTokenizer.from_pretrained, (folder, chat_llama))
    assert tokenizer.chat_template == CHAT_TEMPLATE
    assert tokenizer.eos_token == "</s>"
    text = "The mill of Ashford has two wheels.</s>"
    assert tokenizer(text, add_special_tokens=False).input_ids == its_own(text).input_ids


def test_what_was_converted_once_is_found_at_once(cache, file):
    folder = converted(file)
    file.unlink()
    assert converted(file) == folder
    assert folders(cache) == ["tiny-1"]


def test_a_file_that_has_changed_is_converted_anew_and_the_old_weights_go(cache, file):
    converted(file)
    assert converted(file, "2").name == "tiny-2"
    assert folders(cache) == ["tiny-2"]


def test_what_a_conversion_that_was_killed_left_is_never_used_and_goes(cache, file):
    left = cache / "tiny-1.abc" / "ready"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    assert (converted(file) / "config.json").is_file()
    assert folders(cache) == ["tiny-1"]


def test_another_model_with_a_longer_name_is_left_alone(cache, file):
    (cache / "tiny2-1").mkdir(parents=True)
    converted(file)
    assert folders(cache) == ["tiny-1", "tiny2-1"]


def test_of_two_processes_one_converts_and_the_other_waits(cache, file):
    cache.mkdir(parents=True)
    processes = [
        multiprocessing.get_context("spawn").Process(target=count_and_convert, args=(cache, file))
        for _ in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert (cache / "runs").read_text() == "x"


def test_a_file_that_is_none_says_so(cache, tmp_path):
    (tmp_path / "fake.gguf").write_bytes(b"\x80\x04pickle")
    with pytest.raises(ModelError, match=r"fake\.gguf is no GGUF file"):
        converted(tmp_path / "fake.gguf")
    assert folders(cache) == []


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("error", [ImportError, AssertionError, OverflowError, EOFError])
def test_whatever_goes_wrong_is_told_as_a_fault_of_the_model(error):
    def provide(_: Path) -> Path:
        raise error("protobuf is missing\nand more")

    with pytest.raises(ModelError, match=r"^cannot convert m: protobuf is missing; take"):
        converted_folder("m", "m", "1", provide)


@pytest.mark.usefixtures("cache")
def test_what_says_itself_what_is_wrong_comes_through():
    error = ModelError("no room")

    def provide(_: Path) -> Path:
        raise error

    with pytest.raises(ModelError) as raised:
        converted_folder("m", "m", "1", provide)
    assert raised.value is error


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("error", MEMORY_ERRORS.values(), ids=MEMORY_ERRORS)
def test_a_want_of_memory_is_told_as_such(error):
    def provide(_: Path) -> Path:
        raise error

    with pytest.raises(ModelError) as raised:
        converted_folder("m", "m", "1", provide)
    assert str(raised.value) == (
        "there is too little memory to convert m; close other programs, or take a smaller model"
    )


def test_a_file_that_was_cut_off_is_no_defect_and_leaves_nothing_behind(cache, file):
    content = file.read_bytes()
    for length in (4, 30, len(content) // 3, len(content) - 10):
        file.write_bytes(content[:length])
        with pytest.raises(ModelError, match=r"cannot convert tiny\.gguf: .*vllm-server:URL"):
            converted(file)
    assert folders(cache) == []


def test_a_kind_of_model_that_cannot_be_converted_is_named_with_the_remedy(
    cache, tmp_path, chat_llama
):
    odd = tiny_gguf(tmp_path / "odd.gguf", Path(chat_llama), architecture="wkv99")
    with pytest.raises(ModelError, match=r"wkv99.*safetensors, or serve the file"):
        converted(odd)
    assert folders(cache) == []


@pytest.mark.usefixtures("cache")
def test_a_part_of_a_model_says_how_to_join_the_parts(tmp_path, chat_llama):
    part = tiny_gguf(tmp_path / "part.gguf", Path(chat_llama), parts=3)
    with pytest.raises(ModelError, match="one part of several; join them"):
        converted(part)


def test_without_room_for_the_weights_it_says_how_much_they_take(cache, file, monkeypatch):
    usage = shutil.disk_usage(file)._replace(free=10**6)
    monkeypatch.setattr(gguf.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ModelError, match=r"becomes 0\.1 GB in .* where 0\.0 GB are free"):
        converted(file)
    assert folders(cache) == []


def test_a_disk_that_runs_full_leaves_nothing_behind(cache, file, monkeypatch):
    def full(source: Path, folder: Path) -> None:
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gguf, "_save_as_safetensors", full)
    with pytest.raises(ModelError, match=r"cannot convert tiny\.gguf into .*No space left"):
        converted(file)
    assert folders(cache) == []


def test_a_cache_that_cannot_be_made_says_so(tmp_path, file, monkeypatch):
    monkeypatch.setattr(gguf, "user_cache_dir", lambda _: str(tmp_path / "file"))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match=r"cannot convert tiny\.gguf"):
        converted(file)
