//! Finds the language server for Zed, and hands it what the user has set.

use zed_extension_api::{self as zed, serde_json::Value, settings::LspSettings};

struct Dlm;

impl zed::Extension for Dlm {
    fn new() -> Self {
        Self
    }

    fn language_server_command(
        &mut self,
        id: &zed::LanguageServerId,
        worktree: &zed::Worktree,
    ) -> zed::Result<zed::Command> {
        let binary = settings(id, worktree)?.binary;
        let (path, args) = binary.map_or((None, None), |found| (found.path, found.arguments));
        let command = path.or_else(|| worktree.which("dlm-lsp")).ok_or(
            "dlm-lsp is not on PATH: install it as docs/install.md of its repository tells, \
             or set lsp.dlm-lsp.binary.path in the settings",
        )?;
        Ok(zed::Command {
            command,
            args: args.unwrap_or_default(),
            env: worktree.shell_env(),
        })
    }

    fn language_server_initialization_options(
        &mut self,
        id: &zed::LanguageServerId,
        worktree: &zed::Worktree,
    ) -> zed::Result<Option<Value>> {
        Ok(settings(id, worktree)?.settings)
    }

    fn language_server_workspace_configuration(
        &mut self,
        id: &zed::LanguageServerId,
        worktree: &zed::Worktree,
    ) -> zed::Result<Option<Value>> {
        Ok(settings(id, worktree)?.settings)
    }
}

fn settings(id: &zed::LanguageServerId, worktree: &zed::Worktree) -> zed::Result<LspSettings> {
    LspSettings::for_worktree(id.as_ref(), worktree)
}

zed::register_extension!(Dlm);
