---
dlm_id: 01M87FEV6RP7289HKYE1ZY7CY3
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# A history of the Vanskar light

The Vanskar light stands on a rock 17 kilometres off the coast of Corvan Sound, at the place where two tides meet. Before it was built, the rock took a ship every second winter on average. The wreck that decided the matter was the Halcyon, a grain ship that struck in February 1839 and lost 61 people. The merchants of Ostby then paid for a tower by a duty of two pence on every barrel of herring. The duty was meant to last for ten years and was raised for 44. Sailors call the rock the Anvil, because of the sound that the swell makes in its northern cleft.

::prose::
## Building the tower

Work on the Vanskar tower began in 1843, and men could stand on the rock for only 85 days of the first summer. They lived in a wooden barrack on iron legs, which the sea took away in the second autumn; nobody was in it. The tower is made of 2,960 blocks of red granite from the quarry at Sellick. Each block was fitted on land first and given a number, then shipped out in a barge. The stones of the lowest eight courses are dovetailed, so that no wave can pull out a single one. The tower is 38 metres high, and its lamp was lit on 9 October 1848.

::prose::
## The lamp

The first lamp at Vanskar burned rape oil and had four wicks. Paraffin took its place in 1874, and electric light came in 1951 through a cable that lay on the sea bed. The cable broke eleven times in the first six years, after which two diesel engines were installed. The lens weighs 1.8 tonnes and floats in a trough of mercury, so that a finger can turn it. Vanskar shows three white flashes every 20 seconds. Until 1896 its light was fixed, but captains mistook it for the harbour light of Ostby, and two ships were lost through that error in one year.

::prose::
## The keepers

Four keepers belonged to the Vanskar light. Three were on the rock at any time, and one rested on shore, each serving six weeks out and two weeks at home. The number three was chosen after 1861, when one of two keepers died and the other, fearing to be accused, kept the body for 23 days. The keepers grew cress and lettuce in boxes on the gallery. They were paid a tenth more than keepers on land and received a pound of tobacco a month. Fishing from the rock was allowed with a kite, which carried the line clear of the weed. Chess was forbidden after a quarrel in 1907.

::prose::
## The great storm

The worst storm in the history of Vanskar came in the night of 3 January 1912. A wave broke the panes of the lantern, 34 metres above the sea, and put out the lamp. The keepers hung a ship's lantern in the kitchen window and rang the fog bell by hand for 31 hours. Water came down the stairs and spoiled the flour. No ship was lost that night. The engineer who visited in spring found that the tower had not moved by a hair, but that the iron door was bent. New panes were made 22 millimetres thick.

::prose::
## Fog signals

Vanskar first warned ships in fog with a bell of 900 kilograms, cast in Ostby and struck every half minute. The bell could not be heard against the wind, and so a horn worked by compressed air replaced it in 1903. The horn gave a blast of five seconds every 90 seconds and used 70 litres of paraffin a day. Seals gathered on the rock whenever it sounded. In fog of more than two days the keepers stuffed their ears with wax and spoke by signs. The horn fell silent in 1988, when radar had become common. The bell now hangs in the fish market of Ostby.

::prose::
## Supplies

A cutter called the Petrel brought supplies to Vanskar on the first and fifteenth of each month, if the swell allowed. Landing was possible on one day in three. Goods and men were swung ashore by a crane in a canvas sling, and the rule said that letters came first and coal last. The store held food for 70 days. The longest time without relief was 54 days, in the winter of 1947, and at its end the keepers were eating ship's biscuit and gulls' eggs in salt. Fresh water was gathered from the roof in a lead-free tank of 6,000 litres. A helicopter took over in 1976.

::prose::
## After the keepers

The last keepers left Vanskar on 30 June 1991, and since then the light has looked after itself. Solar panels feed batteries that last for 19 nights. The lamp is now no larger than a thumb, yet it is seen at 22 nautical miles. Technicians come twice a year to clean the panels, on which cormorants leave their droppings. The living rooms are kept as they were, and the log book lies open on the table. In 2009 the tower was to be sold, but the fishermen of Ostby collected 12,000 signatures against it. The rock is closed from April to August, because puffins breed in its cracks.
