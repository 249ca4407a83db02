; nvim-treesitter-textobjects: a section is a class, a pair or preference a function, and a question,
; an answer or another of their parts a block.

[
  (prose_section)
  (instruction_section)
  (preference_section)
  (image_section)
  (audio_section)
] @class.outer

(prose_section text: (text) @class.inner)
(image_section text: (text) @class.inner)
(audio_section text: (text) @class.inner)
(instruction_section [(pair) (answer)]+ @class.inner)
(preference_section [(preference) (chosen) (rejected)]+ @class.inner)

[
  (pair)
  (preference)
] @function.outer

(pair (answer text: (text) @function.inner))
(preference (chosen text: (text) @function.inner))

(question text: (text) @block.inner) @block.outer
(answer text: (text) @block.inner) @block.outer
(prompt text: (text) @block.inner) @block.outer
(chosen text: (text) @block.inner) @block.outer
(rejected text: (text) @block.inner) @block.outer

(attribute value: (attribute_value) @attribute.inner) @attribute.outer

[
  (marker)
  (malformed_marker)
] @comment.outer
