---
dlm_id: 01M87FEV6RQ35F2C0RRQRXB5PM
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# Field guide to the hives of the Ellerwen valley

The Ellerwen valley runs for 23 kilometres from the Tarn Pass down to the village of Low Sessel. Four kinds of beehive are still in use there, and each belongs to its own height above the sea. A walker meets wall niches by the river, bell skeps in the orchards, log hives in the beech woods and slate boxes on the high pastures. At the last count the valley had 612 hives with living colonies. All of them hold the grey Ellerwen bee, which flies from 7 degrees upwards, while other honey bees stay at home below 10. Bringing in strange queens has been forbidden since 1958.

::prose::
## The bell skep

The bell skep is a basket of rye straw, sewn with split bramble and plastered with a mix of clay and cow dung. It is 48 centimetres high and has its entrance at the very top, under a straw hat. The high entrance keeps out mice and lets the smell of the fermenting apples below drift past. A good sewer needs 19 hours for one skep, and the skep lasts about fifteen years. Bell skeps are found between 300 and 450 metres, always facing south-east. The keeper takes honey by setting a small cap of straw on the skep in June and cutting it off at the end of July.

::prose::
## The log hive

The log hive of the Ellerwen valley is a hollow trunk of lime, 110 centimetres long, hung level from the branches of a beech. The ropes are smeared with pine tar against ants and martens. Log hives hang 5 metres above the ground, because a bear on its hind legs reaches no higher than 3. Each log is burned with the mark of its family, and the marks are kept in a register at the mill of Osk. There are 131 log hives left. Their back is closed by a round door of alder wood, and the keeper opens it once a year, on the first dry day of September.

::prose::
## The wall niche

Wall niches are square holes in the river walls, 60 centimetres wide, in which a clay pipe lies as a hive. The walls were built by monks, and the oldest carries the date 1604. The stone stores the warmth of the day, so that colonies in niches begin to breed 17 days earlier than those in skeps. A wooden shutter closes the niche from November to February. Most niches stand empty today, since the flood of 1983 filled them with silt. Of 208 niches, 37 are still inhabited. A niche in use can be told by the blue pebble that its keeper lays on the sill.

::prose::
## The slate box

The slate box is the youngest hive of the valley. A schoolteacher at Upper Brann designed it in 1922 for the pastures above 1,100 metres, where the wind carries straw away. It is a double box of larch boards with a roof of slate that weighs 26 kilograms. The gap between the boards is filled with dry moss. The box holds eleven frames, hung across the entrance in the warm way. Slate boxes are painted ochre below and white above, and a red stripe marks a box whose queen was raised that year. Their keepers carry them up in the second week of May.

::prose::
## Honeys

The valley knows three honeys. The spring honey comes from cherry and dandelion, is pale and sets within nine days. The wood honey is made from the dew on silver firs, is nearly black and stays liquid for three years. The pasture honey comes from wild thyme and is sold only in brown jars of 350 grams, because light destroys its scent. A skep gives 6 kilograms a year, a log hive 9 and a slate box 21. Honey is not sold until its water is under 17.5 percent. A hazel nut floats in ripe honey.

::prose::
## Swarms

Ellerwen bees swarm between 20 May and the end of June, mostly before noon. The sign is a high piping that is heard in the hive three evenings earlier. A keeper who follows a swarm may cross any fence as long as he rings a bell; a swarm that is followed without a bell belongs to the owner of the ground. Swarms are taken in a linen sack rubbed with lemon balm and kept in a cellar until the second sunset. A swarm after St John's Day is joined with a weak colony, because it can no longer gather the 14 kilograms that it needs for the winter.

::prose::
## Enemies

The worst enemy of the Ellerwen hives is the wax moth, which needs warmth and is never seen above 900 metres. Keepers lay walnut leaves under the roof against it. Green woodpeckers open skeps in hard frosts, so a net of fishing line is hung a hand's width in front of the straw. Foulbrood was last found in 1996. A hive with foulbrood is burned after dark, when all bees are inside, and its place stays empty for two summers. Hornets are left alone, since a nest of hornets within 100 metres keeps the wax moth away. The bee warden visits every hive in the third week of April.
