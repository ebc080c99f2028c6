"""A small network that enlarges pictures: convolutions at the small size, then one shuffle of channels into pixels.

Its tensors are named as in Real-ESRGAN's compact models (`body.0.weight` …), so that other programs load them as well.
"""

from collections.abc import Mapping

from torch import Tensor, nn

_COLOURS = 3


class Compact(nn.Module):
    """Enlarges by a whole factor.

    A convolution and a PReLU, `blocks` times the same again, then a convolution to 3 × scale² channels, whose shuffled
    result is added to the nearest-neighbour enlargement.
    """

    def __init__(self, *, width: int, blocks: int, scale: int) -> None:
        super().__init__()
        self.scale = scale
        layers: list[nn.Module] = []
        for inputs in (_COLOURS, *[width] * blocks):
            layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.PReLU(width)]
        self.body = nn.ModuleList([*layers, nn.Conv2d(width, _COLOURS * scale**2, 3, padding=1)])

    def forward(self, picture: Tensor) -> Tensor:
        """Enlarge (B, 3, H, W) in [0, 1] to (B, 3, H × scale, W × scale), about in [0, 1]."""
        features = picture
        for layer in self.body:
            features = layer(features)
        fine: Tensor = nn.functional.pixel_shuffle(features, self.scale)
        return fine + nn.functional.interpolate(picture, scale_factor=self.scale, mode="nearest")

    @staticmethod
    def of_weights(weights: Mapping[str, Tensor]) -> "Compact | None":
        """Build the network that a set of weights belongs to; None when they belong to another kind."""
        numbers = sorted({int(key.split(".")[1]) for key in weights if key.startswith("body.") and key.count(".") == 2})
        if not numbers or len(weights) != sum(key.startswith("body.") for key in weights):
            return None
        first, last = weights.get("body.0.weight"), weights.get(f"body.{numbers[-1]}.weight")
        if first is None or last is None or first.ndim != 4 or first.shape[1] != _COLOURS or last.ndim != 4:
            return None
        network = Compact(
            width=first.shape[0],
            blocks=(numbers[-1] - 2) // 2,
            scale=int((last.shape[0] // _COLOURS) ** 0.5),
        )
        network.load_state_dict(dict(weights))
        return network.eval().requires_grad_(False)  # noqa: FBT003 - torch's own signature
