"""Every sentence, label and title that a person reads, by key; those about prompts live in `bot.prompt.texts`."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # Message shapes: docs/decisions/0004 says why they are as they are.
    "waiting.imagine": "{prompt} - {who} (Waiting to start)",
    "waiting.zoom": "{prompt} - {who} (Waiting to start)",
    "waiting.pan": "{prompt} - {who} (Waiting to start)",
    "waiting.vary": "Making variations for image #{slot} with prompt {prompt} - {who} (Waiting to start)",
    "waiting.remix": "Remixing image #{slot} with prompt {prompt} - {who} (Waiting to start)",
    "waiting.upscale": "Upscaling image #{slot} with {prompt} - {who} (Waiting to start)",
    "waiting.enlarge": "Upscaling image #{slot} with {prompt} - {who} (Waiting to start)",
    "waiting.loading": "-# The painter is still loading its model; your picture starts as soon as it is ready.",
    "waiting.no_painter": "-# The painter is not ready yet. {note}",
    "waiting.one": "-# 1 job ahead",
    "waiting.many": "-# {ahead} jobs ahead",
    "waiting.about": "{ahead}, starts in {time}",
    "queued.title": "Job queued",
    "queued": "As many jobs of yours are under way as are painted at once ({limit}). This one is accepted and begins"
    " when another is done. {place}",
    "progress.imagine": "{prompt} - {who} ({percent}%) ({mode})",
    "progress.zoom": "{prompt} - Zoom Out by {who} ({percent}%) ({mode})",
    "progress.pan": "{prompt} - Pan{manner} by {who} ({percent}%) ({mode})",
    "progress.vary": "{prompt} - Variations{manner} by {who} ({percent}%) ({mode})",
    "progress.remix": "{prompt} - Remix{manner} by {who} ({percent}%) ({mode})",
    "progress.upscale": "{prompt} - Upscaling by {who} ({percent}%) ({mode})",
    "progress.enlarge": "{prompt} - Upscaling by {who} ({percent}%) ({mode})",
    "final.imagine": "{prompt} - {who} {link}({mode})",
    "final.zoom": "{prompt} - Zoom Out by {who} {link}({mode})",
    "final.pan": "{prompt} - Pan{manner} by {who} {link}({mode})",
    "final.vary": "{prompt} - Variations{manner} by {who} {link}({mode})",
    "final.remix": "{prompt} - Remix{manner} by {who} {link}({mode})",
    "final.upscale": "{prompt} - Image #{slot} {who}",
    "final.enlarge": "{prompt} - Upscaled{manner} by {who} ({mode})",
    "final.link": "[(Open in the gallery for full quality)](<{url}>) ",
    "final.lanczos": "-# Enlarged 2× with Lanczos: this bot has no upscaling model.",
    "final.smaller": "-# The file is smaller than the picture because of the upload limit here.",
    "final.smaller.link": "-# The file is smaller than the picture because of the upload limit here: "
    "[the whole picture](<{url}>)",
    "stopped": "{prompt} - {who} (Stopped)",
    "manner.": "",
    "manner.normal": "",
    "manner.subtle": " (Subtle)",
    "manner.strong": " (Strong)",
    "manner.creative": " (Creative)",
    "manner.region": " (Region)",
    "manner.left": " Left",
    "manner.right": " Right",
    "manner.up": " Up",
    "manner.down": " Down",
    "mode.fast": "fast",
    "mode.relax": "relaxed",
    "mode.turbo": "turbo",
    "mode.hidden": "{mode}, stealth",
    "mode.name.turbo": "turbo mode",
    "mode.name.relax": "relax mode",
    "mode.name.stealth": "stealth",
    # Buttons
    "button.upsample": "U{slot}",
    "button.variation": "V{slot}",
    "button.upsample_v7_2x_subtle": "Upscale (Subtle)",
    "button.upsample_v7_2x_creative": "Upscale (Creative)",
    "button.upscaled.upsample_v7_2x_subtle": "Redo Upscale (Subtle)",
    "button.upscaled.upsample_v7_2x_creative": "Redo Upscale (Creative)",
    "button.low_variation": "Vary (Subtle)",
    "button.high_variation": "Vary (Strong)",
    "button.inpaint": "Vary (Region)",
    "button.outpaint_50": "Zoom Out 2x",
    "button.outpaint_75": "Zoom Out 1.5x",
    "button.custom_zoom": "Custom Zoom",
    "button.outpaint_100": "Make Square",
    "button.web": "Web",
    "button.cancel": "Cancel Job",
    # Forms that let the prompt be changed first
    "form.remix": "Remix Prompt",
    "form.remix.field": "New prompt for image #{slot}",
    "form.reroll": "Imagine This!",
    "form.reroll.field": "New prompt",
    "form.zoom": "Zoom Out",
    "form.zoom.field": "Prompt",
    "form.pan": "Pan{manner}",
    "form.pan.field": "Prompt",
    "form.kept": "Your text is too long to be shown here. It stays unless you type another.",
    "region.link": "Mark what should be drawn anew, here: {url}\nThe link is for you, and for one use.",
    # After a press
    "press.active": "This picture is on its way already; it was asked for a moment ago and is charged once.",
    "press.delivered": "This picture was made before: {url}",
    "press.pressed": "That was pressed a moment ago; one press is enough, and one is charged.",
    "press.replay": "That was asked for already.",
    "rated": "You have successfully rated [this job]({url}) with 😍",
    "rated.again": "You have rated this job already, thank you!",
    "cancel.refunded": "Stopped. The credits are back.",
    "cancel.flagged": "Stopping after the current step. The credits come back.",
    "cancel.late": "Too late to stop: the pictures are finished and on their way.",
    "cancel.over": "This job has ended already.",
    # What becomes of results
    "removed": "The result is taken away. `/show {job}` brings it back.",
    "mail.text": "{prompt}\n**Job ID**: {job}\n**seed** {seed}",
    "mail.smaller": "-# Some files are smaller than the pictures because of the upload limit.",
    "mail.smaller.link": "-# Some files are smaller than the pictures because of the upload limit: "
    "[the whole pictures](<{url}>)",
    "mail.no_film": "-# The film is over the upload limit and was left out.",
    "mail.no_film.link": "-# The film is over the upload limit and was left out: [watch it](<{url}>)",
    "mail.copy": "{prompt}\n{url}",
    "mail.sent": "Sent: look at your direct messages.",
    "mail.closed": "{who} I cannot write to you. Allow direct messages in the privacy settings of this server, and"
    " react with ✉️ again.",
    "show.loading": "Displaying...",
    "show.parent": "-# Made from {url}",
    "menu.cancel": "Cancel Job",
    "menu.results": "DM Results",
    "menu.report": "Report Job",
    "report.thanks": "Thank you. The owner of this bot will look at it.",
    "report.again": "You have reported this job already, thank you.",
    "report.title": "Job reported",
    "report.body": "{reporter} reported a job of {who}:\n{prompt}\n**Job ID**: {job}\n{url}",
    # Several prompts from one
    "batch.title": "Several prompts",
    "batch.ask": "Are you sure you want to imagine **{count} prompts**? Together they cost {price}.",
    "batch.more": "… and {count} more.",
    "batch.yes": "Yes",
    "batch.no": "No",
    "batch.edit": "Edit Prompt",
    "batch.all": "Show All Prompts",
    "batch.accepted": "{count} jobs are on their way.",
    "batch.declined": "Nothing was started and nothing was charged.",
    "batch.form": "Edit Prompt",
    "batch.field": "Prompt",
    # The region editor and the gallery
    "web.region.title": "Vary (Region)",
    "web.region.help": "Mark what should be painted anew. The rest stays exactly as it is.",
    "web.region.board": "The picture: draw over the part that should change",
    "web.region.tools": "Tools",
    "web.region.brush": "Brush",
    "web.region.lasso": "Lasso",
    "web.region.rectangle": "Rectangle",
    "web.region.size": "Brush size",
    "web.region.undo": "Undo",
    "web.region.clear": "Clear",
    "web.region.in": "Zoom in",
    "web.region.out": "Zoom out",
    "web.region.fit": "Fit",
    "web.region.prompt": "Prompt",
    "web.region.submit": "Submit →",
    "web.region.sending": "Sending…",
    "web.region.accepted": "On its way: look at the chat. You can close this page.",
    "web.region.unreachable": "The bot cannot be reached. Check your connection and submit again.",
    "web.region.no_picture": "The picture could not be loaded. Please reload the page.",
    "web.region.no_remix": "Turn Remix on with /prefer remix to change the prompt here.",
    "web.job.title": "{kind} by {who}",
    "web.job.imagine": "Pictures",
    "web.job.vary": "Variations{manner}",
    "web.job.remix": "Remix{manner}",
    "web.job.upscale": "Picture",
    "web.job.enlarge": "Upscaled{manner}",
    "web.job.zoom": "Zoom Out",
    "web.job.pan": "Pan{manner}",
    "web.job.picture": "Image #{number}",
    "web.job.download": "Download",
    "web.job.by": "By",
    "web.job.when": "Made",
    "web.job.model": "Model",
    "web.job.seed": "Seed",
    "web.job.size": "Size",
    "web.job.id": "Job ID",
    "web.job.film": "How it came into being",
    "web.job.above": "Made from",
    "web.job.below": "Made from this",
    "web.job.slot": "image #{slot} · {who}",
    "web.job.gone": "The stored picture is gone from the bot's disk. Its prompt still draws a new one.",
    "web.job.missing.title": "There is nothing to see here",
    "web.job.missing": "Perhaps a part of the address is missing, the picture is not finished, or somebody wanted it"
    " out of sight. If it is yours, /show brings it back in the chat.",
    # /describe and /shorten
    "describe.form": "Imagine This!",
    "describe.all": "Imagine all",
    "shorten.important": "Important tokens",
    "shorten.shorter": "Shortened prompts",
    "shorten.footer": "Click on a button to imagine one of the shortened prompts.",
    # When a job ends without a picture
    "lost.title": "Sorry! Could not complete the job!",
    "lost.failed": "{who} Something went wrong while this was being painted. Your credits are back; please try again.",
    "lost.worker_lost": "{who} The painter stopped several times on this job. Your credits are back; a smaller size or"
    " other parameters may work.",
    "lost.oom": "{who} This picture needs more memory than the graphics card has. Your credits are back; try a smaller"
    " `--ar` or `--quality`.",
    "lost.moderated": "{who} Request cancelled due to output filters. Your credits are back.",
    "lost.undeliverable": "{who} The finished picture could not be posted. Your credits are back.",
    "lost.expired": "{who} The finished picture could not be posted for a whole day. Your credits are back.",
    # Refusals, each with its title
    "error.not_served.title": "Not available here",
    "error.not_served": "The owner of this bot has not opened it for this server. Ask them to add it.",
    "error.no_home.title": "Not available here",
    "error.no_home": "This bot does not work in direct messages: its owner has named no server whose credits pay for"
    " them. Please use it on a server.",
    "error.permissions.title": "Missing permissions",
    "error.permissions": "I may not post pictures here. Please ask an admin of this server to give me: **{names}**."
    " Nothing was charged.",
    "error.job_unknown.title": "Job action restricted",
    "error.job_unknown": "I do not know this job any more. Start again with `/imagine`.",
    "error.restricted.title": "Job action restricted",
    "error.restricted": "That cannot be done with this job, or not by you.",
    "error.picture_gone.title": "Job action restricted",
    "error.picture_gone": "The stored picture is gone from this computer's disk, so nothing can be made from it."
    " Nothing was charged; draw it again with 🔄 below its grid, or with `/imagine`.",
    "error.not_finished.title": "Job action restricted",
    "error.not_finished": "This job is not finished yet.",
    "error.no_job_here.title": "No job here",
    "error.no_job_here": "This message shows no job of mine. Choose a message with a picture of mine, or one that waits"
    " for it.",
    "error.no_job_id.title": "Invalid job id",
    "error.no_job_id": "A job id looks like `0b7e4f0e-6a55-4d0e-9c0b-1f2e3d4c5b6a`. You find it at the end of a"
    " picture's file name, and in the direct message that ✉️ sends.",
    "error.no_such_job.title": "Job not found",
    "error.no_such_job": "I know no job of this id. Please copy the whole id from the picture's file name.",
    "error.not_your_job.title": "Job action restricted",
    "error.not_your_job": "Only the one who ordered this job can do that.",
    "error.ended_without.title": "No pictures",
    "error.ended_without": "This job ended without pictures, and nothing was charged for it. Order it again with"
    " `/imagine`.",
    "error.nothing_kept.title": "Pictures gone",
    "error.nothing_kept": "The pictures of this job are gone from this computer's disk. The prompt still draws"
    " new ones.",
    "error.mailbox_closed.title": "I cannot write to you",
    "error.mailbox_closed": "You take no direct messages from me. Allow them in the privacy settings of a server that"
    " we share, and try again.",
    "error.unsent.title": "Sorry, something went wrong",
    "error.unsent": "Discord did not take the pictures just now. Please try again in a moment.",
    "error.too_many_reports.title": "Thank you, that is enough",
    "error.too_many_reports": "You have reported many jobs today; the owner of this bot knows of them. Please tell the"
    " admins of this server, too.",
    "error.model.title": "Not with this model",
    "error.model": "The model of this picture cannot do that. Nothing was charged.",
    "error.model.image_to_image": "The model of this picture cannot start from a picture. Nothing was charged.",
    "error.model.inpaint": "The model of this picture cannot draw around or inside a picture. Nothing was charged.",
    "error.too_large.title": "As large as it gets",
    "error.too_large": "This picture is as large as it gets on this bot. Nothing was charged.",
    "error.nothing_to_add.title": "Nothing to add",
    "error.nothing_to_add": "Nothing would be left to draw around the picture: it has this shape already, or no model"
    " draws it wider. In Custom Zoom, choose `--zoom` above 1 or another `--ar`. Nothing was charged.",
    "error.nothing_to_describe.title": "No picture",
    "error.nothing_to_describe": "Add a picture to the command as `image`, or give its address as `link`.",
    "error.shorten.title": "Cannot be shortened",
    "error.shorten.mixed": "Prompts with `::`, with `--no` or with nothing but pictures cannot be weighed word by word."
    " Take these out and try again.",
    "error.shorten.braces": "The braces stand for several prompts, and one at a time can be weighed. Keep one choice of"
    " each and try again.",
    "error.shorten.short": "There is nothing to leave out of a single word.",
    "error.question.title": "No answer",
    "error.question.no_model": "This bot has no model that can do that. Its owner can name one with EASEL_DESCRIBER.",
    "error.question.not_ready": "The painter is not ready yet. Please try again in a moment.",
    "error.question.failed": "That did not work. Please try again.",
    "error.link_forged.title": "This link is not complete",
    "error.link_forged": "Copy the whole link from the message, or press Vary (Region) again for a new one.",
    "error.link_used.title": "This link has done its work",
    "error.link_used.used": "Each link to the editor works once. Press Vary (Region) again for a new one.",
    "error.link_used.expired": "Links to the editor live for half an hour. Press Vary (Region) again for a new one.",
    "error.mask.title": "Nothing to draw",
    "error.mask.unreadable": "The marked part did not arrive as a picture. Nothing was charged; please try again.",
    "error.mask.size": "The marked part has not the size of the picture. Nothing was charged; reload the page and mark"
    " it again.",
    "error.mask.empty": "Nothing is marked. Draw over the part that should be painted anew, then submit. Nothing was"
    " charged.",
    "error.same_picture.title": "Duplicate images detected",
    "error.same_picture": "The same picture twice cannot be blended. Please choose different ones. Nothing was"
    " charged.",
    "error.batch_answered.title": "Answered already",
    "error.batch_answered": "This list of prompts was answered before. Type the prompt again to ask anew.",
    "error.link.title": "Invalid link",
    "error.link.upload.title": "Invalid picture",
    "error.link.not_a_link": "{url} is not a link that I can follow; it must begin with `https://`."
    " Nothing was charged.",
    "error.link.private": "{url} leads to a private network, where I do not go. Upload the picture to Discord and"
    " use the link of the upload. Nothing was charged.",
    "error.link.unreachable": "I cannot get anything from {url}. Check that it opens in a browser without logging in,"
    " or upload the picture to Discord and use that link. Nothing was charged.",
    "error.link.too_large": "{url} is larger than 25 MB. Please use a smaller one. Nothing was charged.",
    "error.link.too_many": "That is more than ten links in one prompt. Please leave some out. Nothing was charged.",
    "error.link.not_a_picture": "{url} is not a picture that I can read. It must be a PNG, JPEG, WebP or GIF, and a"
    " link must lead to the picture itself, not to a page around it. Nothing was charged.",
    "error.link.too_many_pixels": "{url} has more than 40 million pixels. Please make it smaller first."
    " Nothing was charged.",
    "error.link.broken": "{url} is damaged. Please save or upload it again. Nothing was charged.",
    "error.credits.title": "Credits exhausted",
    "error.credits": "This costs {price} and you have {free} left. Ask an admin for more with `/quota grant`, or look"
    " at `/info`. Nothing was charged.",
    "error.queue_full.title": "Queue full",
    "error.queue_full": "You have {waiting} jobs waiting; the limit is {limit}. Wait for one to finish or cancel one.",
    "error.quarantined.title": "Sorry, something went wrong",
    "error.quarantined": "Exactly these parameters have stopped the painter several times. Nothing was charged; please"
    " change something, a smaller size for example.",
    "error.busy.title": "Sorry, something went wrong",
    "error.busy": "The database is busy just now. Nothing was charged; please try again in a moment.",
    "error.full.title": "Sorry, something went wrong",
    "error.full": "The disk of the computer that I run on is full, so I cannot accept jobs. Nothing was charged. Please"
    " tell the owner.",
    "error.mode.title": "Not available here",
    "error.mode.admins": "{mode} is for the admins of this server only.",
    "error.mode.nobody": "The owner of this bot has switched {mode} off.",
    "error.mode.turbo": "Leave `--turbo` out, or use `--fast`. Nothing was charged.",
    "error.mode.relax": "Choose `/fast`, or add `--fast` to the prompt. Nothing was charged.",
    "error.mode.stealth": "Your next jobs could be seen in the gallery: say that this is all right with `/public`, or"
    " with `--public` in the prompt. Nothing was charged.",
    "error.one_at_a_time.title": "Not in relax mode",
    "error.one_at_a_time": "Several pictures from one prompt need fast or turbo: add `--fast` to the prompt, or choose"
    " `/fast`. Nothing was charged.",
    "error.too_many_options.title": "That is one too many",
    "error.too_many_options": "You have 20 options, and more cannot be kept. Delete one first: `/prefer option set`"
    " with its name and no value.",
    "error.admins_only.title": "Admins only",
    "error.admins_only": "Quotas can be changed by people who may manage this server.",
    "error.amount.title": "Invalid amount",
    "error.amount": "Please give a number of credits from {low} to {high}.",
    "error.not_enough_free.title": "Not that many",
    "error.not_enough_free": "Only {free} can be taken: what is held for running jobs stays.",
    "error.server_only.title": "Not available here",
    "error.server_only": "Balances belong to a server; use this command on one.",
    "error.stale.title": "This command has changed",
    "error.stale": "Your Discord still shows an older form of it. Reload Discord (Ctrl-R) or wait a minute, and try"
    " again. Nothing was charged.",
    "error.bug.title": "Sorry, something went wrong",
    "error.bug": "That is a fault of ours. Nothing was charged. If you tell the owner, mention `{reference}`.",
    # /info
    "info.title": "Your info - {name}",
    "info.user_id": "User ID",
    "info.mode": "Job Mode",
    "info.credits": "Credits Remaining",
    "info.held": "Held by waiting jobs",
    "info.daily": "Daily Top-up",
    "info.daily_value": "to {credits}, once a day (UTC)",
    "info.visibility": "Visibility Mode",
    "info.public": "Public",
    "info.stealth": "Stealth",
    "info.usage": "Lifetime Usage",
    "info.usage_fast": "Fast Usage",
    "info.usage_turbo": "Turbo Usage",
    "info.usage_relax": "Relaxed Usage",
    "info.usage_value": "{images} ({credits})",
    "info.queued_fast": "Queued Jobs (fast)",
    "info.queued_relax": "Queued Jobs (relax)",
    "info.running": "Running Jobs",
    "info.none": "None",
    # /settings
    "settings.suffix": "Adjust your settings here.\nCurrent suffix:\n```\n{suffix}\n```",
    "settings.no_suffix": "Adjust your settings here.\nCurrent suffix: none",
    "settings.default_model": "Use the usual model ({title})",
    "settings.raw": "RAW Mode",
    "settings.style.low": "Stylize Low",
    "settings.style.med": "Stylize Med",
    "settings.style.high": "Stylize High",
    "settings.style.top": "Stylize Very High",
    "settings.public": "Public mode",
    "settings.remix": "Remix mode",
    "settings.high": "High Variation Mode",
    "settings.low": "Low Variation Mode",
    "settings.turbo": "Turbo mode",
    "settings.fast": "Fast mode",
    "settings.relax": "Relax mode",
    "settings.reset": "Reset Settings",
    # Modes
    "done.fast": "Done! Your jobs are in fast mode now: they take their turn as they come, {price}.",
    "done.relax": "Done! Your jobs are in relax mode now: they are painted when the painter has time for them, {price}."
    " You can switch back with `/fast`.",
    "done.turbo": "Done! Your jobs are in turbo mode now: they get the largest share of the painter, {price}. You can"
    " switch back with `/fast`.",
    "done.stealth": "Done! Your next jobs stay out of the gallery. Everybody in a channel still sees what is posted"
    " there. You can switch back with `/public`.",
    "done.public": "Done! Your next jobs can be seen in the gallery, if this bot has one.",
    "price.usual": "at the usual price",
    "price.nothing": "and cost nothing",
    "price.times": "at {factor} times the price",
    # /prefer
    "prefer.option_set": "From now on {name} stands for {value} in your prompts.",
    "prefer.option_dropped": "The option {name} is deleted.",
    "prefer.option_unknown": "You have no option {name}, so there is nothing to delete. To make it, give it a value.",
    "prefer.options": "Your options, {count} of {most}:",
    "prefer.no_options": "You have no options yet. Make one with `/prefer option set`: a name and what it stands for.",
    "prefer.option": "- {name} → {value}",
    "prefer.suffix": "From now on {suffix} is added to your prompts. Whatever you type yourself beats it.",
    "prefer.no_suffix": "Nothing is added to your prompts any more.",
    "prefer.remix_on": "Remix mode turned on! The buttons that draw again now give you a chance to edit the prompt"
    " first. You can turn it off with `/prefer remix`.",
    "prefer.remix_off": "Remix mode turned off! The buttons that draw again do so at once, with the same prompt.",
    "prefer.auto_dm_on": "From now on you get your finished jobs as a direct message, too.",
    "prefer.auto_dm_off": "You get no direct messages for finished jobs any more.",
    "prefer.high": "High variation mode turned on: V1 to V4 leave their picture further behind.",
    "prefer.low": "Low variation mode turned on: V1 to V4 stay close to their picture.",
    # /quota
    "quota.balance": "{who} has **{free}**, and {held} held by running jobs.",
    "quota.granted": "{who} got {amount} and has **{free}** now.",
    "quota.taken": "Took {amount} from {who}, who has **{free}** left.",
    "quota.set": "{who} has **{free}** now.",
    "quota.daily": "Every member is topped up to **{amount}** once a day (UTC).",
    "quota.daily_off": "The daily top-up is off.",
    "quota.daily_show": "Daily top-up: to {amount}.",
    "quota.history": "Last changes:",
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
    "help.credits": "A grid, variation or 🔄 costs {grid}, an upscale {upscale}. `/info` shows what you have."
    " Failed and cancelled jobs cost nothing.",
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
    # Commands
    "command.imagine": "Draw four pictures of what you describe",
    "command.imagine.prompt": "What to draw, and parameters such as --ar 3:2 at the end",
    "command.blend": "Mix two to five pictures into four new ones",
    "command.blend.image": "A picture to mix",
    "command.blend.more": "One more picture",
    "command.blend.dimensions": "The shape of the result; square if you say nothing",
    "command.blend.portrait": "Portrait",
    "command.blend.square": "Square",
    "command.blend.landscape": "Landscape",
    "command.describe": "Put a picture into words that could have made it",
    "command.describe.image": "The picture",
    "command.describe.link": "Or the address of one",
    "command.shorten": "See which words of a prompt matter, and shorten it",
    "command.shorten.prompt": "The prompt to weigh",
    "command.info": "Your credits, your jobs and how the bot is set up",
    "command.help": "How to use this bot",
    "command.show": "Show a job of yours again, here",
    "command.show.job_id": "The id at the end of its file name",
    "command.settings": "Your model, style, speed and modes, all on one panel",
    "command.fast": "Jobs take their turn as they come",
    "command.relax": "Jobs wait until the painter has time, at the lowest price",
    "command.turbo": "Jobs get the largest share of the painter, at a higher price",
    "command.stealth": "Keep your next jobs out of the gallery",
    "command.public": "Let your next jobs be seen in the gallery",
    "command.prefer": "How your prompts, buttons and results behave",
    "command.prefer.option": "Options of your own",
    "command.prefer.option.set": "Name some text and parameters, to type --name instead of them",
    "command.prefer.option.set.option": "Its name",
    "command.prefer.option.set.value": "What it stands for; leave it out to delete the option",
    "command.prefer.option.list": "The options that you have named",
    "command.prefer.suffix": "Parameters that are added to every prompt of yours",
    "command.prefer.suffix.new_value": "Such as --ar 3:2; leave it out to add nothing any more",
    "command.prefer.remix": "Edit the prompt whenever a button draws again, or not",
    "command.prefer.auto_dm": "Get your finished jobs as a direct message, too, or not",
    "command.prefer.variability": "Change between high and low variations",
    "command.quota": "Look after the credits of this server's members",
    "command.quota.show": "A member's balance and its last changes",
    "command.quota.grant": "Give a member credits",
    "command.quota.take": "Take free credits from a member; held ones stay",
    "command.quota.set": "Set a member's free credits",
    "command.quota.reset": "Set a member's free credits to the starting amount",
    "command.quota.daily": "Top every member up to this many credits once a day; 0 switches it off",
    "command.option.member": "Whose balance",
    "command.option.amount": "How many credits",
    "command.option.reason": "Why, for the record",
    # Units
    "time.moment": "a few seconds",
    "time.seconds": "about {number} seconds",
    "time.minute": "about a minute",
    "time.minutes": "about {number} minutes",
    "time.hour": "about an hour",
    "time.hours": "about {number} hours",
    "credit.one": "1 credit",
    "credit.many": "{amount} credits",
    "image.one": "1 image",
    "image.many": "{amount} images",
}


LANGUAGES: Mapping[str, Mapping[str, str]] = {}
"""Other languages, by Discord's code ("de", "pt-BR"): a table with any keys of the English one that begin with
`command.`, and the names of commands and options, `name.prefer.option.set.value`. What is missing stays English."""


def say(key: str, **facts: object) -> str:
    """Give the sentence for a key, its facts filled in; an unknown key raises KeyError."""
    return ENGLISH[key].format(**facts)


def credits(units: int) -> str:
    """Write an amount of money for people: "1 credit", "2.5 credits"."""
    amount = f"{units / 1000:.3f}".rstrip("0").rstrip(".")
    return say("credit.one") if amount == "1" else say("credit.many", amount=amount)


def duration(seconds: float) -> str:
    """Write how long something takes, as roughly as it is known."""
    if seconds < 10:
        return say("time.moment")
    if seconds < 50:
        return say("time.seconds", number=round(seconds / 10) * 10)
    if seconds < 3300:
        minutes = max(1, round(seconds / 60))
        return say("time.minute") if minutes == 1 else say("time.minutes", number=minutes)
    hours = round(seconds / 3600)
    return say("time.hour") if hours == 1 else say("time.hours", number=hours)


def images(count: int) -> str:
    return say("image.one") if count == 1 else say("image.many", amount=count)
