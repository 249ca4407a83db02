--- The words of `:DlmReview`: which pairs it is about, called as the flags of `dlm synth review`.

local server = require("dlm.server")

local M = {}

---@class dlm.ReviewFilter as `dlm.review.items` takes it
---@field state? string[]
---@field teacher? string
---@field below? number
---@field lowFirst? true
---@field all? true

local FLAGS = { ["low-first"] = "lowFirst", all = "all" }
local STATES = { "staged", "inserted", "refused" }

--- Read the words; what cannot be meant is nil, and why.
---@param words string[]
---@return dlm.ReviewFilter? filter, string? why
function M.read(words)
  local filter = vim.empty_dict() ---@type dlm.ReviewFilter
  for _, word in ipairs(words) do
    local name, value = word:match("^(%a+)=(.+)$")
    if FLAGS[word] then
      filter[FLAGS[word]] = true
    elseif name == "state" and vim.list_contains(STATES, value) then
      filter.state = filter.state or {}
      table.insert(filter.state, value)
    elseif name == "teacher" then
      filter.teacher = value
    elseif name == "below" and value:match("^-?[%d.]+$") and tonumber(value) then
      filter.below = tonumber(value)
    else
      local takes = table.concat(STATES, ", state=")
      return nil,
        (":DlmReview takes state=%s, teacher=NAME, below=MARGIN, low-first and all, not `%s`"):format(
          takes,
          word
        )
    end
  end
  return filter
end

--- The teachers of the pairs in a buffer, each by its short name.
---@param bufnr integer
---@return string[]
local function teachers(bufnr)
  local client = server.client(bufnr)
  local argument = { uri = vim.uri_from_bufnr(bufnr) }
  local params = { command = "dlm.review.items", arguments = { argument } }
  local answer = client and client:request_sync("workspace/executeCommand", params, 1000, bufnr)
  local found = {} ---@type table<string, true>
  for _, item in ipairs(answer and answer.result and answer.result.items or {}) do
    found[item.teacherName] = true
  end
  local names = vim.tbl_keys(found)
  table.sort(names)
  return names
end

--- What a word that was begun can become.
---@param begun string
---@return string[]
function M.complete(begun)
  local offered = { "below=", "low-first", "all" }
  for _, state in ipairs(STATES) do
    table.insert(offered, "state=" .. state)
  end
  if vim.startswith(begun, "teacher=") then
    for _, name in ipairs(teachers(vim.api.nvim_get_current_buf())) do
      table.insert(offered, "teacher=" .. name:gsub("[ \\]", "\\%0"))
    end
  else
    table.insert(offered, "teacher=")
  end
  return vim.tbl_filter(function(word)
    return vim.startswith(word, begun)
  end, offered)
end

return M
