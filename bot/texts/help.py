"""The pages of `/help`."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
    # /help
    "help.start.title": "How Easel works",
    "help.start": (
        "Type **/imagine** and what you want to see. You get four pictures.\n\n"
        "**U1–U4** give you one of them, larger. **V1–V4** draw four variations of it. 🔄 draws again.\n"
        "**Cancel Job** stops what has not been delivered; your credits come back.\n\n"
        "**/settings** is for how you like your pictures and your jobs, **/info** for your credits and jobs.\n"
        "The menu below has the rest."
    ),
    "help.commands.title": "Commands",
    "help.menus": "In the menu of a message, under Apps: {names}.",
    "help.parameters.title": "Parameters",
    "help.after": "Parameters go after the text: `/imagine a red fox --ar 3:2`.",
    "help.buttons.title": "Buttons",
    "help.buttons": (
        "Slots are numbered like reading: 1 2 above, 3 4 below.\n\n"
        "**U1–U4** give you one picture, larger. **V1–V4** draw four variations of one. 🔄 draws again.\n\n"
        "Below a single picture, as far as the model here can do it:\n"
        "**Upscale** makes it larger still, close to what it is (Subtle) or with new detail (Creative).\n"
        "**Vary** draws it anew: a little (Subtle), a lot (Strong), or only a part that you mark (Region).\n"
        "**Zoom Out**, **Make Square** and the arrows paint what lies around it.\n"
        "❤️ rates it.\n\n"
        "Buttons never expire, and anyone may press them: who presses, pays. With **Remix mode** on they let you edit"
        " the prompt first."
    ),
    "help.afterwards.title": "Afterwards",
    "help.afterwards": (
        "**✉️** as a reaction to your result sends you its single pictures, job id and seed, as a direct message.\n"
        "**❌** as a reaction cancels your job, or takes your result away.\n"
        "**/show** with a job id shows your job again, where you are. The id stands at the end of a file's name.\n"
        "**Cancel Job**, **DM Results** and **Report Job** stand in the menu of a message, under Apps.\n"
        "**/prefer auto_dm** sends every result of yours as a direct message, too."
    ),
    "help.credits.title": "Credits",
    "help.credits": "`/info` shows what you have. Failed and cancelled jobs cost nothing.",
    "help.prices": "Prices in fast mode:",
    "help.price.imagine": "`/imagine`, `/blend`: {price}",
    "help.price.reroll": "🔄: {price}",
    "help.price.variation": "**V1–V4**, **Vary (Subtle)**, **Vary (Strong)**: {price}",
    "help.price.upscale": "**U1–U4**: {price}",
    "help.price.upscale_subtle": "**Upscale (Subtle)**: {price}",
    "help.price.upscale_creative": "**Upscale (Creative)**: {price}",
    "help.price.zoom": "**Zoom Out**, **Custom Zoom**, **Make Square**: {price}",
    "help.price.pan": "⬅️ ➡️ ⬆️ ⬇️: {price}",
    "help.price.region": "**Vary (Region)**: {price}",
    "help.factor.turbo": "In turbo mode prices are multiplied by {factor}, and your jobs get the largest share.",
    "help.factor.relax": "In relax mode they are multiplied by {factor}, and your jobs wait for the others.",
    "help.factor.draft": "With `--draft` they are multiplied by {factor}.",
    "help.model.title": "The model here",
    "help.try": "Try:",
    # What the model draws
    "hints.doodle": "The built-in model's weights are not installed, so Doodle stands in: it paints abstract pictures"
    " from the colours in your words. Everything else works as it will with a real model.",
    "hints.doodle.examples": "a red and gold morning over the sea\na green forest in the rain --ar 3:2\n"
    "blue night, silver moon --seed 7\npink and orange clouds --ar 16:9\nviolet and teal, calm --chaos 80",
    "hints.things": "It knows these things: {words}.",
    "hints.colours": "Colours: {words}.",
    "hints.places": "Places: {words}.",
    "hints.styles": "Styles: {words}.",
    "hints.counts": "How many: {words}.",
    "hints.relations": "Where one stands to another: {words}.",
    "hints.note": "Model: {title}",
    "hints.any": "Describe what should be seen: the subject first, then place, light and style.",
    "hints.any.examples": "a red fox in the snow, morning light --ar 3:2\nan old lighthouse in a storm, oil painting\n"
    "a bowl of ramen, studio photo --no chopsticks\na city of glass at night, isometric --chaos 30\n"
    "portrait of an astronaut, film grain --ar 2:3 --seed 7",
}
