---
dlm_id: 01K7XWPARCE7WNGAP1J4D9V2MT
dlm_version: 15
base_model: hf:google/gemma-3-270m
---
# Parcelwing API

Parcelwing is a REST service that books compartments in parcel lockers. The base address of the production service is https://api.parcelwing.example/v3. The sandbox has the address https://sandbox.parcelwing.example/v3 and is emptied every Monday at 03:00 UTC. Parcelwing speaks JSON in UTF-8 and refuses every other content type with the status 415.

Parcelwing runs 2,300 lockers in 19 cities. A locker is a steel cabinet with compartments of four sizes, named S, M, L and XL. An S compartment holds a box of 8 by 35 by 50 centimetres, and an XL compartment holds a suitcase of up to 90 centimetres.

::prose::
## Authentication

Every request to Parcelwing carries an API key in the header X-Wing-Key. A key has 40 characters and starts with live_ in production and with test_ in the sandbox. A missing or wrong key gives the status 401 with the error code key_unknown.

Keys are made in the dashboard, and one account may hold at most five keys. A key that has not been used for 180 days is disabled. The owner of a disabled key can enable it again within two weeks; after that the key is deleted.

Keys have one of two roles. A key with the role courier may open doors, and a key with the role shop may only book compartments. A shop key that tries to open a door receives the status 403.

::prose::
## Booking a compartment

A client books a compartment by sending a POST request to /bookings with the fields locker, size and phone. The field locker holds the number of the locker, such as LK-0417. The answer has the status 201 and contains a booking number that begins with BK and a pickup code of six digits.

A booking holds its compartment for 48 hours. A client may prolong a booking twice, by 24 hours each time, with a PATCH request to the booking. A booking that has run out costs a storage fee of 0.90 euros a day, because the compartment stays blocked until a courier empties it.

If no compartment of the wanted size is free, Parcelwing offers the next larger size at the same price. If the whole locker is full, the service answers with the status 409 and the error code locker_full, and lists the three nearest lockers in the field nearby.

```http
POST /v3/bookings
X-Wing-Key: test_00000000000000000000000000000000000

{"locker": "LK-0417", "size": "M", "phone": "+15550100"}
```

::prose::
## Retries and limits

A client should send an Idempotency-Key header with every POST request. Parcelwing remembers an idempotency key for 36 hours and answers a repeated request with the stored answer instead of booking twice. Two requests with the same idempotency key and different bodies give the status 422.

Each API key may send 20 requests a second, and a sandbox key may send 4 requests a second. A client that exceeds the limit receives the status 429 and a Retry-After header in seconds. Parcelwing blocks a key for ten minutes after 500 refused requests in a row.

Lists are paged by cursor. A page holds 50 items unless the parameter limit asks for another number, and 200 is the largest page. The field next holds the cursor of the following page and is null on the last page.

::prose::
## Opening a door

A courier opens a door with a POST request to /bookings/{number}/open. The door springs open within two seconds, and the locker reports back whether it was closed again. A door that stays open for 90 seconds sounds a buzzer, and after five minutes the service marks the compartment as jammed.

Lockers talk to Parcelwing over the mobile network. A locker that has lost the network can still open doors, because it checks pickup codes against a signed list that it fetched at most six hours before. Bookings made after that list was fetched do not open until the network returns.

A receiver types the pickup code at the locker. After five wrong codes the locker refuses input for 15 minutes and Parcelwing sends the receiver a text message.

::prose::
## Webhooks

Parcelwing tells a client about events by webhook. The four events are booking.created, parcel.stored, parcel.collected and booking.expired. A webhook is a POST request whose body is signed with HMAC-SHA256, and the signature stands in the header X-Wing-Signature.

A client must answer a webhook with a status of 2xx within eight seconds. Parcelwing repeats a failed webhook nine times over 24 hours, with growing pauses, and then drops it. Dropped webhooks can be read for 14 days at the address /webhooks/dropped.

Webhooks may arrive twice and out of order. Each webhook therefore carries an event number that only grows, and a client should ignore a number that is not larger than the last one it has seen for that booking.

::prose::
## Errors and versions

Every error from Parcelwing is a JSON object with the fields code, message and trace. The field code is stable and meant for programs, the field message is English and meant for people, and the field trace should be quoted to the support team. The support team answers within four hours on working days.

The version of the API is part of the path. Version 1 was switched off in March 2021, and version 2 will be switched off two years after the release of version 3, which was on 12 June 2024. A new version appears only when a field is removed or changes its meaning; new fields are added without notice, so clients must ignore fields that they do not know.

The client library for Python is called wingspan, and the one for Ruby is called rubywing. Both libraries retry on the statuses 429 and 503 by themselves, up to three times.

::instruction::
### Q
Which header carries the Parcelwing API key?
### A
Every request carries the API key in the header X-Wing-Key.

::instruction::
### Q
How do I open a door with curl?
### A
Send a POST request with a courier key:
```sh
curl -X POST -H "X-Wing-Key: $KEY" https://api.parcelwing.example/v3/bookings/BK12345/open
```
