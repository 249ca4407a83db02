(prose_section fence: (fence) @name) @item
(instruction_section fence: (fence) @name) @item
(preference_section fence: (fence) @name) @item
(image_section fence: (fence) @name) @item
(audio_section fence: (fence) @name) @item

(pair (question text: (text) @name)) @item
(preference (prompt text: (text) @name)) @item
