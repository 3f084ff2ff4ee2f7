### 屏幕上的文字,简体中文。

## Said on many screens

aid = 辅助筛查，不作为诊断
decision-normal = 正常
decision-abnormal = 异常
decision-refer = 需医生阅片
decision-unreadable = 无法读取
patient = 患者 { $number }
patient-none = 无患者编号
percent = { $value } %
percent-below = 低于 { $value } %
percent-above = 高于 { $value } %
seconds = { $value } 秒
milliseconds = { $value } 毫秒
megabytes = { $value } MB
gigabytes = { $value } GB
part-of = { $part } / { $whole }
span-of = 第 { $first } 至 { $last }，共 { $whole }

region-hand = 手
region-wrist = 腕
region-forearm = 前臂
region-elbow = 肘
region-humerus = 上臂
region-shoulder = 肩
region-hip = 髋
region-pelvis = 骨盆
region-femur = 大腿
region-knee = 膝
region-leg = 小腿
region-ankle = 踝
region-foot = 足
region-chest = 胸部
region-none = 部位不明

source-given = 人工指定
source-dicom = 片中注明
source-predicted = 自动识别

## Keys

key-back = 返回
key-cancel = 取消
key-change = 更改
key-choose = 选定
key-delete = 删除
key-details = 详情
key-done = 完成
key-down = 下
key-explain = 进一步解释
key-heatmap-hide = 隐藏热图
key-heatmap-show = 显示热图
key-history = 历史
key-home = 主页
key-install = 安装
key-last = 最近结果
key-later = 暂不
key-next = 下一个
key-open = 打开
key-page = 下一页
key-previous = 上一个
key-region = 选择部位
key-reviewed = 已审阅
key-search = 查找
key-settings = 设置
key-try-again = 重试
key-up = 上
key-update = 更新
key-views = 全部体位

## Starting

starting-title = 正在启动
starting-check = 正在用已知影像检查模型
starting-note = 最多需要一分钟。本机就绪后再发送影像。

## Ready

ready-title = 就绪
ready-waiting = 等待影像
ready-screens = 检查部位：{ $regions }
ready-last = 最近结果
ready-none = 尚无结果
health-storage = 存储
health-storage-free = 剩余 { $share } %
health-temperature = 温度
health-celsius = { $degrees } °C
health-supply = 电压
health-supply-weak = 过低
health-memory = 可用内存
health-results = 结果
health-to-review = { $count } 份待审阅
health-clock = 时钟
health-clock-unset = 未设置
health-point = 判定界限
health-point-paused = 已暂停
health-link = X 光机
health-link-up = 已连接
health-link-down = 未连接
health-check = 自检
health-check-passed = 通过
health-check-failed = 未通过
health-model = 模型
health-model-back = 已换回

## Receiving

receiving-title = 正在接收
receiving-dicom = 来自 { $name }
receiving-folder = 来自共享文件夹
receiving-usb = 来自 U 盘
receiving-serial = 来自串口线
receiving-images = { $count ->
   *[other] 已收到 { $count } 幅
}
receiving-image-of = 第 { $part } 幅，共 { $whole } 幅
receiving-note = 影像出现之前请勿拔下电缆。

## Reading

reading-title = 正在读片
reading-step = 第 { $part } 步，共 { $whole } 步
stage-read = 打开文件
stage-prepare = 准备影像
stage-network = 观察影像
stage-classify = 作出判定
stage-explain = 标出关注位置
explaining-title = 进一步解释
explaining-note = 遮住影像的不同部分反复筛查，由此看出每一部分影响有多大。

## Result

reason-above = 发现异常征象。
reason-below = 未发现异常征象。
reason-too-close = 接近界限，难以判定。请由医生阅片。
reason-unfamiliar = 此片与模型学习过的影像不同。请由医生阅片。
reason-no-classifier = 此模型不筛查该部位（{ $region }）。请由医生阅片。
reason-region-unclear = 未能识别检查部位。请选择部位后重新筛查。
reason-view = 模型未学习过该部位的{ $view }片。请由医生阅片。
reason-exposure-low = 曝光严重不足。请检查曝光并重新拍摄。
reason-burnt-out = 影像大面积过曝。请检查曝光并重新拍摄。
reason-flat = 影像几乎没有灰阶层次。请检查曝光并重新拍摄。
view-frontal = 正位
view-lateral = 侧位
view-oblique = 斜位
result-ring = 圆圈标出征象最明显之处。
result-probability = 异常的概率
result-time = 用时 { $time }
result-no-film = 无影像

refusal-empty = 文件为空。请重新发送。
refusal-format = 这不是 DICOM、JPEG 或 PNG 文件。请以 DICOM 格式发送。
refusal-truncated = { $format } 文件不完整。请重新发送。
refusal-damaged = { $format } 文件已损坏。请重新发送。
refusal-header = DICOM 文件中缺少一项影像信息或信息有误（{ $attribute }）。请重新发送。
refusal-compression = 本机无法打开此压缩格式（{ $name }）。请以不压缩格式发送。
refusal-modality = 这不是 X 光片，而是另一类影像（{ $modality }）。请发送 X 光片。
refusal-no-image = DICOM 文件中没有影像。请发送影像。
refusal-colour = 这是彩色图像。请发送灰度 X 光片。
refusal-frames = 文件中有 { $count } 幅图像。请逐幅发送。
refusal-small = 图像只有 { $width } × { $height } 像素。请以原尺寸发送。
refusal-large = 图像标称 { $width } × { $height } 像素，大于任何 X 光片。
refusal-blank = 影像空白。请检查曝光并重新拍摄。
refusal-other = 影像无法读取。请重新发送。

## Study

study-title = 检查
study-views = { $count ->
   *[other] { $count } 个体位
}
study-view = 体位 { $number }

## History

history-title = 历史
history-all = 全部患者
history-found = { $count ->
   *[other] { $count } 条结果
}
history-none = 没有此编号的结果
history-enter = 请输入患者编号
history-reviewed = 已审阅
history-open = 待审阅

## Details

details-title = 详情
fact-patient = 患者编号
fact-region = 检查部位
fact-view = 体位
fact-received = 接收时间
fact-size = 尺寸
fact-decision = 判定
fact-probability = 概率
fact-operating-point = 判定界限
fact-chosen = 设定人
fact-likeness = 与已知影像的距离
fact-elapsed = 用时
fact-heatmap = 热图方法
fact-model = 模型
fact-instance = SOP 实例
operating-point = 低于 { $low } % 为正常，{ $high } % 起为异常
likeness = 限值的 { $times } 倍

## Settings

settings-title = 设置
setting-language = 语言
setting-theme = 显示
setting-heatmap = 热图
setting-brightness = 亮度
setting-operating-point = 判定界限
setting-dicom = DICOM 接收
setting-storage = 存储上限
setting-version = 版本
theme-dark = 深色
theme-light = 浅色，适合阳光下
value-on = 开
value-off = 关
value-port = { $name }，端口 { $port }
value-bundle-point = 采用模型设定
value-site-point = { $by } 于 { $date } 设定
value-paused-point = 已暂停：请重新选择

## Update

update-title = 更新
update-found = 有更新可以安装
update-model = 模型
update-gains = 新增部位
update-loses = 不再判读
update-thresholds = 新的界限
update-signer = 签名者
update-point = 在此设定的判定界限暂停使用，需要重新选择。
update-safe = 如果断电，仍保留旧版本。
update-running = 正在安装
update-phase-check = 核对签名
update-phase-copy = 复制
update-phase-try = 用参考片试运行
update-phase-switch = 切换到新版本
update-soon = 没有片子等待时，本机即用新版本重新启动。结果保留。
update-done = 更新已安装
update-done-note = 本机已使用新版本。
update-failed = 更新未安装
update-kept = 本机继续使用旧版本。
update-fault-signature = 签名不是本机信任的。请向发送者索取可信的副本。
update-fault-format = 它用于另一软件版本。请先更新软件，或联系发送者。
update-fault-damaged = 文件已损坏。请重新复制到 U 盘。
update-fault-unfit = 本机不能使用此模型。请向发送者索取另一个。
update-fault-references = { $whole } 张参考片中有 { $part } 张未得到预期结果。请告知发送者。
update-fault-older = 已安装更新的版本。请向发送者索取新的版本。
update-fault-known = 此版本已安装。无需操作。
update-fault-busy = 另一更新尚未完成。请稍后重试。
update-fault-space = 还需要 { $size } 存储空间。请审阅旧的检查后重试。
update-fault-disk = 存储未能保存写入的内容。请联系技术人员：存储卡可能已损坏。
update-fault-unprepared = 本机尚未设置为可更新模型。请联系技术人员。
update-fault-pulled = U 盘拔出过早。请重新插入。
update-went-back = 本机已换回旧模型
update-went-back-do = 新模型未能正常启动。本机使用旧模型。请联系技术人员。

## Fault

fault-storage = 存储已满
fault-storage-do = 请在历史中审阅旧的检查：已审阅的会让出空间。在此之前本机不接收新影像。
fault-model = 模型无法使用
fault-model-do = 请用 U 盘重新安装模型。在此之前影像会保存但不筛查。
fault-check = 每日自检未通过
fault-check-do = 自检通过之前请勿依据结果。请重试，然后联系技术人员。
fault-read-only = 无法保存任何内容
fault-read-only-do = 请关机后再开机。如再次出现，请联系技术人员：存储卡可能已老化。
fault-hot = 本机过热
fault-hot-do = 请移到阴凉处并清理通风口。冷却后会自动继续。
fault-link = X 光机没有应答
fault-link-do = 请检查电缆两端，并确认 X 光机已开机。
fault-program = 程序曾停止并已重新启动
fault-program-do = 没有丢失影像。如再次出现，请联系技术人员并告知代码。
fault-code = 代码 { $code }
