"""Language server: decode, call, encode. The only room that imports pygls and lsprotocol."""
