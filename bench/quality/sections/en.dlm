---
dlm_id: 01KAEN0QVA1TYSECT10NSENABC
base_model: smollm2-135m
---
## Bleeding the hand brake of the cargo bike

Air in the line makes the lever soft. Clamp the lever level, open the bleed port with a 2.5 mm hex key and screw in the funnel. Fill the funnel a third with mineral oil; brake fluid (DOT 4) swells the seals and must never be used here. Press the syringe at the caliper slowly until no bubbles rise for 30 seconds. Close the caliper first, then take off the funnel, otherwise air is drawn back into the lever. A well bled lever stops about 20 mm before the grip.
::prose::
## Why the east greenhouse is heated at night only

The east greenhouse has a floor of black basalt, 40 cm deep, which takes up heat during the day and gives it back until about three in the morning. Between three and sunrise the temperature would drop below 8 °C, and the tomatoes would stop setting fruit. The gas burner therefore runs from 03:00 to sunrise. Heating by day would only warm the air that leaves through the roof vents, which open by themselves at 24 °C. Since the change in 2019 the gas bill has fallen from 3,100 to 1,900 euros a year.
::prose::
## `queue.retry`

| key | type | default | meaning |
|---|---|---|---|
| `queue.retry.limit` | integer | `5` | attempts before a message goes to the dead-letter queue |
| `queue.retry.delay` | duration | `2s` | wait before the first repetition; doubled after each |
| `queue.retry.jitter` | float | `0.2` | share of the delay that is drawn at random |

A message that fails with `PermanentError` is not repeated at all. If `queue.retry.limit` is `0`, messages are never repeated, and `queue.retry.delay` has no effect. Jitter keeps many workers from repeating at the same moment after an outage.
::prose::
## Lending rules of the tool library

Members may borrow up to three tools for seven days. The loan can be renewed once, unless somebody has reserved the tool. Power saws and the floor sander are lent only after the safety course, which takes place on the first Saturday of each month and costs 15 pounds. Whoever brings a tool back late pays 50 pence per day, at most 10 pounds. A broken tool costs the member nothing if it broke in ordinary use; the workshop decides on that, not the person at the desk.
::prose::
## How a lock lifts a boat

1. The lower gates are open and the boat enters the chamber.
2. The keeper closes the lower gates and their sluices.
3. The upper sluices are opened a quarter, so that the first rush of water does not throw the boat against the wall.
4. When the turbulence has died down, the sluices are opened fully.
5. When the water stands level with the upper reach, the upper gates open by a push of the hand; before that, no force could move them.

The chamber at Harrow Bridge is 22 m long and lifts boats by 2.7 m in nine minutes. It uses 260,000 litres of water for each passage, whichever way the boat goes.
::prose::
## The two kinds of index in the archive

A *name index* lists every person in a volume with the page. It was made by hand and covers the years 1741 to 1858. A *subject index* lists matters such as "dykes" or "school fees"; it was made in the 1970s from punched cards and covers 1801 to 1899, but it gives the volume only, not the page. For the years in which both exist, readers usually begin with the subject index, because spellings of names vary, and then use the name index to find the page.
::prose::
## Starting the sourdough again after a holiday

A starter that has stood in the refrigerator for three weeks is asleep, not dead. The grey liquid on top is alcohol and can be stirred in or poured away. Take 20 g of the starter, add 100 g of water at 28 °C and 100 g of rye flour, and leave it for twelve hours. Do this twice. If it doubles within six hours of the second feeding, it can raise bread again. Pink or orange streaks mean that other bacteria have taken over; then everything has to be thrown away and the jar boiled.
::prose::
## What `fenwatch` does when the network is gone

When the server cannot be reached, `fenwatch` goes on measuring and writes every reading to `/var/lib/fenwatch/spool`. The spool holds 50,000 readings, about eleven days at the usual rate; after that, the oldest are overwritten. Every five minutes it tries to reach the server again. Once it succeeds, the spool is sent from the oldest to the newest, at most 200 readings a second, so that the current reading may arrive some minutes late. An alarm is never spooled: it goes out by text message at once, through the modem.
