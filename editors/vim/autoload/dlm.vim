" Start the server with vim-lsp.
function! dlm#register() abort
  let l:settings = {'dlm': get(g:, 'dlm_settings', {})}
  call lsp#register_server({
  \   'name': 'dlm-lsp',
  \   'cmd': {_ -> ['dlm-lsp']},
  \   'allowlist': ['dlm'],
  \   'initialization_options': l:settings,
  \   'workspace_config': l:settings,
  \})
endfunction

" Have the server do a command for the document, by the plugin that looks after it.
function! dlm#execute(name) abort
  if &filetype !=# 'dlm'
    call s:say('not a .dlm document')
  elseif exists('g:lsp_loaded')
    call lsp#send_request('dlm-lsp', {
    \   'method': 'workspace/executeCommand',
    \   'params': {'command': a:name, 'arguments': [{'uri': lsp#get_text_document_identifier().uri}]},
    \})
  elseif exists('g:loaded_ale')
    let l:uri = ale#util#ToURI(expand('%:p'))
    let l:message = ale#lsp#message#ExecuteCommand(a:name, [{'uri': l:uri}])
    if !ale#lsp_linter#SendRequest(bufnr(''), 'dlm_lsp', l:message, function('s:answered'))
      call s:say('dlm-lsp does not run: is it on PATH?')
    endif
  else
    call s:say('neither ALE nor vim-lsp is installed')
  endif
endfunction

function! s:answered(response) abort
  let l:result = get(a:response, 'result', {})
  if type(l:result) is v:t_dict && get(l:result, 'cancelled', 1) is 0
    call s:say('nothing is running for this document')
  endif
endfunction

function! s:say(words) abort
  echohl ErrorMsg
  echomsg 'dlm: ' . a:words
  echohl None
endfunction
