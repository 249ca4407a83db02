--- Which synthesized sections are meant, by the answer to `dlm.synth.overview`.

local M = {}

---@class dlm.Section
---@field id string
---@field question string
---@field answer string
---@field state "inserted"|"stale"|"staged"
---@field teacher string
---@field teacher_name string
---@field at string
---@field decision? "accepted"|"rejected"
---@field source? string
---@field source_first? integer the first line of its source, from 1; nil where that is gone
---@field source_last? integer
---@field first? integer its first line, from 1; nil where it is not in the document yet
---@field last? integer

---@param range? lsp.Range
---@return integer? first, integer? last
local function lines(range)
  if type(range) ~= "table" then
    return nil, nil
  end
  -- What ends at the beginning of a line ends before it.
  local last = range["end"].character == 0 and range["end"].line or range["end"].line + 1
  return range.start.line + 1, math.max(last, range.start.line + 1)
end

---@param value any
local function some(value)
  return value ~= vim.NIL and value or nil
end

--- All of them; those in the document in its order, then those that are staged.
---@return dlm.Section[]
function M.all(overview)
  local found = {} ---@type dlm.Section[]
  for _, source in ipairs(overview.sources) do
    local source_first, source_last = lines(source.extent)
    for _, section in ipairs(source.sections) do
      local first, last = lines(section.range)
      table.insert(found, {
        id = section.id,
        question = section.question,
        answer = section.answer,
        state = section.state,
        teacher = section.teacher,
        teacher_name = section.teacherName,
        at = section.at,
        decision = some(section.decision),
        source = some(source.id),
        source_first = source_first,
        source_last = source_last,
        first = first,
        last = last,
      })
    end
  end
  -- The order of those that have no line yet is that of the server.
  local placed = M.touched(found, 1, math.huge)
  table.sort(placed, function(section, other)
    return section.first < other.first
  end)
  return vim.list_extend(
    placed,
    vim.tbl_filter(function(section)
      return not section.first
    end, found)
  )
end

--- Those that some lines touch.
---@param sections dlm.Section[]
---@param first integer
---@param last integer
---@return dlm.Section[]
function M.touched(sections, first, last)
  return vim.tbl_filter(function(section)
    return section.first and section.first <= last and first <= section.last
  end, sections)
end

--- Those that are staged about what some lines touch.
---@param sections dlm.Section[]
---@param first integer
---@param last integer
---@return dlm.Section[]
function M.staged_about(sections, first, last)
  return vim.tbl_filter(function(section)
    return section.state == "staged"
      and section.source_first
      and section.source_first <= last
      and first <= section.source_last
  end, sections)
end

--- The next one from a line, in a direction, round the end of the document.
---@param sections dlm.Section[]
---@param line integer
---@param direction "next"|"previous"
---@return dlm.Section?
function M.neighbour(sections, line, direction)
  local placed = M.touched(sections, 1, math.huge)
  local here = M.touched(placed, line, line)[1]
  local before, after
  for _, section in ipairs(placed) do
    if section ~= here and section.first < line then
      before = section
    elseif section ~= here and not after then
      after = section
    end
  end
  if direction == "next" then
    return after or placed[1]
  end
  return before or placed[#placed]
end

return M
