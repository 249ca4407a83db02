--- A review of pairs, one at a time, in a window below their evidence.

local editor = require("dlm.pair_editor")
local server = require("dlm.server")
local session_of = require("dlm.review_session")
local view = require("dlm.review_view")

local M = {}

local NAMESPACE = vim.api.nvim_create_namespace("dlm.review")
local EVIDENCE = vim.api.nvim_create_namespace("dlm.review.evidence")

---@class dlm.Review
---@field session dlm.ReviewSession
---@field document integer its buffer
---@field below integer the window that shows the document
---@field buffer integer
---@field window integer
---@field marks table<string, integer> the extmark of each pair: its evidence, or else itself
---@field has_help boolean

---@type dlm.Review?
local open

---@param review dlm.Review
---@param words string
local function end_with(review, words)
  if open ~= review then
    return
  end
  open = nil
  if vim.api.nvim_buf_is_valid(review.document) then
    vim.api.nvim_buf_clear_namespace(review.document, EVIDENCE, 0, -1)
  end
  if vim.api.nvim_win_is_valid(review.window) then
    vim.api.nvim_win_close(review.window, true)
  end
  if vim.api.nvim_win_is_valid(review.below) then
    vim.api.nvim_set_current_win(review.below)
  end
  vim.notify("dlm: " .. words)
end

--- Mark where the evidence is, or else the pair itself: the marks move with the text.
---@param review dlm.Review
local function mark(review)
  vim.api.nvim_buf_clear_namespace(review.document, EVIDENCE, 0, -1)
  review.marks = {}
  for _, item in ipairs(review.session.items) do
    local range = item.evidenceRange or item.range
    if range then
      local row, column, end_row, end_column = server.place(review.document, range)
      review.marks[item.id] = vim.api.nvim_buf_set_extmark(
        review.document,
        EVIDENCE,
        row,
        column,
        { end_row = end_row, end_col = end_column, right_gravity = false }
      )
    end
  end
end

--- Highlight the evidence of the pair in view; return its line, from 1, or that of the pair itself.
---@param review dlm.Review
---@return integer?
local function highlight(review)
  local item = session_of.current(review.session)
  local found ---@type integer?
  for id, number in pairs(review.marks) do
    local place =
      vim.api.nvim_buf_get_extmark_by_id(review.document, EVIDENCE, number, { details = true })
    local is_meant = item and item.id == id
    if place[1] then
      vim.api.nvim_buf_set_extmark(review.document, EVIDENCE, place[1], place[2], {
        id = number,
        end_row = place[3].end_row,
        end_col = place[3].end_col,
        right_gravity = false,
        hl_group = item and is_meant and item.evidenceRange and "DlmReviewEvidence" or nil,
        priority = 200,
      })
      found = is_meant and place[1] + 1 or found
    end
  end
  return found
end

--- As high as what it shows, as long as that leaves room for the evidence.
---@param review dlm.Review
local function fit(review)
  local width = math.max(math.min(vim.api.nvim_win_get_width(review.below) - 2, 100), 20)
  local room = vim.api.nvim_win_get_height(review.below)
  local config = {
    relative = "win",
    win = review.below,
    anchor = "SW",
    row = room,
    col = 0,
    width = width,
  }
  vim.api.nvim_win_set_config(review.window, vim.tbl_extend("force", config, { height = room }))
  local needed = vim.api.nvim_win_text_height(review.window, {}).all
  config.height = math.max(math.min(needed, room - 6), 3)
  vim.api.nvim_win_set_config(review.window, config)
end

---@param review dlm.Review
---@param shown dlm.View
local function fill(review, shown)
  vim.bo[review.buffer].modifiable = true
  vim.api.nvim_buf_set_lines(review.buffer, 0, -1, false, shown.lines)
  vim.bo[review.buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(review.buffer, NAMESPACE, 0, -1)
  for number, group in pairs(shown.groups) do
    local options = { end_row = number - 1, end_col = #shown.lines[number], hl_group = group }
    vim.api.nvim_buf_set_extmark(review.buffer, NAMESPACE, number - 1, 0, options)
  end
  fit(review)
end

--- Show the pair in view, and its evidence in the document; end where there is none.
---@param review dlm.Review
---@param is_another boolean whether it was not in view before
local function show(review, is_another)
  if not session_of.current(review.session) then
    end_with(review, view.summary(review.session))
    return
  end
  if review.has_help and not is_another then
    fill(review, { lines = view.HELP, groups = {} })
  else
    review.has_help = false
    fill(review, view.pair(review.session))
  end
  local line = highlight(review)
  if is_another then
    vim.api.nvim_win_set_cursor(review.window, { 1, 0 })
  end
  if line and is_another then
    vim.api.nvim_win_call(review.below, function()
      vim.api.nvim_win_set_cursor(0, { line, 0 })
      vim.cmd("normal! zvzt")
    end)
  end
end

---@param review dlm.Review
---@param ids string[]
---@param verdict dlm.Verdict
---@param edited? { question: string, answer: string }
---@param taken? fun() called where the server takes it
local function decide(review, ids, verdict, edited, taken)
  local session = review.session
  local about = vim.tbl_extend("error", { sections = ids, decision = verdict }, edited or {})
  local number ---@type integer?
  local asked = server.execute(review.document, "dlm.review.decide", about, function(answer)
    if answer.error then
      if number then
        session_of.undo(session, ids, number)
      end
      return
    end
    if taken then
      taken()
    end
    if not number then
      session_of.decide(session, ids, verdict)
      if open == review then
        show(review, true)
      end
    end
  end)
  -- What was edited may not be able to stand in a document.
  if asked and not edited then
    number = session_of.decide(session, ids, verdict)
  end
end

---@param review dlm.Review
local function edit(review)
  local item = assert(session_of.current(review.session))
  if not item.editable then
    server.say("this section has several pairs; edit it in the document")
    return
  end
  editor.open(item, function(question, answer, taken)
    local edited = { question = question, answer = answer }
    decide(review, { item.id }, "accepted", edited, taken)
  end)
end

---@type table<string, fun(review: dlm.Review, item: dlm.ReviewItem)>
local ACTIONS = {
  y = function(review, item)
    decide(review, { item.id }, "accepted")
  end,
  n = function(review, item)
    decide(review, { item.id }, "rejected")
  end,
  a = function(review, item)
    decide(review, session_of.rest(review.session, item.sourceId), "accepted")
  end,
  A = function(review)
    decide(review, session_of.rest(review.session), "accepted")
  end,
  s = function(review)
    session_of.leave_section(review.session)
  end,
  j = function(review)
    session_of.advance(review.session)
  end,
  k = function(review)
    session_of.back(review.session)
  end,
}
ACTIONS["<Down>"], ACTIONS["<Right>"] = ACTIONS.j, ACTIONS.j
ACTIONS["<Up>"], ACTIONS["<Left>"] = ACTIONS.k, ACTIONS.k

---@param review dlm.Review
local function map_keys(review)
  ---@param key string
  ---@param run fun()
  local function map(key, run)
    vim.keymap.set("n", key, run, { buffer = review.buffer, nowait = true })
  end
  for key, action in pairs(ACTIONS) do
    map(key, function()
      action(review, assert(session_of.current(review.session)))
      show(review, true)
    end)
  end
  map("e", function()
    edit(review)
  end)
  map("?", function()
    review.has_help = not review.has_help
    show(review, false)
  end)
  map("q", function()
    end_with(review, view.summary(review.session))
  end)
end

---@param document integer
---@param filter dlm.ReviewFilter
---@param handle fun(answer: table)
local function ask(document, filter, handle)
  server.execute(document, "dlm.review.items", { filter = filter }, function(answer)
    if not answer.items or not vim.api.nvim_buf_is_loaded(document) then
      return
    elseif server.is_current(document, answer) then
      handle(answer)
    else
      ask(document, filter, handle)
    end
  end)
end

---@param below integer
---@return integer buffer, integer window
local function make_window(below)
  local buffer = vim.api.nvim_create_buf(false, true)
  -- Pairs are data: nothing in them sets an option or is coloured by a file type.
  for option, value in pairs({ buftype = "nofile", bufhidden = "wipe", modeline = false }) do
    vim.bo[buffer][option] = value
  end
  vim.bo[buffer].modifiable = false
  local window = vim.api.nvim_open_win(buffer, true, {
    relative = "win",
    win = below,
    anchor = "SW",
    row = vim.api.nvim_win_get_height(below),
    col = 0,
    width = 20,
    height = 3,
    style = "minimal",
    border = "rounded",
    title = " Review ",
    footer = (" %s "):format(view.KEYS),
  })
  local options = { wrap = true, linebreak = true, breakindent = true, smoothscroll = true }
  for option, value in pairs(options) do
    vim.wo[window][0][option] = value
  end
  vim.wo[window][0].breakindentopt = "shift:3"
  return buffer, window
end

---@param review dlm.Review
local function watch(review)
  local group = vim.api.nvim_create_augroup("dlm.review", {})
  local function finish()
    end_with(review, view.summary(review.session))
  end
  for _, window in ipairs({ review.window, review.below }) do
    vim.api.nvim_create_autocmd("WinClosed", {
      group = group,
      pattern = tostring(window),
      callback = vim.schedule_wrap(finish),
    })
  end
  vim.api.nvim_create_autocmd("VimResized", {
    group = group,
    callback = function()
      if open == review then
        show(review, false)
      end
    end,
  })
end

--- Review pairs of the document that a window shows.
---@param below integer
---@param filter dlm.ReviewFilter
function M.open(below, filter)
  local document = vim.api.nvim_win_get_buf(below)
  ask(document, filter, function(answer)
    local session = session_of.start(answer, next(filter) ~= nil)
    if #session.queue == 0 or not vim.api.nvim_win_is_valid(below) then
      server.say(view.summary(session))
      return
    end
    if open then
      end_with(open, view.summary(open.session))
    end
    vim.api.nvim_win_call(below, function()
      vim.cmd("normal! m'")
    end)
    local buffer, window = make_window(below)
    local review = {
      session = session,
      document = document,
      below = below,
      buffer = buffer,
      window = window,
      marks = {},
      has_help = false,
    }
    open = review
    mark(review)
    map_keys(review)
    watch(review)
    show(review, true)
  end)
end

server.on_change(function(bufnr)
  local review = open
  if not review or review.document ~= bufnr then
    return
  end
  local known = review.session.made
  ask(bufnr, vim.empty_dict(), function(answer)
    if open ~= review then
      return
    end
    local before = session_of.current(review.session)
    session_of.receive(review.session, answer, known)
    mark(review)
    local after = session_of.current(review.session)
    show(review, not before or not after or before.id ~= after.id)
  end)
end)

return M
