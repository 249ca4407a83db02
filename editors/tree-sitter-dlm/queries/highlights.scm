; Neovim's capture names, which most tools know. A misspelt type or adapter stays plain.

(frontmatter "---" @punctuation.special)

(fence ["::" "#"] @punctuation.special)
(section_type) @keyword
(adapter) @attribute

(marker) @comment
(malformed_marker) @comment

(attribute_name) @property
(attribute "=" @operator)
(attribute_value) @string

[
  (question_header)
  (probe_header)
  (answer_header)
  (prompt_header)
  (chosen_header)
  (rejected_header)
] @markup.heading
