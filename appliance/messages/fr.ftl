### Ce que dit l'écran, en français.

## Said on many screens

aid = Aide au tri, pas un diagnostic
decision-normal = Normal
decision-abnormal = Anormal
decision-refer = À référer
decision-unreadable = Illisible
patient = Patient { $number }
patient-none = Sans numéro de patient
percent = { $value } %
percent-below = moins de { $value } %
percent-above = plus de { $value } %
seconds = { $value } s
milliseconds = { $value } ms
megabytes = { $value } Mo
gigabytes = { $value } Go
part-of = { $part } sur { $whole }
span-of = { $first } à { $last } sur { $whole }

region-hand = Main
region-wrist = Poignet
region-forearm = Avant-bras
region-elbow = Coude
region-humerus = Bras
region-shoulder = Épaule
region-hip = Hanche
region-pelvis = Bassin
region-femur = Cuisse
region-knee = Genou
region-leg = Jambe
region-ankle = Cheville
region-foot = Pied
region-chest = Thorax
region-none = Région inconnue

source-given = indiquée
source-dicom = indiquée par le cliché
source-predicted = reconnue

## Keys

key-back = Retour
key-cancel = Annuler
key-change = Changer
key-choose = Choisir
key-delete = Effacer
key-details = Détails
key-done = Terminé
key-down = Bas
key-explain = Expliquer
key-heatmap-hide = Sans carte
key-heatmap-show = Avec carte
key-history = Historique
key-home = Accueil
key-install = Installer
key-last = Dernier
key-later = Plus tard
key-next = Suivant
key-open = Ouvrir
key-page = Suite
key-previous = Précédent
key-region = Région
key-reviewed = Relu
key-search = Chercher
key-settings = Réglages
key-try-again = Réessayer
key-up = Haut
key-update = Mise à jour
key-views = Incidences

## Starting

starting-title = Démarrage
starting-check = Le modèle est vérifié sur des clichés connus
starting-note = Cela prend jusqu'à une minute. Envoyez les clichés quand le boîtier est prêt.

## Ready

ready-title = Prêt
ready-waiting = En attente d'un cliché
ready-screens = Régions du corps : { $regions }
ready-last = Derniers résultats
ready-none = Pas encore de résultat
health-storage = Stockage
health-storage-free = { $share } % libre
health-temperature = Température
health-celsius = { $degrees } °C
health-supply = Alimentation
health-supply-weak = trop faible
health-memory = Mémoire libre
health-results = Résultats
health-to-review = { $count } à relire
health-clock = Horloge
health-clock-unset = non réglée
health-point = Seuils
health-point-paused = suspendus
health-link = Appareil
health-link-up = connecté
health-link-down = non connecté
health-check = Autotest
health-check-passed = réussi
health-check-failed = échoué
health-model = Modèle
health-model-back = de nouveau l'ancien

## Receiving

receiving-title = Réception
receiving-dicom = De { $name }
receiving-folder = Du dossier partagé
receiving-usb = De la clé USB
receiving-serial = Par le câble série
receiving-images = { $count ->
    [one] { $count } image reçue
   *[other] { $count } images reçues
}
receiving-image-of = Image { $part } sur { $whole }
receiving-note = Laissez le câble branché jusqu'à ce que le cliché apparaisse.

## Reading

reading-title = Lecture du cliché
reading-step = Étape { $part } sur { $whole }
stage-read = Ouvrir le fichier
stage-prepare = Préparer le cliché
stage-network = Examiner le cliché
stage-classify = Décider
stage-explain = Marquer les zones vues
explaining-title = Explication
explaining-note = Le cliché est examiné plusieurs fois avec des parties cachées. On voit ainsi combien chaque partie a compté.

## Result

reason-above = Des signes d'anomalie ont été vus.
reason-below = Aucun signe d'anomalie n'a été vu.
reason-too-close = Trop proche de la limite. Une personne doit lire ce cliché.
reason-unfamiliar = Ce cliché diffère de ceux que le modèle connaît. Une personne doit le lire.
reason-no-classifier = Ce modèle n'examine pas cette région ({ $region }). Une personne doit lire le cliché.
reason-region-unclear = La région du corps n'a pas été reconnue. Choisissez-la et recommencez.
reason-view = Le modèle ne connaît pas cette incidence ({ $view }). Une personne doit lire le cliché.
reason-exposure-low = L'exposition était bien trop faible. Vérifiez-la et refaites le cliché.
reason-burnt-out = De grandes parties du cliché sont saturées. Vérifiez l'exposition et refaites-le.
reason-flat = Le cliché n'a presque pas de nuances de gris. Vérifiez l'exposition et refaites-le.
view-frontal = face
view-lateral = profil
view-oblique = oblique
result-ring = Le cercle marque les signes les plus forts.
result-probability = Probabilité d'une anomalie
result-time = Lu en { $time }
result-no-film = Pas de cliché

refusal-empty = Le fichier est vide. Envoyez-le de nouveau.
refusal-format = Ce n'est pas un fichier DICOM, JPEG ou PNG. Envoyez le cliché en DICOM.
refusal-truncated = Le fichier { $format } est incomplet. Envoyez-le de nouveau.
refusal-damaged = Le fichier { $format } est endommagé. Envoyez-le de nouveau.
refusal-header = Une information sur l'image manque ou est fausse dans le fichier DICOM ({ $attribute }). Envoyez-le de nouveau.
refusal-compression = Le cliché est compressé d'une façon que ce boîtier ne sait pas ouvrir ({ $name }). Envoyez-le sans compression.
refusal-modality = Ce n'est pas une radiographie mais un autre type d'image ({ $modality }). Envoyez la radiographie.
refusal-no-image = Le fichier DICOM ne contient pas d'image. Envoyez le cliché.
refusal-colour = C'est une image en couleurs. Envoyez la radiographie en gris.
refusal-frames = Le fichier contient { $count } images. Envoyez des clichés séparés.
refusal-small = L'image n'a que { $width } × { $height } pixels. Envoyez-la en taille réelle.
refusal-large = L'image annonce { $width } × { $height } pixels, plus qu'aucun cliché.
refusal-blank = Le cliché est vide. Vérifiez l'exposition et refaites-le.
refusal-other = Le cliché n'a pas pu être lu. Envoyez-le de nouveau.

## Study

study-title = Examen
study-views = { $count ->
    [one] { $count } incidence
   *[other] { $count } incidences
}
study-view = Incidence { $number }

## History

history-title = Historique
history-all = Tous les patients
history-found = { $count ->
    [one] { $count } résultat
   *[other] { $count } résultats
}
history-none = Aucun résultat pour ce numéro
history-enter = Entrez le numéro du patient
history-reviewed = relu
history-open = à relire

## Details

details-title = Détails
fact-patient = Numéro de patient
fact-region = Région du corps
fact-view = Incidence
fact-received = Reçu
fact-size = Taille
fact-decision = Décision
fact-probability = Probabilité
fact-operating-point = Seuils
fact-chosen = Choisis par
fact-likeness = Écart aux clichés connus
fact-elapsed = Durée
fact-heatmap = Carte faite par
fact-model = Modèle
fact-instance = Instance SOP
operating-point = normal sous { $low } %, anormal dès { $high } %
likeness = { $times } fois la limite

## Settings

settings-title = Réglages
setting-language = Langue
setting-theme = Écran
setting-heatmap = Carte de chaleur
setting-brightness = Luminosité
setting-operating-point = Seuils
setting-dicom = Récepteur DICOM
setting-storage = Limite de stockage
setting-version = Version
theme-dark = Sombre
theme-light = Clair, pour le soleil
value-on = Oui
value-off = Non
value-port = { $name }, port { $port }
value-bundle-point = Du modèle
value-site-point = Choisis ici par { $by }, { $date }
value-paused-point = Suspendus : à choisir de nouveau

## Update

update-title = Mise à jour
update-found = Une mise à jour est prête
update-model = Modèle
update-gains = Nouvelles régions
update-loses = Ne lit plus
update-thresholds = Autres seuils
update-signer = Signé par
update-point = Les seuils choisis ici sont suspendus jusqu'à ce que vous les choisissiez de nouveau.
update-safe = En cas de coupure de courant, l'ancienne version reste.
update-running = Installation
update-phase-check = Vérifier la signature
update-phase-copy = Copier
update-phase-try = Essayer sur des clichés de référence
update-phase-switch = Passer à la nouvelle version
update-soon = Le boîtier redémarre avec elle dès qu'aucun cliché n'attend. Les résultats restent.
update-done = La mise à jour est installée
update-done-note = Le boîtier travaille avec la nouvelle version.
update-failed = La mise à jour n'a pas été installée
update-kept = Le boîtier continue avec l'ancienne version.
update-fault-signature = Aucune clé connue de ce boîtier ne l'a signée. Demandez une copie signée à l'expéditeur.
update-fault-format = Elle est faite pour une autre version du logiciel. Mettez d'abord le logiciel à jour, ou demandez à l'expéditeur.
update-fault-damaged = Le fichier est endommagé. Copiez-le de nouveau sur la clé.
update-fault-unfit = Ce boîtier ne peut pas utiliser ce modèle. Demandez-en un autre à l'expéditeur.
update-fault-references = { $part } clichés de référence sur { $whole } n'ont pas donné la réponse attendue. Signalez-le à l'expéditeur.
update-fault-older = Une version plus récente est déjà installée. Demandez-en une plus récente à l'expéditeur.
update-fault-known = Cette version est déjà installée. Il n'y a rien à faire.
update-fault-busy = Une autre mise à jour n'est pas terminée. Attendez, puis réessayez.
update-fault-space = Il manque { $size } de place. Relisez d'anciens examens, puis réessayez.
update-fault-disk = La mémoire n'a pas gardé ce qui a été écrit. Appelez votre technicien : la carte est peut-être usée.
update-fault-unprepared = Ce boîtier n'est pas encore prêt pour de nouveaux modèles. Appelez votre technicien.
update-fault-pulled = La clé a été retirée trop tôt. Remettez-la.
update-went-back = Le boîtier est revenu à l'ancien modèle
update-went-back-do = Le nouveau modèle n'a pas bien démarré. Le boîtier travaille avec l'ancien. Appelez votre technicien.

## Fault

fault-storage = Le stockage est plein
fault-storage-do = Relisez d'anciens examens dans l'historique : ceux qui sont relus font de la place. D'ici là, le boîtier ne prend plus de clichés.
fault-model = Le modèle est inutilisable
fault-model-do = Réinstallez le modèle depuis sa clé USB. D'ici là, les clichés sont gardés mais pas examinés.
fault-check = L'autotest du jour a échoué
fault-check-do = Ne vous fiez pas aux résultats tant qu'il n'a pas réussi. Réessayez, puis appelez votre technicien.
fault-read-only = Rien ne peut être enregistré
fault-read-only-do = Éteignez et rallumez le boîtier. Si cela revient, appelez votre technicien : la carte mémoire est peut-être usée.
fault-hot = Le boîtier est trop chaud
fault-hot-do = Mettez-le à l'ombre et dégagez ses aérations. Il reprend seul quand il a refroidi.
fault-link = L'appareil de radiographie ne répond pas
fault-link-do = Vérifiez le câble aux deux bouts et si l'appareil est allumé.
fault-program = Le programme s'est arrêté et a redémarré
fault-program-do = Aucun cliché n'est perdu. Si cela revient, appelez votre technicien et donnez-lui le code.
fault-code = Code { $code }
