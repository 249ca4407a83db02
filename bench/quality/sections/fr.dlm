---
dlm_id: 01KAEN0QVA1TYSECT10NSFRABC
base_model: smollm2-135m
---
## Pourquoi le bac ne traverse pas à marée basse

Le bac de Kervalan relie les deux rives de l'estuaire en douze minutes. À marée basse, il ne reste que 80 cm d'eau sur le banc de la Vieille, alors que le bac, chargé, en demande 110. Le service est donc interrompu deux heures avant et une heure après la basse mer. Pendant l'interruption, une navette passe par le pont de Trémeur ; le trajet dure quarante minutes. Les horaires changent chaque jour et sont affichés le dimanche pour la semaine.
::prose::
## Affûter un ciseau à bois

Le biseau se taille à 25 degrés sur la meule, à l'eau, pour que l'acier ne bleuisse pas : un acier bleui a perdu sa trempe et ne tient plus le fil. On passe ensuite le ciseau sur la pierre de 1000, puis sur celle de 6000, à 30 degrés. Le morfil, ce mince copeau qui se retourne du côté plat, s'enlève en frottant la planche à plat, jamais inclinée. Un ciseau est prêt quand il coupe le bois de bout du sapin sans l'écraser.
::prose::
## Le prêt entre bibliothèques

Un lecteur peut demander jusqu'à quatre ouvrages par mois à une autre bibliothèque. La demande coûte 2,50 €, gratuite pour les étudiants. Les livres d'avant 1850 ne voyagent pas : la bibliothèque qui les possède envoie des reproductions. Le délai habituel est de neuf jours. Si l'ouvrage n'est pas retiré dans les dix jours après l'avis, il repart, et la somme n'est pas rendue.
::prose::
## La commande `semer`

`semer` crée un nouveau projet à partir d'un modèle.

    semer --modele simple mon-projet

Sans `--modele`, elle prend le modèle `complet`, qui contient aussi les tests et la documentation. Le dossier ne doit pas exister ; avec `--forcer`, les fichiers présents sont gardés et seuls ceux qui manquent sont ajoutés. La commande ne se connecte jamais au réseau : les modèles se trouvent dans `~/.semer/modeles`, et `semer --mise-a-jour` est la seule qui les télécharge.
::prose::
## Fromage bleu ou fromage cendré

La pâte du bleu est piquée de longues aiguilles vers le dixième jour, afin que l'air y pénètre et que la moisissure puisse se développer à l'intérieur. Le cendré, au contraire, n'est jamais percé : on le roule dans la cendre de sarment, qui neutralise l'acidité de la surface et la protège des mouches. Le bleu mûrit cinq semaines à 9 °C, le cendré trois semaines à 12 °C. Tous deux viennent du lait de brebis de la ferme des Aulnes.
::prose::
## Le canal et ses fontainiers

Le canal de la Roubine fut creusé entre 1543 et 1551 par Adam Sicard pour amener l'eau de la Durelle aux jardins de la ville. Chaque jardin reçoit l'eau pendant un temps fixé par sa surface : douze minutes par are, une fois par semaine. Deux fontainiers ouvrent et ferment les vannes ; ils sont élus pour trois ans par les propriétaires et ne peuvent posséder eux-mêmes aucun jardin. En cas de sécheresse, les légumes passent avant les fleurs et les pelouses.
::prose::
## Que faire si l'alarme de la chambre froide sonne

1. Vérifier que la porte est fermée ; c'est la cause neuf fois sur dix.
2. Lire la température sur le thermomètre intérieur, et non sur l'afficheur, qui retarde de cinq minutes.
3. Au-dessus de −15 °C, appeler le technicien de garde.
4. Au-dessus de −10 °C, transporter les vaccins dans le congélateur du deuxième étage.

Tout produit resté plus d'une heure au-dessus de −10 °C est détruit, même s'il paraît encore gelé. L'incident se note dans le cahier rouge.
