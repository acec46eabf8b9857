using Tandem.Core.Net;
using Tandem.Sip.Messages;

namespace Tandem.Sip.Writing;

/// <summary>What the receiving transport adds to the top Via (RFC 3261 §18.2.1, RFC 3581 §4).</summary>
internal static class ViaStamp
{
    /// <summary>The value with received and rport for this sender; null when it stays as it is.</summary>
    public static byte[]? Write(ReadOnlySpan<byte> value, in ViaValue via, in NetAddress source)
    {
        var hasRport = via.HasRport;
        if (!hasRport && NetAddress.TryParse(via.Host, source.Port, out var host) && host == source)
            return null;

        // Whatever the sender wrote there itself is replaced: where the answer goes is ours to say.
        var text = new List<byte>(value.Length + 64);
        text.AddRange(value[..(value.Length - via.Params.Length)]);
        var rest = via.Params;
        while (SipParams.TryNextRaw(ref rest, out var name, out var raw))
        {
            if (SipText.EqualsIgnoreCase(name, "received"u8) || SipText.EqualsIgnoreCase(name, "rport"u8))
                continue;

            text.Add((byte)';');
            text.AddRange(raw);
        }

        text.AddRange(";received="u8);
        text.AddRange(System.Text.Encoding.ASCII.GetBytes(source.HostText()));
        if (hasRport)
        {
            text.AddRange(";rport="u8);
            text.AddRange(System.Text.Encoding.ASCII.GetBytes(source.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        return [.. text];
    }
}
