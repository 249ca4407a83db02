--- How far the server is, in the message line.

local M = {}

---@type table<string, string> the title of what runs, by its token
local titles = {}

---@type table<string, true> tokens of what was said to have ended in other words
local ended = {}

--- Leave out the last message about what runs: other words about its end are to stay.
---@param token string
function M.leave_end(token)
  ended[token] = true
end

--- Show one message of progress.
---@param params { token: string, value: { kind: string, title?: string, message?: string } }
function M.show(params)
  local token, value = params.token, params.value
  titles[token] = value.title or titles[token] or "dlm"
  local words = titles[token] .. (value.message and ": " .. value.message or "")
  if value.kind == "end" then
    titles[token] = nil
    if ended[token] then
      ended[token] = nil
      return
    end
  end
  -- A message that does not fit would ask for a key.
  local room = math.max(vim.o.columns - 20, 20)
  local history = value.kind == "end"
  vim.api.nvim_echo({ { vim.fn.strcharpart(words, 0, room) } }, history, {})
end

return M
