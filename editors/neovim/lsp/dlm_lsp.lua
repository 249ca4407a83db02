---@type vim.lsp.Config
return {
  cmd = { "dlm-lsp" },
  filetypes = { "dlm" },
  root_markers = { ".git" },
  -- What only this server has: how a run ended, a list behind one code action, a word when what
  -- is synthesized is another, and a review of our own for `preview`.
  capabilities = vim.tbl_deep_extend("force", vim.lsp.protocol.make_client_capabilities(), {
    experimental = { dlm = { runEnded = true, pickAction = true, overview = true, review = true } },
  }),
  handlers = {
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
