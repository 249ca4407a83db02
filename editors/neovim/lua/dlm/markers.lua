--- Marker lines are concealed: programs need them, and they are in the way of readers.

local M = {}

local NAMESPACE = vim.api.nvim_create_namespace("dlm.markers")
local MARKER = "^<!%-%- dlm%-auto%-%l+: .*%-%->%s*$"

---@param bufnr integer
---@param first integer from 0
---@param last integer behind the last
local function conceal(bufnr, first, last)
  vim.api.nvim_buf_clear_namespace(bufnr, NAMESPACE, first, last)
  for index, line in ipairs(vim.api.nvim_buf_get_lines(bufnr, first, last, false)) do
    if line:find(MARKER) then
      local row = first + index - 1
      vim.api.nvim_buf_set_extmark(bufnr, NAMESPACE, row, 0, { conceal_lines = "" })
    end
  end
end

--- Conceal them in a buffer from now on, as far as 'conceallevel' lets them be.
---@param bufnr integer
function M.follow(bufnr)
  conceal(bufnr, 0, -1)
  if vim.b[bufnr].dlm_markers then
    return
  end
  vim.b[bufnr].dlm_markers = true
  vim.api.nvim_buf_attach(bufnr, false, {
    on_lines = function(_, _, _, first, _, last)
      if not vim.b[bufnr].dlm_markers then
        return true
      end
      conceal(bufnr, first, last)
    end,
    on_reload = function()
      conceal(bufnr, 0, -1)
    end,
  })
end

--- Show them again.
---@param bufnr integer
function M.leave(bufnr)
  vim.b[bufnr].dlm_markers = nil
  vim.api.nvim_buf_clear_namespace(bufnr, NAMESPACE, 0, -1)
end

return M
