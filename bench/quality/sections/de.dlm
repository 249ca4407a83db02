---
dlm_id: 01KAEN0QVA1TYSECT10NSDEABC
base_model: smollm2-135m
---
## Warum die Turmuhr zweimal schlägt

Die Uhr der Laurentiuskirche schlägt jede volle Stunde zweimal, im Abstand von drei Minuten. Die Bauern auf den Feldern hinter dem Hügel hörten beim ersten Mal oft nicht alle Schläge. Darum beschloss der Gemeinderat 1823, dass der Schlag wiederholt wird. Das Schlagwerk wird von zwei Gewichten zu je 180 kg angetrieben, die der Küster montags und donnerstags aufzieht. Zwischen 22 und 6 Uhr schweigt die Glocke seit 1996.
::prose::
## Entkalken der Kaffeemaschine

Die Maschine muss entkalkt werden, sobald die Anzeige `CAL` blinkt, bei hartem Wasser etwa alle sechs Wochen. Man löst 50 g Zitronensäure in 0,75 l kaltem Wasser auf. Heißes Wasser darf nicht verwendet werden, weil sich sonst Calciumcitrat bildet und die Leitungen verstopft. Nach dem ersten Durchlauf bleibt die Lösung 20 Minuten im Kessel stehen. Anschließend wird dreimal mit klarem Wasser gespült. Essig greift die Dichtungen an.
::prose::
## Gleitzeit und Kernzeit

Alle Angestellten sind in der Kernzeit von 9:30 bis 15:00 Uhr anwesend, freitags nur bis 12:00 Uhr. Davor und danach teilt jeder seine Zeit selbst ein, zwischen 6:30 und 20:00 Uhr. Bis zu 20 Überstunden werden in den nächsten Monat übernommen, weitere verfallen, sofern die Leitung sie nicht angeordnet hat. Minusstunden sind bis zehn Stunden erlaubt. Wer Kinder unter zwölf Jahren betreut, kann sich von der Kernzeit befreien lassen; der Antrag gilt ein Jahr.
::prose::
## Der Unterschied zwischen Moor und Sumpf

Ein Sumpf trocknet zeitweise aus, ein Moor nie. Weil im Moor immer Wasser steht, fehlt den Pflanzenresten der Sauerstoff, und sie verrotten nicht: Es entsteht Torf, ungefähr ein Millimeter im Jahr. Im Hellener Moor ist die Torfschicht 7 m dick. Im Sumpf dagegen wird alles abgebaut, sobald der Boden trockenfällt. Deshalb speichern Moore große Mengen Kohlenstoff, Sümpfe aber kaum.
::prose::
## Die Option `--nur-neu`

Mit `--nur-neu` überträgt `abgleich` nur Dateien, die am Ziel noch nicht vorhanden sind. Geänderte Dateien werden nicht übertragen; dafür gibt es `--auch-geaenderte`. Ohne eine der beiden Optionen fragt das Programm bei jeder Datei nach. Zusammen mit `--probe` wird nichts geschrieben, sondern nur aufgelistet, was geschehen würde. Der Rückgabewert ist 0, wenn alles übertragen wurde, 3, wenn einzelne Dateien gesperrt waren, und 4, wenn das Ziel voll ist.
::prose::
## Winterfütterung im Wildgehege

- Heu bekommen die Tiere ab dem ersten Frost, täglich 1,5 kg je Hirsch.
- Kastanien gibt es nur mittwochs und samstags, höchstens 400 g je Tier, denn größere Mengen blähen.
- Brot ist verboten: Es übersäuert den Pansen und kann tödlich sein.

Liegt mehr als 30 cm Schnee, wird zusätzlich an der unteren Hütte gefüttert, weil die schwächeren Tiere den Hang nicht mehr hinaufkommen. Ab Mitte März wird die Menge jede Woche halbiert, damit die Tiere wieder selbst suchen.
::prose::
## Wie das Papier in die Mühle kam

1697 kaufte Johanna Brehm die Getreidemühle an der Leine und ließ sie zur Papiermühle umbauen. Rohstoff waren Leinenlumpen, die Sammler aus vierzig Dörfern brachten. Für einen Ballen Papier brauchte man 60 kg Lumpen und zwei Tage. Als um 1850 Papier aus Holzschliff aufkam, das nur ein Drittel kostete, verlor die Mühle ihre Kunden. Der letzte Papiermacher, Ernst Brehm, stellte noch bis 1871 Banknotenpapier her, für das Holzschliff zu brüchig war.
