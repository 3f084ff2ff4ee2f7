### What the display says, in English. Every other language has the same messages with the same placeables.
### Digits are Western in every language, as on films and labels. A number and its unit are joined by a no-break space.

## Said on many screens

aid = Screening aid, not a diagnosis
decision-normal = Normal
decision-abnormal = Abnormal
decision-refer = Refer
decision-unreadable = Unreadable
patient = Patient { $number }
patient-none = No patient number
percent = { $value } %
percent-below = below { $value } %
percent-above = above { $value } %
seconds = { $value } s
milliseconds = { $value } ms
megabytes = { $value } MB
gigabytes = { $value } GB
part-of = { $part } of { $whole }
span-of = { $first } to { $last } of { $whole }

region-hand = Hand
region-wrist = Wrist
region-forearm = Forearm
region-elbow = Elbow
region-humerus = Upper arm
region-shoulder = Shoulder
region-hip = Hip
region-pelvis = Pelvis
region-femur = Thigh
region-knee = Knee
region-leg = Lower leg
region-ankle = Ankle
region-foot = Foot
region-chest = Chest
region-none = Region not known

source-given = as given
source-dicom = named by the film
source-predicted = recognised


## Keys

key-back = Back
key-cancel = Cancel
key-change = Change
key-choose = Choose
key-delete = Delete
key-details = Details
key-done = Done
key-down = Down
key-explain = Explain more
key-heatmap-hide = Hide heatmap
key-heatmap-show = Show heatmap
key-history = History
key-home = Home
key-install = Install
key-last = Last result
key-later = Not now
key-next = Next
key-open = Open
key-page = Next page
key-previous = Previous
key-region = Choose region
key-reviewed = Reviewed
key-search = Search
key-settings = Settings
key-try-again = Try again
key-up = Up
key-update = Update
key-views = All views

## Starting

starting-title = Starting
starting-check = Checking the model on films it knows
starting-note = This takes up to a minute. Send films when the box is ready.

## Ready

ready-title = Ready
ready-waiting = Waiting for a film
ready-screens = Body regions: { $regions }
ready-last = Last results
ready-none = No results yet
health-storage = Storage
health-storage-free = { $share } % free
health-temperature = Temperature
health-celsius = { $degrees } °C
health-supply = Power supply
health-supply-weak = too weak
health-memory = Free memory
health-results = Results
health-to-review = { $count } to review
health-clock = Clock
health-clock-unset = not set
health-point = Operating point
health-point-paused = paused
health-link = X-ray unit
health-link-up = connected
health-link-down = not connected
health-check = Self-check
health-check-passed = passed
health-check-failed = failed
health-model = Model
health-model-back = old one again

## Receiving

receiving-title = Receiving
receiving-dicom = From { $name }
receiving-folder = From the shared folder
receiving-usb = From the USB stick
receiving-serial = From the serial cable
receiving-images = { $count ->
    [one] { $count } image so far
   *[other] { $count } images so far
}
receiving-image-of = Image { $part } of { $whole }
receiving-note = Leave the cable plugged in until the film appears.

## Reading

reading-title = Reading the film
reading-step = Step { $part } of { $whole }
stage-read = Open the file
stage-prepare = Prepare the film
stage-network = Look at the film
stage-classify = Decide
stage-explain = Mark where it looked
explaining-title = Explaining more
explaining-note = The film is screened again and again with parts of it hidden. Each part then shows how much it counted.

## Result

reason-above = Signs of an abnormality were seen.
reason-below = No sign of an abnormality was seen.
reason-too-close = Too close to call. A person should read this film.
reason-unfamiliar = This film is unlike those the model learned from. A person should read it.
reason-no-classifier = This model does not screen this region ({ $region }). A person should read the film.
reason-region-unclear = The body region could not be told. Choose it and screen again.
reason-view = The model has not learned { $view } views of this region. A person should read the film.
reason-exposure-low = The exposure was much too low. Check it and take the film again.
reason-burnt-out = Large parts of the film are burnt out. Check the exposure and take it again.
reason-flat = The film has hardly any shades of grey. Check the exposure and take it again.
view-frontal = frontal
view-lateral = lateral
view-oblique = oblique
result-ring = The ring marks where the signs are strongest.
result-probability = Probability of an abnormality
result-time = Read in { $time }
result-no-film = No film

refusal-empty = The file is empty. Send it again.
refusal-format = This is no DICOM, JPEG or PNG file. Send the film as DICOM.
refusal-truncated = The { $format } file ends early. Send it again.
refusal-damaged = The { $format } file is damaged. Send it again.
refusal-header = A fact about the image is missing or wrong in the DICOM file ({ $attribute }). Send it again.
refusal-compression = The film is compressed in a way this box cannot open ({ $name }). Send it uncompressed.
refusal-modality = This is no projection radiograph but another kind of image ({ $modality }). Send the radiograph.
refusal-no-image = The DICOM file holds no image. Send the film.
refusal-colour = This is a colour image. Send the grey radiograph.
refusal-frames = The file holds { $count } images. Send single films.
refusal-small = The image has only { $width } × { $height } pixels. Send it in full size.
refusal-large = The image claims { $width } × { $height } pixels, more than any film has.
refusal-blank = The film is blank. Check the exposure and take it again.
refusal-other = The film could not be read. Send it again.

## Study

study-title = Study
study-views = { $count ->
    [one] { $count } view
   *[other] { $count } views
}
study-view = View { $number }

## History

history-title = History
history-all = All patients
history-found = { $count ->
    [one] { $count } result
   *[other] { $count } results
}
history-none = No result for this number
history-enter = Enter the patient number
history-reviewed = reviewed
history-open = to review

## Details

details-title = Details
fact-patient = Patient number
fact-region = Body region
fact-view = View
fact-received = Received
fact-size = Size
fact-decision = Decision
fact-probability = Probability
fact-operating-point = Operating point
fact-chosen = Chosen by
fact-likeness = Distance from known films
fact-elapsed = Time taken
fact-heatmap = Heatmap by
fact-model = Model
fact-instance = SOP instance
operating-point = normal below { $low } %, abnormal from { $high } %
likeness = { $times } times the limit

## Settings

settings-title = Settings
setting-language = Language
setting-theme = Display
setting-heatmap = Heatmap
setting-brightness = Brightness
setting-operating-point = Operating point
setting-dicom = DICOM receiver
setting-storage = Storage limit
setting-version = Version
theme-dark = Dark
theme-light = Light, for sunlight
value-on = On
value-off = Off
value-port = { $name }, port { $port }
value-bundle-point = From the model
value-site-point = Set here by { $by }, { $date }
value-paused-point = Paused: choose it again

## Update

update-title = Update
update-found = An update is ready to be installed
update-model = Model
update-gains = New regions
update-loses = No longer screened
update-thresholds = Other limits
update-signer = Signed by
update-point = The operating point set here is paused until you choose it again.
update-safe = If the power fails, the box keeps the old version.
update-running = Installing
update-phase-check = Check the signature
update-phase-copy = Copy
update-phase-try = Try it on reference films
update-phase-switch = Switch over
update-soon = The box starts anew with it as soon as no film waits. Results stay.
update-done = The update is installed
update-done-note = The box works with the new version.
update-failed = The update was not installed
update-kept = The box goes on with the old version.
update-fault-signature = No key that this box trusts has signed it. Ask whoever sent it for a copy with a trusted signature.
update-fault-format = It was made for another version of the software. Update the software first, or ask whoever sent it.
update-fault-damaged = The file is damaged. Copy it to the stick again.
update-fault-unfit = This is no model that this box can use. Ask whoever sent it for one for this box.
update-fault-references = { $part } of { $whole } reference films did not get the expected answer. Report this to whoever sent it.
update-fault-older = A later version is installed already. Ask whoever sent it for a newer one.
update-fault-known = This version is installed already. There is nothing to do.
update-fault-busy = Another update is not finished yet. Wait until it is, then try again.
update-fault-space = { $size } more storage is needed. Review old studies, then try again.
update-fault-disk = The storage did not keep what was written. Call your technician: the memory card may be worn out.
update-fault-unprepared = This box is not set up for new models yet. Call your technician.
update-fault-pulled = The stick was pulled out too early. Put it in again.
update-went-back = The box went back to its old model
update-went-back-do = The new model did not come up well. The box works with the old one. Call your technician.

## Fault

fault-storage = The storage is full
fault-storage-do = Review old studies in the history: reviewed ones make room. Until then the box takes no new films.
fault-model = The model cannot be used
fault-model-do = Install the model again from its USB stick. Until then films are kept but not screened.
fault-check = The daily self-check failed
fault-check-do = Do not rely on results until it passes. Try again, then call your technician.
fault-read-only = Nothing can be saved
fault-read-only-do = Switch the box off and on. If this comes back, call your technician: the memory card may be worn out.
fault-hot = The box is too hot
fault-hot-do = Move it into the shade and clear its vents. It goes on by itself when it has cooled.
fault-link = The X-ray unit does not answer
fault-link-do = Check the cable at both ends and whether the unit is on.
fault-program = The program stopped and was started again
fault-program-do = No film was lost. If this comes back, call your technician and say the code.
fault-code = Code { $code }
