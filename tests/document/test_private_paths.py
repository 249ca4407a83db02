"""Private paths: files that nobody means to teach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlm_lsp.document import parse
from dlm_lsp.document.private_paths import private_name, private_source

PRIVATE = [
    "~/.ssh/id_rsa",
    "~/.aws/credentials",
    "/etc/passwd",
    "/private/etc/hosts",
    ".env",
    "C:\\Users\\ann\\.netrc",
    "../keys/server.pem",
    "id_ed25519",
    "./.dlm/notes",
    "client_secret.json",
    "client_secret_12-ab.apps.googleusercontent.com.json",
    "client-secrets.json",
    "kubeconfig",
    "prod.kubeconfig",
    "kubeconfig.yaml",
    "signing_key.json",
    "signing-key.json",
    "service-account.json",
    "service_account_prod.json",
    "serviceAccountKey.json",
    "token.json",
    "tokens.json",
    "application_default_credentials.json",
    "vault.kdb",
    "vault.kdbx",
]
PUBLIC = [
    "notes",
    "../elsewhere/a.md",
    "~/texts",
    "/srv/texts",
    "id_rsa.pub",
    "keys.md",
    "key.json",
    "monkey.json",
    "keyboard.json",
    "tokenizer.json",
    "token.md",
    "kubeconfig-explained.md",
    "client_secrets.md",
    "service-accounts.md",
    ".",
    "a/..",
]


@pytest.mark.parametrize("path", PRIVATE)
def test_a_private_path_says_why(path):
    assert private_source(path)


@pytest.mark.parametrize("path", PUBLIC)
def test_any_other_path_is_none(path):
    assert private_source(path) is None


@given(st.lists(st.text("ab.~", min_size=1)), st.text("abc.", min_size=1))
def test_whatever_lies_in_a_hidden_folder_is_private(folders, name):
    assert private_name([*folders, ".hidden", name])


@pytest.mark.parametrize("path", PRIVATE)
def test_a_document_that_names_a_private_source_is_marked_at_its_path(path):
    head = f"dlm_id: {'0' * 26}\nbase_model: smollm2-135m\ntraining:\n  sources:\n"
    text = f"---\n{head}  - path: notes\n  - path: '{path}'\n---\nWords.\n"
    (problem,) = [each for each in parse(text).problems if each.code == "private-source"]
    assert path in text[problem.span.start : problem.span.end]
    assert "refuses" in problem.message
