### स्क्रीन के संदेश, हिन्दी में।

## Said on many screens

aid = जाँच में सहायक, यह रोग का निदान नहीं है
decision-normal = सामान्य
decision-abnormal = असामान्य
decision-refer = रेफ़र करें
decision-unreadable = अपठनीय
patient = मरीज़ { $number }
patient-none = मरीज़ नंबर नहीं है
percent = { $value } %
percent-below = { $value } % से कम
percent-above = { $value } % से अधिक
seconds = { $value } सेकंड
milliseconds = { $value } मिलीसेकंड
megabytes = { $value } MB
gigabytes = { $value } GB
part-of = { $whole } में से { $part }
span-of = { $whole } में से { $first } से { $last }

region-hand = हाथ
region-wrist = कलाई
region-forearm = अग्रबाहु
region-elbow = कोहनी
region-humerus = ऊपरी बाँह
region-shoulder = कंधा
region-hip = कूल्हा
region-pelvis = श्रोणि
region-femur = जाँघ
region-knee = घुटना
region-leg = पिंडली
region-ankle = टखना
region-foot = पैर
region-chest = छाती
region-none = अंग ज्ञात नहीं

source-given = बताया गया
source-dicom = फ़िल्म में लिखा है
source-predicted = पहचाना गया

## Keys

key-back = वापस
key-cancel = रोकें
key-change = बदलें
key-choose = चुनें
key-delete = मिटाएँ
key-details = विवरण
key-done = पूरा
key-down = नीचे
key-explain = और समझाएँ
key-heatmap-hide = हीटमैप हटाएँ
key-heatmap-show = हीटमैप दिखाएँ
key-history = इतिहास
key-home = मुख्य
key-install = इंस्टॉल करें
key-last = पिछला परिणाम
key-later = अभी नहीं
key-next = अगला
key-open = खोलें
key-page = अगला पन्ना
key-previous = पिछला
key-region = अंग चुनें
key-reviewed = देख लिया
key-search = खोजें
key-settings = सेटिंग
key-try-again = फिर करें
key-up = ऊपर
key-update = अपडेट
key-views = सभी दृश्य

## Starting

starting-title = चालू हो रहा है
starting-check = मॉडल को ज्ञात फ़िल्मों पर जाँचा जा रहा है
starting-note = इसमें एक मिनट तक लगता है। बॉक्स तैयार होने पर फ़िल्में भेजें।

## Ready

ready-title = तैयार
ready-waiting = फ़िल्म की प्रतीक्षा है
ready-screens = शरीर के अंग: { $regions }
ready-last = पिछले परिणाम
ready-none = अभी कोई परिणाम नहीं
health-storage = भंडारण
health-storage-free = { $share } % ख़ाली
health-temperature = तापमान
health-celsius = { $degrees } °C
health-supply = बिजली आपूर्ति
health-supply-weak = बहुत कमज़ोर
health-memory = ख़ाली मेमोरी
health-results = परिणाम
health-to-review = { $count } देखने हैं
health-clock = घड़ी
health-clock-unset = सेट नहीं है
health-point = निर्णय की सीमा
health-point-paused = रुकी हुई
health-link = एक्स-रे मशीन
health-link-up = जुड़ी है
health-link-down = जुड़ी नहीं
health-check = स्व-जाँच
health-check-passed = सफल
health-check-failed = असफल
health-model = मॉडल
health-model-back = फिर पुराना

## Receiving

receiving-title = फ़िल्म आ रही है
receiving-dicom = { $name } से
receiving-folder = साझा फ़ोल्डर से
receiving-usb = USB स्टिक से
receiving-serial = सीरियल केबल से
receiving-images = { $count ->
    [one] अब तक { $count } चित्र
   *[other] अब तक { $count } चित्र
}
receiving-image-of = { $whole } में से चित्र { $part }
receiving-note = फ़िल्म दिखने तक केबल लगी रहने दें।

## Reading

reading-title = फ़िल्म पढ़ी जा रही है
reading-step = { $whole } में से चरण { $part }
stage-read = फ़ाइल खोलना
stage-prepare = फ़िल्म तैयार करना
stage-network = फ़िल्म देखना
stage-classify = निर्णय लेना
stage-explain = देखी गई जगह दिखाना
explaining-title = और समझाया जा रहा है
explaining-note = फ़िल्म के हिस्से छिपाकर उसे बार-बार जाँचा जाता है। इससे दिखता है कि हर हिस्से का कितना असर था।

## Result

reason-above = असामान्यता के संकेत दिखे।
reason-below = असामान्यता का कोई संकेत नहीं दिखा।
reason-too-close = निर्णय स्पष्ट नहीं है। यह फ़िल्म किसी व्यक्ति को पढ़नी चाहिए।
reason-unfamiliar = यह फ़िल्म उन फ़िल्मों जैसी नहीं है जिनसे मॉडल ने सीखा। इसे किसी व्यक्ति को पढ़ना चाहिए।
reason-no-classifier = यह मॉडल इस अंग की जाँच नहीं करता ({ $region })। फ़िल्म किसी व्यक्ति को पढ़नी चाहिए।
reason-region-unclear = शरीर का अंग पहचाना नहीं गया। उसे चुनें और फिर जाँचें।
reason-view = मॉडल ने इस अंग का यह दृश्य ({ $view }) नहीं सीखा है। फ़िल्म किसी व्यक्ति को पढ़नी चाहिए।
reason-exposure-low = एक्सपोज़र बहुत कम था। उसे जाँचें और फ़िल्म फिर से लें।
reason-burnt-out = फ़िल्म के बड़े हिस्से एकदम सफ़ेद हैं। एक्सपोज़र जाँचें और फिर से लें।
reason-flat = फ़िल्म में धूसर रंग के बहुत कम स्तर हैं। एक्सपोज़र जाँचें और फिर से लें।
view-frontal = सामने से
view-lateral = बगल से
view-oblique = तिरछा
result-ring = घेरा वहाँ है जहाँ संकेत सबसे तेज़ हैं।
result-probability = असामान्यता की संभावना
result-time = { $time } में पढ़ी गई
result-no-film = फ़िल्म नहीं है

refusal-empty = फ़ाइल ख़ाली है। उसे फिर भेजें।
refusal-format = यह DICOM, JPEG या PNG फ़ाइल नहीं है। फ़िल्म DICOM में भेजें।
refusal-truncated = { $format } फ़ाइल अधूरी है। उसे फिर भेजें।
refusal-damaged = { $format } फ़ाइल ख़राब है। उसे फिर भेजें।
refusal-header = DICOM फ़ाइल में चित्र की एक जानकारी नहीं है या ग़लत है ({ $attribute })। उसे फिर भेजें।
refusal-compression = फ़िल्म ऐसे संपीड़ित है जिसे यह बॉक्स खोल नहीं सकता ({ $name })। बिना संपीड़न के भेजें।
refusal-modality = यह एक्स-रे फ़िल्म नहीं, दूसरी तरह का चित्र है ({ $modality })। एक्स-रे फ़िल्म भेजें।
refusal-no-image = DICOM फ़ाइल में कोई चित्र नहीं है। फ़िल्म भेजें।
refusal-colour = यह रंगीन चित्र है। एक्स-रे फ़िल्म भेजें।
refusal-frames = फ़ाइल में { $count } चित्र हैं। एक-एक फ़िल्म भेजें।
refusal-small = चित्र में केवल { $width } × { $height } पिक्सेल हैं। पूरे आकार में भेजें।
refusal-large = चित्र में { $width } × { $height } पिक्सेल बताए गए हैं, जो किसी भी फ़िल्म से अधिक हैं।
refusal-blank = फ़िल्म कोरी है। एक्सपोज़र जाँचें और फिर से लें।
refusal-other = फ़िल्म पढ़ी नहीं जा सकी। उसे फिर भेजें।

## Study

study-title = अध्ययन
study-views = { $count ->
    [one] { $count } दृश्य
   *[other] { $count } दृश्य
}
study-view = दृश्य { $number }

## History

history-title = इतिहास
history-all = सभी मरीज़
history-found = { $count ->
    [one] { $count } परिणाम
   *[other] { $count } परिणाम
}
history-none = इस नंबर का कोई परिणाम नहीं
history-enter = मरीज़ का नंबर डालें
history-reviewed = देखा गया
history-open = देखना है

## Details

details-title = विवरण
fact-patient = मरीज़ का नंबर
fact-region = शरीर का अंग
fact-view = दृश्य
fact-received = प्राप्त
fact-size = आकार
fact-decision = निर्णय
fact-probability = संभावना
fact-operating-point = निर्णय की सीमा
fact-chosen = किसने चुना
fact-likeness = ज्ञात फ़िल्मों से दूरी
fact-elapsed = लगा समय
fact-heatmap = हीटमैप की विधि
fact-model = मॉडल
fact-instance = SOP इंस्टेंस
operating-point = { $low } % से नीचे सामान्य, { $high } % से असामान्य
likeness = सीमा का { $times } गुना

## Settings

settings-title = सेटिंग
setting-language = भाषा
setting-theme = स्क्रीन
setting-heatmap = हीटमैप
setting-brightness = चमक
setting-operating-point = निर्णय की सीमा
setting-dicom = DICOM रिसीवर
setting-storage = भंडारण सीमा
setting-version = संस्करण
theme-dark = गहरी
theme-light = हल्की, धूप के लिए
value-on = चालू
value-off = बंद
value-port = { $name }, पोर्ट { $port }
value-bundle-point = मॉडल से
value-site-point = यहाँ { $by } ने तय की, { $date }
value-paused-point = रुकी हुई: फिर चुनें

## Update

update-title = अपडेट
update-found = एक अपडेट तैयार है
update-model = मॉडल
update-gains = नए अंग
update-loses = अब नहीं देखता
update-thresholds = नई सीमाएँ
update-signer = हस्ताक्षर
update-point = यहाँ तय की गई निर्णय की सीमा तब तक रुकी रहेगी जब तक आप उसे फिर न चुनें।
update-safe = बिजली चली जाए तो पुराना संस्करण बना रहता है।
update-running = इंस्टॉल हो रहा है
update-phase-check = हस्ताक्षर जाँचना
update-phase-copy = कॉपी करना
update-phase-try = संदर्भ फ़िल्मों पर परखना
update-phase-switch = नए संस्करण पर जाना
update-soon = जब कोई फ़िल्म बाकी न हो, बॉक्स नए संस्करण से फिर चलेगा। परिणाम बने रहेंगे।
update-done = अपडेट इंस्टॉल हो गया
update-done-note = बॉक्स अब नए संस्करण से चलता है।
update-failed = अपडेट इंस्टॉल नहीं हुआ
update-kept = बॉक्स पुराने संस्करण से चलता रहेगा।
update-fault-signature = इस पर किसी भरोसेमंद कुंजी का हस्ताक्षर नहीं है। भेजने वाले से सही प्रति माँगें।
update-fault-format = यह सॉफ़्टवेयर के दूसरे संस्करण के लिए है। पहले सॉफ़्टवेयर अपडेट करें या भेजने वाले से पूछें।
update-fault-damaged = फ़ाइल ख़राब है। उसे स्टिक पर फिर कॉपी करें।
update-fault-unfit = यह बॉक्स इस मॉडल से नहीं चल सकता। भेजने वाले से दूसरा माँगें।
update-fault-references = { $whole } में से { $part } संदर्भ फ़िल्मों पर अपेक्षित उत्तर नहीं मिले। भेजने वाले को बताएँ।
update-fault-older = इससे नया संस्करण पहले से है। भेजने वाले से नया माँगें।
update-fault-known = यह संस्करण पहले से है। कुछ करना नहीं है।
update-fault-busy = दूसरा अपडेट अभी पूरा नहीं हुआ। रुकें, फिर कोशिश करें।
update-fault-space = { $size } जगह और चाहिए। पुराने अध्ययन देख लें, फिर कोशिश करें।
update-fault-disk = जो लिखा गया वह नहीं बचा। तकनीशियन को बुलाएँ: मेमोरी कार्ड ख़राब हो सकता है।
update-fault-unprepared = यह बॉक्स अभी नए मॉडल के लिए तैयार नहीं है। तकनीशियन को बुलाएँ।
update-fault-pulled = स्टिक बहुत जल्दी निकाली गई। उसे फिर लगाएँ।
update-went-back = बॉक्स पुराने मॉडल पर लौट गया
update-went-back-do = नया मॉडल ठीक से नहीं चला। बॉक्स पुराने मॉडल से चलता है। तकनीशियन को बुलाएँ।

## Fault

fault-storage = भंडारण भर गया है
fault-storage-do = इतिहास में पुराने अध्ययन देख लें: देखे गए अध्ययन जगह बनाते हैं। तब तक बॉक्स नई फ़िल्में नहीं लेगा।
fault-model = मॉडल काम नहीं कर रहा
fault-model-do = मॉडल को उसकी USB स्टिक से फिर इंस्टॉल करें। तब तक फ़िल्में रखी जाएँगी, पर जाँची नहीं जाएँगी।
fault-check = आज की स्व-जाँच असफल रही
fault-check-do = जब तक यह सफल न हो, परिणामों पर भरोसा न करें। फिर कोशिश करें, उसके बाद तकनीशियन को बुलाएँ।
fault-read-only = कुछ भी सहेजा नहीं जा सकता
fault-read-only-do = बॉक्स को बंद करके चालू करें। यह फिर हो तो तकनीशियन को बुलाएँ: मेमोरी कार्ड घिस गया हो सकता है।
fault-hot = बॉक्स बहुत गर्म है
fault-hot-do = इसे छाया में रखें और हवा के छेद खुले रखें। ठंडा होने पर यह अपने आप चलने लगेगा।
fault-link = एक्स-रे मशीन उत्तर नहीं दे रही
fault-link-do = केबल के दोनों सिरे जाँचें और देखें कि मशीन चालू है।
fault-program = प्रोग्राम रुककर फिर से चालू हुआ
fault-program-do = कोई फ़िल्म नहीं खोई। यह फिर हो तो तकनीशियन को बुलाएँ और कोड बताएँ।
fault-code = कोड { $code }
