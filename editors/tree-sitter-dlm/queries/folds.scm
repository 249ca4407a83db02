[
  (frontmatter)
  (prose_section)
  (instruction_section)
  (preference_section)
  (image_section)
  (audio_section)
  (pair)
  (preference)
] @fold
