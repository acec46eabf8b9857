namespace Tandem.Sip.Messages;

/// <summary>The value of CSeq (RFC 3261 §20.16): a number below 2^31 and a method.</summary>
public ref struct CSeqValue
{
    /// <summary>The sequence number, below 2^31 (RFC 3261 §8.1.1.5).</summary>
    public uint Number { get; private set; }

    /// <summary>The method; <see cref="SipMethod.Unknown"/> keeps its text in <see cref="MethodText"/>.</summary>
    public readonly SipMethod Method => SipMethods.Find(MethodText);

    /// <summary>The method as written.</summary>
    public ReadOnlySpan<byte> MethodText { get; private set; }

    /// <summary>Reads the value.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out CSeqValue value)
    {
        value = default;
        var space = text.IndexOfAny((byte)' ', (byte)'\t');
        if (space <= 0 || !SipText.TryParseNumber(text[..space], int.MaxValue, out var number))
            return false;

        value.Number = (uint)number;
        value.MethodText = SipText.Trim(text[space..]);
        return SipText.IsToken(value.MethodText);
    }
}
