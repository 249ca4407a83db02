--- A review: which pairs there are to go through, which is in view, and what was decided on which.

local M = {}

---@alias dlm.Verdict "accepted"|"rejected"

---@class dlm.ReviewItem
---@field id string
---@field state "staged"|"inserted"|"refused"
---@field decision? dlm.Verdict
---@field question string
---@field answer string
---@field evidence string
---@field evidenceRange? lsp.Range
---@field range? lsp.Range where it is in the document
---@field sourceId string
---@field heading string
---@field teacherName string
---@field strategy string
---@field margin? number
---@field reasonInWords string
---@field detail string
---@field editable boolean

---@class dlm.Decided
---@field number integer
---@field verdict dlm.Verdict

---@class dlm.ReviewSession
---@field items dlm.ReviewItem[] all of the document
---@field by_id table<string, dlm.ReviewItem>
---@field queue string[] the ids to go through
---@field at integer which of them is in view; behind the last one there is none
---@field decided table<string, dlm.Decided> what was decided here
---@field left_out table<string, true>
---@field made integer how many decisions were made
---@field is_filtered boolean whether others than usual were asked for

---@param session dlm.ReviewSession
---@param items dlm.ReviewItem[]
local function take(session, items)
  session.items, session.by_id = {}, {}
  for _, raw in ipairs(items) do
    local item = {} ---@type dlm.ReviewItem
    for key, value in pairs(raw) do
      item[key] = value ~= vim.NIL and value or nil
    end
    item.editable = raw.editable
    table.insert(session.items, item)
    session.by_id[item.id] = item
  end
end

--- Begin one, with what the server answers to `dlm.review.items`.
---@param answer { items: dlm.ReviewItem[], deciding: string[], chosen: string[] }
---@param is_filtered boolean
---@return dlm.ReviewSession
function M.start(answer, is_filtered)
  local session = {
    items = {},
    by_id = {},
    queue = {},
    at = 1,
    decided = {},
    left_out = {},
    made = 0,
    is_filtered = is_filtered,
  }
  take(session, answer.items)
  for _, id in ipairs(answer.chosen) do
    -- What was just decided may be under way still.
    if not vim.list_contains(answer.deciding, id) then
      table.insert(session.queue, id)
    end
  end
  return session
end

--- The pair in view; nil at the end.
---@param session dlm.ReviewSession
---@return dlm.ReviewItem?
function M.current(session)
  return session.by_id[session.queue[session.at]]
end

---@param session dlm.ReviewSession
---@param item dlm.ReviewItem
---@return dlm.Verdict?
function M.verdict(session, item)
  local decided = session.decided[item.id]
  return decided and decided.verdict or item.decision
end

--- Go on to the next pair that is there and neither decided on nor left out.
---@param session dlm.ReviewSession
function M.advance(session)
  repeat
    session.at = session.at + 1
    local id = session.queue[session.at]
  until not id
    or (session.by_id[id] and not session.decided[id] and not session.left_out[id])
end

--- Go back to the one before; where there is none, stay.
---@param session dlm.ReviewSession
function M.back(session)
  for at = session.at - 1, 1, -1 do
    if session.by_id[session.queue[at]] then
      session.at = at
      return
    end
  end
end

--- The one in view and those after it that are open, all or those of a section, by their ids.
---@param session dlm.ReviewSession
---@param source? string
---@return string[]
function M.rest(session, source)
  local found = {} ---@type string[]
  for at = session.at, #session.queue do
    local id = session.queue[at]
    local item = session.by_id[id]
    local is_open = item and not M.verdict(session, item) and not session.left_out[id]
    if item and (at == session.at or is_open) and (not source or item.sourceId == source) then
      table.insert(found, id)
    end
  end
  return found
end

--- Leave the rest of the section in view.
---@param session dlm.ReviewSession
function M.leave_section(session)
  local current = M.current(session)
  for at = session.at, #session.queue do
    local item = session.by_id[session.queue[at]]
    if current and item and item.sourceId == current.sourceId then
      session.left_out[item.id] = true
    end
  end
  M.advance(session)
end

--- Take note of a decision, and go on; return its number.
---@param session dlm.ReviewSession
---@param ids string[]
---@param verdict dlm.Verdict
---@return integer
function M.decide(session, ids, verdict)
  session.made = session.made + 1
  for _, id in ipairs(ids) do
    session.decided[id] = { number = session.made, verdict = verdict }
  end
  M.advance(session)
  return session.made
end

--- Take back what came to nothing.
---@param session dlm.ReviewSession
---@param ids string[]
---@param number integer
function M.undo(session, ids, number)
  for _, id in ipairs(ids) do
    if session.decided[id] and session.decided[id].number == number then
      session.decided[id] = nil
    end
  end
end

--- Take the items as they are now, by a server that knows of the decisions up to `known`: one that
--- it has let go of is carried out, or has failed.
---@param session dlm.ReviewSession
---@param answer { items: dlm.ReviewItem[], deciding: string[] }
---@param known integer
function M.receive(session, answer, known)
  take(session, answer.items)
  for id, decided in pairs(session.decided) do
    local item = session.by_id[id]
    local is_over = decided.number <= known and not vim.tbl_contains(answer.deciding, id)
    if is_over and item and item.decision ~= decided.verdict then
      session.decided[id] = nil
    end
  end
  if session.queue[session.at] and not M.current(session) then
    M.advance(session)
  end
end

---@class dlm.ReviewCounts
---@field reviewed integer of all of the document
---@field total integer
---@field accepted integer here
---@field rejected integer
---@field left integer

---@param session dlm.ReviewSession
---@return dlm.ReviewCounts
function M.counts(session)
  local counts = { reviewed = 0, total = 0, accepted = 0, rejected = 0, left = 0 }
  for _, item in ipairs(session.items) do
    local verdict = M.verdict(session, item)
    if verdict or item.state ~= "refused" then
      counts.total = counts.total + 1
      counts.reviewed = counts.reviewed + (verdict and 1 or 0)
    end
  end
  for _, id in ipairs(session.queue) do
    local decided = session.decided[id]
    local key = decided and decided.verdict or "left"
    counts[key] = counts[key] + 1
  end
  return counts
end

--- How many were refused and left so.
---@param session dlm.ReviewSession
---@return integer
function M.refused(session)
  return #vim.tbl_filter(function(item)
    return item.state == "refused" and not M.verdict(session, item)
  end, session.items)
end

return M
