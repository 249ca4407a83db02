if exists('b:current_syntax')
  finish
endif

syntax include @dlmYaml syntax/yaml.vim
unlet! b:current_syntax

syntax region dlmFrontmatter matchgroup=PreProc start=/\%^---$/ end=/^---$/ contains=@dlmYaml keepend
syntax match dlmFence /^::[A-Za-z0-9_-]\+\%(#[A-Za-z0-9_-]\+\)\?::$/
syntax match dlmFence /^::[a-z][a-z0-9_]*\%(\s\+[a-z][a-z0-9_]*="[^"]*"\)\+\s*::$/ contains=dlmValue
syntax match dlmMarker /^<!-- dlm-auto-\%(synth\|mined\|harvest\):.*-->$/ contains=dlmValue
syntax match dlmValue /"[^"]*"/ contained
syntax match dlmTurn /^### \%(Q\|Q !probe\|A\|Prompt\|Chosen\|Rejected\)\s*$/
syntax match dlmHeading /^#\+ .*$/ contains=dlmTurn
" In code, a fence is plain text; a header is one there, too.
syntax region dlmCode start=/^```/ end=/^```/ contains=dlmTurn

syntax sync fromstart

highlight default link dlmFence Keyword
highlight default link dlmMarker Comment
highlight default link dlmValue String
highlight default link dlmTurn Identifier
highlight default link dlmHeading Title
highlight default link dlmCode String

let b:current_syntax = 'dlm'
