--- One pair with all that the user decides by, as lines and what colours them.

local session_of = require("dlm.review_session")

local M = {}

local STATES = { staged = "staged", inserted = "in the document", refused = "refused" }

M.KEYS = "y n e s a A j k q ?"
M.HELP = {
  "y  accept: it goes into the document, or stays there",
  "n  reject: it leaves, and no later run offers it",
  "e  edit it; :w accepts that",
  "j  leave it for later (also an arrow down or right)",
  "k  back to the one before (also an arrow up or left)",
  "s  leave the rest of its section",
  "a  accept this and all open ones after it in its section",
  "A  accept this and all open ones after it in this document",
  "q  quit; what was decided stays",
  "?  this help, and the pair again",
  "Ctrl-E, Ctrl-Y  scroll what does not fit",
}

---@class dlm.View
---@field lines string[]
---@field groups table<integer, string> the highlight group of a line, by its number from 1

---@param item dlm.ReviewItem
---@param verdict? dlm.Verdict
---@return string
local function facts(item, verdict)
  local found = { STATES[item.state] }
  if verdict then
    table.insert(found, verdict .. " before")
  end
  vim.list_extend(found, { item.teacherName, item.strategy })
  table.insert(found, item.margin and ("margin %.2f"):format(item.margin) or "not judged")
  return table.concat(found, " · ")
end

--- What is shown of the pair in view.
---@param session dlm.ReviewSession
---@return dlm.View
function M.pair(session)
  local item = assert(session_of.current(session))
  local counts = session_of.counts(session)
  local lines, groups = {}, {} ---@type string[], table<integer, string>

  ---@param text string
  ---@param group? string
  ---@param label? string
  local function add(text, group, label)
    local before = label and label .. "  " or ""
    for _, line in ipairs(vim.split(text, "\n", { plain = true })) do
      table.insert(lines, before .. line)
      groups[#lines] = group
      before = label and "   " or ""
    end
  end

  local heading = item.heading ~= "" and item.heading or "Its source has changed or is gone"
  local progress = "%d of %d · %d of %d reviewed"
  add(progress:format(session.at, #session.queue, counts.reviewed, counts.total), "DlmReviewQuiet")
  add(heading, "DlmReviewHeading")
  add(facts(item, session_of.verdict(session, item)), "DlmReviewQuiet")
  if item.reasonInWords ~= "" then
    local is_more = item.detail ~= "" and item.detail ~= item.reasonInWords
    local detail = is_more and (" (%s)"):format(item.detail) or ""
    add("Refused: " .. item.reasonInWords .. detail, "DlmReviewRefused")
  end
  add("")
  add(item.question, "DlmReviewQuestion", "Q")
  add(item.answer, "DlmReviewAnswer", "A")
  add("")
  if item.evidence == "" then
    add("no evidence is named", "DlmReviewQuiet")
  else
    local group = item.evidenceRange and "DlmReviewEvidence" or "DlmReviewQuiet"
    add(("“%s”"):format(item.evidence), group)
  end
  return { lines = lines, groups = groups }
end

--- What was decided, and how far the review is.
---@param session dlm.ReviewSession
---@return string
function M.summary(session)
  local counts = session_of.counts(session)
  local progress = ("%d of %d reviewed"):format(counts.reviewed, counts.total)
  if #session.queue > 0 then
    local words = "%d accepted, %d rejected, %d left · %s"
    return words:format(counts.accepted, counts.rejected, counts.left, progress)
  end
  if session.is_filtered then
    return "nothing to review: no pair fits that · " .. progress
  end
  local refused = session_of.refused(session)
  local more = counts.reviewed > 0 and { "`:DlmReview all` shows them again" } or {}
  if refused > 0 then
    table.insert(more, ("`:DlmReview state=refused` shows the %d refused"):format(refused))
  end
  local beside = #more > 0 and (" (%s)"):format(table.concat(more, ", ")) or ""
  return ("nothing to review: %s%s"):format(progress, beside)
end

return M
