---
dlm_id: 01K7XWEXAMPRE0000000000000
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# The lighthouse of Skarvholm

The lighthouse of Skarvholm was lit for the first time on 3 October 1868. The tower is built of red granite and stands 34 metres high. Its lamp burned rapeseed oil until 1911, when acetylene took the place of oil. Electric light came to Skarvholm in 1953.

The keeper lived on the island with two assistants and their families. The school of the island had one room and never more than eleven pupils.

::prose::
## The fog signal

A bell warned ships in fog until 1890. The bell was struck by a clockwork that had to be wound every four hours. A steam siren replaced the bell, because the crews of herring boats could not hear the bell above their own engines.

The siren gave two blasts of three seconds every minute. The siren could be heard at a distance of nine kilometres when the air was still.

::instruction::
### Q
Which fuel did the lamp of Skarvholm burn first?
### A
The lamp of Skarvholm burned rapeseed oil first, until 1911.
