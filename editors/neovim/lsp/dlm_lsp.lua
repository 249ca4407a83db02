---@type vim.lsp.Config
return {
  cmd = { "dlm-lsp" },
  filetypes = { "dlm" },
  root_markers = { ".git" },
  -- Neovim may send nothing for as long as one types: pairs would be for a text that is long gone.
  flags = { debounce_text_changes = 0 },
  -- What only this server has: how a run ended, a list behind one code action, a word when what
  -- is synthesized is another, and a review of our own for `preview`; and edits for one version.
  capabilities = vim.tbl_deep_extend("force", vim.lsp.protocol.make_client_capabilities(), {
    workspace = { workspaceEdit = { documentChanges = true } },
    experimental = { dlm = { runEnded = true, pickAction = true, overview = true, review = true } },
  }),
  handlers = {
    ["workspace/applyEdit"] = function(...)
      return require("dlm.edits").apply(...)
    end,
    ["$/dlm/runEnded"] = function(_, ended)
      require("dlm.changes").ended(ended)
    end,
    ["$/dlm/overviewChanged"] = function(_, changed, context)
      require("dlm.server").changed(context.client_id, changed.uri)
    end,
  },
  commands = {
    ["dlm.pickAction"] = function(command, context)
      require("dlm.pick").pick(command.arguments[1], context)
    end,
  },
}
