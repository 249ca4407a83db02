---
dlm_id: 01K7XWBR1GHTWATERHB7N3C5QS
dlm_version: 15
base_model: hf:google/gemma-3-270m
system_prompt: You answer questions about the staff handbook of Brightwater Instruments.
---
# Brightwater Instruments: staff handbook

Brightwater Instruments makes tide gauges and current meters in the harbour town of Pellan. The company was founded in 1974 by the sisters Iris and Wanda Halloran. The company employs 163 people, of whom 41 work in the foundry and 22 at sea. The foundry casts the bronze housings of the instruments, and the crews at sea install them.

The managing director of Brightwater is Osric Bell. The head of personnel is Mina Sorrel, whose office is room 208. Questions about this handbook go to Mina Sorrel, and complaints about Mina Sorrel go to the works council. The works council has seven members and is elected every three years.

::prose::
## Working hours

A full working week at Brightwater has 36 hours. Office staff may start at any time between 6:30 and 10:00 in the morning, and everybody is expected to be present from 10:00 to 14:30. The foundry works in two shifts: the early shift starts at 5:45 and the late shift starts at 13:45.

Overtime must be approved by the head of the department before it is worked. Each hour of overtime gives 75 minutes of time off. Overtime on Sundays gives two hours of time off for each hour. Time off from overtime lapses after nine months, so that nobody saves it up for years.

Employees record their hours in the program Tidebook. Tidebook closes each month on the fourth working day of the next month.

::prose::
## Holidays

Every employee of Brightwater has 29 days of paid holiday a year. The number rises to 32 days after ten years of service. The works are closed between 24 December and 1 January, and these closing days do not count as holiday.

Requests for more than five days in a row must be entered in Tidebook six weeks ahead. The department answers a request within eight working days; a request that has no answer by then counts as approved. Up to seven unused days move to the next year and must be taken before the end of April.

The foundry cools its furnace for three weeks each July, because relining the furnace takes that long. Foundry staff therefore take at least twelve days of their holiday in July.

::prose::
## Illness

An employee who is ill calls the duty telephone, extension 411, before 8:30 on the first day. A doctor's note is needed from the fourth day of illness. Brightwater pays the full wage for the first ten weeks of an illness and 80 percent of the wage for the following sixteen weeks.

Parents may stay at home with an ill child for up to twelve days a year for each child. These days are paid in full until the child is thirteen years old.

After an illness of more than six weeks, the employee returns in steps. The usual plan is four hours a day for two weeks and six hours a day for another two weeks. The plan is agreed with the company doctor, Doctor Amrit Vale, who visits Pellan on Thursdays.

::prose::
## Working from home

Office staff may work from home on two days a week, and on three days when they live more than 50 kilometres from Pellan. Wednesday is the common office day, because the department meetings take place on Wednesdays. Foundry staff and crews at sea cannot work from home.

Brightwater lends each employee who works from home a desk, a chair and one monitor. Employees may also claim 28 crowns a month for electricity and heating. The security of customer data is the reason why drawings of naval instruments may never leave the building: these drawings are kept on computers in room 115 that have no network.

::prose::
## Work at sea

Crews at sea sail in groups of four on the workboat Sandpiper. A tour at sea lasts twelve days at most and is followed by the same number of days ashore. Each day at sea earns an allowance of 64 crowns on top of the wage.

Nobody goes to sea without the survival course, which takes three days in the pool at Cold Haven and must be repeated every four years. The skipper alone decides whether the Sandpiper sails. The Sandpiper does not leave harbour when waves of more than 2.5 metres are forecast.

Life jackets are inspected every March by the firm Oakum Brothers. A life jacket that has been inflated once is thrown away, because its gas cartridge can leave salt in the valve.

::prose::
## Travel and expenses

Employees travel by train when the journey takes less than seven hours. Flights need the signature of Osric Bell. The daily allowance for meals is 38 crowns within the country and 55 crowns abroad. Hotel rooms may cost up to 130 crowns a night.

Receipts are handed in within 30 days, and the money is paid with the next wage. Wages are paid on the 25th of each month. A private car earns 0.42 crowns a kilometre, but only if no company van is free.

::prose::
## Learning, pay and leaving

Each employee may spend six working days and 1,400 crowns a year on training. Training that costs more than 3,000 crowns comes with a promise to stay for 18 months. Every Friday at 11:00 an engineer gives a lecture of half an hour in the canteen, and the lecture is open to everyone.

Pay is reviewed each October. The works council and the management agree on the raise for all, and the heads of department may add up to two percent for single employees. Employees receive a bonus of one month's wage after fifteen years.

The probation period lasts five months. During probation either side may give notice of two weeks. After probation the notice period is two months, and after twelve years of service it is four months. The last working day ends with coffee and a tide gauge made of chocolate.

::instruction::
### Q
How many hours does a full working week at Brightwater have?
### A
A full working week at Brightwater has 36 hours.

::instruction::
### Q
May I take drawings of naval instruments home?
### A
No. Drawings of naval instruments stay on the computers in room 115, which have no network.
