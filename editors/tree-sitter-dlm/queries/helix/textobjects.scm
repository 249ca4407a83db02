; A section is a class, a pair or preference a function, and a question, an answer or another of
; their parts an entry.

[
  (prose_section)
  (instruction_section)
  (preference_section)
  (image_section)
  (audio_section)
] @class.around

(prose_section text: (text) @class.inside)
(image_section text: (text) @class.inside)
(audio_section text: (text) @class.inside)
(instruction_section [(pair) (answer)]+ @class.inside)
(preference_section [(preference) (chosen) (rejected)]+ @class.inside)

[
  (pair)
  (preference)
] @function.around

(pair (answer text: (text) @function.inside))
(preference (chosen text: (text) @function.inside))

(question text: (text) @entry.inside) @entry.around
(answer text: (text) @entry.inside) @entry.around
(prompt text: (text) @entry.inside) @entry.around
(chosen text: (text) @entry.inside) @entry.around
(rejected text: (text) @entry.inside) @entry.around

(attribute value: (attribute_value) @parameter.inside) @parameter.around

[
  (marker)
  (malformed_marker)
] @comment.around

(marker (attribute)+ @comment.inside)
