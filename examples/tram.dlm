---
dlm_id: 01K7XWHARR0WMERETRAM5Q2ZB9
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# The trams of Harrowmere

The first tram line of Harrowmere opened on 4 May 1887. The line ran for 3.2 kilometres between the Corn Market and the Salt Docks. Twelve horse-drawn cars served the line, all of them built by the coach makers Pell and Sons of Dunlow. A ride cost two pence, and dock workers paid one penny before seven in the morning.

The stable of the horse tramway stood on Tanner Street and held 96 horses. Each horse worked four hours a day and pulled a car that weighed two tonnes when it was full. The tramway company fed its horses on oats from the Isle of Marrick. The track had a gauge of 1,067 millimetres, because a wider track would not fit through the arch of the Fish Gate.

::prose::
## Electric trams

The engineer Ada Lindqvist brought electric trams to Harrowmere in 1899. Lindqvist chose a supply of 550 volts of direct current, made in a power station on Weir Island. The power station burned peat, since the peat bogs of Ossing were nearer than any coal mine.

The first electric line climbed Beacon Hill, which horses had never managed with a full car. The steepest part of Beacon Hill rises one metre in every eleven metres. A car descending Beacon Hill had to stop at the Lamp House, where a pointsman checked its brakes.

The electric cars of Harrowmere carried bow collectors in place of trolley poles, because salt from the sea fog made the poles stick. The cars were painted brown and cream, the colours of the harbour pilots. The last horse car ran on 30 September 1902.

::prose::
## The great years

The tram network of Harrowmere was largest in 1926. In that year the network had nine lines, 61 kilometres of track and 214 cars. The trams carried 48 million passengers in 1926, which was more than in any year before or since.

Line 5 was the longest line, with a length of 11.4 kilometres from the Salt Docks to Quarry End. Line 8 was the shortest line and joined the railway station to the fever hospital. Line 3 carried coffins as well as passengers: a black car with the number 300 brought funerals to the cemetery at Elder Field until 1931.

The city bought the tramway company in 1919 for 1.1 million crowns. The first director of the city tramways was Tobias Renn, who introduced the transfer ticket and hired 140 women as conductors.

::prose::
## The flood of 1953

The river Ashel burst its banks on the night of 17 January 1953. The flood filled the depot at Low Meadow with two metres of water. The water destroyed 43 trams and every spare motor that the workshop owned.

The night watchman Edvin Carrow saved 18 trams by driving them, one after another, up the ramp to Mill Bridge. Carrow had never been trained as a driver. A plaque on Mill Bridge carries his name.

Harrowmere replaced the lost trams with 35 used cars from the city of Torrvik. The Torrvik cars were green, and the city never had the money to repaint them, so passengers called them frogs. The last frog was withdrawn in 1978. After the flood the city closed the depot at Low Meadow and built a new depot at Northgate, 14 metres above the river.

::prose::
## The vote of 1964

In 1964 the city council of Harrowmere planned to replace every tram with a bus. The transport commissioner Harald Voss argued that buses would save 600,000 crowns a year. The school teacher Ruth Amadi led the campaign against the plan and collected 31,000 signatures in seven weeks.

The council voted on 9 November 1964 and kept the trams by 22 votes to 19. The price of the compromise was high: only lines 1, 4 and 5 survived. Six lines closed before the end of 1966, and their rails were sold to a steelworks in Dunlow.

The square in front of the town hall has been called Amadi Square since 1990. Line 1 stops there.

::prose::
## Modern trams

Harrowmere received its first low-floor trams in 1998. The trams are called Herons and were built by the Castell works. A Heron is 32 metres long, carries 180 passengers and reaches 70 kilometres an hour. The city owns 27 Herons, and each of them bears the name of a water bird.

Line 4 was extended to the university in 2011. The extension is 4.6 kilometres long and cost 84 million crowns. The extension crosses the river Ashel on a bridge that only trams, bicycles and walkers may use. Passenger numbers rose by a third within two years, because the students gave up the crowded bus 17.

The tracks in Orchard Avenue are laid in grass. The grass lowers the noise by about six decibels and is cut at night by a mowing tram.

::prose::
## Riding the trams today

Trams in Harrowmere run every seven minutes by day and every twenty minutes after nine in the evening. The first tram leaves Northgate at 4:50 in the morning. A single ticket costs 2.40 crowns and is valid for 75 minutes. Children under eight ride free, and a dog needs a ticket only on Saturdays.

A new driver trains for eleven weeks, and two of those weeks are spent on Beacon Hill. Drivers ring the bell twice when they pass Elder Field, a custom kept from the days of the funeral car.

The tram museum fills the old stable on Tanner Street. The museum opens on Sundays and shows car number 12, the only horse car that is left. The museum's workshop took nine years to restore it.

::instruction::
### Q
Why were some trams in Harrowmere called frogs?
### A
The used cars from Torrvik were green, and the city had no money to repaint them.

::instruction::
### Q
Who led the campaign that saved the trams of Harrowmere?
### A
The school teacher Ruth Amadi, who collected 31,000 signatures in 1964.
