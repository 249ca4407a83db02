---@type vim.lsp.Config
return {
  cmd = { "dlm-lsp" },
  filetypes = { "dlm" },
  root_markers = { ".git" },
  -- What only this server has: how a run ended, and a list behind one code action.
  capabilities = vim.tbl_deep_extend("force", vim.lsp.protocol.make_client_capabilities(), {
    experimental = { dlm = { runEnded = true, pickAction = true } },
  }),
  handlers = {
    ["$/dlm/runEnded"] = function(_, ended)
      require("dlm.changes").ended(ended)
    end,
  },
  commands = {
    ["dlm.pickAction"] = function(command, context)
      require("dlm.pick").pick(command.arguments[1], context)
    end,
  },
}
