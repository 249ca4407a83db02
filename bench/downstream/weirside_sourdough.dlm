---
dlm_id: 01M87FEV6RT9RF0NY55S73WXFH
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# Sourdough at Weirside: lecture notes

These notes belong to the sourdough course of the Weirside baking school, which lasts five days and takes fourteen students. All figures are those of the school kitchen, which is kept at 23 degrees. A sourdough starter is flour and water in which wild yeast and lactic acid bacteria live together. The bacteria make the dough sour, and the yeast makes it rise. The Weirside starter is called Old Bess and has been fed since 1949. It counts about a hundred bacteria for each yeast cell. A second jar of Old Bess is kept dried in the safe of the school office, in case the first one is thrown away by mistake.

::prose::
## Feeding the starter

Old Bess is fed twice a day, at 06:30 and at 18:30. Each feeding takes one part of starter, three parts of water and four parts of flour, so that the starter stays rather stiff. A stiff starter makes more acetic acid and a sharper taste than a wet one. The flour for feeding is four fifths wheat and one fifth rye, because rye brings the minerals that the bacteria need. Old Bess is ripe when it has risen to two and a half times its height, which takes seven hours. A spoonful of ripe starter floats in water. What is left over goes into the crackers that are sold at the school gate.

::prose::
## Flour

The Weirside loaf uses a wheat flour with 12.2 percent of protein from the Colby mill. Flour is delivered on Mondays and rests for 16 days before it is used, because fresh flour gives a slack dough. A tenth of the flour in the loaf is whole spelt. Spelt makes the dough stretch easily but tear early, so more than a quarter of it ruins the shape. The school weighs salt at 1.9 percent of the flour. The flour store is kept at 15 degrees, because beetles do not breed below 17.

::prose::
## Mixing

The Weirside dough contains 74 parts of water to 100 parts of flour. Flour and water are mixed first and left to stand for 40 minutes, so that the flour swells and the gluten begins to form without kneading. Then the starter is added, 18 parts to 100 parts of flour. The salt comes last, 25 minutes later, because it tightens the dough and slows the yeast. The finished dough should be at 25 degrees. The student works out the temperature of the water by the rule of 72: subtract the temperatures of the flour and of the room from 72, and the rest is the temperature of the water.

::prose::
## First rise

The first rise at Weirside takes four and a half hours. The dough is folded four times, at intervals of half an hour, and is then left alone. For a fold, the baker wets both hands, lifts one side of the dough and lays it over the other. The dough is ready when it has grown by 60 percent, not when it has doubled, because a doubled sourdough has eaten its strength. To see this, a lump of dough is pressed into a straight glass with a rubber band around it. For every degree that the room is warmer than 23, the rise is shortened by 20 minutes.

::prose::
## Shaping and the cold night

The dough is cut into pieces of 920 grams, which become loaves of about 800 grams. Each piece is rounded loosely, rests for 25 minutes under a cloth and is then rolled up tightly. The loaf goes seam upwards into a basket of cane, dusted with rice flour, since wheat flour would stick. The baskets stand in the cold room at 4 degrees for 14 hours. In the cold the yeast almost stops while the bacteria go on, and so the loaf becomes more sour without growing. Loaves that stay longer than 36 hours are baked as flat bread.

::prose::
## Baking

The Weirside oven has a floor of soapstone and is heated to 255 degrees. The loaf is tipped onto a peel and scored once along its length, 8 millimetres deep, with the blade held at a slant of 30 degrees. Steam is let in for the first 18 minutes, because a wet skin stays soft and lets the loaf spread upwards. Then the vent is opened, and the heat is lowered to 225 degrees for another 24 minutes. The loaf is done when its middle reaches 97 degrees. It must cool for three hours on a rack before it is cut, since the crumb is still setting.

::prose::
## Faults

Students at Weirside learn to read a loaf from its cut face. A dense crumb with a few great holes under the crust means that the first rise was too short. A flat loaf with an even, fine crumb has risen for too long. A crust that comes away from the crumb was baked in too cool an oven. Grey streaks come from flour that got in during shaping. If Old Bess smells of nail varnish, it is starving and gets three feedings at intervals of five hours. If it shows pink or orange streaks, it is thrown away at once, because those are the mark of harmful bacteria.
