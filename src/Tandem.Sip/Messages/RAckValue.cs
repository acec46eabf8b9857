namespace Tandem.Sip.Messages;

/// <summary>The value of RAck (RFC 3262 §7.2): the RSeq of the response, the CSeq number and the method it answers.</summary>
public ref struct RAckValue
{
    /// <summary>The RSeq of the provisional response.</summary>
    public uint ResponseNumber { get; private set; }

    /// <summary>The CSeq number of the request.</summary>
    public uint CSeq { get; private set; }

    /// <summary>The method as written.</summary>
    public ReadOnlySpan<byte> MethodText { get; private set; }

    /// <summary>The method of the request.</summary>
    public readonly SipMethod Method => SipMethods.Find(MethodText);

    /// <summary>Reads the value.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out RAckValue value)
    {
        value = default;
        text = SipText.Trim(text);
        var space = text.IndexOfAny((byte)' ', (byte)'\t');
        if (space <= 0 || !SipText.TryParseNumber(text[..space], uint.MaxValue, out var number) || number == 0)
            return false;

        if (!CSeqValue.TryParse(SipText.Trim(text[space..]), out var cseq))
            return false;

        value.ResponseNumber = (uint)number;
        value.CSeq = cseq.Number;
        value.MethodText = cseq.MethodText;
        return true;
    }
}
