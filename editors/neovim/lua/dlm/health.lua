local M = {}

function M.check()
  vim.health.start("dlm")
  local cmd = vim.lsp.config.dlm_lsp.cmd
  local program = type(cmd) == "table" and cmd[1] or "dlm-lsp"
  if vim.fn.executable(program) == 1 then
    local done = vim.system({ program, "--version" }, { text = true }):wait()
    if done.code == 0 then
      vim.health.ok(vim.trim(done.stdout))
    else
      vim.health.error(
        ("`%s --version` ended with %d: %s"):format(program, done.code, vim.trim(done.stderr))
      )
    end
  else
    vim.health.error(("`%s` is not on PATH"):format(program), {
      'install it as docs/install.md of its repository tells, or say where it is: vim.lsp.config("dlm_lsp", { cmd = { "/path/to/dlm-lsp" } })',
    })
  end
  if vim.lsp.is_enabled and not vim.lsp.is_enabled("dlm_lsp") then
    vim.health.warn("the server is not enabled", { 'vim.lsp.enable("dlm_lsp")' })
  end
  if vim.treesitter.language.add("dlm") then
    vim.health.ok("the tree-sitter grammar is there")
  else
    vim.health.info("no tree-sitter grammar: the server alone colours the structure")
  end
end

return M
