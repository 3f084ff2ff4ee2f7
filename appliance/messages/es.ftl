### Lo que dice la pantalla, en español.

## Said on many screens

aid = Ayuda al cribado, no es un diagnóstico
decision-normal = Normal
decision-abnormal = Anormal
decision-refer = Derivar
decision-unreadable = Ilegible
patient = Paciente { $number }
patient-none = Sin número de paciente
percent = { $value } %
percent-below = menos de { $value } %
percent-above = más de { $value } %
seconds = { $value } s
milliseconds = { $value } ms
megabytes = { $value } MB
gigabytes = { $value } GB
part-of = { $part } de { $whole }
span-of = { $first } a { $last } de { $whole }

region-hand = Mano
region-wrist = Muñeca
region-forearm = Antebrazo
region-elbow = Codo
region-humerus = Brazo
region-shoulder = Hombro
region-hip = Cadera
region-pelvis = Pelvis
region-femur = Muslo
region-knee = Rodilla
region-leg = Pierna
region-ankle = Tobillo
region-foot = Pie
region-chest = Tórax
region-none = Región desconocida

source-given = indicada
source-dicom = según la placa
source-predicted = reconocida

## Keys

key-back = Volver
key-cancel = Cancelar
key-change = Cambiar
key-choose = Elegir
key-delete = Borrar
key-details = Detalles
key-done = Listo
key-down = Abajo
key-explain = Explicar
key-heatmap-hide = Sin mapa
key-heatmap-show = Con mapa
key-history = Historial
key-home = Inicio
key-install = Instalar
key-last = Último
key-later = Ahora no
key-next = Siguiente
key-open = Abrir
key-page = Más
key-previous = Anterior
key-region = Región
key-reviewed = Revisado
key-search = Buscar
key-settings = Ajustes
key-try-again = Reintentar
key-up = Arriba
key-update = Actualizar
key-views = Vistas

## Starting

starting-title = Iniciando
starting-check = Se comprueba el modelo con placas conocidas
starting-note = Tarda hasta un minuto. Envíe las placas cuando el dispositivo esté listo.

## Ready

ready-title = Listo
ready-waiting = Esperando una placa
ready-screens = Regiones del cuerpo: { $regions }
ready-last = Últimos resultados
ready-none = Aún no hay resultados
health-storage = Espacio
health-storage-free = { $share } % libre
health-temperature = Temperatura
health-celsius = { $degrees } °C
health-supply = Alimentación
health-supply-weak = muy débil
health-memory = Memoria libre
health-results = Resultados
health-to-review = { $count } por revisar
health-clock = Reloj
health-clock-unset = sin ajustar
health-point = Umbrales
health-point-paused = en pausa
health-link = Equipo
health-link-up = conectado
health-link-down = sin conexión
health-check = Autoprueba
health-check-passed = correcta
health-check-failed = fallida
health-model = Modelo
health-model-back = otra vez el anterior

## Receiving

receiving-title = Recibiendo
receiving-dicom = De { $name }
receiving-folder = De la carpeta compartida
receiving-usb = De la memoria USB
receiving-serial = Por el cable serie
receiving-images = { $count ->
    [one] { $count } imagen recibida
   *[other] { $count } imágenes recibidas
}
receiving-image-of = Imagen { $part } de { $whole }
receiving-note = Deje el cable conectado hasta que aparezca la placa.

## Reading

reading-title = Leyendo la placa
reading-step = Paso { $part } de { $whole }
stage-read = Abrir el archivo
stage-prepare = Preparar la placa
stage-network = Mirar la placa
stage-classify = Decidir
stage-explain = Marcar dónde miró
explaining-title = Explicando
explaining-note = La placa se examina muchas veces con partes ocultas. Así se ve cuánto contó cada parte.

## Result

reason-above = Se vieron signos de una anomalía.
reason-below = No se vieron signos de una anomalía.
reason-too-close = Demasiado cerca del límite. Una persona debe leer esta placa.
reason-unfamiliar = Esta placa difiere de las que el modelo conoce. Una persona debe leerla.
reason-no-classifier = Este modelo no examina esta región ({ $region }). Una persona debe leer la placa.
reason-region-unclear = No se reconoció la región del cuerpo. Elíjala y repita.
reason-view = El modelo no conoce esta proyección ({ $view }). Una persona debe leer la placa.
reason-exposure-low = La exposición fue demasiado baja. Revísela y repita la placa.
reason-burnt-out = Grandes partes de la placa están saturadas. Revise la exposición y repítala.
reason-flat = La placa casi no tiene tonos de gris. Revise la exposición y repítala.
view-frontal = frontal
view-lateral = lateral
view-oblique = oblicua
result-ring = El círculo marca los signos más fuertes.
result-probability = Probabilidad de una anomalía
result-time = Leída en { $time }
result-no-film = Sin placa

refusal-empty = El archivo está vacío. Envíelo otra vez.
refusal-format = No es un archivo DICOM, JPEG ni PNG. Envíe la placa en DICOM.
refusal-truncated = El archivo { $format } está incompleto. Envíelo otra vez.
refusal-damaged = El archivo { $format } está dañado. Envíelo otra vez.
refusal-header = Falta un dato de la imagen o es erróneo en el archivo DICOM ({ $attribute }). Envíelo otra vez.
refusal-compression = La placa está comprimida de un modo que este dispositivo no puede abrir ({ $name }). Envíela sin comprimir.
refusal-modality = No es una radiografía sino otro tipo de imagen ({ $modality }). Envíe la radiografía.
refusal-no-image = El archivo DICOM no contiene ninguna imagen. Envíe la placa.
refusal-colour = Es una imagen en color. Envíe la radiografía en gris.
refusal-frames = El archivo contiene { $count } imágenes. Envíe las placas por separado.
refusal-small = La imagen solo tiene { $width } × { $height } píxeles. Envíela en tamaño completo.
refusal-large = La imagen declara { $width } × { $height } píxeles, más que cualquier placa.
refusal-blank = La placa está en blanco. Revise la exposición y repítala.
refusal-other = No se pudo leer la placa. Envíela otra vez.

## Study

study-title = Estudio
study-views = { $count ->
    [one] { $count } vista
   *[other] { $count } vistas
}
study-view = Vista { $number }

## History

history-title = Historial
history-all = Todos los pacientes
history-found = { $count ->
    [one] { $count } resultado
   *[other] { $count } resultados
}
history-none = Ningún resultado para este número
history-enter = Escriba el número de paciente
history-reviewed = revisado
history-open = por revisar

## Details

details-title = Detalles
fact-patient = Número de paciente
fact-region = Región del cuerpo
fact-view = Vista
fact-received = Recibida
fact-size = Tamaño
fact-decision = Decisión
fact-probability = Probabilidad
fact-operating-point = Umbrales
fact-chosen = Elegidos por
fact-likeness = Distancia a placas conocidas
fact-elapsed = Duración
fact-heatmap = Mapa hecho con
fact-model = Modelo
fact-instance = Instancia SOP
operating-point = normal bajo { $low } %, anormal desde { $high } %
likeness = { $times } veces el límite

## Settings

settings-title = Ajustes
setting-language = Idioma
setting-theme = Pantalla
setting-heatmap = Mapa de calor
setting-brightness = Brillo
setting-operating-point = Umbrales
setting-dicom = Receptor DICOM
setting-storage = Límite de espacio
setting-version = Versión
theme-dark = Oscura
theme-light = Clara, para el sol
value-on = Sí
value-off = No
value-port = { $name }, puerto { $port }
value-bundle-point = Del modelo
value-site-point = Elegidos aquí por { $by }, { $date }
value-paused-point = En pausa: elíjalos de nuevo

## Update

update-title = Actualización
update-found = Hay una actualización lista
update-model = Modelo
update-gains = Regiones nuevas
update-loses = Ya no lee
update-thresholds = Otros umbrales
update-signer = Firmado por
update-point = Los umbrales elegidos aquí quedan en pausa hasta que los elija de nuevo.
update-safe = Si se va la luz, queda la versión anterior.
update-running = Instalando
update-phase-check = Comprobar la firma
update-phase-copy = Copiar
update-phase-try = Probar con placas de referencia
update-phase-switch = Cambiar a la nueva versión
update-soon = El dispositivo se reinicia con ella cuando ninguna placa espera. Los resultados quedan.
update-done = La actualización está instalada
update-done-note = El dispositivo trabaja con la nueva versión.
update-failed = La actualización no se instaló
update-kept = El dispositivo sigue con la versión anterior.
update-fault-signature = No está firmada con una clave conocida aquí. Pida una copia firmada a quien la envió.
update-fault-format = Es para otra versión del programa. Actualice primero el programa o pregunte a quien la envió.
update-fault-damaged = El archivo está dañado. Cópielo otra vez en la memoria.
update-fault-unfit = Este dispositivo no puede usar este modelo. Pida otro a quien lo envió.
update-fault-references = { $part } de { $whole } placas de referencia no dieron la respuesta esperada. Avise a quien la envió.
update-fault-older = Ya hay una versión más reciente. Pida una más nueva a quien la envió.
update-fault-known = Esta versión ya está instalada. No hay nada que hacer.
update-fault-busy = Otra actualización no ha terminado. Espere y reintente.
update-fault-space = Faltan { $size } de espacio. Revise estudios antiguos y reintente.
update-fault-disk = La memoria no guardó lo escrito. Llame a su técnico: la tarjeta puede estar gastada.
update-fault-unprepared = Este dispositivo aún no está preparado para modelos nuevos. Llame a su técnico.
update-fault-pulled = La memoria se retiró demasiado pronto. Póngala otra vez.
update-went-back = El dispositivo volvió a su modelo anterior
update-went-back-do = El modelo nuevo no arrancó bien. El dispositivo trabaja con el anterior. Llame a su técnico.

## Fault

fault-storage = El espacio está lleno
fault-storage-do = Revise estudios antiguos en el historial: los revisados dejan sitio. Hasta entonces no se reciben placas nuevas.
fault-model = El modelo no se puede usar
fault-model-do = Instale otra vez el modelo desde su memoria USB. Hasta entonces las placas se guardan pero no se examinan.
fault-check = La autoprueba diaria falló
fault-check-do = No confíe en los resultados hasta que sea correcta. Reintente y luego llame a su técnico.
fault-read-only = No se puede guardar nada
fault-read-only-do = Apague y encienda el dispositivo. Si se repite, llame a su técnico: la tarjeta de memoria puede estar gastada.
fault-hot = El dispositivo está demasiado caliente
fault-hot-do = Póngalo a la sombra y despeje sus rejillas. Sigue solo cuando se haya enfriado.
fault-link = El equipo de rayos X no responde
fault-link-do = Revise el cable en ambos extremos y si el equipo de rayos X está encendido.
fault-program = El programa se detuvo y se reinició
fault-program-do = No se perdió ninguna placa. Si se repite, llame a su técnico y dígale el código.
fault-code = Código { $code }
