import json
from dataclasses import asdict, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.whole_profile import WHOLE

from dlm_lsp.errors import ProfileError
from dlm_lsp.store.profile_files import ProfileFile
from dlm_lsp.synth.options import OPTIONS
from dlm_lsp.synth.parse_profile import parse_profile, read_profile, read_profiles
from dlm_lsp.synth.profile import Profile
from dlm_lsp.synth.run_options import SynthOptions
from dlm_lsp.teachers.guidance import Guidance

BY_FOLDER = {"strategy", "filter", "threshold"}
LAB = {"teacher": "vllm-server:http://lab:8000#m"}


def profile(text: str, *, found: bool = False) -> Profile:
    return parse_profile(text.encode(), "dlm.toml", found=found)


def fault(text: str, *, found: bool = False) -> str:
    with pytest.raises(ProfileError) as error:
        profile(text, found=found)
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 700
    return message


@pytest.mark.parametrize("name", ["self", "auto", "off", "openai", "a b", "x" * 41, ""])
def test_no_teacher_has_the_name_of_a_kind_or_of_a_choice(name):
    message = fault(f'[teachers.{json.dumps(name)}]\nselector = "self"')
    assert "is no name for a teacher" in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[options]\nper_sektion = 1",
            "line 2: options.per_sektion is no option; did you mean per_",
        ),
        ("[options]\nper_section = 0", "line 2: options.per_section is 0; it takes a whole"),
        ("[options]\nseed = true", "line 2: options.seed is true; it takes a whole number"),
        ("[options]\nwindow = []", "line 2: options.window is a list; it takes a whole number"),
        (
            "[options]\nteacher_options = {model = 'x'}",
            "line 2: options.teacher_options is 'model'; it is set by this program; leave it out",
        ),
        ("[option]", "line 1: option is no key of a profile; did you mean options?"),
        (
            "[ask]\naudienc = ''",
            "line 2: ask.audienc is no key of a profile; did you mean audience?",
        ),
        ("[ask]\naudience = ' '", "line 2: ask.audience takes a text that is not empty"),
        ("[ask]\naudience = 1", "line 2: ask.audience takes a text"),
        ("[ask]\nquestions = 'x'", "line 2: ask.questions takes a list"),
        ("ask = 1", "line 1: ask takes a table"),
        ("[[ask.examples]]\nquestion = 'q'\nanswer = 'a'", "ask.examples.1.evidence is missing"),
        ("[teachers.a]\nselektor = 'x'", "line 2: teachers.a.selektor is no key of a profile"),
        ("[teachers.a]\nwindow = 1", "line 1: teachers.a.selector is missing"),
        (
            "[teachers.a]\nselector='x'\nwindow = 1",
            "line 3: teachers.a.window is 1; it takes a who",
        ),
        ("\n\n[options", "line 3: "),
        (f"a = {'9' * 5000}", "line 1: holds a number or a nesting beyond all measure"),
        (f"a = {'[' * 20000}", "line 1: holds a number or a nesting beyond all measure"),
    ],
)
def test_what_is_wrong_is_named_with_its_file_and_line(text, words):
    message = fault(text)
    assert message.startswith("dlm.toml, line ")
    assert words in message


def test_what_is_no_utf_8_has_its_line():
    with pytest.raises(ProfileError, match=r"dlm\.toml, line 2: not UTF-8"):
        parse_profile(b"a = 1\n\xff", "dlm.toml", found=False)


@pytest.mark.parametrize(
    ("key", "most"), [("audience", 200), ("instruction", 1000), ("questions", 8), ("examples", 4)]
)
def test_what_to_ask_is_bounded(key, most):
    example = '{evidence = "e", question = "q", answer = "a"}'
    kinds = {"questions": '"q"', "examples": example}

    def text(count: int) -> str:
        value = f"[{', '.join([kinds[key]] * count)}]" if key in kinds else json.dumps("x" * count)
        return f"[ask]\n{key} = {value}"

    profile(text(most))
    assert f"ask.{key} takes at most {most}" in fault(text(most + 1))


@pytest.mark.parametrize(
    "character", ["\\u0000", "\\u001B", "\\u001c", "\\r", "\\u009b", "\\u202e", "\\u2028"]
)
def test_what_to_ask_holds_no_control_character(character):
    assert "holds a control character" in fault(f'[ask]\naudience = "a{character}b"')
    assert "holds a control character" in fault(f'[ask]\nquestions = ["a{character}b"]')


def test_lines_and_scripts_are_no_control_characters():
    text = '[ask]\ninstruction = "a\\nb\\tc \\u00a0 \\u200d 磨坊 مطحنة"'
    assert "\n" in profile(text).guidance.instruction


def test_a_found_profile_says_what_to_ask_and_how_to_filter():
    text = '[options]\nstrategy = "both"\nfilter = "none"\nthreshold = 1\n[ask]\naudience = "a"'
    found = profile(text, found=True)
    assert set(found.options) == BY_FOLDER
    assert found.guidance.audience == "a"


@pytest.mark.parametrize("name", sorted(OPTIONS.keys() - BY_FOLDER))
def test_a_found_profile_may_not_choose_any_other_option(name):
    message = fault(f"[options]\n\n{name} = 1", found=True)
    assert message.startswith(f"dlm.toml, line 3: options.{name} is not taken from a profile found")


def test_a_found_profile_may_name_no_teacher():
    assert fault("\n[teachers]", found=True).startswith("dlm.toml, line 2: teachers is not taken")


_VALUES = st.one_of(
    st.booleans(),
    st.integers(-10, 10**6),
    st.floats(0, 10),
    st.text(max_size=20),
    st.sampled_from(["both", "none", "sway", "self", "openai:m", "vllm-server:http://evil#m"]),
    st.dictionaries(st.sampled_from(["model", "base_url", "a"]), st.integers(), max_size=2),
)
_NAMES = st.sampled_from([*OPTIONS, "Teacher", "base_url", "selector", "path", "endpoint"])
_ASKED = st.one_of(
    st.fixed_dictionaries({}, optional={"audience": st.just("a"), "instruction": st.just("i")}),
    st.dictionaries(st.sampled_from([f.name for f in fields(Guidance)] + ["selector"]), _VALUES),
)
_ALLOWED = st.fixed_dictionaries(
    {},
    optional={
        "strategy": st.sampled_from(["both", "expansion"]),
        "filter": st.sampled_from(["sway", "dedup-only", "none"]),
        "threshold": st.floats(0, 10),
    },
)


def none_or(values):
    return st.one_of(st.just({}), values)


@given(
    _ALLOWED,
    none_or(st.dictionaries(_NAMES, _VALUES, max_size=4)),
    _ASKED,
    none_or(st.dictionaries(st.sampled_from(["teachers", "path", "judge"]), _VALUES, max_size=1)),
)
def test_a_found_profile_never_decides_who_is_asked_or_what_is_spent(allowed, others, ask, more):
    options = {**allowed, **others}
    text = "\n".join(
        (
            *(f"{json.dumps(name)} = {quoted(value)}" for name, value in more.items()),
            "[options]",
            *(f"{json.dumps(name)} = {quoted(value)}" for name, value in options.items()),
            "[ask]",
            *(f"{json.dumps(name)} = {quoted(value)}" for name, value in ask.items()),
        )
    )
    own = profile(WHOLE.replace('filter = "dedup-only"', "max_cost = 1\nmax_requests = 9"))
    try:
        found = profile(text, found=True)
    except ProfileError:
        return
    assert options.keys() <= BY_FOLDER
    assert not more
    before, after = own.request({}), found.over(own).request({})
    free = {"strategy", "filter", "threshold", "guidance"}
    assert (after.teacher, after.judge) == (before.teacher, before.judge)
    unfit = {"verify": "auto"} if after.options.filter != "sway" else {}
    assert rest(after.options, free) == {**rest(before.options, free), **unfit}


def rest(options: SynthOptions, without: set[str]) -> dict[str, object]:
    return {name: value for name, value in asdict(options).items() if name not in without}


def quoted(value: object) -> str:
    """Return a value as TOML, in which a text may hold no raw control character."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {inner}" for name, inner in value.items()) + "}"
    if isinstance(value, str):
        escaped = (f"\\U{ord(c):08x}" for c in value if not 0xD800 <= ord(c) < 0xE000)
        return f'"{"".join(escaped)}"'
    return json.dumps(value) if isinstance(value, bool) else repr(value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_profile_or_one_line_about_what_is_wrong(data):
    try:
        parse_profile(data, "dlm.toml", found=True)
    except ProfileError as error:
        assert str(error).startswith("dlm.toml, line ")
        assert str(error).isprintable()


def test_keys_are_told_without_what_could_steer_a_terminal():
    assert r"\x1b" in fault('"a\\u001b[31m" = 1')
    assert "..." in fault(f"{'x' * 5000} = 1")


def test_a_profile_on_disk_is_bounded(tmp_path):
    path = tmp_path / "dlm.toml"
    path.write_text("#" * 70_000)
    with pytest.raises(Exception, match="larger than 65 kB; shorten it"):
        read_profile(ProfileFile(path))


def test_files_are_laid_over_one_another_in_their_order(tmp_path):
    paths = [tmp_path / name for name in "abc"]
    for number, path in enumerate(paths, 1):
        path.write_text(f"[options]\nseed = {number}\n[ask]\naudience = '{number}'")
    both = read_profiles(map(ProfileFile, paths))
    assert (both.options["seed"], both.guidance.audience) == (3, "3")
    assert both.files == tuple(map(str, paths))
