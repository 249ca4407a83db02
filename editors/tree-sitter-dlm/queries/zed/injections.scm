((yaml) @injection.content
  (#set! injection.language "yaml"))

; Each text on its own: what one leaves open, such as a list, ends with it.
((text) @injection.content
  (#set! injection.language "markdown"))
