"""Real architectures of every family that draw in a blink: random weights, own vocabularies, no downloads."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker

_TURNS = ("<|im_start|>", "<|im_end|>")
_CHAT = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def save(name: str, folder: Path) -> Path:
    """Build a tiny model and save it in diffusers' layout."""
    BUILDERS[name]().save_pretrained(folder)
    return folder


def sd(*, guarded: bool = False) -> Any:
    guard: dict[str, Any] = {"safety_checker": None, "feature_extractor": None}
    if guarded:
        guard = {"safety_checker": _safety_checker(), "feature_extractor": _feature_extractor()}
    return diffusers.StableDiffusionPipeline(
        vae=_vae(channels=4, scaling_factor=0.18215),
        text_encoder=_seeded(1, lambda: transformers.CLIPTextModel(_clip())),
        tokenizer=_clip_tokenizer(),
        unet=_unet(cross_attention_dim=16, attention_head_dim=2),
        scheduler=diffusers.DDIMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, clip_sample=False
        ),
        requires_safety_checker=guarded,
        **guard,
    )


def sketch() -> Any:
    """Build what the built-in model is: a light autoencoder, velocity prediction down to pure noise."""
    return diffusers.StableDiffusionPipeline(
        vae=_seeded(
            4,
            lambda: diffusers.AutoencoderTiny(
                encoder_block_out_channels=(8,) * 4,
                decoder_block_out_channels=(8,) * 4,
                num_encoder_blocks=(1,) * 4,
                num_decoder_blocks=(1,) * 4,
            ),
        ),
        text_encoder=_seeded(1, lambda: transformers.CLIPTextModel(_clip())),
        tokenizer=_clip_tokenizer(),
        unet=_unet(cross_attention_dim=16, attention_head_dim=2),
        scheduler=diffusers.DDIMScheduler(
            beta_schedule="scaled_linear",
            prediction_type="v_prediction",
            rescale_betas_zero_snr=True,
            steps_offset=1,
            timestep_spacing="trailing",
            clip_sample=False,
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def sdxl() -> Any:
    return diffusers.StableDiffusionXLPipeline(
        vae=_vae(channels=4, scaling_factor=0.13025),
        text_encoder=_seeded(1, lambda: transformers.CLIPTextModel(_clip())),
        text_encoder_2=_seeded(2, lambda: transformers.CLIPTextModelWithProjection(_clip(hidden_act="gelu"))),
        tokenizer=_clip_tokenizer(),
        tokenizer_2=_clip_tokenizer(),
        unet=_unet(
            cross_attention_dim=32,
            attention_head_dim=(2, 2),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=6 * 8 + 16,
        ),
        scheduler=diffusers.EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading"
        ),
    )


def sd3() -> Any:
    transformer = _seeded(
        3,
        lambda: diffusers.SD3Transformer2DModel(
            sample_size=16,
            patch_size=2,
            in_channels=16,
            out_channels=16,
            num_layers=1,
            attention_head_dim=8,
            num_attention_heads=2,
            caption_projection_dim=16,
            joint_attention_dim=32,
            pooled_projection_dim=32,
            pos_embed_max_size=32,
        ),
    )
    return diffusers.StableDiffusion3Pipeline(
        transformer=transformer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=_vae(channels=16, scaling_factor=1.5305, shift_factor=0.0609, quantised=False),
        text_encoder=_seeded(1, lambda: transformers.CLIPTextModelWithProjection(_clip())),
        tokenizer=_clip_tokenizer(),
        text_encoder_2=_seeded(2, lambda: transformers.CLIPTextModelWithProjection(_clip(hidden_act="gelu"))),
        tokenizer_2=_clip_tokenizer(),
        text_encoder_3=_t5(width=32),
        tokenizer_3=_t5_tokenizer(),
    )


def flux() -> Any:
    transformer = _seeded(
        3,
        lambda: diffusers.FluxTransformer2DModel(
            patch_size=1,
            in_channels=64,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            pooled_projection_dim=16,
            axes_dims_rope=(4, 4, 8),
            guidance_embeds=True,
        ),
    )
    return diffusers.FluxPipeline(
        transformer=transformer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0, use_dynamic_shifting=True),
        vae=_vae(channels=16, scaling_factor=0.3611, shift_factor=0.1159, quantised=False),
        text_encoder=_seeded(1, lambda: transformers.CLIPTextModel(_clip())),
        tokenizer=_clip_tokenizer(),
        text_encoder_2=_t5(width=16),
        tokenizer_2=_t5_tokenizer(),
    )


def zimage() -> Any:
    transformer = _seeded(
        3,
        lambda: diffusers.ZImageTransformer2DModel(
            all_patch_size=(2,),
            all_f_patch_size=(1,),
            in_channels=16,
            dim=32,
            n_layers=1,
            n_refiner_layers=1,
            n_heads=2,
            n_kv_heads=2,
            cap_feat_dim=16,
            axes_dims=[8, 4, 4],
            axes_lens=[256, 64, 64],
        ),
    )
    with torch.no_grad():  # left as they are allocated otherwise
        transformer.x_pad_token.fill_(0.5)
        transformer.cap_pad_token.fill_(0.5)
    return diffusers.ZImagePipeline(
        transformer=transformer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=_vae(channels=16, scaling_factor=0.3611, shift_factor=0.1159, quantised=False),
        text_encoder=_qwen3(transformers.Qwen3Model, layers=2),
        tokenizer=_qwen_tokenizer(),
    )


def flux2() -> Any:
    transformer = _seeded(
        3,
        lambda: diffusers.Flux2Transformer2DModel(
            patch_size=1,
            in_channels=128,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=48,
            timestep_guidance_channels=32,
            axes_dims_rope=(4, 4, 4, 4),
            guidance_embeds=False,
        ),
    )
    vae = _seeded(
        4,
        lambda: diffusers.AutoencoderKLFlux2(
            sample_size=64,
            block_out_channels=(8,) * 4,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=1,
            latent_channels=32,
            norm_num_groups=4,
        ),
    )
    return diffusers.Flux2KleinPipeline(
        transformer=transformer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae,
        # It reads three hidden layers, up to the 27th.
        text_encoder=_qwen3(transformers.Qwen3ForCausalLM, layers=28),
        tokenizer=_qwen_tokenizer(),
    )


def pixart() -> Any:
    transformer = _seeded(
        3,
        lambda: diffusers.PixArtTransformer2DModel(
            sample_size=8,
            num_layers=1,
            patch_size=2,
            attention_head_dim=8,
            num_attention_heads=2,
            caption_channels=16,
            in_channels=4,
            cross_attention_dim=16,
            out_channels=8,
            norm_type="ada_norm_single",
            norm_elementwise_affine=False,
            norm_eps=1e-6,
        ),
    )
    return diffusers.PixArtSigmaPipeline(
        transformer=transformer,
        scheduler=diffusers.DPMSolverMultistepScheduler(),
        vae=_vae(channels=4, scaling_factor=0.13025),
        text_encoder=_t5(width=16),
        tokenizer=_t5_tokenizer(),
    )


def qwen() -> Any:
    tokenizer = _qwen_tokenizer()
    transformer = _seeded(
        3,
        lambda: diffusers.QwenImageTransformer2DModel(
            patch_size=2,
            in_channels=64,
            out_channels=16,
            num_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=16,
            guidance_embeds=False,
            axes_dims_rope=(8, 4, 4),
        ),
    )
    vae = _seeded(
        4,
        lambda: diffusers.AutoencoderKLQwenImage(
            base_dim=8,
            z_dim=16,
            dim_mult=[1, 1, 1, 1],
            num_res_blocks=1,
            temperal_downsample=[False, True, True],
            latents_mean=[0.0] * 16,
            latents_std=[1.0] * 16,
        ),
    )
    return diffusers.QwenImagePipeline(
        transformer=transformer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae,
        text_encoder=_qwen_vl(tokenizer),
        tokenizer=tokenizer,
    )


def sana() -> Any:
    transformer = _seeded(
        3,
        lambda: diffusers.SanaTransformer2DModel(
            patch_size=1,
            in_channels=32,
            out_channels=32,
            num_layers=1,
            num_attention_heads=2,
            attention_head_dim=4,
            num_cross_attention_heads=2,
            cross_attention_head_dim=4,
            cross_attention_dim=8,
            caption_channels=8,
            sample_size=4,
        ),
    )
    vae = _seeded(
        4,
        lambda: diffusers.AutoencoderDC(
            latent_channels=32,
            attention_head_dim=2,
            encoder_block_types=("ResBlock",) * 6,
            decoder_block_types=("ResBlock",) * 6,
            encoder_block_out_channels=(8, 8, 8, 8, 8, 32),
            decoder_block_out_channels=(8, 8, 8, 8, 8, 32),
            encoder_qkv_multiscales=((),) * 6,
            decoder_qkv_multiscales=((),) * 6,
            encoder_layers_per_block=(1,) * 6,
            decoder_layers_per_block=(1,) * 6,
            upsample_block_type="interpolate",
            downsample_block_type="conv",
            decoder_norm_types="rms_norm",
            decoder_act_fns="silu",
            scaling_factor=0.41407,
        ),
    )
    letters = [*(chr(code) for code in range(33, 127)), *(f"<0x{byte:02X}>" for byte in range(256))]
    words = ["<pad>", "<eos>", "<bos>", "<unk>", "▁", *letters]
    gemma = transformers.Gemma2Config(
        vocab_size=len(words) + 8,
        head_dim=8,
        hidden_size=8,
        intermediate_size=16,
        num_attention_heads=2,
        num_hidden_layers=1,
        num_key_value_heads=2,
        attn_implementation="eager",
    )
    return diffusers.SanaPipeline(
        transformer=transformer,
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(shift=3.0),
        vae=vae,
        text_encoder=_seeded(5, lambda: transformers.Gemma2Model(gemma)),
        tokenizer=transformers.GemmaTokenizer(
            vocab={word: number for number, word in enumerate(words)}, merges=[], model_max_length=300
        ),
    )


BUILDERS: dict[str, Callable[[], Any]] = {
    "sd": sd,
    "sketch": sketch,
    "sd-guarded": lambda: sd(guarded=True),
    "sdxl": sdxl,
    "sd3": sd3,
    "flux": flux,
    "zimage": zimage,
    "flux2": flux2,
    "pixart": pixart,
    "qwen": qwen,
    "sana": sana,
}


def _seeded(seed: int, build: Callable[[], Any]) -> Any:
    torch.manual_seed(seed)
    return build().eval()


def _clip(**changes: Any) -> Any:
    plain = {
        "vocab_size": 514,
        "bos_token_id": 512,
        "eos_token_id": 513,
        "pad_token_id": 513,
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_attention_heads": 2,
        "num_hidden_layers": 2,
        "max_position_embeddings": 77,
        "projection_dim": 16,
    }
    return transformers.CLIPTextConfig(**plain | changes)


def _bytes() -> list[str]:
    """Return the letters that byte-level vocabularies write the 256 bytes with."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return [chr(byte) for byte in shown] + [chr(256 + place) for place in range(len(hidden))]


def _clip_tokenizer() -> Any:
    words = [*_bytes(), *(letter + "</w>" for letter in _bytes()), "<|startoftext|>", "<|endoftext|>"]
    return transformers.CLIPTokenizer(
        vocab={word: number for number, word in enumerate(words)}, merges=[], model_max_length=77
    )


def _t5_tokenizer() -> Any:
    letters = [chr(code) for code in range(33, 127)]
    known = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0), *((letter, -3.0) for letter in letters)]
    spare = [(f"<extra_id_{number}>", 0.0) for number in reversed(range(100))]
    return transformers.T5Tokenizer(vocab=known + spare, model_max_length=512)


def _t5(width: int) -> Any:
    config = transformers.T5Config(
        vocab_size=256,
        d_model=width,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        feed_forward_proj="gated-gelu",
        dropout_rate=0.0,
    )
    return _seeded(5, lambda: transformers.T5EncoderModel(config))


def _qwen_tokenizer() -> Any:
    vocabulary = {letter: number for number, letter in enumerate([*_bytes(), "<|endoftext|>"])}
    tokenizer = transformers.Qwen2Tokenizer(vocab=vocabulary, merges=[], model_max_length=1024)
    tokenizer.add_special_tokens({"extra_special_tokens": list(_TURNS)})
    tokenizer.chat_template = _CHAT
    return tokenizer


def _qwen3(kind: Any, layers: int) -> Any:
    config = transformers.Qwen3Config(
        vocab_size=288,
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=layers,
        num_attention_heads=2,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=2048,
    )
    return _seeded(5, lambda: kind(config))


def _qwen_vl(tokenizer: Any) -> Any:
    config = transformers.Qwen2_5_VLConfig(
        text_config={
            "vocab_size": 288,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "num_key_value_heads": 2,
            "rope_parameters": {"mrope_section": [1, 1, 2], "rope_type": "default", "rope_theta": 1e6},
            "max_position_embeddings": 2048,
        },
        vision_config={
            "depth": 1,
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_heads": 2,
            "out_hidden_size": 16,
            "fullatt_block_indexes": [0],
        },
        **{f"{name}_token_id": tokenizer.convert_tokens_to_ids("<|im_end|>") for name in ("image", "video")},
    )
    return _seeded(5, lambda: transformers.Qwen2_5_VLForConditionalGeneration(config))


def _vae(*, channels: int, scaling_factor: float, shift_factor: float | None = None, quantised: bool = True) -> Any:
    """Build an autoencoder with the usual factor of 8."""
    return _seeded(
        4,
        lambda: diffusers.AutoencoderKL(
            latent_channels=channels,
            block_out_channels=(8,) * 4,
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=1,
            norm_num_groups=4,
            sample_size=64,
            scaling_factor=scaling_factor,
            shift_factor=shift_factor,
            use_quant_conv=quantised,
            use_post_quant_conv=quantised,
        ),
    )


def _unet(**changes: Any) -> Any:
    plain: dict[str, Any] = {
        "sample_size": 8,
        "in_channels": 4,
        "out_channels": 4,
        "layers_per_block": 1,
        "block_out_channels": (8, 16),
        "norm_num_groups": 4,
        "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
        "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
    }
    return _seeded(3, lambda: diffusers.UNet2DConditionModel(**plain | changes))


def _safety_checker() -> Any:
    vision = {
        "hidden_size": 16,
        "intermediate_size": 16,
        "num_attention_heads": 2,
        "num_hidden_layers": 1,
        "image_size": 30,
        "patch_size": 15,
        "projection_dim": 16,
    }
    config = transformers.CLIPConfig(text_config=_clip().to_dict(), vision_config=vision, projection_dim=16)
    return _seeded(6, lambda: StableDiffusionSafetyChecker(config))


def _feature_extractor() -> Any:
    return transformers.CLIPImageProcessor(size=30, crop_size=30)
