### ما تقوله الشاشة بالعربية.

## Said on many screens

aid = أداة للفرز، وليست تشخيصًا
decision-normal = طبيعي
decision-abnormal = غير طبيعي
decision-refer = يُحال
decision-unreadable = غير مقروء
patient = المريض { $number }
patient-none = بلا رقم مريض
percent = ‏{ $value } %
percent-below = أقل من { $value } %
percent-above = أكثر من { $value } %
seconds = { $value } ث
milliseconds = { $value } م.ث
megabytes = { $value } م.ب
gigabytes = { $value } ج.ب
part-of = { $part } من { $whole }
span-of = { $first } إلى { $last } من { $whole }

region-hand = اليد
region-wrist = المعصم
region-forearm = الساعد
region-elbow = المرفق
region-humerus = العضد
region-shoulder = الكتف
region-hip = الورك
region-pelvis = الحوض
region-femur = الفخذ
region-knee = الركبة
region-leg = الساق
region-ankle = الكاحل
region-foot = القدم
region-chest = الصدر
region-none = منطقة غير معروفة

source-given = كما أُدخلت
source-dicom = كما في الصورة
source-predicted = تم التعرف عليها

## Keys

key-back = رجوع
key-cancel = إلغاء
key-change = تغيير
key-choose = اختيار
key-delete = حذف
key-details = التفاصيل
key-done = تم
key-down = أسفل
key-explain = شرح إضافي
key-heatmap-hide = إخفاء الخريطة
key-heatmap-show = إظهار الخريطة
key-history = السجل
key-home = الرئيسية
key-install = تثبيت
key-last = آخر نتيجة
key-later = ليس الآن
key-next = التالي
key-open = فتح
key-page = المزيد
key-previous = السابق
key-region = اختر المنطقة
key-reviewed = تمت مراجعته
key-search = بحث
key-settings = الإعدادات
key-try-again = إعادة
key-up = أعلى
key-update = تحديث
key-views = كل الوضعيات

## Starting

starting-title = جارٍ التشغيل
starting-check = يُفحص النموذج على صور معروفة
starting-note = يستغرق ذلك دقيقة على الأكثر. أرسل الصور عندما يصبح الجهاز جاهزًا.

## Ready

ready-title = جاهز
ready-waiting = في انتظار صورة
ready-screens = مناطق الجسم: { $regions }
ready-last = آخر النتائج
ready-none = لا نتائج بعد
health-storage = التخزين
health-storage-free = { $share } % متاح
health-temperature = الحرارة
health-celsius = { $degrees } °م
health-supply = مصدر الطاقة
health-supply-weak = ضعيف جدًا
health-memory = الذاكرة المتاحة
health-results = النتائج
health-to-review = { $count } للمراجعة
health-clock = الساعة
health-clock-unset = غير مضبوطة
health-point = حدود القرار
health-point-paused = موقوفة
health-link = جهاز الأشعة
health-link-up = متصل
health-link-down = غير متصل
health-check = الفحص الذاتي
health-check-passed = ناجح
health-check-failed = فاشل
health-model = النموذج
health-model-back = عاد القديم

## Receiving

receiving-title = جارٍ الاستلام
receiving-dicom = من { $name }
receiving-folder = من المجلد المشترك
receiving-usb = من ذاكرة USB
receiving-serial = من الكابل التسلسلي
receiving-images = { $count ->
    [zero] لا صور حتى الآن ({ $count })
    [one] صورة واحدة حتى الآن ({ $count })
    [two] صورتان حتى الآن ({ $count })
    [few] { $count } صور حتى الآن
   *[other] { $count } صورة حتى الآن
}
receiving-image-of = الصورة { $part } من { $whole }
receiving-note = اترك الكابل موصولًا حتى تظهر الصورة.

## Reading

reading-title = جارٍ قراءة الصورة
reading-step = الخطوة { $part } من { $whole }
stage-read = فتح الملف
stage-prepare = تجهيز الصورة
stage-network = فحص الصورة
stage-classify = اتخاذ القرار
stage-explain = تحديد موضع النظر
explaining-title = شرح إضافي
explaining-note = تُفحص الصورة مرات كثيرة مع إخفاء أجزاء منها، فيظهر مقدار تأثير كل جزء.

## Result

reason-above = ظهرت علامات غير طبيعية.
reason-below = لم تظهر أي علامة غير طبيعية.
reason-too-close = النتيجة قريبة من الحد. يجب أن يقرأ شخص هذه الصورة.
reason-unfamiliar = هذه الصورة لا تشبه الصور التي تعلّم منها النموذج. يجب أن يقرأها شخص.
reason-no-classifier = هذا النموذج لا يفحص هذه المنطقة ({ $region }). يجب أن يقرأ شخص الصورة.
reason-region-unclear = لم تُعرف منطقة الجسم. اخترها وأعد الفحص.
reason-view = لم يتعلم النموذج هذه الوضعية ({ $view }) لهذه المنطقة. يجب أن يقرأ شخص الصورة.
reason-exposure-low = كان التعريض منخفضًا جدًا. تحقق منه وأعد التصوير.
reason-burnt-out = أجزاء كبيرة من الصورة محترقة. تحقق من التعريض وأعد التصوير.
reason-flat = تكاد الصورة تخلو من تدرجات الرمادي. تحقق من التعريض وأعد التصوير.
view-frontal = أمامية
view-lateral = جانبية
view-oblique = مائلة
result-ring = الدائرة تحدد أقوى العلامات.
result-probability = احتمال وجود شذوذ
result-time = قُرئت في { $time }
result-no-film = لا توجد صورة

refusal-empty = الملف فارغ. أرسله مرة أخرى.
refusal-format = هذا ليس ملف DICOM أو JPEG أو PNG. أرسل الصورة بصيغة DICOM.
refusal-truncated = ملف { $format } غير مكتمل. أرسله مرة أخرى.
refusal-damaged = ملف { $format } تالف. أرسله مرة أخرى.
refusal-header = معلومة عن الصورة ناقصة أو خاطئة في ملف DICOM ({ $attribute }). أرسله مرة أخرى.
refusal-compression = الصورة مضغوطة بطريقة لا يستطيع هذا الجهاز فتحها ({ $name }). أرسلها بلا ضغط.
refusal-modality = هذه ليست صورة أشعة سينية بل نوع آخر من الصور ({ $modality }). أرسل صورة الأشعة.
refusal-no-image = لا توجد صورة في ملف DICOM. أرسل الصورة.
refusal-colour = هذه صورة ملونة. أرسل صورة الأشعة الرمادية.
refusal-frames = في الملف { $count } صورة. أرسل صورًا مفردة.
refusal-small = حجم الصورة { $width } × { $height } بكسل فقط. أرسلها بحجمها الكامل.
refusal-large = حجم الصورة المعلن { $width } × { $height } بكسل، وهو أكبر من أي صورة أشعة.
refusal-blank = الصورة فارغة. تحقق من التعريض وأعد التصوير.
refusal-other = تعذرت قراءة الصورة. أرسلها مرة أخرى.

## Study

study-title = الدراسة
study-views = { $count ->
    [zero] لا وضعيات ({ $count })
    [one] وضعية واحدة ({ $count })
    [two] وضعيتان ({ $count })
    [few] { $count } وضعيات
   *[other] { $count } وضعية
}
study-view = الوضعية { $number }

## History

history-title = السجل
history-all = كل المرضى
history-found = { $count ->
    [zero] لا نتائج ({ $count })
    [one] نتيجة واحدة ({ $count })
    [two] نتيجتان ({ $count })
    [few] { $count } نتائج
   *[other] { $count } نتيجة
}
history-none = لا نتيجة لهذا الرقم
history-enter = أدخل رقم المريض
history-reviewed = رُوجع
history-open = للمراجعة

## Details

details-title = التفاصيل
fact-patient = رقم المريض
fact-region = منطقة الجسم
fact-view = الوضعية
fact-received = وقت الاستلام
fact-size = الحجم
fact-decision = القرار
fact-probability = الاحتمال
fact-operating-point = حدود القرار
fact-chosen = اختارها
fact-likeness = البعد عن الصور المعروفة
fact-elapsed = المدة
fact-heatmap = طريقة الخريطة
fact-model = النموذج
fact-instance = معرّف SOP
operating-point = طبيعي دون { $low } %، غير طبيعي من { $high } %
likeness = { $times } من الحد

## Settings

settings-title = الإعدادات
setting-language = اللغة
setting-theme = الشاشة
setting-heatmap = الخريطة الحرارية
setting-brightness = السطوع
setting-operating-point = حدود القرار
setting-dicom = مستقبِل DICOM
setting-storage = حد التخزين
setting-version = الإصدار
theme-dark = داكنة
theme-light = فاتحة، لضوء الشمس
value-on = نعم
value-off = لا
value-port = { $name } على المنفذ { $port }
value-bundle-point = من النموذج
value-site-point = حددها هنا { $by } ({ $date })
value-paused-point = موقوفة: اخترها من جديد

## Update

update-title = التحديث
update-found = يوجد تحديث جاهز للتثبيت
update-model = النموذج
update-gains = مناطق جديدة
update-loses = لم يعد يفحص
update-thresholds = حدود أخرى
update-signer = موقَّع من
update-point = حدود القرار المحددة هنا موقوفة حتى تختارها من جديد.
update-safe = إذا انقطعت الكهرباء يبقى الإصدار القديم.
update-running = جارٍ التثبيت
update-phase-check = التحقق من التوقيع
update-phase-copy = النسخ
update-phase-try = التجربة على صور مرجعية
update-phase-switch = الانتقال إلى الجديد
update-soon = يبدأ الجهاز به من جديد حين لا تبقى صورة في الانتظار. النتائج باقية.
update-done = تم تثبيت التحديث
update-done-note = الجهاز يعمل بالإصدار الجديد.
update-failed = لم يُثبَّت التحديث
update-kept = الجهاز مستمر بالإصدار القديم.
update-fault-signature = لم يوقِّعه مفتاح يثق به هذا الجهاز. اطلب نسخة موقَّعة من المرسل.
update-fault-format = صُنع لإصدار آخر من البرنامج. حدِّث البرنامج أولًا أو اسأل المرسل.
update-fault-damaged = الملف تالف. انسخه إلى الذاكرة مرة أخرى.
update-fault-unfit = لا يستطيع هذا الجهاز استعمال هذا النموذج. اطلب غيره من المرسل.
update-fault-references = لم تحصل { $part } من { $whole } من الصور المرجعية على الإجابة المتوقعة. أبلغ المرسل.
update-fault-older = يوجد إصدار أحدث مثبَّت. اطلب أحدث منه من المرسل.
update-fault-known = هذا الإصدار مثبَّت. لا شيء مطلوب.
update-fault-busy = لم ينتهِ تحديث آخر بعد. انتظر ثم أعد المحاولة.
update-fault-space = يلزم { $size } أخرى من المساحة. راجع الدراسات القديمة ثم أعد المحاولة.
update-fault-disk = لم تحفظ الذاكرة ما كُتب. اتصل بالفني: قد تكون بطاقة الذاكرة تالفة.
update-fault-unprepared = هذا الجهاز غير معَدٍّ لنماذج جديدة بعد. اتصل بالفني.
update-fault-pulled = نُزعت الذاكرة مبكرًا. ضعها مرة أخرى.
update-went-back = عاد الجهاز إلى نموذجه القديم
update-went-back-do = لم يعمل النموذج الجديد جيدًا. الجهاز يعمل بالقديم. اتصل بالفني.

## Fault

fault-storage = التخزين ممتلئ
fault-storage-do = راجع الدراسات القديمة في السجل: ما رُوجع يفسح مكانًا. حتى ذلك الحين لا يستقبل الجهاز صورًا جديدة.
fault-model = لا يمكن استخدام النموذج
fault-model-do = ثبّت النموذج من جديد من ذاكرة USB. حتى ذلك الحين تُحفظ الصور ولا تُفحص.
fault-check = فشل الفحص الذاتي اليومي
fault-check-do = لا تعتمد على النتائج حتى ينجح. أعد المحاولة، ثم اتصل بالفني.
fault-read-only = لا يمكن حفظ أي شيء
fault-read-only-do = أطفئ الجهاز وشغّله. إذا تكرر ذلك فاتصل بالفني: قد تكون بطاقة الذاكرة تالفة.
fault-hot = الجهاز ساخن جدًا
fault-hot-do = ضعه في الظل ونظّف فتحات التهوية. يعود إلى العمل وحده عندما يبرد.
fault-link = جهاز الأشعة لا يستجيب
fault-link-do = تحقق من الكابل عند الطرفين ومن أن جهاز الأشعة يعمل.
fault-program = توقف البرنامج وأعيد تشغيله
fault-program-do = لم تضِع أي صورة. إذا تكرر ذلك فاتصل بالفني وأخبره بالرمز.
fault-code = الرمز { $code }
