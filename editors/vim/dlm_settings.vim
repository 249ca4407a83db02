filetype plugin on
syntax on
let g:dlm_settings = {'teacher': 'hf:gemma-3-270m', 'review': 'stage'}
set autoread
" ALE hides what the server says, other than errors.
let g:ale_lsp_show_message_severity = 'information'
