"""Why something cannot be done, each with its title, and what to do."""

from collections.abc import Mapping

TEXTS: Mapping[str, str] = {
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
    "error.question.no_model": "This bot has no model that can do that. Its owner can choose one: EASEL_DESCRIBER is"
    " for `/describe`, EASEL_MODEL for `/shorten`.",
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
    " change something, `--ar` or `--quality` for example.",
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
}
