"""Model names: which is meant, which write text, and what a marker can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document.edit import Span
from dlm_lsp.document.marker import SynthMarker, read_markers
from dlm_lsp.teachers.model_names import closest, listed_as, recordable, writes_text


@pytest.mark.parametrize(
    ("model", "listed", "name"),
    [
        ("qwen3", ["qwen3"], "qwen3"),
        ("qwen3", ["qwen3:8b", "qwen3:latest"], "qwen3:latest"),
        ("gemini-2.5-flash", ["models/gemini-2.5-flash"], "models/gemini-2.5-flash"),
        ("org/model:nitro", ["org/model"], "org/model"),
        ("openai/gpt-5", ["anthropic/*", "openai/*"], "openai/*"),
        ("anything", ["*"], "*"),
        ("qwen3:8b", ["qwen3:latest"], None),
        ("qwen3", ["qwen3-coder"], None),
        ("m", [], None),
        (":free", [""], None),
    ],
)
def test_a_model_is_found_under_the_name_that_covers_it(model, listed, name):
    assert listed_as(model, listed) == name


def test_the_closest_names_come_first():
    listed = ["llama-3.1-8b-instant", "gemma2-9b-it", "llama-3.3-70b-versatile", "whisper"]
    assert closest("llama-3.3-70b", listed)[0] == "llama-3.3-70b-versatile"


WRITERS = """
gpt-5-mini gpt-4o o3 chatgpt-4o-latest claude-sonnet-4-5 gemini-2.5-flash models/gemini-2.5-pro
gemma-3-270m gemma3:27b llama-3.3-70b-versatile meta-llama/Llama-3.1-8B-Instruct llama3.2
openai/gpt-oss-120b qwen2.5-coder-1.5b-instruct Qwen/Qwen3-30B-A3B-Instruct-2507 qwen-plus
qwen3:8b deepseek-chat deepseek-reasoner mistral-small-latest ministral-8b codestral-2508
magistral-medium open-mixtral-8x22b phi-4 microsoft/Phi-3.5-mini-instruct smollm2
HuggingFaceTB/SmolLM3-3B granite3.3:8b command-r-plus c4ai-aya-expanse-8b glm-4.6 kimi-k2-0905
moonshotai/Kimi-K2-Instruct yi-34b-chat internlm2_5-7b-chat olmo-2-13b falcon3-10b-instruct
nous-hermes-2 dolphin-mixtral starcoder2:15b solar-pro exaone-3.5 EuroLLM-9B-Instruct teuken-7b
saiga_llama3_8b bielik-11b hermes-4-405b wizardlm2 vicuna-13b tgi my-finetune jais-30b-chat
sarvam-m llava:13b pixtral-12b
"""
NO_WRITERS = """
text-embedding-3-small text-embedding-ada-002 text-embedding-nomic-embed-text-v1.5
nomic-embed-text mxbai-embed-large snowflake-arctic-embed2 embeddinggemma:300m
granite-embedding:30m codestral-embed Qwen/Qwen3-Embedding-0.6B Qwen/Qwen3-Reranker-4B
jina-embeddings-v3 jina-reranker-v2-base BAAI/bge-m3 bge-large bge-reranker-v2-m3
thenlper/gte-large gte-Qwen2-7B-instruct intfloat/multilingual-e5-large e5-mistral-7b-instruct
sentence-transformers/all-MiniLM-L6-v2 all-mpnet-base-v2 LaBSE colbertv2.0 naver/splade-v3
cohere-rerank-v3.5 gemini-embedding-001 mistral-embed voyage-embed whisper-1
whisper-large-v3-turbo distil-whisper-large-v3-en gpt-4o-transcribe nvidia/parakeet-tdt-0.6b
tts-1-hd gpt-4o-mini-tts playai-tts kokoro-82m omni-moderation-latest text-moderation-stable
dall-e-3 gpt-image-1 sora-2 stable-diffusion-3.5 imagen-4.0-generate-001 flux.1-dev sdxl-turbo
veo-3.0-generate gemini-2.5-flash-preview-tts
"""


@pytest.mark.parametrize("model", WRITERS.split())
def test_a_model_that_writes_text_is_known_by_its_name(model):
    assert writes_text(model, {})


@pytest.mark.parametrize("model", NO_WRITERS.split())
def test_a_model_for_vectors_marks_speech_or_images_is_known_by_its_name(model):
    assert not writes_text(model, {})


@pytest.mark.parametrize(
    ("model", "card", "writes"),
    [
        ("x", {"type": "embeddings"}, False),
        ("x", {"type": "image"}, False),
        ("x", {"type": "rerank"}, False),
        ("x", {"type": "llm"}, True),
        ("x", {"type": 3}, True),
        ("bge", {"architecture": {"output_modalities": ["text"]}}, True),
        ("x", {"architecture": {"output_modalities": ["image"]}}, False),
        ("x", {"architecture": None, "capabilities": {"completion_chat": False}}, False),
        ("x", {"capabilities": ["completion"]}, True),
    ],
)
def test_what_the_card_says_counts_before_the_name(model, card, writes):
    assert writes_text(model, card) == writes


@given(st.text(min_size=1))
def test_what_is_recorded_reads_back_from_a_marker(model):
    teacher = f"vllm-server:http://h#{recordable(model)}"
    line = SynthMarker(teacher, "extraction", "2026-01-01T00:00:00Z", "0" * 16).line()
    [marker] = read_markers(line, Span(0, len(line)), "instruction")
    assert isinstance(marker.value, SynthMarker)
    assert marker.value.synth_teacher == teacher
