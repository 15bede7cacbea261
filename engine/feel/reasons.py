"""The reasons why something is null, in Chinese and English; `{0}` is filled in, `{found}` the types that were met."""

from __future__ import annotations

from engine.errors import Text

# ------------------------------------------------------------------ operators
ORDER = Text(
    "{0} 只能比较同类且有大小的两个值,此处为{found}",
    "expected two values of one ordered kind for {0}, but found {found}",
)
SAME = Text("= 只能比较同类的两个值,此处为{found}", "expected two values of one kind for =, but found {found}")
SUM = Text(
    "+ 和 - 用于数字、文本(仅 +),或日期时间与时长,此处为{found}",
    "expected numbers, texts (for + only), or a moment and a duration for + and -, but found {found}",
)
PRODUCT = Text(
    "* 用于两个数字,或时长与数字,此处为{found}",
    "expected two numbers, or a duration and a number for *, but found {found}",
)
QUOTIENT = Text(
    "/ 用于两个数字、时长与数字,或两个同类时长,此处为{found}",
    "expected two numbers, a duration and a number, or two durations of one kind for /, but found {found}",
)
POWER = Text("** 用于两个数字,此处为{found}", "expected two numbers for **, but found {found}")
MINUS = Text("负号用于数字或时长,此处为{found}", "expected a number or a duration after the sign -, but found {found}")
SCALED = Text(
    "* 和 / 用于两个数字,或时长与数字,此处为{found}",
    "expected two numbers, or a duration and a number for * and /, but found {found}",
)
APART = Text("相减的两个时刻应都带时区,或都不带", "expected two moments with a time zone for -, or two without")
BY_ZERO = Text("除数为零", "expected a divisor other than zero")
NUMBER_RANGE = Text(
    "数字超出可表示的范围", "expected a number within 34 digits and an exponent of 6144, but it is out of range"
)
DURATION_RANGE = Text("时长超出可表示的范围", "expected a shorter duration: this one is out of range")
DATE_RANGE = Text("日期超出可表示的范围", "expected a date that can be written: this one is out of range")
# ------------------------------------------------------------------ names, lists, ranges
NO_NAME = Text("没有名为 {0} 的值", "expected a value named {0}, but there is none")
NO_ENTRY = Text("没有名为 {0} 的项", "expected an entry named {0}, but there is none")
NO_PROPERTY = Text("{found}没有 {0}", "expected something that has {0}, but found {found}")
NO_ITEM = Text("列表没有第 {0} 项", "expected a list with an item {0}, but there is none")
NO_LIST = Text("应为可逐项处理的列表,此处为{found}", "expected a list to go through, but found {found}")
NOT_COUNTED = Text(
    "起止应为两个整数或两个日期,此处为{found}",
    "expected two whole numbers or two dates to count from and to, but found {found}",
)
ENDS = Text(
    "区间的两端应为同类且有大小的值,此处为{found}",
    "expected two ends of one ordered kind for a range, but found {found}",
)
UNEQUAL_RANGE = Text("!= 不构成区间", "expected a range, but != makes none")
# ------------------------------------------------------------------ functions
EXTERNAL = Text("不执行用其他语言写的函数", "expected a function in FEEL: functions in other languages are not run")
NO_FUNCTION = Text("只能调用函数,此处为{found}", "expected a function before the brackets, but found {found}")
NAMES = Text("参数名与函数的不符,应为 {0}", "expected arguments named {0}")
COUNT = Text("函数应有 {0} 个参数,此处为 {1} 个", "expected {0} arguments, but found {1}")
PARAMETER = Text("参数 {0} 的类型应为{1}", "expected the argument {0} to be {1}")
ARGUMENTS = Text("{0} 的参数个数或名称不符", "expected other arguments for {0}: their number or names do not fit")
UNSUITABLE = Text("{0} 不能用于{found}", "expected other values for {0}, but found {found}")
EMPTY = Text("{0} 不能用于空列表", "expected at least one item for {0}, but the list is empty")
TWO = Text("{0} 至少需要两个数字", "expected at least two numbers for {0}")
PLACE = Text("{0} 中没有这个位置", "expected a position and length for {0} that are there")
UNREAD = Text("{0} 读不懂文本“{1}”", "expected a text that {0} can read, but found {1}")
NOT_THERE = Text("{0} 的参数不构成存在的日期或时间", "expected arguments of {0} that make a date or time that exists")
ZONED = Text("{0}:时间已带时区,不能再指定时区", "expected a time without time zone for {0}, as one is given beside it")
UNDEFINED = Text("{0} 对这个数字没有结果", "expected a number for which {0} has a result")
NO_TIME = Text("此处没有当前时间,{0} 没有结果", "expected a present time for {0}, but there is none here")
PATTERN = Text("{0}:{1}", "{0}: {1}")
MATCHES_NOTHING = Text(
    "{0} 的正则表达式不应匹配空文本:{1}", "expected a pattern for {0} that does not match the empty text, but found {1}"
)
REPLACEMENT = Text(
    "替换文本中 $ 后面应为组的编号,单独的 $ 写作 \\$",
    "expected the number of a group after $ in a replacement; $ itself is written \\$",
)
PRECEDES = Text(
    "{0} 的函数应对两个参数得出真假值", "expected a function of two arguments for {0} that yields true or false"
)
UNORDERED = Text("{0} 的各项应为同类且有大小的值", "expected items of one ordered kind for {0}")
NEITHER = Text("{0} 的各项应为真假值", "expected items that are true or false for {0}")
# ------------------------------------------------------------------ decisions
CONDITION = Text("条件应为真假值,此处为{found}", "expected a condition that is true or false, but found {found}")
ITEM_CONDITION = Text("{0} 的每一项都应得出真假值", "expected true or false of each item of {0}")
ITSELF = Text("{0} 需要自身的结果", "expected decisions that do not require themselves, but {0} does")
TABLE = Text("决策表「{0}」:{1}", "table {0}: {1}")
NOT_GIVEN = Text("没有给出 {0}", "expected a value for {0}, but nothing is given")
UNREADABLE = Text("{0}:表达式读不懂", "expected an expression that can be read in {0}")
TYPE = Text("{0} 应为{1},此处为{found}", "expected {0} to be {1}, but found {found}")
ALLOWED = Text("{0} 的值不在允许的范围内", "expected a value for {0} that is among those allowed")
ALLOWED_RESULT = Text("结果不在允许的范围内", "expected a result that is among those allowed")
