namespace Tandem.Sip.Messages;

/// <summary>One header field as positions in the bytes of its message; the value has no surrounding white space.</summary>
public readonly record struct HeaderField(HeaderName Name, int NameStart, int NameLength, int ValueStart, int ValueLength);
