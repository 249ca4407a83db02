"""Small random models, and permissions, for the tests of this room."""

from support.model_fixtures import adapter, chat_llama, gemma, llama
from support.permissions import permissions

__all__ = ["adapter", "chat_llama", "gemma", "llama", "permissions"]
