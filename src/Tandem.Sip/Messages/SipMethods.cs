namespace Tandem.Sip.Messages;

/// <summary>The method names. They are case-sensitive (RFC 3261 §7.1).</summary>
public static class SipMethods
{
    /// <summary>The method with this name; <see cref="SipMethod.Unknown"/> for any other token.</summary>
    public static SipMethod Find(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 3 or > 9)
            return SipMethod.Unknown;

        var candidate = (text.Length, text[0]) switch
        {
            (3, (byte)'A') => SipMethod.Ack,
            (3, (byte)'B') => SipMethod.Bye,
            (4, (byte)'I') => SipMethod.Info,
            (5, (byte)'P') => SipMethod.Prack,
            (5, (byte)'R') => SipMethod.Refer,
            (6, (byte)'C') => SipMethod.Cancel,
            (6, (byte)'I') => SipMethod.Invite,
            (6, (byte)'N') => SipMethod.Notify,
            (6, (byte)'U') => SipMethod.Update,
            (7, (byte)'M') => SipMethod.Message,
            (7, (byte)'O') => SipMethod.Options,
            (7, (byte)'P') => SipMethod.Publish,
            (8, (byte)'R') => SipMethod.Register,
            (9, (byte)'S') => SipMethod.Subscribe,
            _ => SipMethod.Unknown,
        };
        return candidate != SipMethod.Unknown && Text(candidate).SequenceEqual(text) ? candidate : SipMethod.Unknown;
    }

    /// <summary>The name of a method; empty for <see cref="SipMethod.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Text(SipMethod method) => method switch
    {
        SipMethod.Invite => "INVITE"u8,
        SipMethod.Ack => "ACK"u8,
        SipMethod.Bye => "BYE"u8,
        SipMethod.Cancel => "CANCEL"u8,
        SipMethod.Register => "REGISTER"u8,
        SipMethod.Options => "OPTIONS"u8,
        SipMethod.Prack => "PRACK"u8,
        SipMethod.Update => "UPDATE"u8,
        SipMethod.Info => "INFO"u8,
        SipMethod.Refer => "REFER"u8,
        SipMethod.Subscribe => "SUBSCRIBE"u8,
        SipMethod.Notify => "NOTIFY"u8,
        SipMethod.Message => "MESSAGE"u8,
        SipMethod.Publish => "PUBLISH"u8,
        _ => default,
    };
}
