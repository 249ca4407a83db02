--- The server of a buffer, and what is asked of it.

local M = {}

local NAME = "dlm_lsp"

--- How to have a server again, as `:lua` takes it.
M.RESTART = ':lua vim.lsp.enable("dlm_lsp")'

local NOBODY = ("no server runs for this document; `%s` starts one, :checkhealth dlm says more"):format(
  M.RESTART
)

---@param words string
function M.say(words)
  vim.notify("dlm: " .. words, vim.log.levels.WARN)
end

---@param bufnr integer
---@return vim.lsp.Client?
function M.client(bufnr)
  return vim.lsp.get_clients({ bufnr = bufnr, name = NAME })[1]
end

--- Send a request about a buffer, and do something with its answer.
---@param bufnr integer never 0: what was just typed is only told first for a buffer that is named
---@param method string
---@param params table
---@param answered? fun(answer: any)
---@param failed? fun(why: string) called where no answer will come of what was asked
---@return boolean asked
function M.request(bufnr, method, params, answered, failed)
  local client = M.client(bufnr)
  local ended ---@type integer?
  local asked = client
    and client:request(method, params, function(err, answer)
      if ended then
        pcall(vim.api.nvim_del_autocmd, ended)
      end
      if err then
        M.say(err.message)
        if failed then
          failed(err.message)
        end
      elseif answered and answer and answer ~= vim.NIL then
        answered(answer)
      end
    end, bufnr)
  if not client or not asked then
    M.say(NOBODY)
    return false
  end
  if failed then
    -- Neovim says that a server has ended, but not to those who wait for it.
    ended = vim.api.nvim_create_autocmd("LspDetach", {
      buffer = bufnr,
      callback = function(event)
        if event.data.client_id == client.id then
          -- A buffer that is unloaded lets go of a server that goes on, and answers.
          vim.schedule(function()
            if client:is_stopped() then
              failed("the server has ended")
            end
          end)
          return true
        end
      end,
    })
  end
  return true
end

--- Have the server do something; what is wrong with it, the server tells the user itself.
---@param bufnr integer
---@param name string
---@param about? table
---@param answered? fun(answer: table) its `error` says why it is not done
---@return boolean asked
function M.execute(bufnr, name, about, answered)
  local argument = vim.tbl_extend("keep", about or {}, { uri = vim.uri_from_bufnr(bufnr) })
  local params = { command = name, arguments = { argument } }
  local failed = answered and function(why)
    answered({ error = why })
  end
  return M.request(bufnr, "workspace/executeCommand", params, answered, failed)
end

---@type fun(bufnr: integer)[]
local listeners = {}

--- Have a function called whenever what is synthesized in a buffer is another.
---@param listener fun(bufnr: integer)
function M.on_change(listener)
  table.insert(listeners, listener)
end

--- Hear from the server that it is another in a document.
---@param client_id integer
---@param uri string
function M.changed(client_id, uri)
  local client = vim.lsp.get_client_by_id(client_id)
  for bufnr in pairs(client and client.attached_buffers or {}) do
    if vim.uri_from_bufnr(bufnr) == uri then
      for _, listener in ipairs(listeners) do
        listener(bufnr)
      end
    end
  end
end

--- Where a range of the server is in a buffer: rows and columns as extmarks have them.
---@param bufnr integer
---@param range lsp.Range
---@return integer row, integer column, integer end_row, integer end_column
function M.place(bufnr, range)
  local client = M.client(bufnr)
  local encoding = client and client.offset_encoding or "utf-16"
  local last = vim.api.nvim_buf_line_count(bufnr) - 1
  ---@param position lsp.Position
  local function at(position)
    if position.line > last then
      return last, #vim.api.nvim_buf_get_lines(bufnr, last, last + 1, false)[1]
    end
    local line = vim.api.nvim_buf_get_lines(bufnr, position.line, position.line + 1, false)[1]
    return position.line, vim.str_byteindex(line, encoding, position.character, false)
  end
  local row, column = at(range.start)
  local end_row, end_column = at(range["end"])
  return row, column, end_row, end_column
end

--- Whether an answer is about the text as it is now.
---@param bufnr integer
---@param answer { version: integer }
---@return boolean
function M.is_current(bufnr, answer)
  return answer.version == vim.lsp.util.buf_versions[bufnr]
end

return M
