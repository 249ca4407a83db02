--- What the server puts behind one code action: the user picks from it.

local M = {}

--- Have one of the actions picked, and do it.
---@param about { actions: { title: string, command: string, arguments: table }[] }
---@param context { client_id: integer, bufnr: integer }
function M.pick(about, context)
  local options = {
    prompt = "Manage synthesized",
    kind = "dlm",
    format_item = function(action)
      return action.title
    end,
  }
  vim.ui.select(about.actions, options, function(action)
    local client = action and vim.lsp.get_client_by_id(context.client_id)
    if client then
      local params = { command = action.command, arguments = action.arguments }
      client:request("workspace/executeCommand", params, nil, context.bufnr)
    end
  end)
end

return M
