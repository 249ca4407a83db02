"""Real models behind the editor: llama.cpp's server, and one on board."""

from lsprotocol import types
from server.editor import NEOVIM, VSCODE, editor
from support.http_servers import LLAMA_KEY, LLAMA_MODEL, llama_server

from dlm_lsp.document import parse

HEAD = "---\ndlm_id: 01K7XW3Q9DGEMM4N2BT5RHV8CE\nbase_model: hf:google/gemma-3-270m\n---\n"
PROSE = (
    "The tram network of Harrowmere was largest in 1926. In that year the network had nine lines "
    "and 214 cars. The city bought the tramway company in 1919 for 1.1 million crowns.\n"
)


async def test_a_model_on_this_machine_writes_and_judges(env, monkeypatch):
    monkeypatch.setattr("server.editor.PATIENCE", 240.0)
    chosen = {"teacher": "hf:gemma-3-270m", "perSection": 1}
    async with editor(NEOVIM, env, **chosen) as client:
        client.open(HEAD + PROSE)
        await client.command("dlm.synth.run")
        await client.until(client.finished)
        (made,) = [s for s in parse(client.text()).sections if s.synth]
        assert made.synth.synth_teacher == "hf:gemma-3-270m"
        assert made.pairs[0].pair.answer[1:].removesuffix(".") in PROSE
        hover = await client.text_document_hover_async(
            types.HoverParams(
                types.TextDocumentIdentifier("file:///notes/towns.dlm"), client.at("<!-- dlm")
            )
        )
        assert "margin" in hover.contents.value


async def test_a_server_of_llama_cpp_is_asked_and_what_it_writes_is_read(env, monkeypatch):
    monkeypatch.setattr("server.editor.PATIENCE", 240.0)
    with llama_server() as url:
        chosen = {
            "teacher": f"vllm-server:{url}#{LLAMA_MODEL}",
            "filter": "none",
            "perSection": 2,
            "maxNewTokens": 160,
        }
        async with editor(VSCODE, {**env, "VLLM_API_KEY": LLAMA_KEY}, **chosen) as client:
            client.open(HEAD + PROSE)
            await client.command("dlm.synth.run")
            await client.until(client.finished)
            # What a base model of this size makes of a schema is anybody's guess; the way is not.
            report = await client.command("dlm.synth.report")
            assert "1 requests" in report["markdown"] or "2 requests" in report["markdown"]
            assert "request_failed" not in report["markdown"]
            assert list(parse(client.text()).errors) == []
