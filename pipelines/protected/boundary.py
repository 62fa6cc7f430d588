"""The one comparison with the threshold."""


def is_small(number: int, threshold: int) -> bool:
    """Whether a number of people is too small to be published; zero is as small as any."""
    return number < threshold
