"""Training fixtures: small random models, and permissions."""

from support.model_fixtures import adapter, chat_llama, gemma, llama
from support.permissions import permissions
from support.python_processes import start

__all__ = ["adapter", "chat_llama", "gemma", "llama", "permissions", "start"]
