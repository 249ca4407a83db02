---
dlm_id: 01M87FEV6RT716RXV6491KDAJH
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# Rules of the Harl Sailing Club

The Harl Sailing Club keeps its boats on Lake Tavenmere, at the mouth of the river Harl. The club was founded in 1931 by nine ferrymen who had lost their work to the new road bridge. It has room for 240 members, and that number is fixed, because the boat yard cannot hold more hulls. Anyone who wants to join goes on a waiting list and must crew in six club races before the committee votes. The entry fee is 180 crowns, and the yearly fee is 95 crowns. Members under 21 pay only 30 crowns a year. The club flies a green pennant with a white otter, since otters nest under its oldest jetty.

::prose::
## Moorings

The Harl club owns 74 moorings, which are marked by yellow buoys with black numbers. Of these, eight are kept for visitors at the northern end of the bay. A visitor may stay for three nights without paying and pays 12 crowns for every further night. Boats longer than 9 metres must lie at the stone quay, because the chains of the buoys are made for a load of 4 tonnes only. A member who leaves a mooring empty for a whole season loses it to the next person on the list. The harbour master inspects every chain in the second week of March and replaces any link worn below 11 millimetres.

::prose::
## Weather

The signal mast stands on the roof of the clubhouse. One red cone means that winds above 28 knots are expected, and then no boat under 6 metres may leave the bay. Two red cones mean that all sailing is forbidden. Lake Tavenmere is known for the Sorrow, a cold wind that falls from the Kessen Gap, mostly between two and four in the afternoon. The water along the eastern shore turns dull about 20 minutes before the Sorrow arrives. A skipper who is caught by it should drop the mainsail and run under the jib for Pike Inlet, which is sheltered by a cliff 40 metres high.

::prose::
## Racing

The Harl club races on Wednesday evenings from May to September, and starting at 18:40. The starting line runs from the committee boat to a wooden beacon called the Old Spoon. The start is given with a ship's bell and not with a gun, because shots disturb the herons of the western marsh. A boat that crosses the line too early must sail a full circle around the beacon. A protest is handed in on paper within 50 minutes of the finish, together with a deposit of 20 crowns, which is returned if the protest succeeds. A season has 16 races, and every skipper may leave out the three worst results.

::prose::
## Club boats

The Harl club lends five wooden dinghies of the Teal class, which are built of larch, 4.3 metres long and carry 8.5 square metres of sail. A member may borrow a Teal for four hours at most. Bookings open ten days ahead, in the blue ledger in the porch. Before the first loan, a member must pass the capsize test: right the boat and be back on board within three minutes. Damage is reported on the same day, and the borrower pays the first 60 crowns of the repair; the boat fund pays the rest. Whoever stows a wet sail in its bag, instead of hanging it in the loft, may not borrow a boat for two weeks.

::prose::
## Safety

Children under 14 wear a life jacket on the jetties as well as on the water. From October to April everybody wears one afloat, whatever their age. Every boat carries a bailer, a whistle and a floating line of 15 metres. Nobody sails alone when the water is colder than 10 degrees. The rescue launch Patience lies at the eastern jetty, has an engine of 60 horsepower and has a crew of two on every race day. It listens on radio channel 14. If the launch does not answer, the skipper lights orange smoke, which the lock keeper at Harl Mill can see from the tower.

::prose::
## Winter

The boats come out of the water on the last Saturday of October. The crane is hired from the gravel works and lifts 3.5 tonnes. A member who does not help on crane day pays 45 crowns. Masts lie in the rope barn. Boats are covered with canvas, because plastic sheets trap the damp and rot the larch. The yard gate is locked from 1 December, and the key hangs with the lock keeper. Boats return to the lake when the ice has gone, but never before 12 April, so that the pike can spawn in peace.

::prose::
## The committee

The committee of the Harl club has seven people, elected for two years in the first week of February. The commodore may serve three terms at most. A general meeting is valid when 50 members are present, and a change of these rules needs two thirds of the votes. The committee meets on the first Monday of the month in the net loft, and pins up its minutes for 14 days. For a first offence against the rules a member gets a written warning, for a second a month without sailing, and for a third expulsion. An expelled member may appeal within 30 days.
