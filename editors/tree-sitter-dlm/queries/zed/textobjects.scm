; A section is a class, a pair or preference a function; Zed has no name for a question or an answer.

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

[
  (marker)
  (malformed_marker)
] @comment.around

(marker (attribute)+ @comment.inside)
