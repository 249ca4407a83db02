---
dlm_id: 01K7XWSTERNWARTEHQH3NN6D8E
dlm_version: 15
base_model: hf:google/gemma-3-270m
system_prompt: Du beantwortest Fragen zur Sternwarte Hohenfried auf Deutsch.
---
# Die Sternwarte Hohenfried

Die Sternwarte Hohenfried steht auf dem Kienberg, 1.184 Meter über dem Meer. Der Uhrmacher Anselm Dörrwald gründete die Sternwarte im Jahr 1862. Dörrwald bezahlte den Bau mit dem Gewinn aus dem Verkauf von Schiffsuhren. Die Bauarbeiten dauerten vier Jahre, weil im Winter kein Fuhrwerk auf den Kienberg kam.

Die Sternwarte gehört heute der Stadt Hohenfried und wird von einem Verein mit 310 Mitgliedern betrieben. Die Leiterin der Sternwarte heißt Jorinde Malchow. Malchow hat das Amt im Jahr 2016 von Bertram Quast übernommen.

::prose::
## Das große Fernrohr

Das große Fernrohr der Sternwarte ist ein Refraktor mit einer Öffnung von 41 Zentimetern. Die Brennweite des Fernrohrs beträgt 6,2 Meter. Die Linse wurde in der Werkstatt von Ludolf Senn in Taubach geschliffen und wiegt 38 Kilogramm.

Ein Uhrwerk mit einem Gewicht von 90 Kilogramm führt das Fernrohr den Sternen nach. Das Uhrwerk läuft zwei Stunden und zehn Minuten, bevor es wieder aufgezogen werden muss. Einen Elektromotor hat der Verein immer abgelehnt, weil das Uhrwerk von Anselm Dörrwald selbst stammt.

Die Kuppel hat einen Durchmesser von neun Metern und ruht auf 24 Kanonenkugeln aus Eisen. Zwei Personen können die Kuppel von Hand drehen. Im Jahr 1958 wurde das Kupferdach der Kuppel erneuert.

::prose::
## Entdeckungen

Die Astronomin Hedwig Lauterbach entdeckte in Hohenfried am 3. März 1891 einen Kometen. Der Komet Lauterbach kehrt alle 57 Jahre zurück und wurde zuletzt im Jahr 2005 gesehen. Lauterbach bekam für die Entdeckung eine goldene Uhr, denn eine Professur durfte sie als Frau nicht erhalten.

Ihr Nachfolger Konrad Immel vermaß zwischen 1903 und 1929 insgesamt 1.750 Doppelsterne. Der Katalog von Immel war so genau, dass er bis 1970 nachgedruckt wurde. Immel arbeitete nur bei Temperaturen unter fünf Grad, weil die Luft dann ruhiger war.

Der Kleinplanet Hohenfriedia wurde 1934 auf einer Fotoplatte gefunden. Die Sammlung der Sternwarte umfasst 6.400 Fotoplatten aus Glas, die in einem trockenen Keller unter der Bibliothek lagern.

::prose::
## Krieg und Wiederaufbau

Im Februar 1945 schlug eine Granate in die Bibliothek der Sternwarte ein. Bei dem Brand gingen 2.300 Bücher verloren. Der Hausmeister Emil Rothaupt hatte die große Linse schon im Herbst 1944 ausgebaut und in einem Heuschober bei Unterlohe versteckt. Rothaupt verriet das Versteck erst nach dem Ende des Krieges.

Das Fernrohr nahm am 12. Oktober 1949 den Betrieb wieder auf. Das Holz für das neue Dach der Bibliothek schenkte die Gemeinde Unterlohe. Als Dank dürfen die Einwohner von Unterlohe die Sternwarte bis heute kostenlos besuchen.

::prose::
## Der dunkle Himmel

Seit 2012 liegt die Sternwarte in einem Schutzgebiet für den dunklen Himmel. Das Schutzgebiet ist 86 Quadratkilometer groß und umfasst fünf Dörfer. Die Straßenlampen der fünf Dörfer werden um 22:30 Uhr ausgeschaltet. Nur die Lampe vor der Hebammenpraxis in Altenried brennt die ganze Nacht.

In klaren Nächten sieht man auf dem Kienberg etwa 4.100 Sterne mit bloßem Auge. Vor der Einrichtung des Schutzgebiets waren es nur 1.600. Auch die Fledermäuse haben gewonnen: Im Turm der Sternwarte lebt eine Kolonie von 230 Großen Mausohren.

Die Sternwarte misst die Helligkeit des Himmels jede Nacht mit einem Gerät auf dem Dach der Werkstatt. Das Gerät heißt Nachtauge und wurde von Schülern des Gymnasiums Taubach gebaut.

::prose::
## Besuch und Führungen

Die Sternwarte öffnet freitags und samstags um 20 Uhr. Eine Führung dauert 90 Minuten und kostet 7 Euro, für Kinder 3 Euro. An einer Führung nehmen höchstens 18 Personen teil, weil die Treppe zur Kuppel sehr schmal ist. Die Treppe hat 77 Stufen.

Bei bewölktem Himmel zeigt der Verein im Vortragsraum einen Film über den Kometen Lauterbach. Taschenlampen mit weißem Licht sind auf dem Gelände verboten, rote Lampen werden am Eingang ausgeliehen. Im August fällt die Führung am zweiten Samstag aus, denn dann feiert der Verein die Nacht der Sternschnuppen auf der Wiese.

Der Bus 63 fährt vom Bahnhof Hohenfried in 25 Minuten auf den Kienberg. Der letzte Bus zurück fährt um 23:40 Uhr.

::prose::
## Forschung heute

Die Mitglieder des Vereins beobachten heute vor allem veränderliche Sterne. Ein Spiegelteleskop mit 60 Zentimetern Öffnung arbeitet seit 2019 ohne Menschen in einer Hütte neben der Kuppel. Das Spiegelteleskop trägt den Namen Hedwig und misst in jeder klaren Nacht rund 300 Sterne.

Die Messungen gehen jeden Morgen um sechs Uhr an das Archiv in Taubach. Zwei Ausbrüche einer Nova wurden in Hohenfried zuerst bemerkt, der eine 2020 und der andere 2023. Den zweiten Ausbruch meldete die damals sechzehnjährige Schülerin Nele Vogtherr.

::instruction::
### Q
Wer gründete die Sternwarte Hohenfried?
### A
Der Uhrmacher Anselm Dörrwald gründete die Sternwarte im Jahr 1862.

::instruction::
### Q
Warum hat das große Fernrohr keinen Elektromotor?
### A
Der Verein hat einen Elektromotor immer abgelehnt, weil das Uhrwerk von Anselm Dörrwald selbst stammt.
