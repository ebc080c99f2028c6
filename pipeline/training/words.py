"""The words that name what a scene holds, in English, Russian and Chinese, and words that mean nothing to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# The first word is the canonical one; a word that stands twice is drawn twice as often.
THING_WORDS: Mapping[str, Sequence[str]] = {
    "circle": ("circle", "circle", "ball", "disc"),
    "square": ("square", "square", "box"),
    "triangle": ("triangle",),
    "star": ("star",),
    "heart": ("heart", "heart", "love heart"),
    "ring": ("ring", "ring", "donut"),
    "diamond": ("diamond", "diamond", "rhombus"),
    "hexagon": ("hexagon",),
    "sun": ("sun",),
    "moon": ("moon", "moon", "crescent", "crescent moon"),
    "tree": ("tree", "tree", "pine tree", "fir tree", "pine"),
    "house": ("house", "house", "cottage", "home", "hut"),
    "mountain": ("mountain", "mountain", "peak"),
    "boat": ("boat", "boat", "sailboat", "ship", "yacht"),
    "fish": ("fish",),
    "flower": ("flower", "flower", "daisy", "blossom"),
    "balloon": ("balloon",),
    "robot": ("robot", "robot", "android"),
    "cloud": ("cloud",),
    "mushroom": ("mushroom", "mushroom", "toadstool"),
    "rocket": ("rocket", "rocket", "spaceship", "rocket ship"),
    "cat": ("cat", "cat", "kitten", "kitty"),
}
COLOUR_WORDS: Mapping[str, Sequence[str]] = {
    "red": ("red", "red", "red", "crimson", "scarlet"),
    "orange": ("orange",),
    "yellow": ("yellow", "yellow", "yellow", "golden", "gold"),
    "green": ("green", "green", "green", "emerald"),
    "cyan": ("cyan", "cyan", "turquoise", "teal"),
    "blue": ("blue", "blue", "blue", "azure"),
    "purple": ("purple", "purple", "violet"),
    "pink": ("pink", "pink", "pink", "magenta"),
    "brown": ("brown", "brown", "chocolate"),
    "black": ("black",),
    "white": ("white",),
    "gray": ("gray", "gray", "grey"),
}
PLACE_WORDS: Mapping[str, Sequence[str]] = {
    "night": ("at night", "at night", "under a starry sky", "in the night sky", "under the stars", "in space"),
    "sunset": ("at sunset", "at sunset", "at dusk", "in front of a sunset", "with a sunset sky", "at dawn"),
    "sea": ("in the sea", "at sea", "on the ocean", "on the water", "by the sea", "in the ocean"),
    "meadow": ("in a meadow", "in a meadow", "on the grass", "on a green field", "on a hill", "in a field"),
    "snow": ("in the snow", "in the snow", "in winter", "in a snowy landscape", "on a snowy day"),
    "desert": ("in the desert", "in a desert", "on sand dunes", "in the sand"),
    "forest": ("in a forest", "in the forest", "in the woods"),
    "rain": ("in the rain", "in the rain", "on a rainy day", "in rainy weather", "in a rain shower"),
    "fog": ("in the fog", "in the fog", "on a foggy day", "in the mist", "in foggy weather"),
    "rainbow": ("under a rainbow", "under a rainbow", "with a rainbow", "in front of a rainbow"),
}
STYLE_WORDS: Mapping[str, Sequence[str]] = {
    "flat": ("flat", "flat vector"),
    "3d": ("3d render", "3d render", "glossy 3d", "3d"),
    "watercolor": ("watercolor", "watercolor", "watercolour", "aquarelle"),
    "pixel": ("pixel art", "pixel art", "8-bit", "pixelated"),
    "neon": ("neon", "neon lights", "glowing neon"),
    "sketch": ("pencil sketch", "sketch", "hand drawn", "colored pencil"),
    "glass": ("stained glass", "stained glass", "mosaic"),
}
NUMBER_WORDS: Mapping[int, Sequence[str]] = {
    2: ("two", "two", "2", "a pair of"),
    3: ("three", "three", "3"),
    4: ("four", "four", "4"),
    5: ("five", "five", "5"),
}
SIZE_WORDS: Mapping[str, Sequence[str]] = {
    "small": ("small", "small", "tiny", "little"),
    "large": ("large", "large", "big", "huge", "giant"),
}
RELATION_WORDS: Mapping[str, Sequence[str]] = {
    "above": ("above", "on top of", "over"),
    "below": ("below", "under", "beneath"),
    "left": ("to the left of", "left of"),
    "right": ("to the right of", "right of"),
    "inside": ("inside", "in", "within"),
}
PLURALS: Mapping[str, str] = {
    "fish": "fish",
    "box": "boxes",
    "rhombus": "rhombuses",
    "daisy": "daisies",
    "kitty": "kitties",
}
# Masculine, feminine, neuter.
RUSSIAN_COLOURS: Mapping[str, tuple[str, str, str]] = {
    "red": ("красный", "красная", "красное"),
    "orange": ("оранжевый", "оранжевая", "оранжевое"),
    "yellow": ("жёлтый", "жёлтая", "жёлтое"),
    "green": ("зелёный", "зелёная", "зелёное"),
    "cyan": ("бирюзовый", "бирюзовая", "бирюзовое"),
    "blue": ("синий", "синяя", "синее"),
    "purple": ("фиолетовый", "фиолетовая", "фиолетовое"),
    "pink": ("розовый", "розовая", "розовое"),
    "brown": ("коричневый", "коричневая", "коричневое"),
    "black": ("чёрный", "чёрная", "чёрное"),
    "white": ("белый", "белая", "белое"),
    "gray": ("серый", "серая", "серое"),
}
# Word and the column of its adjective above.
RUSSIAN_THINGS: Mapping[str, tuple[str, int]] = {
    "circle": ("круг", 0),
    "square": ("квадрат", 0),
    "triangle": ("треугольник", 0),
    "star": ("звезда", 1),
    "heart": ("сердце", 2),
    "ring": ("кольцо", 2),
    "diamond": ("ромб", 0),
    "hexagon": ("шестиугольник", 0),
    "sun": ("солнце", 2),
    "moon": ("луна", 1),
    "tree": ("дерево", 2),
    "house": ("дом", 0),
    "mountain": ("гора", 1),
    "boat": ("лодка", 1),
    "fish": ("рыба", 1),
    "flower": ("цветок", 0),
    "balloon": ("шарик", 0),
    "robot": ("робот", 0),
    "cloud": ("облако", 2),
    "mushroom": ("гриб", 0),
    "rocket": ("ракета", 1),
    "cat": ("кот", 0),
}
RUSSIAN_PLACES: Mapping[str, Sequence[str]] = {
    "night": ("ночью",),
    "sunset": ("на закате",),
    "sea": ("в море", "на море"),
    "meadow": ("на лугу", "на траве"),
    "snow": ("в снегу", "зимой"),
    "desert": ("в пустыне",),
    "forest": ("в лесу",),
    "rain": ("под дождём", "в дождь"),
    "fog": ("в тумане",),
    "rainbow": ("под радугой",),
}
CHINESE_COLOURS: Mapping[str, str] = {
    "red": "红色",
    "orange": "橙色",
    "yellow": "黄色",
    "green": "绿色",
    "cyan": "青色",
    "blue": "蓝色",
    "purple": "紫色",
    "pink": "粉色",
    "brown": "棕色",
    "black": "黑色",
    "white": "白色",
    "gray": "灰色",
}
CHINESE_THINGS: Mapping[str, str] = {
    "circle": "圆形",
    "square": "方块",
    "triangle": "三角形",
    "star": "星星",
    "heart": "爱心",
    "ring": "圆环",
    "diamond": "菱形",
    "hexagon": "六边形",
    "sun": "太阳",
    "moon": "月亮",
    "tree": "树",
    "house": "房子",
    "mountain": "山",
    "boat": "船",
    "fish": "鱼",
    "flower": "花",
    "balloon": "气球",
    "robot": "机器人",
    "cloud": "云",
    "mushroom": "蘑菇",
    "rocket": "火箭",
    "cat": "猫",
}
CHINESE_PLACES: Mapping[str, str] = {
    "night": "夜晚",
    "sunset": "日落",
    "sea": "大海",
    "meadow": "草地",
    "snow": "雪地",
    "desert": "沙漠",
    "forest": "森林",
    "rain": "雨天",
    "fog": "雾天",
    "rainbow": "彩虹",
}
PRAISE: Sequence[str] = (
    "beautiful", "cute", "simple", "lovely", "cozy", "dreamy", "nice", "highly detailed", "masterpiece", "4k",
    "8k", "best quality", "cinematic", "soft light", "vibrant", "colorful", "digital art", "wallpaper", "illustration",
    "artwork", "trending", "minimalist", "flat design", "vector art", "cartoon", "poster", "sticker", "icon",
)  # fmt: skip
OPENINGS: Sequence[str] = (
    "a picture of", "an image of", "a drawing of", "a painting of", "picture of", "draw", "photo of", "illustration of",
)  # fmt: skip
# What people type that no scene shows; training scatters these so that they do no harm.
OTHER_WORDS: Sequence[str] = tuple(
    """
    the and with for very really some old young new happy sad angry sleepy magic magical fantasy epic dark
    bright warm cold soft sharp dramatic moody mystical futuristic cyberpunk steampunk medieval ancient modern abstract
    surreal retro vintage anime manga comic oil acrylic ink charcoal pastel logo tattoo
    sculpture concept engine render octane unreal artstation intricate elegant detail details focus hdr wide angle close
    macro bokeh depth aerial isometric poly portrait photo photograph photorealistic realistic man woman girl boy person
    child king queen knight wizard dragon dog horse bird owl lion tiger wolf fox bear rabbit mouse elephant whale shark
    turtle snake spider butterfly bee car truck train plane bicycle road bridge castle tower village temple garden river
    lake island beach cliff cave valley canyon storm wind fire smoke ice glass crystal silver metal wood
    stone morning evening noon autumn spring summer light shadow face eyes hair hat dress armor sword book lamp chair
    table cup cake pizza apple banana lemon cherry bread coffee tea running flying sitting standing smiling holding
    playing dancing dreaming galaxy planet astronaut alien universe aurora style of by in on a an
    """.split()  # noqa: SIM905 - a paragraph of words reads better than two hundred strings
)
