"""Model fixtures: small random models for the tests of this room."""

from support.model_fixtures import adapter, chat_llama, gemma, llama

__all__ = ["adapter", "chat_llama", "gemma", "llama"]
