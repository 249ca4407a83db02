---
dlm_id: 01M87FEV6RBPJD896QSCKNPM7Y
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# Millrace operations handbook

Millrace is a message queue for the back office of a group of hospitals. It passes lab results, bed changes and pharmacy orders between 58 programs. Millrace runs on five nodes, named oak, elm, ash, fir and yew, in two machine rooms. Three nodes must agree before a message counts as stored. The service handles about 9 million messages on a weekday and reaches its peak at 07:50, when the night shift hands over. Producers connect on port 7411 and consumers on port 7412, so that consumers can be cut off while producers go on. The status page is served on port 7400.

::prose::
## Queues and messages

A Millrace queue is called a channel, and its name has three parts joined by dots, such as lab.blood.result. A message may be 384 kilobytes long; larger ones are refused with the code M-31. Bigger things, such as X-ray images, are put into the image archive, and only their address travels in the message. A channel keeps its messages for six days, because the longest holiday closure of a laboratory is five. Every channel has an owner, who is named in the file owners.toml. A channel without an owner is frozen at the next audit, on the tenth of each month. A frozen channel still delivers but takes nothing new.

::prose::
## Delivery

A Millrace consumer has 45 seconds to confirm a message. If it stays silent, Millrace delivers the message again, first after 2 minutes and then after 8 and 32 minutes. After the fourth delivery the message goes to the pond, which is the store for messages that nobody could handle. Messages with the same patient number keep their order; others may overtake each other. A consumer may hold 200 unconfirmed messages at a time. The limit was 1,000 until a stuck pharmacy client swallowed half a morning of orders. Each message carries a stamp of twelve letters, by which consumers recognise a message that they have seen before.

::prose::
## Emptying the pond

The operator looks at the pond at 09:00 and 15:00 each day. The command race pond list shows the channel, the age and the last error of every message there. If the error is E-TIMEOUT, the operator sends the messages back with race pond return, in lots of 50 at most, since larger lots have overloaded the lab server. If the error is E-SHAPE, the message itself is broken, and only the owner of the channel may change it. A message is never deleted from the pond by hand. After 21 days it moves to the cold archive, where it is kept for ten years as the hospital law demands.

::prose::
## Disk space

Each Millrace node has a data disk of 3.2 terabytes. At 70 percent the node turns yellow and stops making snapshots. At 85 percent it turns red and refuses messages of the class bulk, while the classes normal and urgent still pass. At 94 percent the node leaves the cluster by itself. The quickest way to win space is the command race trim, which drops messages that every consumer has confirmed; it usually frees a fifth of the disk and takes 11 minutes. Trim must not run on two nodes at once, because both would then compete for the index lock and the cluster would stall.

::prose::
## Losing a node

When one Millrace node fails, nothing needs to be done for 30 minutes. After that time the operator starts the spare machine, which is called rowan and stands in the north room. Rowan needs 95 minutes to copy the data. When two nodes fail, the cluster goes on but may not be upgraded or trimmed. When three nodes fail, Millrace stops accepting messages, and the producers write to their local journals, which last for about four hours. In that case the operator wakes the head of operations and tells the wards to use the paper forms in the green cabinets. A node that returns must never be started with its old identity file.

::prose::
## Alarms

Millrace knows two levels of alarm. A bell goes to the chat room and may wait for the morning. A siren calls the pager of the operator on duty, who must answer within 12 minutes; otherwise the deputy is called. Sirens are raised when the lag of an urgent channel exceeds 90 seconds, when fewer than four nodes are alive, or when the clocks of two nodes differ by more than 250 milliseconds. A clock alarm is cured by restarting the time daemon, never by setting the clock by hand. Duty changes on Thursday at noon, because Fridays have the most releases.

::prose::
## Upgrades

Millrace is upgraded on the second Tuesday of the month, beginning at 21:30, when traffic is lowest. The nodes are upgraded one at a time, and yew is always the first, since it stores the fewest channels. The operator drains the node with race drain, waits until its counter shows zero, installs the package and watches the node for 15 minutes. If the lag grows beyond 40 seconds, the old package is put back. Version numbers are made of the year and the week. No upgrades are made in December, when the wards are fullest, and none while a message older than a day lies in the pond.
