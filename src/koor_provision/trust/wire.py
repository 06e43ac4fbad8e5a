"""The data types of the SSH protocol (RFC 4251, section 5), read strictly: to the end, and in their one encoding."""


def string(data: bytes) -> bytes:
    """Bytes with their length before them."""
    return len(data).to_bytes(4, "big") + data


class Reader:
    """Takes one value after the other from the front.

    Raises:
        ValueError: by every method: there is less than the value needs, or it is not encoded in the one way.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, length: int) -> bytes:
        """So many bytes."""
        end = self._at + length
        if end > len(self._data):
            raise ValueError("truncated")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def string(self) -> bytes:
        """Bytes with their length before them."""
        return self.take(int.from_bytes(self.take(4), "big"))

    def positive(self) -> int:
        """An `mpint` above zero: no sign bit, and no more leading zeros than keep the sign bit clear."""
        data = self.string()
        number = int.from_bytes(data, "big", signed=True)
        if number <= 0 or len(data) != number.bit_length() // 8 + 1:
            raise ValueError("no positive number in its shortest form")
        return number

    def end(self) -> None:
        """Nothing follows."""
        if self._at != len(self._data):
            raise ValueError("something follows that does not belong there")
