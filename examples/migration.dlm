---
dlm_id: 01K7XWB1RDM1GRAT1QN4Z8Y6PK
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# How birds migrate

About one in five of the world's bird species migrates. Birds migrate mainly because food becomes scarce in winter, and long summer days in the north let them feed their young for more hours. Shortening days trigger the departure of most songbirds in autumn. Caged migrants become restless at the season of their journey; this restlessness is called Zugunruhe, a word taken from German.

Before the nineteenth century many scholars believed that swallows spend the winter in the mud of ponds. In 1822 a white stork was shot near Klütz in northern Germany with an African spear through its neck. The stork had survived its flight from Africa, and it stands today in the zoological collection of the University of Rostock.

::prose::
## Records

The Arctic tern makes the longest yearly journey of all birds. Arctic terns that breed in Greenland fly about 71,000 kilometres a year to the Antarctic seas and back. The Arctic tern probably sees more daylight than any other animal.

The bar-tailed godwit holds the record for the longest flight without a stop. In October 2022 a bar-tailed godwit only five months old flew 13,560 kilometres from Alaska to Tasmania in eleven days. The bar-tailed godwit is a wader and cannot rest on the open sea.

The bar-headed goose crosses the Himalaya and has been tracked at a height of 7,290 metres. The haemoglobin of the bar-headed goose binds oxygen more tightly than that of other geese. The common swift can stay in the air for ten months without landing.

::prose::
## Fuel

Migrating birds burn fat. One gram of fat yields about 39 kilojoules, more than twice as much as one gram of sugar or protein. Fat also sets free water when it is burned, which helps birds on flights over deserts.

The ruby-throated hummingbird weighs about three grams in summer and doubles its weight before it crosses the Gulf of Mexico. The crossing is about 800 kilometres long and takes around twenty hours. The garden warbler also nearly doubles its weight before it crosses the Sahara.

The red knot shrinks its gizzard before a long flight, because a heavy stomach is of no use in the air. Red knots on their way to the Arctic stop at Delaware Bay in May to feed on the eggs of horseshoe crabs. When horseshoe crabs were overfished in the 1990s, the number of red knots fell sharply.

::prose::
## The compass

Migrating birds have at least three compasses: the sun, the stars and the magnetic field of the Earth. Gustav Kramer showed around 1950 that starlings steer by the sun and correct for the time of day. Stephen Emlen showed in 1967, in a planetarium, that indigo buntings steer by the stars around the celestial pole.

Wolfgang Wiltschko discovered the magnetic compass in European robins in the 1960s in Frankfurt. The magnetic compass of robins does not tell north from south. The compass measures the inclination of the field lines, so it tells the direction of the pole from the direction of the equator.

The magnetic compass of robins needs light and works best under blue and green light. Many researchers think that the protein cryptochrome 4 in the retina is the sensor. Weak radio noise in cities can switch off the magnetic compass of robins.

::prose::
## Inborn and learned

Young songbirds of most species migrate alone at night and inherit the direction and the length of their journey. Between 1948 and 1957 Albert Perdeck had more than 11,000 starlings caught near The Hague and released in Switzerland. The adult starlings corrected their course and flew towards their usual winter home in England and France. The young starlings kept their inherited direction and ended up in Spain.

Young cranes and geese learn the way from their parents. In 2001 whooping cranes that had been raised by people followed an ultralight aircraft from Wisconsin to Florida.

Inherited routes can change quickly. Since the 1960s many blackcaps from central Europe spend the winter in Britain instead of Spain, helped by mild winters and bird feeders. Andreas Helbig crossed blackcaps that fly south-west with blackcaps that fly south-east, and their young chose a direction in between.

::prose::
## Soaring birds

White storks travel by soaring in thermals, which are columns of rising warm air. Thermals form over land and hardly ever over the sea, so white storks fly around the Mediterranean. Western storks cross at the Strait of Gibraltar, which is 14 kilometres wide at its narrowest point. Eastern storks cross at the Bosphorus in Istanbul.

Soaring costs a stork little more energy than standing still, and a stork may lose height for kilometres without a wingbeat. Soaring birds fly only by day, because thermals need sunshine. Small songbirds fly mainly at night, when the air is cool and calm and falcons are asleep. Eleonora's falcon raises its young in autumn, because it feeds them on migrating songbirds.

::prose::
## How migration is studied

The Danish teacher Hans Christian Cornelius Mortensen began scientific ringing in 1899. Mortensen put numbered aluminium rings on the legs of starlings in Viborg. A ring carries a number and an address, and fewer than one in a hundred ringed songbirds is ever found again.

A geolocator is a logger that weighs less than a gram and records the brightness of the light. The length of the day gives the latitude, and the time of noon gives the longitude. A geolocator has to be recovered, so the bird must be caught twice. Satellite transmitters send their position by themselves, but are too heavy for most songbirds; a tag should weigh no more than three to five percent of the bird.

Weather radar sees migrating birds as well as rain. Collisions with buildings kill between 365 million and 988 million birds a year in the United States, and switching off the lights during peak migration lowers the number.

::instruction::
### Q
Why do white storks fly around the Mediterranean?
### A
White storks soar in thermals, and thermals hardly ever form over the sea.

::instruction::
### Q
What is Zugunruhe?
### A
Zugunruhe is the restlessness of caged migratory birds at the season of their journey.
