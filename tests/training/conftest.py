"""Small random models, and permissions, for the tests of this room."""

from support.model_fixtures import adapter, chat_llama, gemma, llama
from support.permissions import permissions
from support.python_processes import start

__all__ = ["adapter", "chat_llama", "gemma", "llama", "permissions", "start"]
